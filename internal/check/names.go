package check

import (
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// names knows which package-level names of a folder are taken, and by what.
type names struct {
	all      map[string]bool
	declared map[string]bool // without the imports of the folder's files
	callers  map[string]bool // the funcs by which definitions are called
	where    map[string]diag.Pos
	prefixes map[string]bool // what names of stock parts begin with
}

func newNames(pkg *load.Package) *names {
	n := &names{all: map[string]bool{}, declared: map[string]bool{}, callers: map[string]bool{}, where: map[string]diag.Pos{}, prefixes: map[string]bool{}}
	for _, declared := range []map[string]diag.Pos{pkg.TestNames, pkg.FileImports, pkg.Declared} {
		for name, pos := range declared {
			n.all[name] = true
			n.where[name] = pos
		}
	}
	for name := range pkg.Declared {
		n.declared[name] = true
	}
	return n
}

// freePrefix returns what the names of a stock part begin with, and takes it: the first of two where nothing of the folder
// is called so already, else the second, with a number if need be. It takes the prefix with each of parts behind it too:
// what a part has for itself begins so.
func (c *checker) freePrefix(first, second string, parts ...string) string {
	prefix := lowerInitial(first)
	for i := 1; !c.names.free(prefix, parts...); i++ {
		if prefix = lowerInitial(second); i > 1 {
			prefix += strconv.Itoa(i)
		}
	}
	c.names.prefixes[prefix] = true
	for _, part := range parts {
		c.names.prefixes[prefix+model.UpperFirst(part)] = true
	}
	return prefix
}

// free reports whether no name of the folder begins with prefix, or with the constructor of a type that does, and no
// other stock part has it for its own, alone or with one of parts behind it.
func (n *names) free(prefix string, parts ...string) bool {
	another := func(part string) bool { return n.prefixes[prefix+model.UpperFirst(part)] }
	if n.prefixes[prefix] || slices.ContainsFunc(parts, another) {
		return false
	}
	made := "new" + model.UpperFirst(prefix)
	for name := range n.all {
		if goesOn(name, prefix) || goesOn(name, made) {
			return false
		}
	}
	return true
}

// goesOn reports whether a name is a prefix and then another word.
func goesOn(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	next, _ := utf8.DecodeRuneInString(rest)
	return ok && unicode.IsUpper(next)
}

func lowerInitial(name string) string {
	initial, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(initial)) + name[size:]
}

// collisions refuses every definition of which a generated name is taken, and takes the names of the others.
func (c *checker) collisions() {
	callers := c.names.callers
	for _, it := range c.spec.Iterators {
		c.take(it.Name, it.Name.Value, model.ConstructorName(it.Name.Value))
		callers[model.ConstructorName(it.Name.Value)] = true
	}
	for _, r := range c.spec.Resources {
		c.take(r.Name, model.WithName(r.Name.Value))
		callers[model.WithName(r.Name.Value)] = true
		if r.Pool != nil {
			callers[model.NewPoolName(r.Name.Value)] = true
			c.take(r.Name, model.PoolNames(r.Name.Value)...)
		}
	}
	for _, p := range c.spec.Pipelines {
		c.take(p.Name, p.Name.Value)
		callers[p.Name.Value] = true
	}
	for _, t := range c.spec.Topologies {
		c.take(t.Name, model.TopologyNames(t.Name.Value)...)
		callers[model.StartName(t.Name.Value)] = true
	}
}

func (c *checker) take(at spec.Text, generated ...string) {
	for _, name := range generated {
		if name == "main" && c.file.Package == "main" {
			c.diags.Errorf(at.At(0), diag.BadName, "%q cannot be the name of a definition: in this package it is where the program begins", name)
			continue
		}
		if imp := c.importCalled(name); imp != nil {
			c.diags.Errorf(at.At(0), diag.NameCollision, "%s is what this spec calls an import", name).
				Note(imp.Path.At(0), "%s is imported here", imp.Path.Value).
				Help("give the definition another name, or the import one: - other: %s", imp.Path.Value)
			continue
		}
		if c.names.all[name] {
			what := name
			if name != at.Value {
				what = name + " (generated for " + at.Value + ")"
			}
			d := c.diags.Errorf(at.At(0), diag.NameCollision, "%s collides with a name of the package", what)
			pos, ok := c.names.where[name]
			if ok {
				d.Note(pos, "%s is declared here", name)
			}
			d.Help("give the definition another name%s", leftBehind(pos.File))
			if name == at.Value {
				return // the names made of it go with it
			}
			continue
		}
		c.names.all[name], c.names.declared[name] = true, true
		c.names.where[name] = at.At(0)
	}
}

// leftBehind says what to do about a file that may be the output of a spec that is gone.
func leftBehind(file string) string {
	if !strings.HasSuffix(file, spec.CodeSuffix) && !strings.HasSuffix(file, spec.TestSuffix) {
		return ""
	}
	base := path.Base(file)
	return "; if " + base + " is left from a spec that is gone, generate the whole folder, and it is removed"
}

// importCalled returns the import that the spec calls name, or nil.
func (c *checker) importCalled(name string) *spec.Import {
	p, ok := c.scope.Lookup(name).(*types.PkgName)
	if !ok {
		return nil
	}
	for i, imp := range c.spec.Imports {
		if imp.Path.Value == p.Imported().Path() && (!imp.Name.Given() || imp.Name.Value == name) {
			return &c.spec.Imports[i]
		}
	}
	return nil
}
