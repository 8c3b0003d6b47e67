// Package model is what a checked spec means: plain typed data, ready to be emitted. Nothing in it can be wrong any more.
package model

import (
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/spec"
)

// File is one checked spec: what goes into NAME_async.go and NAME_async_test.go.
type File struct {
	Spec       *spec.Spec
	Dir        string          // the folder it sits in
	Package    string          // the package's name
	Path       string          // the package's import path
	Prefix     string          // of the names of what its definitions share in the output
	Declared   map[string]bool // every package-level name of the folder, the generated ones included
	Taken      map[string]bool // those, and the names of the imports of its files
	Callers    map[string]bool // the funcs by which the definitions of the folder are called
	Iterators  []*Iterator
	Pipelines  []*Pipeline
	Resources  []*Resource
	Topologies []*Topology
	Methods    []Method // of the user's, on types of the output
}

// Method is a method that the user's Go declares for a type of the output.
type Method struct {
	Type, Name string
	Generated  diag.Pos // the definition that the type is of
	Declared   diag.Pos
}

// Definition is what all nouns have.
type Definition struct {
	Name     string
	Doc      string // the user's words, or ""
	Params   []*Param
	Words    map[string]bool // every identifier in the definition's Go that is none of its own variables: no local may hide one
	Locals   map[string]bool // the variables that the spec names: params, elements, an iterator's own
	With     []*With         // the resources that it holds while it runs, outermost first
	Effects  []*Effect       // the functions that its effects call, each once, those of fused definitions included
	Passed   []*Effect       // those of the resources that it holds, and of definitions that it calls unfused
	Acts     bool            // something in it is called for what that does alone: a sink, a resource
	Examples []*Example
}

// Param is a parameter of a definition.
type Param struct {
	Var      *types.Var
	Variadic bool // the last one, written ...T; its Var is a slice
	Assigned bool // a statement of the definition assigns to it
}

// Effect is a function or method of the user's that is given ctx.
type Effect struct {
	Func *types.Func
	Recv types.Type // of a method: what it is called on; nil for a function
}

// Example is one example: a call and what it is to give.
type Example struct {
	Args []*Expr // one for each param
	Want []*Expr // one for each result but the error, or fewer; nil where Err is given
	Err  *Expr   // what the error is to be
}

// Definitions returns what all nouns of the file have.
func (f *File) Definitions() []*Definition {
	var all []*Definition
	for _, it := range f.Iterators {
		all = append(all, &it.Definition)
	}
	for _, p := range f.Pipelines {
		all = append(all, &p.Definition)
	}
	for _, r := range f.Resources {
		all = append(all, &r.Definition)
	}
	for _, t := range f.Topologies {
		all = append(all, &t.Definition)
	}
	return all
}

// AllEffects returns the functions that a definition's effects call, and those that it passes on: each once.
func (d *Definition) AllEffects() []*Effect {
	var all []*Effect
	for _, e := range append(slices.Clone(d.Effects), d.Passed...) {
		if !slices.ContainsFunc(all, e.Same) {
			all = append(all, e)
		}
	}
	return all
}

// Same reports whether two effects call the same function or method.
func (e *Effect) Same(f *Effect) bool {
	return e.Func.Origin() == f.Func.Origin() && (e.Recv == f.Recv || e.Recv != nil && f.Recv != nil && types.Identical(e.Recv, f.Recv))
}

// Signature returns the effect as a function: a method's receiver is the first parameter.
func (e *Effect) Signature() *types.Signature {
	sig := e.Func.Signature()
	if e.Recv == nil {
		return sig
	}
	params := []*types.Var{types.NewParam(0, nil, "", e.Recv)}
	for p := range sig.Params().Variables() {
		params = append(params, types.NewParam(0, nil, "", p.Type()))
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
}
