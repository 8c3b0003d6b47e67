package model

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
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

// Stmt is a simple Go statement of the spec, with its types.
type Stmt struct {
	Text   string
	Node   ast.Stmt
	Base   token.Pos
	Info   *types.Info
	Defs   []*types.Var // what := declares
	Effect bool
}
