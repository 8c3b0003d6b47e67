package emit

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/model"
)

// standIns returns arguments for a definition's parameters, as testArgs does. Where a type has no samples, its zero value
// stands in if the parameter is only handed to effects, whose places the test takes; in the place of a pool there is one
// to declare. names tells what the definition itself does with a parameter, its resources left out.
func (g *function) standIns(d *model.Definition, names func(v *types.Var) bool) (args []string, pools []lender, ok bool) {
	if args, ok := g.testArgs(d); ok {
		return args, nil, true
	}
	for _, p := range d.Params {
		r := pooled(d, p.Var)
		switch {
		case r != nil && !names(p.Var):
			lent, ok := g.lender(r)
			if !ok {
				return nil, nil, false
			}
			pools = append(pools, lent)
			args = append(args, lent.name)
			continue
		case !sampled(p.Var.Type()) && (names(p.Var) || !handedOn(d, p.Var)):
			return nil, nil, false
		}
		args = append(args, g.sample(p.Var.Type(), 0))
	}
	return args, pools, true
}

// lender is a pool in a test: a local, and its declaration.
type lender struct{ name, decl string }

// pooled returns the resource that v is a pool of, where all that a definition does with v is to borrow from it.
func pooled(d *model.Definition, v *types.Var) *model.Resource {
	for _, w := range d.With {
		if id, ok := poolParam(w); ok && w.Pool.Info.Uses[id] == v {
			return w.Resource
		}
		for i, arg := range w.Args {
			if !arg.Mentions(v) {
				continue
			}
			if _, plain := ast.Unparen(arg.Node).(*ast.Ident); plain && !resourceNames(w.Resource, w.Resource.Params[i].Var) {
				return pooled(&w.Resource.Definition, w.Resource.Params[i].Var)
			}
		}
	}
	return nil
}

func poolParam(w *model.With) (*ast.Ident, bool) {
	if w.Pool == nil {
		return nil, false
	}
	id, ok := ast.Unparen(w.Pool.Node).(*ast.Ident)
	return id, ok
}

// lender declares a pool whose resources are none: their effects are the test's.
func (g *function) lender(r *model.Resource) (lender, bool) {
	args, _, ok := g.standIns(&r.Definition, func(v *types.Var) bool { return resourceNames(r, v) })
	if !ok || len(r.AllEffects()) == 0 {
		return lender{}, false
	}
	inner := g.file.innerName(model.NewPoolName(r.Name))
	g.locals.taken[inner] = true
	decls, names := g.fakes(&r.Definition, func(_ int, s seam) string { return g.plainFake(s) })
	name := g.locals.pick("pool", lowerFirst(r.Name)+"Pool")
	return lender{name, lines(decls, name+" := "+callOf(inner, args, names))}, true
}

// lend declares pools, and tells watcher how many loans of each are out.
func lend(watcher string, pools []lender) string {
	var all []string
	for _, p := range pools {
		all = append(all, p.decl, watcher+".Lend(func() int { return "+p.name+".Stats().InUse })")
	}
	return lines(all...)
}

// handedOn reports whether all that the resources of a definition do with v is to hand it to effects.
func handedOn(d *model.Definition, v *types.Var) bool {
	for _, w := range d.With {
		if w.Pool.Mentions(v) {
			return false
		}
		for i, arg := range w.Args {
			if !arg.Mentions(v) {
				continue
			}
			if _, plain := ast.Unparen(arg.Node).(*ast.Ident); !plain || resourceNames(w.Resource, w.Resource.Params[i].Var) || !handedOn(&w.Resource.Definition, w.Resource.Params[i].Var) {
				return false
			}
		}
	}
	return true
}

// resourceNames reports whether a resource does more with v than to hand it to effects.
func resourceNames(r *model.Resource, v *types.Var) bool {
	exprs := []*model.Expr{r.Acquire, r.Release, r.OnError, r.Suppress}
	if d := r.ReleaseTimeout; d != nil {
		exprs = append(exprs, d.Expr)
	}
	return slices.ContainsFunc(exprs, func(x *model.Expr) bool { return x.Mentions(v) && !handed(x, v, r.Effects) })
}

// handed reports whether an expression names v only where it hands it to an effect.
func handed(x *model.Expr, v *types.Var, effects []*model.Effect) bool {
	direct := map[*ast.Ident]bool{}
	only := true
	ast.Inspect(x.Node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			call := &model.Expr{Node: n, Info: x.Info}
			if !slices.ContainsFunc(effects, func(e *model.Effect) bool { return calls(call, e) }) {
				return true
			}
			given := n.Args
			if fun, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok {
				given = append(slices.Clone(given), fun.X)
			}
			for _, arg := range given {
				if id, ok := ast.Unparen(arg).(*ast.Ident); ok {
					direct[id] = true
				}
			}
		case *ast.Ident:
			only = only && (x.Info.Uses[n] != v || direct[n])
		}
		return true
	})
	return only
}

// pipelineNames reports whether a pipeline's own code names v.
func pipelineNames(p *model.Pipeline, v *types.Var) bool {
	if c := p.Collect; c != nil && (c.Init.Mentions(v) || slices.ContainsFunc(c.Exprs(), func(x *model.Expr) bool { return x.Mentions(v) })) {
		return true
	}
	return flowNames(&p.Flow, v)
}
