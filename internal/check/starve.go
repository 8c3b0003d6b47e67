package check

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/model"
)

// loan is a loan of a pool, which is a param of the definition that is looked at, or nil where it is something else.
type loan struct {
	pool     *types.Var
	resource string
}

// nested are two loans of one definition, the second taken while the first is held.
type nested struct{ outer, inner loan }

// starving refuses loans that can wait for each other for ever: of one pool within another of the same, and of two
// pools in one order here and in the other there.
func (c *checker) starving() {
	orders := map[nested]string{} // by the resources of both, the first definition that takes them in this order
	for _, t := range c.file.Topologies {
		c.scarce(t)
	}
	for _, d := range c.borrowers() {
		for _, n := range loansOf(d) {
			at := d.at
			if n.outer.pool != nil && n.outer.pool == n.inner.pool {
				c.diags.Errorf(at, diag.Deadlock, "%s borrows from %s while it has a loan of it: as many as that lends at most can wait for each other for ever",
					d.name, n.inner.pool.Name()).Help("hand on what is borrowed already, or borrow the second from another pool")
				break
			}
			if n.outer.resource == n.inner.resource {
				continue // of two pools
			}
			order := nested{loan{resource: n.outer.resource}, loan{resource: n.inner.resource}}
			if other, ok := orders[nested{order.inner, order.outer}]; ok {
				c.diags.Errorf(at, diag.Deadlock, "%s borrows %s, then %s, and %s the other way round: they can wait for each other for ever",
					d.name, order.outer.resource, order.inner.resource, other).Help("borrow in the same order everywhere")
				break
			}
			if orders[order] == "" {
				orders[order] = d.name
			}
		}
	}
}

// borrower is a definition, or a producer or consumer of one, and where it stands.
type borrower struct {
	name   string
	at     diag.Pos
	around []*model.With // what is held as long as it is there
	with   []*model.With
	source []model.Source
}

// borrowers returns the definitions that may hold loans, in the order of the spec.
func (c *checker) borrowers() []borrower {
	var all []borrower
	for _, r := range c.file.Resources {
		all = append(all, borrower{name: r.Name, with: r.With})
	}
	for _, it := range c.file.Iterators {
		all = append(all, borrower{name: it.Name, with: it.With})
	}
	for _, p := range c.file.Pipelines {
		all = append(all, borrower{name: p.Name, with: p.With, source: p.Ranged()})
	}
	places := map[string]diag.Pos{}
	for _, d := range c.spec.Definitions() {
		places[d.Name.Value] = d.Name.At(0)
	}
	for i := range all {
		all[i].at = places[all[i].name]
	}
	for _, t := range c.file.Topologies {
		all = append(all, c.borrowersOf(t)...)
	}
	return all
}

// borrowersOf returns a topology and its producers and consumers, which hold theirs while it holds its own.
func (c *checker) borrowersOf(t *model.Topology) []borrower {
	s := c.started[t.Name].made.spec
	all := []borrower{{name: t.Name, at: s.Name.At(0), with: t.With}}
	add := func(w *model.Worker, at diag.Pos) {
		all = append(all, borrower{name: w.Name + " of " + t.Name, at: at, around: t.With, with: w.With, source: w.Ranged()})
	}
	for i, w := range t.Producers {
		add(w, s.Producers[i].Name.At(0))
	}
	for i, w := range t.Consumers {
		add(w, s.Consumers[i].Name.At(0))
	}
	return all
}

// loansOf returns the loans that a definition takes one within another.
func loansOf(b borrower) []nested {
	held := new(lending).with(b.around, nil, nil)
	l := &lending{}
	l.flow(l.with(b.with, held, nil), b.source, nil)
	return l.found
}

// lending walks what a definition calls. params tells for those of a definition that is called what they are outside.
type lending struct{ found []nested }

type params map[*types.Var]*types.Var

// with walks resources, and returns what is held within them.
func (l *lending) with(all []*model.With, held []loan, outside params) []loan {
	for _, w := range all {
		if w.Pool == nil {
			held = l.with(w.Resource.With, held, given(w.Resource.Params, w.Args, outside))
			continue
		}
		held = l.take(held, loan{outer(w.Pool, outside), w.Resource.Name})
	}
	return held
}

func (l *lending) take(held []loan, next loan) []loan {
	for _, h := range held {
		l.found = append(l.found, nested{h, next})
	}
	return append(slices.Clip(held), next)
}

// flow walks sources that are ranged over one within another.
func (l *lending) flow(held []loan, sources []model.Source, outside params) []loan {
	for _, s := range sources {
		held = l.source(held, s, outside)
	}
	return held
}

// source walks a source, and returns what is held while it is ranged over.
func (l *lending) source(held []loan, s model.Source, outside params) []loan {
	switch s := s.(type) {
	case *model.Call:
		if s.Iterator != nil {
			return l.with(s.Iterator.With, held, given(s.Iterator.Params, s.Args, outside))
		}
		inside := given(s.Pipeline.Params, s.Args, outside)
		within := l.flow(l.with(s.Pipeline.With, held, inside), s.Pipeline.Ranged(), inside)
		if s.Pipeline.Collect != nil {
			return held // it has run to its end before the first element
		}
		return within
	case *model.Concat:
		all := held
		for _, p := range s.Parts {
			all = append(slices.Clip(all), l.source(held, p, outside)[len(held):]...)
		}
		return all
	case *model.Zip, *model.Merge:
		return l.flow(held, model.Parts(s), outside)
	}
	return held
}

// given tells what the params of a definition are outside of it.
func given(all []*model.Param, args []*model.Expr, outside params) params {
	inside := params{}
	for i, p := range all {
		if i < len(args) {
			inside[p.Var] = outer(args[i], outside)
		}
	}
	return inside
}

// outer returns the outermost definition's param that an expression is, or nil.
func outer(e *model.Expr, outside params) *types.Var {
	if e == nil || e.Node == nil {
		return nil
	}
	id, ok := ast.Unparen(e.Node).(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := e.Info.Uses[id].(*types.Var)
	if outside == nil {
		return v
	}
	return outside[v]
}
