package load

import (
	"bytes"
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// fileSlots bounds how many files are read at a time in the whole process: it holds an element for each.
var fileSlots = make(chan struct{}, runtime.GOMAXPROCS(0))

// withFileSlot runs f in a slot of its own.
func withFileSlot(f func()) {
	fileSlots <- struct{}{}
	defer func() { <-fileSlots }()
	f()
}

// folder is the Go package in a folder, parsed. Functions have no bodies.
type folder struct {
	dir       string
	name      string // of the package; "" where there is no file
	files     []*file
	testFiles []string // their base names
	errors    []diag.Note
}

// file is a file of a package.
type file struct {
	ast     *ast.File
	imports map[string]*ast.ImportSpec // by name, which is guessed where it is not given; none for _ and .
	dots    []*ast.ImportSpec          // those by .
}

// scan reads the folder dir, leaving out the files that are called as in without and those that are not built here.
// A folder that is not there is empty. Files are named in fset by dir and their name, with slashes.
func scan(fset *token.FileSet, dir string, without []string) *folder {
	f := &folder{dir: dir}
	var entries []os.DirEntry
	var err error
	withFileSlot(func() { entries, err = os.ReadDir(dir) })
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.fail(diag.Pos{File: filepath.ToSlash(dir)}, err.Error())
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || slices.Contains(without, name):
		case strings.HasSuffix(name, "_test.go"):
			f.testFiles = append(f.testFiles, name)
		default:
			names = append(names, name)
		}
	}
	for _, p := range parseAll(fset, dir, names) {
		if p.note != nil {
			f.errors = append(f.errors, *p.note)
		}
		if p.tree == nil {
			continue
		}
		switch p.tree.Name.Name {
		case "": // has no package clause
		case "documentation": // which the go command ignores too
		default:
			f.files = append(f.files, newFile(p.tree))
		}
	}
	f.settleName(fset)
	return f
}

// with returns f with the files that are generated there.
func (f *folder) with(fset *token.FileSet, generated Generated) *folder {
	all := &folder{dir: f.dir, name: f.name, files: slices.Clone(f.files)}
	for _, name := range slices.Sorted(maps.Keys(generated)) {
		tree, _ := parser.ParseFile(fset, filepath.ToSlash(filepath.Join(f.dir, name)), generated[name], parser.SkipObjectResolution)
		stripBodies(tree)
		all.files = append(all.files, newFile(tree))
	}
	all.settleName(fset)
	return all
}

// tests returns what the package's own test files declare. Where there are no other files, they name the package.
func (f *folder) tests(fset *token.FileSet) map[string]diag.Pos {
	var files []*file
	for _, p := range parseAll(fset, f.dir, f.testFiles) {
		if p.tree == nil {
			continue
		}
		of := p.tree.Name.Name
		if f.name == "" {
			f.name = strings.TrimSuffix(of, "_test")
		}
		if of == f.name {
			files = append(files, &file{ast: p.tree})
		}
	}
	return declared(fset, files)
}

func (f *folder) fail(pos diag.Pos, text string) {
	f.errors = append(f.errors, diag.Note{Pos: pos, Text: text})
}

// parsed is a file that was parsed as far as it goes: the tree is nil where it is not built here.
type parsed struct {
	tree *ast.File
	note *diag.Note // what is wrong with it
}

// parseAll parses the files of dir that have those names, several at a time.
func parseAll(fset *token.FileSet, dir string, names []string) []parsed {
	files := make([]parsed, len(names))
	var running sync.WaitGroup
	for i, name := range names {
		running.Go(func() {
			withFileSlot(func() { files[i] = parse(fset, dir, name) })
		})
	}
	running.Wait()
	return files
}

func parse(fset *token.FileSet, dir, name string) parsed {
	shown := filepath.ToSlash(filepath.Join(dir, name))
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return parsed{note: &diag.Note{Pos: diag.Pos{File: shown}, Text: err.Error()}}
	}
	if !built(dir, name, text) {
		return parsed{}
	}
	var p parsed
	p.tree, err = parser.ParseFile(fset, shown, text, parser.SkipObjectResolution)
	var list scanner.ErrorList
	if errors.As(err, &list) {
		at := list[0].Pos // later ones tend to follow from the first
		p.note = &diag.Note{Pos: diag.Pos{File: shown, Line: at.Line, Column: at.Column}, Text: list[0].Msg}
	}
	stripBodies(p.tree)
	return p
}

// built reports whether the file is built for this system with the tags that hold.
func built(dir, name string, text []byte) bool {
	c := build.Default
	c.BuildTags = append(c.BuildTags, tags()...)
	c.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	match, err := c.MatchFile(dir, name)
	return match || err != nil // a broken file is for the parser to judge
}

// tags returns the build tags that GOFLAGS sets.
func tags() []string {
	for _, flag := range strings.Fields(os.Getenv("GOFLAGS")) {
		if list, ok := strings.CutPrefix(strings.TrimLeft(flag, "-"), "tags="); ok {
			return strings.Split(list, ",")
		}
	}
	return nil
}

// stripBodies empties the functions of tree: nobody looks at what they do, and they are most of its memory.
func stripBodies(tree *ast.File) {
	for _, d := range tree.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			fn.Body = &ast.BlockStmt{Lbrace: fn.Body.Lbrace, Rbrace: fn.Body.Rbrace}
		}
	}
}

// settleName finds the name of the package, that of most files, and drops the files of any other.
func (f *folder) settleName(fset *token.FileSet) {
	files := map[string]int{}
	for _, file := range f.files {
		name := file.ast.Name.Name
		if files[name]++; files[name] > files[f.name] {
			f.name = name
		}
	}
	f.files = slices.DeleteFunc(f.files, func(file *file) bool {
		id := file.ast.Name
		if id.Name == f.name {
			return false
		}
		f.fail(position(fset, id.Pos()),
			"this file is of package "+id.Name+", and the others of the folder of package "+f.name)
		return true
	})
}

func newFile(tree *ast.File) *file {
	f := &file{ast: tree, imports: map[string]*ast.ImportSpec{}}
	for _, spec := range tree.Imports {
		path := pathOf(spec)
		switch name := assumedName(path); {
		case spec.Name == nil:
			f.imports[name] = spec
		case spec.Name.Name == ".":
			f.dots = append(f.dots, spec)
		case spec.Name.Name != "_":
			f.imports[spec.Name.Name] = spec
		}
	}
	return f
}
