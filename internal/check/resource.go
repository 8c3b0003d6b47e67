package check

import (
	"go/ast"
	"go/types"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// resource returns the model of a resource of the spec, or nil where it has an error or needs itself.
func (c *checker) resource(name string) *model.Resource {
	s := c.resources[name]
	if s.busy {
		c.diags.Errorf(s.spec.Name.At(0), diag.Cycle, "resource %s needs itself: %s", name, c.wayBack(name))
	}
	return s.model(c, name, c.checkResource, c.declareResource)
}

func (c *checker) checkResource(r *spec.Resource) *model.Resource {
	def := c.begin(&r.Definition)
	m := &model.Resource{Err: c.newVar("err", errorType)}
	ok := def.ok
	c.within(def, func() {
		if !c.acquire(def, r, m) {
			ok = false
			return
		}
		ok = c.releasing(def, r, m) && ok
		ok = c.poolOf(def, r, m) && ok
	})
	if !ok {
		return nil
	}
	m.Definition = *def.Definition
	return m
}

// acquire checks what acquires a resource: it gives a value or none, and may fail.
func (c *checker) acquire(def *definition, r *spec.Resource, m *model.Resource) bool {
	g := whole(r.Acquire)
	filled, e := c.filled(def.scope, g, "acquire", nil)
	if e == nil {
		return false
	}
	m.Acquire = c.model(e)
	if m.Acquire.Values > 1 || e.IsType || e.IsNil || e.IsBuiltin {
		c.wrongResult(filled, e, "acquire", "T, (T, error), error or nothing")
		return false
	}
	c.effectOfCall(e)
	m.Elem = m.Acquire.Type
	if m.Elem == nil {
		return true
	}
	m.V = c.newVar("v", m.Elem)
	return c.canWrite(filled.at(0), "acquire", filled.text, m.Elem)
}

// effectOfCall makes an effect of the function that e calls, whether it is given ctx or not: acquiring and releasing
// are effects by what they are.
func (c *checker) effectOfCall(e *load.Expr) {
	c.def.Acts = true
	call, ok := ast.Unparen(e.Node).(*ast.CallExpr)
	if !ok {
		return
	}
	if effect := effectOf(call, e.Info); effect != nil {
		c.addEffect(effect)
	}
}

// releasing checks what releases a resource, and what is done about an error of the body.
func (c *checker) releasing(def *definition, r *spec.Resource, m *model.Resource) bool {
	scope := def.scope.Child(m.Err)
	if m.V != nil {
		scope = scope.Child(m.V)
	}
	ok := true
	if r.Release.Given() {
		m.Release = c.releaseCall(scope, r.Release, "release", m.V)
		ok = m.Release != nil
	}
	if r.OnError.Given() {
		m.OnError = c.releaseCall(scope, r.OnError, "on_error", m.Err)
		ok = ok && m.OnError != nil
	}
	if r.Suppress.Given() {
		m.Suppress = c.truth(scope, whole(r.Suppress), "suppress", m.Err)
		ok = m.Suppress != nil && c.plain(r.Suppress, m.Suppress, "suppress", "bool over err") && ok
	}
	ok = c.optionalDuration(&m.ReleaseTimeout, def.scope, r.ReleaseTimeout, "release_timeout") && ok
	if ok && m.ReleaseTimeout != nil && !isEffect(m.Release) && !isEffect(m.OnError) {
		c.diags.Errorf(r.ReleaseTimeout.At(0), diag.Combination, "release_timeout bounds the ctx of a release, and this one is given none").
			Help("give ctx to the call, or leave release_timeout out")
		ok = false
	}
	return ok
}

func isEffect(e *model.Expr) bool { return e != nil && e.Effect }

func (c *checker) releaseCall(scope *load.Scope, t spec.Text, what string, v *types.Var) *model.Expr {
	filled, e := c.filled(scope, whole(t), what, v)
	if e == nil {
		return nil
	}
	if !isFuncCall(e) && !isReceive(e.Node) {
		c.diags.Errorf(filled.at(0), diag.WrongResult, "%s: %s does nothing, want a call", what, t)
		return nil
	}
	c.effectOfCall(e)
	return c.model(e)
}

func (c *checker) poolOf(def *definition, r *spec.Resource, m *model.Resource) bool {
	p := r.Pool
	if p == nil {
		return true
	}
	if m.Elem == nil {
		c.diags.Errorf(p.Key.At(0), diag.Combination, "a pool needs something to lend, and acquire gives no value")
		return false
	}
	if len(def.With) > 0 {
		c.diags.Errorf(p.Key.At(0), diag.Combination, "a resource that needs others cannot be pooled: a pool outlives the body that the others are held for")
		return false
	}
	m.Pool = &model.Pool{}
	ok := c.optionalCount(&m.Pool.Max, def.scope, p.Max, "max")
	ok = c.optionalDuration(&m.Pool.MaxIdle, def.scope, p.MaxIdle, "max_idle") && ok
	ok = c.optionalDuration(&m.Pool.MaxLifetime, def.scope, p.MaxLifetime, "max_lifetime") && ok
	if p.Check.Given() {
		m.Pool.Check = c.releaseCall(def.scope.Child(m.V), p.Check, "check", m.V)
		ok = ok && m.Pool.Check != nil
		if m.Pool.Check != nil && !m.Pool.Check.Fails {
			c.diags.Errorf(p.Check.At(0), diag.WrongResult, "check: %s gives no error, and could not fail", p.Check).
				Help("want a call that returns an error of a resource that is not good any more")
			ok = false
		}
	}
	return ok
}

// declarePools brings what pools are made of into scope, but for what depends on the check of their resources.
func (c *checker) declarePools() {
	for _, r := range c.spec.Resources {
		if r.Pool == nil {
			continue
		}
		pool := c.declareType(model.PoolName(r.Name.Value), types.NewStruct(nil, nil))
		c.pools[pool.Obj()] = r.Name.Value
		counts := c.fields(types.Typ[types.Int], "Idle", "InUse", "Waiting")
		counts = append(counts, c.fields(types.Typ[types.Int64], "Acquired", "Released", "Failed")...)
		stats := c.declareType(model.PoolStatsName(r.Name.Value), types.NewStruct(counts, nil))
		c.declareMethod(pool, "Stats", nil, stats)
		c.declareMethod(pool, "Close", []*types.Var{c.ctx}, errorType)
		c.scope.Declare(types.NewVar(0, c.pkg.Types, model.PoolErrName(r.Name.Value), errorType))
	}
}

// declareResource brings the func that is generated for a resource into scope.
func (c *checker) declareResource(r *model.Resource) {
	params := []*types.Var{c.ctx}
	for _, q := range r.Params {
		params = append(params, q.Var)
	}
	use := []*types.Var{c.ctx}
	if r.Elem != nil {
		use = append(use, types.NewParam(0, c.pkg.Types, "v", r.Elem))
	}
	body := types.NewParam(0, c.pkg.Types, "use", types.NewSignatureType(nil, nil, nil, types.NewTuple(use...), c.vars(errorType), false))
	params = append(params, body)
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), c.vars(errorType), false)
	c.scope.Declare(types.NewFunc(0, c.pkg.Types, r.FuncName(), sig))
	if r.Pool != nil {
		pool := c.scope.Lookup(model.PoolName(r.Name)).Type().(*types.Named)
		c.declareMethod(pool, "With", []*types.Var{c.ctx, body}, errorType)
		c.declareFunc(model.NewPoolName(r.Name), nil, r.Params, types.NewPointer(pool))
	}
}
