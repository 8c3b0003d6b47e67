package check

import (
	"go/ast"
	"go/parser"
	"go/types"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// with checks the resources that a definition holds, and brings their names into its scope.
func (c *checker) with(def *definition, all []spec.With) {
	for _, w := range all {
		m := c.withOne(def, w)
		if m == nil {
			def.ok = false
			continue
		}
		def.With = append(def.With, m)
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
	c.diags.Errorf(w.Resource.At(0), diag.BadSource, "with: %s is %s, want a resource or a pool of this spec", w.Resource, c.typeName(e.Type)).
		Help("want NAME: RESOURCE(ARGS), or NAME: POOL where POOL is a param of a pool's type")
	return nil
}
