// Package load reads the user's Go: once a run for all specs, tolerant of what will only exist after the run.
//
// Load gives the package that each folder of specs sits in; Scope types the Go text of a spec inside it.
package load

import (
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// Package is the user's package as far as it is known; it may not compile yet.
//
// It is not safe for concurrent use, and neither are its scopes; but two packages may be used at once.
type Package struct {
	Dir   string         // the folder, as it was requested
	Name  string         // "" where the folder holds no Go file
	Path  string         // import path; the folder's base name where there is no module
	Types *types.Package // never nil; some of its objects may have invalid types
	Fset  *token.FileSet // of the files, the imports and the spec's own text; shared by the packages of a module

	GoVersion   string              // the language version in go.mod, such as 1.25.0; "" where there is none
	Declared    map[string]diag.Pos // the package-level names of its files, methods and init not among them
	TestNames   map[string]diag.Pos // what its own test files declare; not those of package NAME_test
	FileImports map[string]diag.Pos // the names that its files import, of packages and by a dot, which no declaration can have
	Errors      []diag.Note         // what is wrong with the folder: files that do not parse, two packages

	// Promised are the types that its files name and this run declares, by name. They are empty structs without methods until
	// whoever knows better completes them; a Scope does not see those that are not declared in it.
	Promised map[string]*types.TypeName

	Imported bool // by packages of other requests

	imports *imports
	scopes  scopeTree
}

// Position returns where pos is: a file of the user's as the folder and the file's name, with slashes; one of an
// imported package as its export data have it. It is the zero Pos where pos is in no file.
func (p *Package) Position(pos token.Pos) diag.Pos { return position(p.Fset, pos) }

func position(fset *token.FileSet, pos token.Pos) diag.Pos {
	at := fset.PositionFor(pos, false)
	if at.Filename == "" {
		return diag.Pos{}
	}
	return diag.Pos{File: filepath.ToSlash(at.Filename), Line: at.Line, Column: at.Column}
}

// Fulfil completes a promised type, and the types that the package's files define by it, as in type Report CrunchResult.
func (p *Package) Fulfil(promised *types.Named, underlying *types.Struct) {
	empty, scope := promised.Underlying(), p.Types.Scope()
	for _, name := range scope.Names() {
		if named, ok := scope.Lookup(name).Type().(*types.Named); ok && named.Underlying() == empty {
			named.SetUnderlying(underlying)
		}
	}
}

// problemOf says why the declaration of an object is unusable, as in "its parameter p has type Foo, which is not declared".
// It is "" where there is nothing to say, and for nil.
func (p *Package) problemOf(obj types.Object) string {
	switch o := obj.(type) {
	case *types.Func:
		obj = o.Origin()
	case *types.Var:
		obj = o.Origin()
	case *types.Const, *types.TypeName:
	default: // none, or one without a declaration or a type: a package, a builtin
		return ""
	}
	if text := p.imports.problems[obj]; text != "" {
		return text
	}
	if invalid(obj.Type()) {
		return "its type is not known"
	}
	return ""
}

// Import returns the package with that import path, which is one of the request's, context or iter. An error is fit for a
// diagnostic.
func (p *Package) Import(path string) (*types.Package, error) {
	if path == p.Path {
		return nil, fmt.Errorf("package %s is the one that the spec sits in: it needs no import", path)
	}
	if !MayImport(p.Path, path) {
		return nil, fmt.Errorf("package %s is internal: it cannot be imported from here", path)
	}
	if p.imports.nameOf(path, "") == "main" {
		return nil, fmt.Errorf("package %s is a program: it cannot be imported", path)
	}
	if l := p.imports.listed[path]; l != nil && slices.Contains(l.Deps, p.Path) {
		return nil, cycle(path)
	}
	p.imports.mu.Lock()
	defer p.imports.mu.Unlock()
	return p.imports.Import(path)
}

// cycle is why the package with that path cannot be imported: it imports the one that asks.
func cycle(path string) error {
	return fmt.Errorf("package %s imports the one that the spec sits in: that would be an import cycle", path)
}

// MayImport reports whether Go's rule on internal packages lets the package at from import path.
func MayImport(from, path string) bool {
	const element = "/internal/"
	i := strings.LastIndex("/"+path+"/", element)
	if i < 0 {
		return true
	}
	parent := path[:max(i-1, 0)]
	return parent != "" && strings.HasPrefix(from+"/", parent+"/")
}
