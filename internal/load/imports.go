package load

import (
	"context"
	"fmt"
	"go/token"
	"go/types"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

// imports gives the packages that the folders of a group import. All come of one place, so that a type that is reached
// in two ways is one type.
type imports struct {
	fset     *token.FileSet
	members  map[string]*member      // those of the group, by import path
	problems map[types.Object]string // of what was type-checked here
	modules  []string                // the paths of the group's modules
	listed   map[string]*listed      // what the go command told
	sources  map[string]*folder      // packages without export data, or with such as will not hold after the run

	mu       sync.Mutex                // once Load is done: guards what follows
	packages map[string]*types.Package // shared with the reader of export data; some are incomplete
	failed   map[string]error
	checking map[string]bool // sources that are checked, or about to be
}

func newImports() *imports {
	return &imports{
		fset:     token.NewFileSet(),
		members:  map[string]*member{},
		problems: map[types.Object]string{},
		listed:   map[string]*listed{},
		sources:  map[string]*folder{},
		packages: map[string]*types.Package{"unsafe": types.Unsafe},
		failed:   map[string]error{},
		checking: map[string]bool{},
	}
}

// fetch learns of the packages with the given paths, in as few runs of the go command in dir as can be: none where
// there are no paths, one where all of them compile. What does not compile is parsed, and so is what imports members: they
// are not what they will be.
func (im *imports) fetch(ctx context.Context, dir string, paths map[string]bool) error {
	if len(paths) == 0 {
		im.packages["context"], im.packages["iter"] = contextStub(), iterStub()
		return nil
	}
	paths["context"], paths["iter"] = true, true
	return im.learn(ctx, dir, paths)
}

func (im *imports) learn(ctx context.Context, dir string, paths map[string]bool) error {
	for {
		im.imported(maps.Keys(paths), paths)
		if len(im.unknown(paths)) == 0 {
			return nil
		}
		found, err := goList(ctx, dir, im.unknown(paths))
		if err != nil {
			return err
		}
		paths = map[string]bool{}
		for _, l := range found {
			im.listed[l.ImportPath] = l
			over := im.imported(slices.Values(l.Deps), paths)
			if (l.Export == "" || over) && !l.Standard && l.Dir != "" {
				im.parse(l, paths)
			}
		}
	}
}

// imported takes note that packages are imported, adds what the declarations of members among them import to paths, and
// reports whether there are any.
func (im *imports) imported(packages iter.Seq[string], paths map[string]bool) bool {
	found := false
	for _, path := range slices.Collect(packages) {
		m := im.members[path]
		if m == nil {
			continue
		}
		found = true
		if !m.imported {
			m.imported = true
			needed := m.folder.needs(nil).imports
			im.imported(maps.Keys(needed), paths)
			maps.Copy(paths, needed)
		}
	}
	return found
}

// among returns the members among the packages with the given paths, and those that these import through packages that
// are none.
func (im *imports) among(paths map[string]bool) []*member {
	var found []*member
	seen := map[string]bool{}
	var visit func(paths map[string]bool)
	visit = func(paths map[string]bool) {
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			if seen[path] {
				continue
			}
			seen[path] = true
			if m := im.members[path]; m != nil {
				found = append(found, m)
			} else if f := im.sources[path]; f != nil {
				visit(f.needs(nil).imports)
			}
		}
	}
	visit(paths)
	return found
}

// provide gives the member with that path to those that import it, as it will be.
func (im *imports) provide(ctx context.Context, dir, path string, f *folder) error {
	im.sources[path] = f
	delete(im.failed, path)
	return im.learn(ctx, dir, f.needs(nil).imports)
}

// unknown returns those of paths that the go command has not been asked for and can be, sorted.
func (im *imports) unknown(paths map[string]bool) []string {
	var unknown []string
	for path := range paths {
		if im.listed[path] == nil && im.members[path] == nil && listable(path) {
			unknown = append(unknown, path)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// parse parses the package l and adds what its declarations import to paths.
func (im *imports) parse(l *listed, paths map[string]bool) {
	f := scan(im.fset, l.Dir, nil)
	if f.name == "" {
		return
	}
	im.sources[l.ImportPath] = f
	for path := range f.needs(nil).imports {
		paths[path] = true
	}
	paths["context"] = true
}

// nameOf returns the name of the package with that path, or otherwise where it is not known.
func (im *imports) nameOf(path, otherwise string) string {
	if l := im.listed[path]; l != nil && l.Name != "" {
		return l.Name
	}
	if f := im.sources[path]; f != nil {
		return f.name
	}
	return otherwise
}

// exported returns what the package with that path exports; nothing where it cannot be had.
func (im *imports) exported(path string) []string {
	pkg, err := im.Import(path)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(pkg.Scope().Names(), func(name string) bool { return !token.IsExported(name) })
}

// Import returns the package with that path; it is the types.Importer of the group.
func (im *imports) Import(path string) (*types.Package, error) {
	if pkg := im.packages[path]; pkg != nil && pkg.Complete() {
		return pkg, nil
	}
	if err := im.failed[path]; err != nil {
		return nil, err
	}
	pkg, err := im.read(path)
	if err != nil {
		im.failed[path] = err
	}
	return pkg, err
}

func (im *imports) read(path string) (*types.Package, error) {
	if f := im.sources[path]; f != nil {
		return im.fromSource(path, f)
	}
	if im.members[path] != nil {
		return nil, cycle(path) // or its turn would have come
	}
	l := im.listed[path]
	if l == nil {
		if !listable(path) {
			return nil, fmt.Errorf("%q is not an import path", path)
		}
		return nil, fmt.Errorf("package %s is not loaded", path)
	}
	if l.Export == "" {
		return nil, im.trouble(l)
	}
	file, err := os.Open(l.Export)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r, err := gcexportdata.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("package %s: %w", path, err)
	}
	pkg, err := gcexportdata.Read(r, im.fset, im.packages, path)
	if err != nil {
		return nil, fmt.Errorf("package %s: its export data is of a Go release that asyncgen was not built for: %w", path, err)
	}
	return pkg, nil
}

// trouble says why l cannot be imported.
func (im *imports) trouble(l *listed) error {
	text := "it cannot be built"
	if l.Error != nil {
		text = strings.TrimSpace(l.Error.Err)
	}
	own := func(module string) bool { return strings.HasPrefix(l.ImportPath, module+"/") }
	switch {
	case l.Dir == "" && slices.ContainsFunc(im.modules, own):
		return fmt.Errorf("package %s: the module has no Go there", l.ImportPath)
	case strings.Contains(text, "to add it:"):
		return fmt.Errorf("package %s is not in the module: run go get %s", l.ImportPath, l.ImportPath)
	case strings.Contains(text, "go.mod file not found"):
		return fmt.Errorf("package %s is not in the standard library, and there is no go.mod to say where it is", l.ImportPath)
	case strings.Contains(text, "is not in std"):
		return fmt.Errorf("package %s is not in the standard library", l.ImportPath)
	}
	return fmt.Errorf("package %s: %s", l.ImportPath, oneLine(text))
}
