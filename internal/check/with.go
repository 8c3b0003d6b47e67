package check

import (
	"go/ast"
	"go/parser"
	"go/types"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// with checks the resources that a definition holds, and brings their names into its scope.
func (c *checker) with(def *definition, all []spec.With) {
	for _, w := range all {
		m := c.withOne(def, w)
		if m == nil {
			def.ok, def.lost[w.Name.Value] = false, true
			continue
		}
		def.With, def.Acts = append(def.With, m), true
		if m.Resource.Elem != nil {
			m.Var = c.newVar(w.Name.Value, m.Resource.Elem)
			def.scope = def.scope.Child(m.Var)
			def.Locals[w.Name.Value] = true
		}
		for _, e := range m.Resource.AllEffects() {
			if m.Pool == nil {
				def.Passed = append(def.Passed, e)
			}
		}
	}
}

func (c *checker) withOne(def *definition, w spec.With) *model.With {
	g := whole(w.Resource)
	node, err := parser.ParseExpr(g.text)
	if err != nil {
		c.typed(def.scope, g)
		return nil
	}
	call, ok := ast.Unparen(node).(*ast.CallExpr)
	if !ok {
		if r := c.resourceNamed(def, node); r != nil {
			c.diags.Errorf(g.at(0), diag.BadSource, "with: %s is a resource, and wants its arguments", g.text).
				Help("write %s(%s)", g.text, strings.Join(paramNames(r), ", "))
			return nil
		}
		return c.loan(def, w)
	}
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || c.resources[id.Name] == nil {
		c.diags.Errorf(g.at(0), diag.BadSource, "with: %s is no resource of this spec", g.text).
			Help("want NAME: RESOURCE(ARGS), or NAME: POOL where POOL is a param of a pool's type")
		return nil
	}
	r := c.resource(id.Name)
	if r == nil {
		return nil
	}
	args, ok := c.callArgs(def.scope, g, "with", call, id.Name, &r.Definition)
	if !ok {
		return nil
	}
	return &model.With{Resource: r, Args: args}
}

// resourceNamed returns the resource of this spec that node is the bare name of, or nil.
func (c *checker) resourceNamed(def *definition, node ast.Expr) *spec.Resource {
	id, ok := ast.Unparen(node).(*ast.Ident)
	if !ok || def.scope.Lookup(id.Name) != nil {
		return nil
	}
	for _, r := range c.spec.Resources {
		if r.Name.Value == id.Name {
			return r
		}
	}
	return nil
}

func paramNames(r *spec.Resource) []string {
	var all []string
	for _, p := range r.Params {
		all = append(all, p.Name.Value)
	}
	return all
}

// loan checks a with of a pool: the pool is a value of a pool's type.
func (c *checker) loan(def *definition, w spec.With) *model.With {
	e := c.value(def.scope, whole(w.Resource), "with")
	if e == nil {
		return nil
	}
	if ptr, ok := types.Unalias(e.Type).(*types.Pointer); ok {
		if named, ok := types.Unalias(ptr.Elem()).(*types.Named); ok {
			if name, ok := c.pools[named.Obj()]; ok {
				if r := c.resource(name); r != nil {
					return &model.With{Resource: r, Pool: e}
				}
				return nil
			}
		}
	}
	d := c.diags.Errorf(w.Resource.At(0), diag.BadSource, "with: %s is %s, want a resource or a pool of this spec", w.Resource, c.typeName(e.Type))
	if named, ok := types.Unalias(e.Type).(*types.Named); ok && c.pools[named.Obj()] != "" {
		d.Help("a pool is handed on by its pointer: *%s", named.Obj().Name())
		return nil
	}
	d.Help("want NAME: RESOURCE(ARGS), or NAME: POOL where POOL is a param of a pool's type")
	return nil
}
