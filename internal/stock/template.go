package stock

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/asyncgen/asyncgen/templates"
)

// template is a part, parsed and indexed. It is not changed after that.
type template struct {
	fset    *token.FileSet
	sources []*source
	pkg     *types.Package
	info    *types.Info

	decls   []*decl
	byName  map[string]*symbol     // package-level
	symbols map[any]*symbol        // by types.Object, or by *ast.Object where go/types saw nothing
	uses    map[*ast.Ident]*symbol // all that refs hold, for looking up while folding
	members map[string][]*symbol   // methods and fields by name
	unkeyed map[string]bool        // struct types with literals that do not name their fields
	names   map[string]bool        // every identifier in the part
	size    int                    // of all sources, in bytes
}

// source is one file of a part.
type source struct {
	name string
	text []byte
	file *token.File
	tree *ast.File
}

func (s *source) offset(p token.Pos) int   { return int(p) - s.file.Base() }
func (s *source) pos(offset int) token.Pos { return token.Pos(s.file.Base() + offset) }

// parse reads a part. Imports are stubs: only members of imported packages stay unknown, and those are never renamed.
func parse(files []templates.File) (*template, error) {
	t := &template{
		fset:    token.NewFileSet(),
		byName:  map[string]*symbol{},
		symbols: map[any]*symbol{},
		uses:    map[*ast.Ident]*symbol{},
		members: map[string][]*symbol{},
		unkeyed: map[string]bool{},
		names:   map[string]bool{},
		info: &types.Info{
			Defs:      map[*ast.Ident]types.Object{},
			Uses:      map[*ast.Ident]types.Object{},
			Implicits: map[ast.Node]types.Object{},
			Instances: map[*ast.Ident]types.Instance{},
			Scopes:    map[ast.Node]*types.Scope{},
		},
	}
	var trees []*ast.File
	for _, f := range files {
		tree, err := parser.ParseFile(t.fset, f.Name, f.Source, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		if err := importsOnlyStandard(tree); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		trees = append(trees, tree)
		t.size += len(f.Source)
		t.sources = append(t.sources, &source{f.Name, f.Source, t.fset.File(tree.Pos()), tree})
	}
	if len(trees) == 0 {
		return nil, errors.New("no files")
	}
	config := types.Config{Importer: stubs{}, Error: func(error) {}}
	t.pkg, _ = config.Check(trees[0].Name.Name, t.fset, trees, t.info) // the errors are the stubs' own
	if err := t.index(); err != nil {
		return nil, err
	}
	return t, nil
}

// importsOnlyStandard refuses what a user's module may not have, and what cannot be marked.
func importsOnlyStandard(tree *ast.File) error {
	for _, spec := range tree.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(path, "/")
		if strings.Contains(first, ".") {
			return fmt.Errorf("imports %s: a part may import the standard library only", path)
		}
		if spec.Name != nil && (spec.Name.Name == "." || spec.Name.Name == "_") {
			return fmt.Errorf("imports %s as %s", path, spec.Name.Name)
		}
	}
	return nil
}

// stubs imports every package as an empty one.
type stubs map[string]*types.Package

func (s stubs) Import(path string) (*types.Package, error) {
	if s[path] == nil {
		s[path] = types.NewPackage(path, baseName(path))
		s[path].MarkComplete()
	}
	return s[path], nil
}
