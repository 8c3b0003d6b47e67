package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// examples checks the examples of all definitions, once everything that they may call has been checked.
func (c *checker) examples(topologies []*topology) {
	for _, s := range c.spec.Iterators {
		if it := c.iterators[s.Name.Value].made; it != nil {
			it.Examples = c.examplesOf(&it.Definition, s.Examples, []types.Type{types.NewSlice(it.Elem)}, it.Constructor())
		}
	}
	for _, s := range c.spec.Pipelines {
		if p := c.pipelines[s.Name.Value].made; p != nil {
			p.Examples = c.examplesOf(&p.Definition, s.Examples, resultsOf(p), p.Name)
		}
	}
	for _, s := range c.spec.Resources {
		if r := c.resources[s.Name.Value].made; r != nil {
			r.Examples = c.examplesOf(c.withUse(r), s.Examples, nil, r.FuncName())
		}
	}
	for _, t := range topologies {
		t.Examples = c.examplesOf(&t.Definition, t.spec.Examples, []types.Type{t.result}, t.RunName())
	}
}

// withUse returns the definition of a resource with the body as a last parameter, as its func is called.
func (c *checker) withUse(r *model.Resource) *model.Definition {
	params := []*types.Var{c.ctx}
	if r.V != nil {
		params = append(params, r.V)
	}
	failed := types.NewVar(token.NoPos, nil, "", errorType)
	use := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), types.NewTuple(failed), false)
	d := r.Definition
	d.Params = nil
	for _, p := range r.Params {
		d.Params = append(d.Params, &model.Param{Var: p.Var}) // what is variadic is a slice before the body
	}
	d.Params = append(d.Params, &model.Param{Var: types.NewParam(token.NoPos, c.pkg.Types, "use", use)})
	return &d
}

// resultsOf returns the types that an example of a pipeline wants: what it returns, without the error.
func resultsOf(p *model.Pipeline) []types.Type {
	switch {
	case p.Collect == nil:
		return []types.Type{types.NewSlice(p.Elem)}
	case p.Collect.Kind == model.CollectInto:
		return nil
	case p.Collect.Kind == model.CollectFirst, p.Collect.Kind == model.CollectLast:
		return []types.Type{p.Collect.Type, types.Typ[types.Bool]}
	}
	return []types.Type{p.Collect.Type}
}

func (c *checker) examplesOf(def *model.Definition, examples []spec.Example, results []types.Type, name string) []*model.Example {
	var all []*model.Example
	for _, e := range examples {
		holder := &definition{Definition: &model.Definition{Words: map[string]bool{}}}
		c.within(holder, func() {
			if m := c.example(def, e, results, name); m != nil {
				all = append(all, m)
			}
		})
	}
	return all
}

func (c *checker) example(def *model.Definition, e spec.Example, results []types.Type, name string) *model.Example {
	scope := c.scope.Child(c.ctx)
	m := &model.Example{}
	if !c.exampleCall(scope, def, e, name, m) {
		return nil
	}
	if e.Error.Given() {
		before := c.diags.Len()
		m.Err = c.value(scope, whole(e.Error), "error")
		if m.Err == nil {
			if c.diags.Len() > before {
				c.diags.At(before).Help("want the value of an error, which errors.Is looks for: ErrGone")
			}
			return nil
		}
		if !types.AssignableTo(m.Err.Type, errorType) {
			c.diags.Errorf(e.Error.At(0), diag.BadExample, "error: %s is %s, which is no error", e.Error, c.typeName(m.Err.Type))
			return nil
		}
		return m
	}
	if len(results) == 0 && whole(e.Want).text == "nil" {
		return m // there is nothing to want but that it goes well
	}
	return c.want(scope, e.Want, results, m)
}

// exampleCall checks the call of an example: it has to be one of the definition itself.
func (c *checker) exampleCall(scope *load.Scope, def *model.Definition, e spec.Example, name string, m *model.Example) bool {
	g := whole(e.Call)
	node, err := parser.ParseExpr(g.text)
	if err != nil {
		return c.typed(scope, g) != nil
	}
	call, ok := ast.Unparen(node).(*ast.CallExpr)
	id, isName := (*ast.Ident)(nil), false
	if ok {
		id, isName = ast.Unparen(call.Fun).(*ast.Ident)
	}
	if !isName || id.Name != name && id.Name != def.Name {
		c.diags.Errorf(g.at(0), diag.BadExample, "an example of %s calls it, as in %s(…)", def.Name, name)
		return false
	}
	args, ok := c.callArgs(scope, g, "call", call, name, def)
	m.Args = args
	return ok
}

// variadic checks the arguments of a parameter ...T: it makes a slice of them, unless they are one.
func (c *checker) variadic(scope *load.Scope, g goText, call *ast.CallExpr, args []ast.Expr, p *model.Param) *model.Expr {
	if call.Ellipsis.IsValid() && len(args) == 1 {
		return c.argument(scope, g.part(args[0]), "it", p.Var)
	}
	elem := types.NewVar(0, nil, p.Var.Name(), p.Var.Type().(*types.Slice).Elem())
	list := &model.Expr{Type: p.Var.Type(), Values: 1}
	for _, a := range args {
		arg := c.argument(scope, g.part(a), "it", elem)
		if arg == nil {
			return nil
		}
		list.List = append(list.List, arg)
	}
	return list
}

// want checks what an example is to give: one value, or several between commas.
func (c *checker) want(scope *load.Scope, t spec.Text, results []types.Type, m *model.Example) *model.Example {
	parts := splitList(whole(t))
	if len(parts) > len(results) {
		c.diags.Errorf(t.At(0), diag.BadExample, "want: %s, and the call gives %s", count(len(parts), "value"), c.typeList(results))
		return nil
	}
	for i, g := range parts {
		e := c.typed(scope, g)
		if e == nil {
			return nil
		}
		if !e.IsNil && (e.Type == nil || !types.AssignableTo(e.Type, results[i])) {
			c.diags.Errorf(g.at(0), diag.BadExample, "want: %s is %s, and the call gives %s", g.text, c.typeList(tuple(e)), c.typeName(results[i]))
			return nil
		}
		w := c.model(e)
		w.Type, w.Values, w.Fails = results[i], 1, false
		m.Want = append(m.Want, w)
	}
	return m
}

// splitList splits a list of expressions at its commas.
func splitList(g goText) []goText {
	const before = "f("
	node, err := parser.ParseExpr(before + g.text + ")")
	call, ok := node.(*ast.CallExpr)
	if err != nil || !ok || len(call.Args) < 2 {
		return []goText{g}
	}
	var all []goText
	for _, a := range call.Args {
		from, to := int(a.Pos())-1-len(before), int(a.End())-1-len(before)
		all = append(all, goText{g.text[from:to], func(i int) diag.Pos { return g.at(from + i) }})
	}
	return all
}
