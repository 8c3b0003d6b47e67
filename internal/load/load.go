package load

import (
	"context"
	"errors"
	"go/types"
	"maps"
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

// Generated is what a run generates in a folder: text by the base name of a file.
type Generated map[string][]byte

// Load loads the packages of all requests, and calls use with each, by its place among the requests: one that others of
// them import before those. Where a package is Imported, use returns what will be generated there, and the others see that in
// place of what is on the disk; nil, and they are left out. What use returns for another is ignored.
//
// What is asked of the go command is the export data of imports, and only of those that a spec names, or that stand in
// the declaration of something that a spec names. Where there are none, the go command is not run at all.
//
// A package that does not compile, or is not there yet, is no error. The error is that of use, or trouble with the go
// command: it is not to be found, or cannot read go.mod.
func Load(ctx context.Context, requests []Request, use func(i int, p *Package) (Generated, error)) error {
	groups := groupByBuild(requests)
	errs := make([]error, len(groups))
	var running sync.WaitGroup
	for i, g := range groups {
		running.Go(func() { errs[i] = g.prepare(ctx) })
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, g := range groups {
		if err := g.load(ctx, use); err != nil {
			return err
		}
	}
	return nil
}

// group is the part of a run that has one build list: the folders of a module, or of a workspace.
type group struct {
	dir     string // where the go command is run
	members []*member
	imports *imports
}

// member is a folder of a group.
type member struct {
	at       int // its place among the requests
	request  Request
	path     string // import path
	module   *module
	folder   *folder
	tests    map[string]diag.Pos
	needs    needs
	imported bool // by others of the group, perhaps through packages that are none
	begun    bool // its turn has come
	lost     bool // it is refused, or imports one that is
}

// groupByBuild sorts requests into groups, in the order in which they first occur.
func groupByBuild(requests []Request) []*group {
	var groups []*group
	byRoot := map[string]*group{}
	modules := modules{}
	for i, r := range requests {
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
		one := &member{at: i, request: r, path: m.importPath(abs), module: m}
		g.members = append(g.members, one)
		if m.path != "" {
			g.imports.members[one.path] = one
		}
	}
	return groups
}

// prepare learns of all that g's members import.
func (g *group) prepare(ctx context.Context) error {
	g.scan()
	paths := map[string]bool{}
	for _, m := range g.members {
		m.needs = m.folder.needs(m.request.Names)
		for _, path := range m.request.Imports {
			m.needs.imports[path] = true
		}
		maps.Copy(paths, m.needs.imports)
	}
	return g.fetch(ctx, paths)
}

// load calls use with the packages of g's members.
func (g *group) load(ctx context.Context, use func(int, *Package) (Generated, error)) error {
	for _, m := range g.members {
		if err := g.visit(ctx, m, use); err != nil {
			return err
		}
	}
	return nil
}

// visit is load for one member, after those that it imports.
func (g *group) visit(ctx context.Context, m *member, use func(int, *Package) (Generated, error)) error {
	if m.begun {
		return nil
	}
	m.begun = true
	for _, other := range g.imports.among(m.needs.imports) {
		if err := g.visit(ctx, other, use); err != nil {
			return err
		}
		m.lost = m.lost || other.lost
	}
	if m.lost {
		return nil
	}
	generated, err := use(m.at, m.check(g.imports))
	if err != nil {
		return err
	}
	folder := m.folder
	m.folder = nil // the syntax trees have served
	if !m.imported {
		return nil
	}
	if generated == nil {
		m.lost = true
		return nil
	}
	return g.imports.provide(ctx, g.dir, m.path, folder.with(g.imports.fset, generated))
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
		Imported:  m.imported,
		imports:   imports,
	}
	p.FileImports = m.fileImports(imports)
	p.Types = imports.check(m.path, m.folder, m.needs.names, m.request.Types)
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
