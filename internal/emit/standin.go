package emit

import (
	"go/ast"
	"go/types"

	"github.com/asyncgen/asyncgen/internal/model"
)

// standIns returns arguments for a definition's parameters, as testArgs does. Where a type has no samples, its zero value
// stands in if the parameter is only handed to effects, whose places the test takes; in the place of a pool there is one
// to declare. needed tells whether the definition itself does more with a parameter, its resources left out.
func (g *function) standIns(d *model.Definition, needed func(v demand) bool) (args []string, pools []lender, ok bool) {
	g.takeEffectTypes(d)
	if args, ok := g.testArgs(d); ok {
		return args, nil, true
	}
	for _, p := range d.Params {
		r := pooled(d, p.Var)
		switch {
		case r != nil && !needed(demandOf(d, p.Var)):
			lent, ok := g.lender(r)
			if !ok {
				return nil, nil, false
			}
			pools = append(pools, lent)
			args = append(args, lent.name)
			continue
		case !sampled(p.Var.Type()) && (needed(demandOf(d, p.Var)) || !handedOn(d, p.Var)):
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
			if _, plain := ast.Unparen(arg.Node).(*ast.Ident); plain && !resourceNeeds(w.Resource, i) {
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
	args, _, ok := g.standIns(&r.Definition, func(v demand) bool { return v.inResource(r) })
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
			if _, plain := ast.Unparen(arg.Node).(*ast.Ident); !plain || resourceNeeds(w.Resource, i) || !handedOn(&w.Resource.Definition, w.Resource.Params[i].Var) {
				return false
			}
		}
	}
	return true
}

// resourceNeeds reports whether a resource does more with one of its parameters than to hand it to effects.
func resourceNeeds(r *model.Resource, param int) bool {
	return demand{r.Params[param].Var, r.Effects}.inResource(r)
}
