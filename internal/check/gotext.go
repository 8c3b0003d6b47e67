package check

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/spec"
)

// goText is Go in the spec, or a part of it.
type goText struct {
	text string
	at   func(offset int) diag.Pos
}

// whole returns all of t, without the blanks and line breaks around it that a block scalar may have.
func whole(t spec.Text) goText {
	text := strings.TrimLeft(t.Value, " \t\n")
	before := len(t.Value) - len(text)
	return goText{strings.TrimRight(text, " \t\n"), func(i int) diag.Pos { return t.At(before + i) }}
}

// part returns the bytes that node takes up. node was parsed from g by parser.ParseExpr.
func (g goText) part(node ast.Node) goText {
	from := int(node.Pos()) - 1
	return goText{g.text[from : int(node.End())-1], func(i int) diag.Pos { return g.at(from + i) }}
}

// typed types g. It returns nil where that fails; the reason is reported.
func (c *checker) typed(scope *load.Scope, g goText) *load.Expr {
	e, errs := scope.Expr(g.text)
	for len(errs) > 0 && (c.makeNamed(errs[0].Msg) || c.makeMembers(errs[0].Msg)) {
		before := c.diags.Len()
		e, errs = scope.Expr(g.text)
		if c.diags.Len() > before {
			return nil
		}
	}
	if !c.goErrors(scope, g, errs) {
		return nil
	}
	return e
}

// typeOf types the text of a type, which may be one that the spec generates.
func (c *checker) typeOf(text string) (types.Type, []load.Error) {
	t, _, errs := c.scope.Type(text)
	for len(errs) > 0 && c.makeNamed(errs[0].Msg) {
		t, _, errs = c.scope.Type(text)
	}
	return t, errs
}

// goErrors reports what the parser and the type checker say of g, and whether it is all right.
func (c *checker) goErrors(scope *load.Scope, g goText, errs []load.Error) bool {
	for _, e := range errs {
		if c.ofBrokenParam(e.Msg) || c.toldBeside(e.Msg) || c.toldBefore(e.Msg) {
			continue
		}
		code := diag.BadType
		if e.Parse {
			code = diag.BadGo
		}
		msg := declaredAt.ReplaceAllString(e.Msg, "")
		c.explain(c.diags.Errorf(g.at(min(e.Offset, len(g.text))), code, "%s", msg), scope, msg)
	}
	return len(errs) == 0
}

// toldBefore reports whether msg only follows from an import or a resource that cannot be had, which has been told.
func (c *checker) toldBefore(msg string) bool {
	name, ok := strings.CutPrefix(msg, "undefined: ")
	return ok && (c.lost[name] || c.def != nil && c.def.lost[name])
}

// declaredAt matches the places that go/types puts into a message.
var declaredAt = regexp.MustCompile(` \(declared at [^)]*\)`)

// ofBrokenParam reports whether msg only follows from a parameter whose type is wrong, which has been told.
func (c *checker) ofBrokenParam(msg string) bool {
	name, ok := strings.CutSuffix(msg, ": its type is not known")
	if !ok || c.def == nil {
		return false
	}
	for _, p := range c.def.Params {
		if p.Var.Name() == name && p.Var.Type() == types.Typ[types.Invalid] {
			return true
		}
	}
	return false
}
