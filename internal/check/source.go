package check

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// source checks what a from gives.
func (c *checker) source(scope *load.Scope, s spec.Source) model.Source {
	switch s.Kind {
	case spec.GoSource:
		return c.goSource(scope, whole(s.Expr), "from", nil)
	case spec.Concat:
		return c.concat(scope, s)
	case spec.Zip:
		return c.zip(scope, s)
	case spec.Merge:
		return c.merge(scope, s)
	case spec.Gather:
		if parts := c.gather(scope, s.Gather, "gather"); parts != nil {
			return &model.Gather{Parts: parts}
		}
	}
	return nil
}

// goSource checks one thing that can be ranged over: a call of a pipeline or iterator of this spec, or a Go value.
// v is the element in hand, of a flatten; else nil.
func (c *checker) goSource(scope *load.Scope, g goText, what string, v *types.Var) model.Source {
	if call, ok := c.definitionCall(scope, g); ok {
		return c.callSource(scope, g, what, call)
	}
	filled, e := g, (*load.Expr)(nil)
	if v != nil && !c.isSequence(scope, g, v) {
		filled, e = c.filled(scope, g, what, v)
	} else {
		e = c.typed(scope, g)
	}
	if e == nil {
		return nil
	}
	m := c.oneValue(filled, e, what, "something to range over, or (that, error)")
	if m == nil {
		return nil
	}
	kind, elem, why := elemOf(m.Type)
	if elem == nil {
		d := c.diags.Errorf(filled.at(0), diag.BadSource, "%s: cannot range over %s (%s): %s", what, g.text, c.typeName(m.Type), why)
		switch t := m.Type.Underlying().(type) {
		case *types.Map:
			d.Help("write maps.Keys(%s) or maps.Values(%s), and import maps", g.text, g.text)
		case *types.Signature:
			if t.Results().Len() > 0 {
				d.Help("write the call: %s(…)", g.text)
			}
		}
		return nil
	}
	if !c.canWrite(filled.at(0), what, "an element of "+g.text, elem) {
		return nil
	}
	return &model.Range{Kind: kind, Expr: m, Elem: elem}
}

// isSequence reports whether g is the bare name of a function that is itself an iter.Seq, and not one to be called with v.
func (c *checker) isSequence(scope *load.Scope, g goText, v *types.Var) bool {
	name := c.functionName(scope, g)
	if name == nil {
		return false
	}
	sig, ok := name.Type.Underlying().(*types.Signature)
	if !ok {
		return false
	}
	_, fits := c.arguments(sig, v)
	_, elem, _ := seqOf(sig)
	return elem != nil && !fits
}

// definitionCall returns the call where g calls a definition of this spec.
func (c *checker) definitionCall(scope *load.Scope, g goText) (*ast.CallExpr, bool) {
	node, err := parser.ParseExpr(g.text)
	if err != nil {
		return nil, false
	}
	call, ok := ast.Unparen(node).(*ast.CallExpr)
	name := node
	if ok {
		name = ast.Unparen(call.Fun)
	}
	id, isName := name.(*ast.Ident)
	if !isName || !c.isDefinition(scope, id.Name) {
		return nil, false
	}
	if !ok {
		call = &ast.CallExpr{Fun: id} // a bare name: callSource says what is missing
	}
	return call, true
}

// isDefinition reports whether name is a pipeline or an iterator that nothing nearer hides.
func (c *checker) isDefinition(scope *load.Scope, name string) bool {
	_, iterator := c.iterators[name]
	_, pipeline := c.pipelines[name]
	if !iterator && !pipeline {
		return false
	}
	_, local := scope.Lookup(name).(*types.Var)
	return !local
}

// callSource checks a call of a pipeline or iterator of this spec.
func (c *checker) callSource(scope *load.Scope, g goText, what string, call *ast.CallExpr) model.Source {
	name := ast.Unparen(call.Fun).(*ast.Ident).Name
	m := &model.Call{}
	if _, ok := c.iterators[name]; ok {
		m.Iterator = c.iterator(name)
	} else {
		m.Pipeline = c.pipeline(name)
	}
	if m.Iterator == nil && m.Pipeline == nil {
		return nil
	}
	if p := m.Pipeline; p != nil && p.Collect != nil && p.Collect.Kind != model.CollectSlice {
		c.diags.Errorf(g.at(0), diag.BadSource, "%s: %s collects (%s), so it has no elements to go on with", what, name, p.Collect.Kind).
			Help("only a pipeline without collect, or with collect: slice, can be a source")
		return nil
	}
	def := m.Definition()
	args, ok := c.callArgs(scope, g, what, call, name, def)
	m.Args = args
	if len(def.With) > 0 {
		c.def.Passed = append(c.def.Passed, def.AllEffects()...) // it is called, not fused
		c.def.Acts = true
	} else {
		ok = c.seesSame(g, def) && ok
		c.inherit(def)
	}
	if !ok {
		return nil
	}
	return m
}

// callArgs checks the arguments of a call of a definition, one for each parameter. ctx may stand before them, as in the
// call of what is generated.
func (c *checker) callArgs(scope *load.Scope, g goText, what string, call *ast.CallExpr, name string, def *model.Definition) (all []*model.Expr, ok bool) {
	args := call.Args
	variadic := len(def.Params) > 0 && def.Params[len(def.Params)-1].Variadic
	if len(args) > 0 && isCtx(args[0]) && (len(args) != len(def.Params) || variadic) {
		args = args[1:]
	}
	if !c.fitsCall(g, what, call, name, def, len(args)) {
		return nil, false
	}
	ok = true
	for i, p := range def.Params {
		var arg *model.Expr
		if p.Variadic {
			arg = c.variadic(scope, g, call, args[i:], p)
		} else {
			arg = c.argument(scope, g.part(args[i]), name, p.Var)
		}
		ok = ok && arg != nil
		all = append(all, arg)
	}
	return all, ok
}

func isCtx(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "ctx"
}

// fitsCall reports a call with too many or too few arguments.
func (c *checker) fitsCall(g goText, what string, call *ast.CallExpr, name string, def *model.Definition, n int) bool {
	variadic := len(def.Params) > 0 && def.Params[len(def.Params)-1].Variadic
	if n == len(def.Params) && call.Lparen.IsValid() || variadic && n >= len(def.Params)-1 {
		return true
	}
	var params []string
	for _, p := range def.Params {
		params = append(params, fmt.Sprintf("%s %s", p.Var.Name(), c.typeName(p.Var.Type())))
	}
	given := "and is not called here"
	if call.Lparen.IsValid() {
		given = "and is given " + count(n, "argument")
	}
	c.diags.Errorf(g.at(0), diag.BadType, "%s: %s takes (%s), %s", what, name, join(params), given)
	return false
}

// argument checks one argument of a call of a definition.
func (c *checker) argument(scope *load.Scope, g goText, name string, p *types.Var) *model.Expr {
	e := c.typed(scope, g)
	if e == nil {
		return nil
	}
	if e.Type == nil || !types.AssignableTo(e.Type, p.Type()) {
		c.diags.Errorf(g.at(0), diag.BadType, "%s takes %s of type %s, not %s", name, p.Name(), c.typeName(p.Type()), c.typeList(tuple(e)))
		return nil
	}
	m := c.model(e)
	m.Values, m.Fails, m.Type = 1, false, p.Type()
	return m
}

// seesSame refuses a fused definition whose Go names what a parameter of the definition being checked hides: in the
// loop that both share, it would mean something else.
func (c *checker) seesSame(g goText, fused *model.Definition) bool {
	for _, p := range c.def.Params {
		name := p.Var.Name()
		if !fused.Words[name] || c.scope.Lookup(name) == nil || isPackage(c.scope.Lookup(name)) {
			continue
		}
		c.diags.Errorf(g.at(0), diag.NameCollision, "%s uses %s, which is a parameter of %s here", fused.Name, name, c.def.Name).
			Help("give the parameter another name")
		return false
	}
	return true
}

func isPackage(obj types.Object) bool {
	_, ok := obj.(*types.PkgName)
	return ok
}

// inherit makes a fused definition's words and effects those of the definition being checked.
func (c *checker) inherit(def *model.Definition) {
	for w := range def.Words {
		c.def.Words[w] = true
	}
	for l := range def.Locals {
		c.def.Locals[l] = true
	}
	for _, e := range def.Effects {
		c.addEffect(e)
	}
	c.def.Passed = append(c.def.Passed, def.Passed...)
	c.def.Acts = c.def.Acts || def.Acts
}

// concat checks sources one after another.
func (c *checker) concat(scope *load.Scope, s spec.Source) model.Source {
	if parts, elem := c.alike(scope, s, "concat"); parts != nil {
		return &model.Concat{Parts: parts, Elem: elem}
	}
	return nil
}

// merge checks sources whose elements are taken as they come.
func (c *checker) merge(scope *load.Scope, s spec.Source) model.Source {
	if parts, elem := c.alike(scope, s, "merge"); parts != nil {
		return &model.Merge{Parts: parts, Elem: elem}
	}
	return nil
}

// alike checks sources whose elements are all of one type. It returns nil where one has an error.
func (c *checker) alike(scope *load.Scope, s spec.Source, what string) (parts []model.Source, elem types.Type) {
	for _, part := range s.Parts {
		p := c.goSource(scope, whole(part), what, nil)
		if p == nil {
			continue
		}
		parts = append(parts, p)
		if elem == nil {
			elem = model.Elem(p)
		}
		if !types.Identical(elem, model.Elem(p)) {
			c.diags.Errorf(part.At(0), diag.WrongElement, "%s: %s has elements of type %s, those before it %s", what, part, c.typeName(model.Elem(p)), c.typeName(elem))
			return nil, nil
		}
	}
	if len(parts) != len(s.Parts) {
		return nil, nil
	}
	return parts, elem
}
