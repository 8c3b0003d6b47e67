package check

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
)

// model makes a model of a typed expression: its value and whether it fails and is an effect. results says how many
// values it may have beside the error.
func (c *checker) model(e *load.Expr) *model.Expr {
	m := &model.Expr{Text: e.Text, Node: e.Node, Base: e.Base, Info: e.Info, Value: e.Value}
	results := tuple(e)
	if n := len(results); n > 0 && model.IsError(results[n-1]) && isFuncCall(e) {
		m.Fails = true
		results = results[:n-1]
	}
	m.Values = len(results)
	if m.Values == 1 {
		m.Type = types.Default(results[0])
	}
	m.Effect = c.effects(e.Node, e.Info)
	return m
}

// tuple returns the types of all results of an expression.
func tuple(e *load.Expr) []types.Type {
	if e.IsVoid || e.Type == nil {
		return nil
	}
	t, ok := e.Type.(*types.Tuple)
	if !ok {
		return []types.Type{e.Type}
	}
	var all []types.Type
	for v := range t.Variables() {
		all = append(all, v.Type())
	}
	return all
}

func isCall(n ast.Expr) bool {
	_, ok := ast.Unparen(n).(*ast.CallExpr)
	return ok
}

// value checks an expression that gives one value, or one value and an error.
func (c *checker) value(scope *load.Scope, g goText, what string) *model.Expr {
	_, m := c.typedValue(scope, g, what, "T or (T, error)")
	return m
}

// typedValue is value with the types of the expression, for what asks more of it. want says what that is. Both are nil where
// there is an error.
func (c *checker) typedValue(scope *load.Scope, g goText, what, want string) (*load.Expr, *model.Expr) {
	e := c.typed(scope, g)
	if e == nil {
		return nil, nil
	}
	m := c.oneValue(g, e, what, want)
	if m == nil {
		return nil, nil
	}
	return e, m
}

func (c *checker) oneValue(g goText, e *load.Expr, what, want string) *model.Expr {
	switch {
	case e.IsType:
		c.diags.Errorf(g.at(0), diag.WrongResult, "%s: %s is a type, want %s", what, g.text, want).
			Help("write the conversion: %s(…)", g.text)
		return nil
	case e.IsNil:
		c.diags.Errorf(g.at(0), diag.WrongResult, "%s: nil has no type", what).Help("convert it: (*T)(nil)")
		return nil
	case e.IsBuiltin:
		c.diags.Errorf(g.at(0), diag.WrongResult, "%s: %s is a builtin and has to be called", what, g.text)
		return nil
	}
	m := c.model(e)
	if m.Values != 1 {
		c.wrongResult(g, e, what, want)
		return nil
	}
	if number, whole := wholeNumber(m); whole && m.Type == types.Typ[types.Int] && !fitsInt(m) {
		c.diags.Errorf(g.at(0), diag.BadValue, "%s: %s is more than an int holds", what, number)
		return nil
	}
	if !c.canWrite(g.at(0), what, g.text, m.Type) {
		return nil
	}
	return m
}

// isFuncCall reports whether e calls a function, and is not a conversion.
func isFuncCall(e *load.Expr) bool {
	call, ok := ast.Unparen(e.Node).(*ast.CallExpr)
	return ok && !e.Info.Types[call.Fun].IsType()
}

// wrongResult reports that e's results are not what is wanted, with a note at the function's declaration.
func (c *checker) wrongResult(g goText, e *load.Expr, what, want string) {
	subject := g.text
	f := calledFunc(e)
	if f != nil {
		subject = f.Name()
	}
	verb := "is"
	if isFuncCall(e) {
		verb = "returns"
	}
	d := c.diags.Errorf(g.at(0), diag.WrongResult, "%s: %s %s %s, want %s", what, subject, verb, c.typeList(tuple(e)), want)
	c.declaredHere(d, f)
}

// declaredHere adds a note where f is declared, if that is known.
func (c *checker) declaredHere(d *diag.Diagnostic, f types.Object) {
	if f == nil || !f.Pos().IsValid() {
		return
	}
	// What is in the standard library needs no showing, and lies elsewhere in each release.
	if pos := c.pkg.Position(f.Pos()); pos.Line > 0 && !strings.HasPrefix(pos.File, "$GOROOT") {
		d.Note(pos, "%s is declared here", f.Name())
	}
}

// calledFunc returns the function that e calls, or nil.
func calledFunc(e *load.Expr) types.Object {
	call, ok := ast.Unparen(e.Node).(*ast.CallExpr)
	if !ok {
		return nil
	}
	return funcNamed(call.Fun, e.Info)
}

// funcNamed returns the function or method that the expression names, or nil.
func funcNamed(fun ast.Expr, info *types.Info) types.Object {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		if f, ok := info.Uses[fun].(*types.Func); ok {
			return f
		}
	case *ast.SelectorExpr:
		if f, ok := info.Uses[fun.Sel].(*types.Func); ok {
			return f
		}
	case *ast.IndexExpr:
		return funcNamed(fun.X, info)
	}
	return nil
}

// call checks an expression in which a bare function name stands for a call with the element. want says how many
// results it may have: of a sink any, else one value.
func (c *checker) call(scope *load.Scope, g goText, what string, v *types.Var) *model.Expr {
	filled, e := c.filled(scope, g, what, v)
	if e == nil {
		return nil
	}
	return c.oneValue(filled, e, what, "T or (T, error)")
}

// sink checks an expression of which the results do not matter, but for an error.
func (c *checker) sink(scope *load.Scope, g goText, what string, v *types.Var) *model.Expr {
	filled, e := c.filled(scope, g, what, v)
	if e == nil {
		return nil
	}
	if !isCall(e.Node) && !isReceive(e.Node) {
		c.diags.Errorf(filled.at(0), diag.WrongResult, "%s: %s does nothing with the element, want a call", what, g.text)
		return nil
	}
	c.def.Acts = true
	return c.model(e)
}

func isReceive(n ast.Expr) bool {
	u, ok := ast.Unparen(n).(*ast.UnaryExpr)
	return ok && u.Op.String() == "<-"
}

// truth checks a condition: a bool, or a bool and an error.
func (c *checker) truth(scope *load.Scope, g goText, what string, v *types.Var) *model.Expr {
	filled, e := c.filled(scope, g, what, v)
	if e == nil {
		return nil
	}
	m := c.oneValue(filled, e, what, "bool or (bool, error)")
	if m == nil {
		return nil
	}
	b, ok := m.Type.Underlying().(*types.Basic)
	switch {
	case !ok || b.Info()&types.IsBoolean == 0:
		c.wrongType(filled, e, m, what, "bool")
		return nil
	case types.Unalias(m.Type) == b || m.Fails:
		return m
	}
	const conversion = "bool("
	return c.model(c.typed(scope, goText{conversion + filled.text + ")", func(i int) diag.Pos {
		return filled.at(min(max(i-len(conversion), 0), len(filled.text)))
	}}))
}

func (c *checker) wrongType(g goText, e *load.Expr, m *model.Expr, what, want string) {
	d := c.diags.Errorf(g.at(0), diag.WrongResult, "%s: %s is %s, want %s", what, g.text, c.typeName(m.Type), want)
	c.declaredHere(d, calledFunc(e))
}
