package emit

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/model"
)

// demand asks whether code does more with a parameter than to hand it to effects. Where it does not, any value will do for
// a test, which puts effects of its own in the place of the user's.
type demand struct {
	v       *types.Var
	effects []*model.Effect
}

func demandOf(d *model.Definition, v *types.Var) demand { return demand{v, d.AllEffects()} }

// in reports whether one of the expressions does more with the parameter. Some may be nil.
func (d demand) in(exprs ...*model.Expr) bool {
	return slices.ContainsFunc(exprs, func(x *model.Expr) bool {
		if x != nil && len(x.List) > 0 {
			return d.in(x.List...)
		}
		return x.Mentions(d.v) && !d.handed(x)
	})
}

func (d demand) inDuration(length *model.Duration) bool { return length != nil && d.in(length.Expr) }

func (d demand) inResource(r *model.Resource) bool {
	return d.in(r.Acquire, r.Release, r.OnError, r.Suppress) || d.inDuration(r.ReleaseTimeout)
}

func (d demand) inIterator(it *model.Iterator) bool {
	if m := it.Pages; m != nil {
		return d.in(m.Fetch, m.Until, m.Ahead)
	}
	l := it.Loop
	return d.in(l.While, l.Yield) || l.Init.Mentions(d.v) || l.Next.Mentions(d.v)
}

func (d demand) inPipeline(p *model.Pipeline) bool {
	return d.inCollect(p.Collect) || d.inFlow(&p.Flow)
}

func (d demand) inCollect(c *model.Collect) bool {
	return c != nil && (d.in(c.Init) || d.in(c.Exprs()...))
}

func (d demand) inTopology(t *model.Topology) bool {
	return d.inDuration(t.Drain) || slices.ContainsFunc(t.Queues, d.inQueue) ||
		slices.ContainsFunc(t.Workers(), d.inWorker)
}

func (d demand) inQueue(q *model.Queue) bool {
	return d.in(q.Capacity, q.Distinct, q.Priority, q.Undelivered) || d.inDuration(q.Delay)
}

func (d demand) inWorker(w *model.Worker) bool {
	return d.in(w.Copies, w.Key) || d.inDuration(w.Every) || d.inCollect(w.Collect) || d.inFlow(&w.Flow) ||
		slices.ContainsFunc(w.Route, func(way *model.Way) bool { return d.in(way.When) })
}

func (d demand) inFlow(f *model.Flow) bool {
	return d.inSource(f.Source) || slices.ContainsFunc(f.Stages, func(s *model.Stage) bool {
		return d.inSource(s.Inner) || d.in(s.Exprs()...)
	})
}

func (d demand) inSource(s model.Source) bool {
	switch s := s.(type) {
	case *model.Range:
		return d.in(s.Expr)
	case *model.Gather:
		return slices.ContainsFunc(s.Parts, func(p *model.Part) bool { return d.in(p.Expr) })
	case *model.Call:
		return d.inCall(s)
	}
	return slices.ContainsFunc(model.Parts(s), d.inSource)
}

// inCall follows the parameter into a definition that it is given to.
func (d demand) inCall(s *model.Call) bool {
	def := s.Definition()
	for i, arg := range s.Args {
		if !arg.Mentions(d.v) {
			continue
		}
		param := def.Params[i].Var
		if _, plain := ast.Unparen(arg.Node).(*ast.Ident); !plain || !handedOn(def, param) {
			return true
		}
		inner := demandOf(def, param)
		if s.Iterator != nil && inner.inIterator(s.Iterator) || s.Pipeline != nil && inner.inFlow(&s.Pipeline.Flow) {
			return true
		}
	}
	return false
}

// handed reports whether an expression names the parameter only where it hands it to an effect.
func (d demand) handed(x *model.Expr) bool {
	direct := map[*ast.Ident]bool{}
	only := true
	ast.Inspect(x.Node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			call := &model.Expr{Node: n, Info: x.Info}
			if !slices.ContainsFunc(d.effects, func(e *model.Effect) bool { return calls(call, e) }) {
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
			only = only && (x.Info.Uses[n] != d.v || direct[n])
		}
		return true
	})
	return only
}
