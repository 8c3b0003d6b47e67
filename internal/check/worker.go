package check

import (
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// worker is the check of a producer or a consumer.
type worker struct {
	*model.Worker
	name   spec.Text
	with   []spec.With
	flow   *spec.Pipeline // from, as and stages
	do     spec.Text
	calls  *spec.Modifiers
	end    *spec.End
	from   []*model.Queue // of a consumer
	named  []spec.Text    // what from calls them
	failed bool
}

func newWorker(s *spec.Worker) *worker {
	return &worker{
		Worker: &model.Worker{Name: s.Name.Value}, name: s.Name, with: s.With, do: s.Do, calls: &s.Calls, end: &s.End,
		flow: &spec.Pipeline{As: s.As, Stages: s.Stages},
	}
}

// workers checks the producers, and then each consumer as soon as the type of what it takes is known.
func (c *checker) workers(t *topology) {
	for _, s := range t.spec.Producers {
		w := newWorker(&s.Worker)
		w.flow.From = s.From
		t.Producers = append(t.Producers, w.Worker)
		t.ok = c.checkWorker(t, w) && t.ok
	}
	waiting := c.consumers(t)
	for len(waiting) > 0 {
		next := slices.IndexFunc(waiting, func(w *worker) bool {
			return !slices.ContainsFunc(w.from, func(q *model.Queue) bool { return q.Elem == nil })
		})
		if next < 0 {
			return // queueExprs says which queue has no type
		}
		w := waiting[next]
		waiting = slices.Delete(waiting, next, next+1)
		t.ok = c.checkWorker(t, w) && t.ok
	}
}

// consumers makes the consumers, with the queues that they take from.
func (c *checker) consumers(t *topology) []*worker {
	var all []*worker
	for _, s := range t.spec.Consumers {
		w := newWorker(&s.Worker)
		w.Consumer, w.named = true, s.From
		t.Consumers = append(t.Consumers, w.Worker)
		for _, name := range s.From {
			q := c.queueNamed(t, name, "from")
			if q == nil {
				t.ok, w.failed = false, true
				continue
			}
			if slices.Contains(w.from, q) {
				c.diags.Errorf(name.At(0), diag.DuplicateKey, "from: %s is there twice", name)
				t.ok, w.failed = false, true
			}
			w.from = append(w.from, q)
			q.Takers = append(q.Takers, w.Worker)
		}
		if !w.failed && len(w.from) > 0 {
			all = append(all, w)
		}
	}
	return all
}

// queueNamed returns the queue that a name means.
func (c *checker) queueNamed(t *topology, name spec.Text, what string) *model.Queue {
	q := t.queues[name.Value]
	if q == nil {
		d := c.diags.Errorf(name.At(0), diag.BadSource, "%s: there is no queue %s", what, name)
		var all []string
		for _, q := range t.Queues {
			all = append(all, q.Name)
		}
		if near := spec.Nearest(name.Value, all); near != "" {
			d.Help("did you mean %s?", near)
		} else {
			d.Help("the queues are %s", join(all))
		}
	}
	return q
}

// checkWorker checks one producer or consumer.
func (c *checker) checkWorker(t *topology, w *worker) bool {
	c.worker = w
	defer func() { c.worker = nil }()
	if !c.copies(t, w) {
		return false
	}
	held := &definition{Definition: &model.Definition{Locals: t.def.Locals}, scope: t.def.scope, ok: true, lost: t.def.lost}
	if !w.Consumer {
		w.Number = c.newVar("worker", types.Typ[types.Int])
		held.scope = held.scope.Child(w.Number)
	}
	c.with(held, w.with)
	t.def.Passed = append(t.def.Passed, held.Passed...)
	w.With = held.With
	scope := held.scope
	if !held.ok {
		return false
	}
	source := c.workerSource(scope, w)
	if source == nil || !c.lower(scope, w, source) {
		return false
	}
	f := c.flowFrom(scope, w.flow, source)
	if f == nil {
		return false
	}
	w.Flow = f.Flow
	if !f.failed {
		c.timed(w)
	}
	ok := !f.failed && c.oneRate(w) && c.modifiers(t, w, f)
	ok = c.partition(t, w, f) && ok
	ok = ok && c.replies(t, w, f)
	return c.workerEnd(t, w, f) && ok
}

// copies checks how many of a worker run, and refuses what only the stages of a pipeline take.
func (c *checker) copies(t *topology, w *worker) bool {
	m := w.calls
	if m.Ordered.Given && m.Ordered.Value {
		c.diags.Errorf(m.Ordered.Pos, diag.Combination, "ordered: the copies of a consumer or producer run side by side")
		return false
	}
	ok := c.optionalCount(&w.Copies, t.def.scope, m.Concurrency, "concurrency")
	if n, constant := w.Copies.Int(); constant && n == 1 {
		w.Copies = nil
	}
	return ok
}

func (c *checker) workerSource(scope *load.Scope, w *worker) model.Source {
	if w.Consumer {
		for i, q := range w.from {
			if !types.Identical(q.Elem, w.from[0].Elem) {
				c.diags.Errorf(w.named[i].At(0), diag.WrongElement, "from: %s holds %s, and %s holds %s", w.from[0].Name, c.typeName(w.from[0].Elem), q.Name, c.typeName(q.Elem))
				return nil
			}
		}
		return &model.Feed{Queues: w.from}
	}
	return c.source(scope, w.flow.From)
}

// lower turns do, and a sink at the end, into the stages that they are short for.
func (c *checker) lower(scope *load.Scope, w *worker, source model.Source) bool {
	stages := slices.Clone(w.flow.Stages)
	if w.do.Given() {
		kind := spec.Map
		if c.givesNothing(scope, w.do, model.Elem(source)) {
			kind = spec.Tap
			if !w.Consumer || w.end.Into.Given() || len(w.end.Route) > 0 || w.end.Collect != nil {
				c.diags.Errorf(w.do.At(0), diag.WrongResult, "do: %s gives nothing, and something is to go on from here", w.do)
				return false
			}
		}
		key := w.do
		key.Value = "do"
		stages = append(stages, spec.Stage{Kind: kind, Key: key, Expr: w.do})
	}
	if s := w.end.Collect; s != nil && s.Into.Given() { // a call as any other
		stages = append(stages, spec.Stage{Kind: spec.Tap, Key: s.Kind, Expr: s.Into})
		w.end = &spec.End{}
	}
	for i := range stages {
		if w.Consumer && !c.consumes(&stages[i]) {
			return false
		}
	}
	w.flow = &spec.Pipeline{From: w.flow.From, As: w.flow.As, Stages: stages}
	return true
}

// givesNothing reports whether an expression over an element has no value, or only an error.
func (c *checker) givesNothing(scope *load.Scope, t spec.Text, elem types.Type) bool {
	if elem == nil {
		return false
	}
	scope = scope.Child(c.newVar("v", elem), c.newVar("i", types.Typ[types.Int]))
	var results []types.Type
	if f := c.functionName(scope, whole(t)); f != nil {
		sig, ok := f.Type.Underlying().(*types.Signature)
		if !ok {
			return false
		}
		for v := range sig.Results().Variables() {
			results = append(results, v.Type())
		}
	} else {
		e, errs := scope.Expr(t.Value)
		if len(errs) > 0 || !isCall(e.Node) {
			return false
		}
		results = tuple(e)
	}
	return len(results) == 0 || len(results) == 1 && model.IsError(results[0])
}

// workerEnd checks where a worker's elements go.
func (c *checker) workerEnd(t *topology, w *worker, f *flow) bool {
	switch {
	case w.end.Into.Given():
		w.Into = c.target(t, w, w.end.Into, f)
		return w.Into != nil
	case len(w.end.Route) > 0:
		return c.route(t, w, f)
	case w.end.Collect != nil:
		return c.workerCollect(w, f)
	}
	return true
}

// target checks that a flow's elements fit a queue, and settles the type of the queue where nothing has.
func (c *checker) target(t *topology, w *worker, name spec.Text, f *flow) *model.Queue {
	q := c.queueNamed(t, name, "into")
	if q == nil {
		return nil
	}
	if q.Elem == nil {
		q.Elem = f.elem
	}
	if !types.AssignableTo(f.elem, q.Elem) {
		c.diags.Errorf(name.At(0), diag.WrongElement, "into: %s holds %s, and %s puts %s into it", q.Name, c.typeName(q.Elem), w.Name, c.typeName(f.elem))
		return nil
	}
	if !slices.Contains(q.Fillers, w.Worker) {
		q.Fillers = append(q.Fillers, w.Worker)
	}
	return q
}

// route checks the ways of a route: all but the last have a condition.
func (c *checker) route(t *topology, w *worker, f *flow) bool {
	ok, total := true, false
	for i, s := range w.end.Route {
		way := &model.Way{V: c.newVar("v", f.elem)}
		last := i == len(w.end.Route)-1
		switch {
		case last && s.When.Given() && !total:
			c.diags.Errorf(s.When.At(0), diag.NotTotal, "route: an item for which no when is true has no way to go").
				Help("leave when: out of the last way, or add a way without it")
			ok = false
		case !last && !s.When.Given():
			c.diags.Errorf(s.Into.At(0), diag.Unreachable, "route: the ways behind this one are never taken: it takes every item").
				Help("give it a when:, or make it the last")
			ok, total = false, true
		case s.When.Given():
			way.When = c.truth(f.scope.Child(way.V), whole(s.When), "when", way.V)
			ok = ok && way.When != nil
		}
		way.Into = c.target(t, w, s.Into, f)
		ok = ok && way.Into != nil
		w.Route = append(w.Route, way)
	}
	return ok
}

// workerCollect checks what becomes of a consumer's elements.
func (c *checker) workerCollect(w *worker, f *flow) bool {
	s := w.end.Collect
	if s.Kind.Value == "per_worker" {
		w.EachOwn = true
		w.Collect = &model.Collect{Kind: model.CollectSlice, V: c.newVar("v", f.elem), I: c.newVar("i", types.Typ[types.Int]), Type: types.NewSlice(f.elem)}
		return true
	}
	w.Collect = c.collect(f, s)
	return w.Collect != nil
}
