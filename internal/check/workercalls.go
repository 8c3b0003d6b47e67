package check

import (
	"cmp"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// consumes refuses a stage of a consumer that would keep items for ever.
func (c *checker) consumes(s *spec.Stage) bool {
	if s.Kind != spec.Batch || s.Every.Given() || !c.topology.Join {
		return true
	}
	c.diags.Errorf(s.Key.At(0), diag.Deadlock, "batch: shutdown: join waits for every item to be handled, and those of a batch that is not full never are").
		Help("say how long it waits for more: every: 1s")
	return false
}

// replies checks a consumer that answers whoever put its items in.
func (c *checker) replies(t *topology, w *worker, f *flow) bool {
	i := slices.IndexFunc(w.from, func(q *model.Queue) bool { return t.asked(q) })
	if i < 0 {
		return true
	}
	q := w.from[i]
	switch {
	case len(w.from) > 1:
		c.diags.Errorf(w.name.At(0), diag.Combination, "%s answers what was put into %s, so it takes from no other queue", w.Name, q.Name)
		return false
	case w.Worker != q.Takers[0]:
		c.diags.Errorf(w.name.At(0), diag.Combination, "queue %s has a reply, so it has one consumer", q.Name).Help("that is %s", q.Takers[0].Name)
		return false
	}
	if i := slices.IndexFunc(w.With, func(m *model.With) bool { return m.Resource.Suppresses() }); i >= 0 {
		c.diags.Errorf(w.with[i].Resource.At(0), diag.Combination, "%s tells whoever put something into %s of its errors, so it cannot hold %s, which suppresses some", w.Name, q.Name, w.With[i].Resource.Name)
		return false
	}
	q.Answer = f.elem
	batched := false
	for i, m := range f.Stages {
		if !c.repliesStage(w, q, m, i, batched) {
			return false
		}
		batched = batched || m.Kind == spec.Batch
		if m.Calls.OnError == nil && !m.Calls.Stops && m.Expr != nil && m.Expr.Fails {
			m.Calls.OnError = &model.OnError{Err: c.newVar("err", errorType), Reply: true}
		}
	}
	if !batched {
		return true
	}
	list, ok := f.elem.Underlying().(*types.Slice)
	if !ok {
		c.diags.Errorf(w.name.At(0), diag.WrongResult, "%s gives %s for a batch, want a slice: an answer for each item", w.Name, c.typeName(f.elem))
		return false
	}
	q.Answer = list.Elem()
	return true
}

// repliesStage refuses a stage of a consumer that answers where its items would lose their answers.
func (c *checker) repliesStage(w *worker, q *model.Queue, m *model.Stage, i int, batched bool) bool {
	s := &w.flow.Stages[i]
	switch {
	case m.Kind == spec.Tap && w.do.Given() && i == len(w.flow.Stages)-1:
		c.diags.Errorf(w.do.At(0), diag.WrongResult, "do: %s gives nothing to answer with", w.do)
	case m.Kind == spec.Batch && batched:
		c.diags.Errorf(s.Key.At(0), diag.Combination, "batch: an item of queue %s is answered by what stands in its place in a batch, so %s has one", q.Name, w.Name)
	case m.Kind != spec.Map && m.Kind != spec.Tap && m.Kind != spec.Batch:
		c.diags.Errorf(s.Key.At(0), diag.Combination, "%s: each item of queue %s has to be answered, so %s takes map, tap and batch alone", label(s), q.Name, w.Name)
	default:
		return true
	}
	return false
}

// asked reports whether a queue has a reply, and may have one.
func (t *topology) asked(q *model.Queue) bool {
	s := t.spec.Queues[slices.Index(t.Queues, q)]
	return s.Reply.Value && !s.Broadcast.Value
}

// timed notes how long a consumer's first batch waits for more. Where the loop over its queue fills that, and no other, the
// loop waits, and not the stage.
func (c *checker) timed(w *worker) {
	if !w.Consumer {
		return
	}
	var first *model.Stage
	for _, s := range w.Stages {
		if first == nil && s.Kind == spec.Batch {
			first = s
			continue
		}
		if s.Beside() {
			break
		}
		if s.Kind == spec.Batch {
			return
		}
	}
	if first != nil {
		w.Every, first.Every = first.Every, nil
	}
}

// oneRate refuses a rate of a consumer that depends on what each of its copies holds: they share the rate.
func (c *checker) oneRate(w *worker) bool {
	if !w.Consumer || w.Copies == nil {
		return true
	}
	for i, s := range w.Stages {
		if s.Rate == nil {
			continue
		}
		for _, held := range w.With {
			if held.Var != nil && s.Rate.N.Mentions(held.Var) {
				at := w.flow.Stages[i].Expr
				c.diags.Errorf(at.At(0), diag.Combination, "rate: the copies of %s share it, and each holds a %s of its own", w.Name, held.Var.Name()).
					Help("put %s into with: beside queues:", held.Var.Name())
				return false
			}
		}
	}
	return true
}

// modifiers gives the modifiers of a producer or consumer to its calls that have none of their own.
func (c *checker) modifiers(t *topology, w *worker, f *flow) bool {
	blocking, failing, skips := false, false, false
	for _, s := range f.Stages {
		e := s.Expr
		if r, ok := s.Inner.(*model.Range); ok {
			e = r.Expr
		}
		waits, mayFail, within := e != nil && e.Effect, e != nil && e.Fails, failsWithin(s)
		if !waits && !mayFail && !within || s.V == nil || !takesModifiers(s.Kind) {
			continue
		}
		blocking, failing, skips = blocking || waits, failing || mayFail, skips || mayFail || within
		m, ok := c.calls(t.def.scope, f.scope.Child(s.V), fitting(w.calls, waits, mayFail, within), e, within, s.V, w.Name)
		if !ok {
			return false
		}
		s.Calls.Timeout = cmp.Or(s.Calls.Timeout, m.Timeout)
		s.Calls.Retry = cmp.Or(s.Calls.Retry, m.Retry)
		if s.Calls.OnError == nil && !s.Calls.Stops {
			s.Calls.OnError, s.Calls.Stops = m.OnError, m.Stops
		}
	}
	switch {
	case w.calls.Timeout.Given() && !blocking:
		c.diags.Errorf(w.calls.Timeout.At(0), diag.Combination, "%s: timeout bounds calls in stages that are given ctx, and there are none", w.Name)
	case w.calls.Retry != nil && !failing:
		c.diags.Errorf(w.calls.Retry.Key.At(0), diag.Combination, "%s: retry is about calls in stages that can fail, and there are none", w.Name)
	case w.calls.OnError != nil && !skips:
		c.diags.Errorf(w.calls.OnError.Key.At(0), diag.Combination, "%s: on_error is about calls in stages that can fail, and there are none", w.Name)
	default:
		return true
	}
	return false
}

// fitting returns those of a worker's modifiers that fit one of its calls: what that waits for, and how it fails.
func fitting(all *spec.Modifiers, waits, mayFail, within bool) *spec.Modifiers {
	fit := &spec.Modifiers{}
	if waits {
		fit.Timeout = all.Timeout
	}
	if mayFail {
		fit.Retry = all.Retry
	}
	if mayFail || within {
		fit.OnError = all.OnError
	}
	return fit
}

func takesModifiers(kind spec.StageKind) bool {
	return kind == spec.Map || kind == spec.Filter || kind == spec.Flatten || kind == spec.Tap
}

// filledBeside returns the first stage that gathers what comes from beside the loop over a queue until it has enough, or -1.
func filledBeside(stages []*model.Stage) int {
	beside := false
	for i, s := range stages {
		if beside && s.Kind == spec.Batch && s.Every == nil {
			return i
		}
		beside = beside || s.Beside()
	}
	return -1
}

// partition checks the key of which a consumer handles one item at a time.
func (c *checker) partition(t *topology, w *worker, f *flow) bool {
	m := w.calls.PartitionBy
	if !m.Given() {
		return true
	}
	if !w.Consumer {
		c.diags.Errorf(m.At(0), diag.Combination, "partition_by: orders what the copies of a consumer take, and %s is a producer", w.Name)
		return false
	}
	if !w.calls.Concurrency.Given() {
		c.diags.Errorf(m.At(0), diag.Combination, "partition_by: says what the copies of a consumer share, and there are none without concurrency")
		return false
	}
	if i := filledBeside(f.Stages); i >= 0 {
		c.diags.Errorf(w.flow.Stages[i].Key.At(0), diag.Deadlock, "batch: with partition_by an item waits until the one before of its key is handled, and those of a batch that is not full never are").
			Help("say how long it waits for more: every: 1s")
		return false
	}
	w.V = c.newVar("v", w.from[0].Elem)
	scope := t.def.scope.Child(w.V)
	if f.As != nil {
		scope = scope.Child(f.As)
	}
	w.Key = c.partitionKey(scope, m, w.Name, w.V)
	return w.Key != nil
}

// onErrorPut checks what is put into a queue for an element whose call has failed.
func (c *checker) onErrorPut(scope *load.Scope, o *spec.OnError, m *model.OnError, what string) *model.OnError {
	put := o.Put
	f := &flow{}
	if put.Given() {
		m.Put = c.value(scope, whole(put), what+": put")
		if m.Put == nil || !c.isQuick(put, m.Put, "put") {
			return nil
		}
		f.elem = m.Put.Type
	} else {
		v, ok := scope.Lookup("v").(*types.Var)
		if !ok {
			return nil
		}
		m.V, f.elem = v, v.Type()
	}
	m.Into = c.target(c.topology, c.worker, o.Into, f)
	if m.Into == nil {
		return nil
	}
	return m
}
