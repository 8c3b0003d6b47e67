package check

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
)

// filled types g, with the arguments filled in where it is the bare name of a function.
func (c *checker) filled(scope *load.Scope, g goText, what string, v *types.Var) (goText, *load.Expr) {
	name := c.functionName(scope, g)
	if name == nil {
		return g, c.typed(scope, g)
	}
	args := "(v)"
	if v != nil {
		args = "(" + v.Name() + ")"
	}
	if sig, ok := name.Type.Underlying().(*types.Signature); ok {
		fits := false
		args, fits = c.arguments(sig, v)
		if !fits {
			d := c.diags.Errorf(g.at(0), c.misfit(sig), "%s: %s takes %s, want %s", what, g.text, c.paramList(sig), c.wantArgs(v))
			c.declaredHere(d, funcNamed(name.Node, name.Info))
			switch {
			case len(paramTypes(sig)) == 0:
				d.Help("write the call: %s()", g.text)
			case v != nil && args == "(ctx)":
				d.Help("write the call: %s(ctx)", g.text)
			case v == nil:
				d.Help("write the call: %s(…)", g.text)
			}
			return g, nil
		}
	}
	called := goText{g.text + args, func(i int) diag.Pos { return g.at(min(i, len(g.text))) }}
	return called, c.typed(scope, called)
}

// functionName returns the typed expression where g is the bare name of a function, else nil. An element that is a
// function is an element all the same.
func (c *checker) functionName(scope *load.Scope, g goText) *load.Expr {
	node, err := parser.ParseExpr(g.text)
	if err != nil || c.isElement(scope, node) {
		return nil
	}
	switch n := node.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.IndexListExpr:
		e, errs := scope.Expr(g.text)
		if len(errs) > 0 {
			// A generic function without its type arguments: types.CheckExpr wants them, a call infers them.
			if obj := genericNamed(scope, n); obj != nil {
				return &load.Expr{Text: g.text, Node: node, Type: types.Typ[types.Invalid]}
			}
			return nil
		}
		if e.IsBuiltin {
			return &load.Expr{Text: g.text, Node: node, Type: types.Typ[types.Invalid]}
		}
		if e.IsType || e.Type == nil {
			return nil
		}
		if _, ok := e.Type.Underlying().(*types.Signature); ok {
			return e
		}
	}
	return nil
}

// isElement reports whether node names an element or an accumulator, or what is in one: a variable of the spec that is no
// parameter.
func (c *checker) isElement(scope *load.Scope, node ast.Expr) bool {
	for {
		switch n := node.(type) {
		case *ast.IndexExpr:
			node = n.X
		case *ast.Ident:
			v, ok := scope.Lookup(n.Name).(*types.Var)
			return ok && c.own[v] && !isParam(c.def, n.Name)
		default:
			return false
		}
	}
}

// genericNamed returns the generic function that n names, or nil.
func genericNamed(scope *load.Scope, n ast.Node) types.Object {
	var obj types.Object
	switch n := n.(type) {
	case *ast.Ident:
		obj = scope.Lookup(n.Name)
	case *ast.SelectorExpr:
		x, ok := n.X.(*ast.Ident)
		if !ok {
			return nil
		}
		if pkg, ok := scope.Lookup(x.Name).(*types.PkgName); ok {
			obj = pkg.Imported().Scope().Lookup(n.Sel.Name)
		}
	}
	if f, ok := obj.(*types.Func); ok && isGeneric(f) {
		return f
	}
	return nil
}

// arguments returns the arguments that a bare function name is given, and whether its signature takes them.
func (c *checker) arguments(sig *types.Signature, v *types.Var) (string, bool) {
	params := paramTypes(sig)
	required := len(params)
	if sig.Variadic() {
		required--
	}
	takesCtx := len(params) > 0 && types.Identical(params[0], c.ctx.Type())
	given := v != nil && (!takesCtx || len(params) > 1)
	n := 0
	args := "()"
	switch {
	case takesCtx && given:
		args, n = "(ctx, "+v.Name()+")", 2
	case takesCtx:
		args, n = "(ctx)", 1
	case given:
		args, n = "("+v.Name()+")", 1
	}
	if n < required || n > len(params) || v != nil && !given {
		return args, false
	}
	if v == nil {
		return args, true
	}
	last := params[n-1]
	if sig.Variadic() && n == len(params) {
		last = last.(*types.Slice).Elem()
	}
	return args, sig.TypeParams().Len() > 0 || types.AssignableTo(v.Type(), last)
}

// misfit tells an element of the wrong type from a wrong number of parameters.
func (c *checker) misfit(sig *types.Signature) diag.Code {
	params := paramTypes(sig)
	if len(params) > 0 && types.Identical(params[0], c.ctx.Type()) {
		params = params[1:]
	}
	if len(params) == 1 {
		return diag.WrongElement
	}
	return diag.WrongResult
}

func (c *checker) wantArgs(v *types.Var) string {
	if v == nil {
		return "() or (context.Context)"
	}
	t := c.typeName(v.Type())
	return fmt.Sprintf("(%s) or (context.Context, %s)", t, t)
}

// paramList writes what a function takes, in brackets.
func (c *checker) paramList(sig *types.Signature) string {
	return "(" + strings.Trim(c.typeList(paramTypes(sig)), "()") + ")"
}

func paramTypes(sig *types.Signature) []types.Type {
	var all []types.Type
	for p := range sig.Params().Variables() {
		all = append(all, p.Type())
	}
	return all
}
