package load

import (
	"context"
	"errors"
	"go/types"
	"path/filepath"
	"slices"
	"sync"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// Request is what the specs of one folder need of their package. There is one Request a folder.
type Request struct {
	Dir     string          // the folder
	Imports []string        // import paths that its specs name
	Names   map[string]bool // Go identifiers that occur in its specs; nil: any may
	Outputs []string        // base names of the files that this run writes or removes there: left out, stale or broken as they may be
	Types   []string        // what the types that those files declare are called
}

// Load loads the packages of all requests; the result has one element a request, in order.
//
// What is asked of the go command is the export data of imports, and only of those that a spec names, or that stand in
// the declaration of something that a spec names. Where there are none, the go command is not run at all.
//
// A package that does not compile, or is not there yet, is no error. The error is trouble with the go command: it is not
// to be found, or cannot read go.mod.
func Load(ctx context.Context, requests []Request) ([]*Package, error) {
	groups, members := groupByBuild(requests)
	errs := make([]error, len(groups))
	var running sync.WaitGroup
	for i, g := range groups {
		running.Go(func() { errs[i] = g.load(ctx) })
	}
	running.Wait()
	packages := make([]*Package, len(members))
	for i, m := range members {
		packages[i] = m.loaded
	}
	return packages, errors.Join(errs...)
}

// group is the part of a run that has one build list: the folders of a module, or of a workspace.
type group struct {
	dir     string // where the go command is run
	members []*member
	imports *imports
}

// member is a folder of a group.
type member struct {
	request Request
	path    string // import path
	module  *module
	folder  *folder
	tests   map[string]diag.Pos
	needs   needs
	loaded  *Package
}

// groupByBuild sorts requests into groups, in the order in which they first occur. There is one member a request, in order.
func groupByBuild(requests []Request) (groups []*group, members []*member) {
	byRoot := map[string]*group{}
	modules := modules{}
	for _, r := range requests {
		abs, err := filepath.Abs(r.Dir)
		if err != nil { // the working directory is gone
			abs = r.Dir
		}
		m := modules.of(abs)
		root := m.buildRoot()
		g := byRoot[root]
		if g == nil {
			g = &group{dir: existing(abs), imports: newImports()}
			if m.dir != "" {
				g.dir = m.dir
			}
			byRoot[root] = g
			groups = append(groups, g)
		}
		if m.path != "" && !slices.Contains(g.imports.modules, m.path) {
			g.imports.modules = append(g.imports.modules, m.path)
		}
		members = append(members, &member{request: r, path: m.importPath(abs), module: m})
		g.members = append(g.members, members[len(members)-1])
	}
	return groups, members
}

// load fills the packages of g's members.
func (g *group) load(ctx context.Context) error {
	g.scan()
	paths := map[string]bool{}
	for _, m := range g.members {
		m.needs = m.folder.needs(m.request.Names)
		for path := range m.needs.imports {
			paths[path] = true
		}
		for _, path := range m.request.Imports {
			paths[path] = true
		}
		g.imports.outputs[m.path], g.imports.generated[m.path] = m.request.Outputs, m.request.Types
	}
	if err := g.fetch(ctx, paths); err != nil {
		return err
	}
	for _, m := range g.members {
		m.loaded = m.check(g.imports)
		m.folder = nil // the syntax trees have served
	}
	return nil
}

// scan reads and parses the folders.
func (g *group) scan() {
	g.each(func(m *member) { m.folder = scan(g.imports.fset, m.request.Dir, m.request.Outputs) })
}

// fetch learns of the packages with the given paths. While the go command runs, it reads the folders' tests.
func (g *group) fetch(ctx context.Context, paths map[string]bool) error {
	var err error
	var running sync.WaitGroup
	running.Go(func() { err = g.imports.fetch(ctx, g.dir, paths) })
	g.each(func(m *member) { m.tests = m.folder.tests(g.imports.fset) })
	running.Wait()
	return err
}

// each calls f for all members at once, and waits.
func (g *group) each(f func(m *member)) {
	var running sync.WaitGroup
	for _, m := range g.members {
		running.Go(func() { f(m) })
	}
	running.Wait()
}

// check type-checks the folder.
func (m *member) check(imports *imports) *Package {
	p := &Package{
		Dir:       m.request.Dir,
		Name:      m.folder.name,
		Path:      m.path,
		GoVersion: m.module.goVersion,
		Fset:      imports.fset,
		Declared:  declared(imports.fset, m.folder.files),
		TestNames: m.tests,
		Errors:    m.folder.errors,
		Promised:  map[string]*types.TypeName{},
		imports:   imports,
	}
	p.FileImports = m.fileImports(imports)
	p.Types = imports.check(m.path, m.folder, m.needs.names)
	for _, name := range m.request.Types {
		if obj, ok := p.Types.Scope().Lookup(name).(*types.TypeName); ok && p.Declared[name] == (diag.Pos{}) {
			p.Promised[name] = obj
		}
	}
	for _, path := range m.request.Imports {
		_, _ = p.Import(path) // read now, so that later calls only look it up; the caller asks for the error
	}
	return p
}

// fileImports returns the names that come into the folder's files by their imports, and where.
func (m *member) fileImports(imports *imports) map[string]diag.Pos {
	names := map[string]diag.Pos{}
	for _, f := range m.folder.files {
		for name, spec := range f.imports {
			if spec.Name == nil {
				name = imports.nameOf(pathOf(spec), name)
			}
			names[name] = position(imports.fset, spec.Pos())
		}
		for _, spec := range f.dots {
			for _, name := range imports.exported(pathOf(spec)) {
				names[name] = position(imports.fset, spec.Pos())
			}
		}
	}
	return names
}
