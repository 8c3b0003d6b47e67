package model

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

// Expr is a Go expression of the spec, with its types.
type Expr struct {
	Text   string // the Go, with v and ctx filled in where a bare function name stood
	Node   ast.Expr
	Base   token.Pos // of the first byte of Text
	Info   *types.Info
	Type   types.Type     // of its value, the error left out; nil where it has none
	Value  constant.Value // nil unless it is constant
	Fails  bool           // its last result is an error
	Values int            // how many results it has, the error left out
	Effect bool           // it calls something with ctx
	List   []*Expr        // the elements, where it is the slice of a variadic parameter and has no text of its own
}

// Int returns the value of a constant integer. It is false for nil, and for whatever else is not one that an int64 holds.
func (e *Expr) Int() (int64, bool) {
	if e == nil || e.Value == nil {
		return 0, false
	}
	return constant.Int64Val(constant.ToInt(e.Value))
}

// Mentions reports whether an expression names a variable. Nil names none.
func (e *Expr) Mentions(v *types.Var) bool {
	if e == nil {
		return false
	}
	if slices.ContainsFunc(e.List, func(item *Expr) bool { return item.Mentions(v) }) {
		return true
	}
	return e.Node != nil && mentions(e.Node, e.Info, v)
}

// Stmt is a simple Go statement of the spec, with its types.
type Stmt struct {
	Text   string
	Node   ast.Stmt
	Base   token.Pos
	Info   *types.Info
	Defs   []*types.Var // what := declares
	Effect bool
}

// Mentions reports whether a statement names a variable that stands outside of it. Nil names none.
func (s *Stmt) Mentions(v *types.Var) bool { return s != nil && mentions(s.Node, s.Info, v) }

func mentions(node ast.Node, info *types.Info, v *types.Var) bool {
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && info.Uses[id] == v
		return !found
	})
	return found
}

// IsError reports whether a type is error itself.
func IsError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }
