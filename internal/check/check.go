// Package check gives a spec its meaning: it types the spec's Go against the user's package and turns the spec into a
// model. Every refusal that needs types is made here, with its place.
package check

import (
	"context"
	"go/token"
	"go/types"
	"go/version"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
	"github.com/asyncgen/asyncgen/templates"
)

// Specs checks all specs of a run. The user's Go is loaded once for all of them, but for the files in orphans, which
// specs have left behind that are gone. What is wrong with a spec goes to diags, in which that of its YAML is already; a spec
// with an error has no file in the result. The error is that of emit, or trouble with the Go toolchain.
//
// A folder that imports others is checked after them, against what emit gives for their specs, and not at all where one of those has
// an error.
func Specs(ctx context.Context, specs []*spec.Spec, orphans []string, emit func(*model.File) ([]byte, error), diags *diag.List) ([]*model.File, error) {
	folders, requests := byFolder(specs, orphans, diags)
	var files []*model.File
	err := load.Load(ctx, requests, func(i int, pkg *load.Package) (load.Generated, error) {
		made := checkFolder(folders[i], pkg, diags)
		files = append(files, made...)
		if !pkg.Imported || refused(requests[i].Dir, diags) {
			return nil, nil
		}
		generated := load.Generated{}
		for _, f := range made {
			code, err := emit(f)
			if err != nil {
				return nil, err
			}
			if len(code) > 0 {
				generated[f.Spec.Base()+spec.CodeSuffix] = code
			}
		}
		return generated, nil
	})
	if err != nil {
		return nil, err
	}
	return files, nil
}

// refused reports whether a spec in the folder dir has an error.
func refused(dir string, diags *diag.List) bool {
	return slices.Contains(refusedFolders(diags), dir)
}

// refusedFolders returns the folders of the specs that have errors.
func refusedFolders(diags *diag.List) []string {
	var dirs []string
	for i := range diags.Len() {
		if d := diags.At(i); d.Severity == diag.Error {
			dirs = append(dirs, folderOf(d.Pos.File))
		}
	}
	return dirs
}

func folderOf(file string) string { return filepath.Dir(filepath.FromSlash(file)) }

// Spec checks a spec that is alone in a package, which has been loaded for it. It returns nil where the spec has an error.
func Spec(s *spec.Spec, pkg *load.Package, diags *diag.List) *model.File {
	for _, file := range checkFolder([]*spec.Spec{s}, pkg, diags) {
		return file
	}
	return nil
}

// checkFolder checks the specs of a folder. Each may use what another generates. Which takes a name that two could have
// does not depend on the order given.
func checkFolder(specs []*spec.Spec, pkg *load.Package, diags *diag.List) []*model.File {
	taken := newNames(pkg)
	var all []*checker
	for _, s := range slices.SortedFunc(slices.Values(specs), func(a, b *spec.Spec) int { return strings.Compare(a.Base(), b.Base()) }) {
		all = append(all, newChecker(s, pkg, taken))
	}
	for _, c := range all {
		c.beside = all
		c.file.Prefix = c.freePrefix(c.spec.Ident(), c.spec.Ident()+"Spec", templates.Parts()...)
	}
	var files []*model.File
	for _, c := range all {
		if file := c.checkFile(); file != nil {
			files = append(files, file)
		}
	}
	for _, c := range all {
		diags.Append(c.diags)
	}
	return files
}

// byFolder groups the specs by the folder they sit in, in the order given. A folder whose specs all have errors has a group
// as well.
func byFolder(specs []*spec.Spec, orphans []string, diags *diag.List) ([][]*spec.Spec, []load.Request) {
	index := map[string]int{}
	var folders [][]*spec.Spec
	var requests []load.Request
	group := func(dir string) int {
		at, ok := index[dir]
		if !ok {
			at = len(folders)
			index[dir] = at
			folders = append(folders, nil)
			requests = append(requests, load.Request{Dir: dir, Names: map[string]bool{}})
		}
		return at
	}
	for _, s := range specs {
		at := group(folderOf(s.Path))
		folders[at] = append(folders[at], s)
		r := &requests[at]
		r.Outputs = append(r.Outputs, s.Base()+spec.CodeSuffix, s.Base()+spec.TestSuffix)
		r.Types = append(r.Types, typesOf(s)...)
		for name := range s.Identifiers() {
			r.Names[name] = true
		}
		for _, imp := range s.Imports {
			if !slices.Contains(r.Imports, imp.Path.Value) {
				r.Imports = append(r.Imports, imp.Path.Value)
			}
		}
	}
	for _, dir := range refusedFolders(diags) {
		group(dir)
	}
	for _, file := range orphans {
		if at, ok := index[folderOf(file)]; ok {
			requests[at].Outputs = append(requests[at].Outputs, path.Base(file))
		}
	}
	return folders, requests
}

// typesOf returns the names of the types that are generated for a spec, for a program to name.
func typesOf(s *spec.Spec) []string {
	var all []string
	for _, it := range s.Iterators {
		all = append(all, it.Name.Value)
	}
	for _, r := range s.Resources {
		if r.Pool != nil {
			all = append(all, model.PoolName(r.Name.Value), model.PoolStatsName(r.Name.Value))
		}
	}
	for _, t := range s.Topologies {
		all = append(all, model.TopologyTypes(t.Name.Value)...)
	}
	return all
}

// checker checks one spec.
type checker struct {
	spec  *spec.Spec
	pkg   *load.Package
	diags *diag.List
	names *names
	scope *load.Scope // the file: the package, the imports, what the spec generates
	file  *model.File
	ctx   *types.Var

	beside []*checker            // those of the folder, this one too
	lost   map[string]bool       // the names of imports that cannot be had
	own    map[types.Object]bool // the variables that the spec itself brings into scope

	iterators map[string]*state[spec.Iterator, model.Iterator]
	pipelines map[string]*state[spec.Pipeline, model.Pipeline]
	resources map[string]*state[spec.Resource, model.Resource]
	started   map[string]*state[spec.Topology, topology]
	pools     map[*types.TypeName]string // the resources, by the types of their pools
	unordered map[*model.Pipeline]*disorder
	order     []string // the definitions being checked, outermost first

	def      *definition // the one being checked
	topology *topology   // where that is one
	worker   *worker     // the producer or consumer of it
}

func newChecker(s *spec.Spec, pkg *load.Package, taken *names) *checker {
	c := &checker{
		spec: s, pkg: pkg, diags: new(diag.List), names: taken, scope: pkg.Scope(),
		iterators: map[string]*state[spec.Iterator, model.Iterator]{},
		pipelines: map[string]*state[spec.Pipeline, model.Pipeline]{},
		resources: map[string]*state[spec.Resource, model.Resource]{},
		started:   map[string]*state[spec.Topology, topology]{},
		pools:     map[*types.TypeName]string{},
		unordered: map[*model.Pipeline]*disorder{},
		lost:      map[string]bool{},
		own:       map[types.Object]bool{},
		file:      &model.File{Spec: s, Dir: pkg.Dir, Path: pkg.Path, Taken: taken.all, Declared: taken.declared, Callers: taken.callers},
	}
	c.packageName()
	c.goVersion()
	c.predeclaredNames()
	c.imports()
	c.declareContext()
	c.collisions()
	for _, it := range s.Iterators {
		c.iterators[it.Name.Value] = unchecked[spec.Iterator, model.Iterator](it, it.Refused)
	}
	for _, p := range s.Pipelines {
		c.pipelines[p.Name.Value] = unchecked[spec.Pipeline, model.Pipeline](p, p.Refused)
	}
	for _, r := range s.Resources {
		c.resources[r.Name.Value] = unchecked[spec.Resource, model.Resource](r, r.Refused)
	}
	for _, t := range s.Topologies {
		c.started[t.Name.Value] = unchecked[spec.Topology, topology](t, t.Refused)
	}
	c.declarePools()
	return c
}

// checkFile returns the model of the spec, nil where it has an error.
func (c *checker) checkFile() *model.File {
	s := c.spec
	for _, r := range s.Resources {
		if made := c.resource(r.Name.Value); made != nil {
			c.file.Resources = append(c.file.Resources, made)
		}
	}
	for _, it := range s.Iterators {
		if made := c.iterator(it.Name.Value); made != nil {
			c.file.Iterators = append(c.file.Iterators, made)
		}
	}
	for _, p := range s.Pipelines {
		if made := c.pipeline(p.Name.Value); made != nil {
			c.file.Pipelines = append(c.file.Pipelines, made)
		}
	}
	var topologies []*topology
	for _, t := range s.Topologies {
		if made := c.topologyOf(t.Name.Value); made != nil {
			c.file.Topologies = append(c.file.Topologies, made.Topology)
			topologies = append(topologies, made)
		}
	}
	c.starving()
	c.examples(topologies)
	if c.diags.Failed() {
		return nil
	}
	c.unbounded(topologies)
	c.file.Methods = c.userMethods()
	return c.file
}

// packageName settles the name of the package that the spec belongs to.
func (c *checker) packageName() {
	asked, found := c.spec.Package, c.pkg.Name
	switch {
	case asked.Given() && found != "" && asked.Value != found:
		c.diags.Errorf(asked.At(0), diag.BadPackage, "the Go files beside this spec are package %s, not %s", found, asked.Value).
			Help("leave package: out, or name that package")
	case asked.Given():
		found = asked.Value
	case found == "":
		found = folderName(c.pkg.Dir)
		if !token.IsIdentifier(found) {
			c.diags.Errorf(diag.Pos{File: c.spec.Path, Line: 1, Column: 1}, diag.BadPackage,
				"the folder's name %q cannot be a package's name", found).
				Help("name the package with package:")
		}
	}
	c.file.Package = found
}

// oldestGo is the language that what asyncgen writes is written in: the first in which a func can be ranged over.
const oldestGo = "1.23"

// goVersion refuses a module whose Go is older than what would be written into it.
func (c *checker) goVersion() {
	if of := c.pkg.GoVersion; of != "" && version.Compare("go"+of, "go"+oldestGo) < 0 {
		c.diags.Errorf(diag.Pos{File: c.spec.Path, Line: 1, Column: 1}, diag.BadPackage,
			"go.mod says go %s, and generated code needs %s or later", of, oldestGo).
			Help("raise it: go mod edit -go=%s", oldestGo)
	}
}

func folderName(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return filepath.Base(dir)
	}
	return filepath.Base(abs)
}

// imports puts the packages that the spec imports into its scope.
func (c *checker) imports() {
	for _, imp := range c.spec.Imports {
		if imp.Path.Value == c.pkg.Path && c.pkg.Path != "" {
			c.diags.Errorf(imp.Path.At(0), diag.BadImport, "%s is the package that the spec sits in", imp.Path.Value).
				Help("leave this import out: its names are in scope already")
			continue
		}
		pkg, err := c.pkg.Import(imp.Path.Value)
		if err != nil {
			c.lostImport(imp, err)
			continue
		}
		name := pkg.Name()
		if imp.Name.Given() {
			name = imp.Name.Value
		}
		if old, ok := c.scope.Lookup(name).(*types.PkgName); ok {
			c.diags.Errorf(imp.Path.At(0), diag.NameCollision, "%s and %s are both called %s", old.Imported().Path(), pkg.Path(), name).
				Help("rename one: - other: %s", pkg.Path())
			continue
		}
		c.scope.Declare(types.NewPkgName(token.NoPos, c.pkg.Types, name, pkg))
	}
}

// lostImport tells of an import that cannot be had.
func (c *checker) lostImport(imp spec.Import, err error) {
	d := c.diags.Errorf(imp.Path.At(0), diag.BadImport, "%v", err)
	name := imp.Name.Value
	if name == "" {
		name = path.Base(imp.Path.Value)
	}
	c.lost[name] = true
	if known, ok := wellKnown[imp.Path.Value]; ok && known != imp.Path.Value {
		d.Help("did you mean %s?", known)
	}
}

// declareContext makes the variable ctx. Its type is the real context.Context wherever the user's Go is loaded.
func (c *checker) declareContext() {
	pkg, err := c.pkg.Import("context")
	if err != nil {
		c.diags.Errorf(diag.Pos{File: c.spec.Path, Line: 1, Column: 1}, diag.BadImport, "%v", err)
		c.ctx = types.NewParam(token.NoPos, c.pkg.Types, "ctx", types.NewInterfaceType(nil, nil))
		return
	}
	c.ctx = types.NewParam(token.NoPos, c.pkg.Types, "ctx", pkg.Scope().Lookup("Context").Type())
}
