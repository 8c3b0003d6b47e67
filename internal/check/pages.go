package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// pages checks a paginated fetch.
func (c *checker) pages(def *definition, p *spec.Paginate) (*model.Pages, types.Type) {
	m := &model.Pages{Whole: p.Emit.Value == "pages"}
	m.Mode = c.pageMode(def, p.Fetch)
	if m.Mode == "" {
		return nil, nil
	}
	if p.Prefetch.Given() {
		if m.Ahead = c.integer(def.scope, p.Prefetch, "prefetch", 1); m.Ahead == nil {
			return nil, nil
		}
	}
	place := types.Type(types.Typ[types.Int])
	if m.Mode == model.ByCursor {
		if place = c.cursorType(def, p.Fetch); place == nil {
			return nil, nil
		}
	}
	m.Place = types.NewParam(token.NoPos, c.pkg.Types, string(m.Mode), place)
	def.Locals[m.Place.Name()] = true
	c.own[m.Place] = true
	scope := def.scope.Child(m.Place)
	if p.Until.Given() {
		if m.Until = c.truth(scope, whole(p.Until), "until", nil); m.Until == nil {
			return nil, nil
		}
	}
	elem := c.fetch(scope, p.Fetch, m)
	if elem == nil {
		return nil, nil
	}
	if m.Whole {
		elem = m.Slice
	}
	return m, elem
}

var allModes = []model.Mode{model.ByOffset, model.ByPage, model.ByCursor}

// pageMode returns which of offset, page and cursor the fetch names.
func (c *checker) pageMode(def *definition, fetch spec.Text) model.Mode {
	node, err := parser.ParseExpr(fetch.Value)
	if err != nil {
		c.typed(def.scope, whole(fetch)) // reports what is wrong
		return ""
	}
	var modes []model.Mode
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			ast.Inspect(n.X, visit) // a field or method may be called so too
			return false
		case *ast.Ident:
			mode := model.Mode(n.Name)
			if slices.Contains(allModes, mode) && !isParam(def, n.Name) && !slices.Contains(modes, mode) {
				modes = append(modes, mode)
			}
		}
		return true
	}
	ast.Inspect(node, visit)
	switch len(modes) {
	case 1:
		return modes[0]
	case 0:
		c.diags.Errorf(fetch.At(0), diag.BadGo, "fetch: names none of offset, page and cursor").
			Help("give one of them to the call: it is the place of the page to fetch")
	default:
		c.diags.Errorf(fetch.At(0), diag.BadGo, "fetch: names both %s and %s, want one of them", modes[0], modes[1])
	}
	return ""
}

// cursorType returns the type of the cursor: the second result of the function that fetch calls.
func (c *checker) cursorType(def *definition, fetch spec.Text) types.Type {
	node, _ := parser.ParseExpr(fetch.Value)
	call, ok := ast.Unparen(node).(*ast.CallExpr)
	if !ok {
		c.diags.Errorf(fetch.At(0), diag.WrongResult, "fetch: %s is no call, want one that returns ([]T, C, error)", fetch)
		return nil
	}
	fun := c.typed(def.scope, whole(fetch).part(call.Fun))
	if fun == nil {
		return nil
	}
	sig, ok := fun.Type.Underlying().(*types.Signature)
	if !ok || sig.Results().Len() != 3 {
		d := c.diags.Errorf(fetch.At(0), diag.WrongResult, "fetch: %s is %s, want a func that returns ([]T, C, error)",
			whole(fetch).part(call.Fun).text, c.typeName(fun.Type))
		c.declaredHere(d, funcNamed(fun.Node, fun.Info))
		return nil
	}
	cursor := sig.Results().At(1).Type()
	if !types.Comparable(cursor) {
		d := c.diags.Errorf(fetch.At(0), diag.WrongResult, "fetch: its cursor is %s, which cannot be compared: the zero cursor is the end", c.typeName(cursor))
		c.declaredHere(d, funcNamed(fun.Node, fun.Info))
		return nil
	}
	return cursor
}

// fetch checks the call that fetches a page, and returns the type of an item.
func (c *checker) fetch(scope *load.Scope, t spec.Text, m *model.Pages) types.Type {
	g := whole(t)
	e := c.typed(scope, g)
	if e == nil {
		return nil
	}
	want, n := "([]T, error)", 2
	if m.Mode == model.ByCursor {
		want, n = "([]T, C, error)", 3
	}
	results := tuple(e)
	if len(results) != n || !model.IsError(results[n-1]) {
		c.wrongResult(g, e, "fetch", want)
		return nil
	}
	slice, ok := results[0].Underlying().(*types.Slice)
	if !ok {
		c.wrongResult(g, e, "fetch", want)
		return nil
	}
	for _, r := range []types.Type{results[0], slice.Elem(), results[n-2]} {
		if !c.canWrite(g.at(0), "fetch", "what it gives", r) {
			return nil
		}
	}
	m.Fetch = c.model(e)
	m.Slice = results[0]
	return slice.Elem()
}
