package emit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// launching returns the statements that end the start of a topology: those that start its goroutines. Where one of the
// spec's expressions among them might panic, the goroutines that run by then are ended before that goes on.
func (t *topology) launching(runs string) string {
	if slices.ContainsFunc(t.atLaunch(), mayPanic) {
		return t.member("crew.launch") + "(func() {\n" + runs + "\n})"
	}
	return lines(runs, t.member("crew.end")+"()")
}

// atLaunch returns the expressions that are evaluated while goroutines are started.
func (t *topology) atLaunch() []*model.Expr {
	var all []*model.Expr
	for _, w := range t.Workers() {
		all = append(all, w.Copies)
		if c := w.Collect; c != nil && c.Kind == model.CollectReduce {
			all = append(all, c.Init)
		}
		for _, s := range w.Stages {
			if w.Consumer && s.Kind == spec.Rate {
				all = append(all, s.Rate.N)
			}
		}
	}
	return all
}

// mayPanic reports whether the evaluation of an expression might panic.
func mayPanic(e *model.Expr) bool {
	if e == nil || e.Value != nil {
		return false
	}
	found := false
	ast.Inspect(e.Node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			compares := n.Op == token.EQL || n.Op == token.NEQ
			found = found || n.Op == token.QUO || n.Op == token.REM || n.Op == token.SHL || n.Op == token.SHR || compares && holdsInterface(e.Info.Types[n.X].Type)
		case *ast.CallExpr:
			found = found || !e.Info.Types[n.Fun].IsType() && !slices.Contains([]string{"len", "min", "max", "new"}, types.ExprString(n.Fun))
		case *ast.SelectorExpr:
			name, isName := n.X.(*ast.Ident)
			_, isPackage := e.Info.Uses[name].(*types.PkgName)
			found = found || !isName || !isPackage
		case *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr:
			found = true
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

// holdsInterface reports whether two values of a type, when they are compared or hashed, might panic.
func holdsInterface(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Interface:
		return true
	case *types.Array:
		return holdsInterface(t.Elem())
	case *types.Struct:
		for field := range t.Fields() {
			if holdsInterface(field.Type()) {
				return true
			}
		}
	}
	return false
}
