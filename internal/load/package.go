// Package load reads the user's Go: once a run for all specs, tolerant of what will only exist after the run.
//
// Load gives the package that each folder of specs sits in; Scope types the Go text of a spec inside it.
package load

import (
	"go/token"
	"go/types"
	"path/filepath"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// Package is the user's package as far as it is known; it may not compile yet.
//
// It is not safe for concurrent use, and neither are its scopes; but two packages may be used at once.
type Package struct {
	Dir   string         // the folder, as it was requested
	Name  string         // "" where the folder holds no Go package: no file but tests
	Path  string         // import path; the folder's base name where there is no module
	Types *types.Package // never nil; some of its objects may have invalid types
	Fset  *token.FileSet // of the files, the imports and the spec's own text; shared by the packages of a module

	GoVersion   string                    // the language version in go.mod, such as 1.25.0; "" where there is none
	Declared    map[string]token.Position // the package-level names of its files, methods and init not among them
	TestNames   map[string]token.Position // what its own test files declare; not those of package NAME_test
	FileImports map[string]token.Position // the names by which its files import packages, which no declaration can have
	Errors      []diag.Note               // what is wrong with the folder: files that do not parse, two packages

	imports *imports
	seats   seats
}

// Position returns where pos is: a file of the user's as the folder and the file's name, with slashes; one of an
// imported package as its export data have it. It is the zero Pos where pos is in no file.
func (p *Package) Position(pos token.Pos) diag.Pos {
	at := p.Fset.PositionFor(pos, false)
	if at.Filename == "" {
		return diag.Pos{}
	}
	return diag.Pos{File: filepath.ToSlash(at.Filename), Line: at.Line, Column: at.Column}
}

// Problem says why the declaration of the package-level name is unusable, as in "its parameter p has type Foo, which
// is not declared". It is "" where there is nothing to say, and where there is no such name.
func (p *Package) Problem(name string) string {
	return p.problemOf(p.Types.Scope().Lookup(name))
}

// problemOf is Problem for any object: a method, a field, something imported.
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
