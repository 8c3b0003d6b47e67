package check

import (
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// topology is the check of a topology: its queues by name, and who waits for one whose type is not known yet.
type topology struct {
	*model.Topology
	spec   *spec.Topology
	def    *definition
	queues map[string]*model.Queue
	result types.Type // of what it returns
	ok     bool
}

// topologyOf returns a topology of the spec, or nil where it has an error or is being checked.
func (c *checker) topologyOf(name string) *topology {
	return c.started[name].model(c, name, c.checkTopology, c.declareTopology)
}

func (c *checker) checkTopology(s *spec.Topology) *topology {
	def := c.begin(&s.Definition)
	t := &topology{Topology: &model.Topology{}, spec: s, def: def, queues: map[string]*model.Queue{}, ok: def.ok}
	outer, worker := c.topology, c.worker
	c.topology, c.worker = t, nil
	defer func() { c.topology, c.worker = outer, worker }()
	c.within(def, func() {
		c.topologyNames(t)
		t.Join = s.Shutdown.Value == "join"
		t.ok = c.optionalDuration(&t.Drain, def.scope, s.Drain, "drain") && t.ok
		c.declareQueues(t)
		c.workers(t)
		c.queueExprs(t)
		if t.ok {
			c.verdicts(t)
		}
		if t.ok {
			c.broadcasts(t)
		}
	})
	if !t.ok {
		return nil
	}
	t.Definition = *def.Definition
	return t
}

// topologyNames refuses parts whose generated names would be the same.
func (c *checker) topologyNames(t *topology) {
	queues, results := map[string]spec.Text{}, map[string]spec.Text{}
	one := func(all map[string]spec.Text, field string, name spec.Text, what string) {
		if first, ok := all[field]; ok {
			c.diags.Errorf(name.At(0), diag.NameCollision, "%ss %s and %s would both be called %s in the output", what, first.Value, name.Value, field).
				Note(first.At(0), "the other")
			t.ok = false
		}
		all[field] = name
	}
	for _, q := range t.spec.Queues {
		one(queues, model.FieldName(q.Name.Value), q.Name, "queue")
	}
	for _, w := range t.spec.Consumers {
		field := model.FieldName(w.Name.Value)
		one(results, field, w.Name, "consumer")
		if collect := w.End.Collect; collect != nil && (collect.Kind.Value == "first" || collect.Kind.Value == "last") {
			one(results, field+"OK", w.Name, "consumer")
		}
	}
}

// declareQueues makes the queues, as far as they can be told without those that use them.
func (c *checker) declareQueues(t *topology) {
	for _, s := range t.spec.Queues {
		q := &model.Queue{Name: s.Name.Value, OnFull: model.Full(s.OnFull.Value), Open: s.Open.Value}
		if q.OnFull == "" {
			q.OnFull = model.FullBlocks
		}
		q.Prefix = c.freePrefix(q.Name, t.spec.Name.Value+model.FieldName(q.Name))
		t.Queues = append(t.Queues, q)
		t.queues[q.Name] = q
		if !c.queueShape(t, s, q) {
			t.ok = false
		}
	}
}

// queueShape checks what a queue is by itself.
func (c *checker) queueShape(t *topology, s *spec.Queue, q *model.Queue) bool {
	ok := true
	if s.Of.Given() {
		typ, errs := c.typeOf(s.Of.Value)
		if ok = c.goErrors(c.scope, whole(s.Of), errs); ok {
			q.Elem = typ
		}
	}
	ok = c.replyShape(s) && ok
	if s.Capacity.Value == "unbounded" {
		if q.OnFull != model.FullBlocks {
			c.diags.Errorf(s.OnFull.At(0), diag.Combination, "on_full: an unbounded queue is never full")
			return false
		}
		return ok
	}
	q.Capacity = c.integer(t.def.scope, s.Capacity, "capacity", 0)
	if q.Capacity == nil {
		return false
	}
	if q.HandsOver() && q.OnFull == model.FullDropsOld {
		c.diags.Errorf(s.OnFull.At(0), diag.Combination, "on_full: drop_oldest: a queue of capacity 0 holds nothing to drop")
		ok = false
	}
	if q.HandsOver() && (s.Priority.Given() || s.Delay.Given()) {
		c.diags.Errorf(s.Capacity.At(0), diag.Combination, "capacity: a queue with priority or delay holds items, so it is at least 1")
		ok = false
	}
	return ok
}

// replyShape checks what stands beside reply.
func (c *checker) replyShape(s *spec.Queue) bool {
	if !s.Reply.Value {
		return true
	}
	if !s.Open.Value {
		c.diags.Errorf(s.Reply.Pos, diag.Combination, "reply: it is the program that asks, and the queue is not open").Help("say open: true")
		return false
	}
	switch {
	case s.Broadcast.Value:
		c.diags.Errorf(s.Reply.Pos, diag.Combination, "reply: with broadcast: true each of the consumers would answer")
	case s.OnFull.Value == "drop_oldest":
		c.diags.Errorf(s.Reply.Pos, diag.Combination, "reply: what on_full: drop_oldest lets go would never be answered")
	default:
		return true
	}
	return false
}

// queueExprs checks the expressions of the queues, whose types are known by now, unless what would tell has an error.
func (c *checker) queueExprs(t *topology) {
	all := t.ok
	for i, s := range t.spec.Queues {
		q := t.Queues[i]
		if q.Elem == nil && !all {
			continue
		}
		if q.Elem == nil {
			c.diags.Errorf(s.Name.At(0), diag.BadType, "queue %s: nothing settles the type of its items", q.Name).
				Help("say it with of:")
			t.ok = false
			continue
		}
		q.V = c.newVar("v", q.Elem)
		scope := t.def.scope.Child(q.V)
		if s.Undelivered.Given() {
			q.Undelivered = c.sink(scope, whole(s.Undelivered), "undelivered", q.V)
			t.ok = q.Undelivered != nil && t.ok
		}
		q.Distinct = c.quick(t, scope, s.Distinct, "distinct", q.V, wantComparable)
		q.Priority = c.quick(t, scope, s.Priority, "priority", q.V, wantOrdered)
		q.Delay = c.delay(t, scope, s.Delay, q.V)
	}
}

// quick checks an expression over an item that may neither block nor fail, and whose type fits. It is nil where none is given.
func (c *checker) quick(t *topology, scope *load.Scope, text spec.Text, what string, v *types.Var, fits func(types.Type) string) *model.Expr {
	if !text.Given() {
		return nil
	}
	e := c.call(scope, whole(text), what, v)
	if e == nil || !c.isQuick(text, e, what) {
		t.ok = false
		return nil
	}
	if want := fits(e.Type); want != "" {
		c.diags.Errorf(text.At(0), diag.WrongResult, "%s: %s is %s, want %s", what, text, c.typeName(e.Type), want)
		t.ok = false
	}
	return e
}

// delay checks how long an item waits: so long, or what an expression over it gives. It is nil where none is given.
func (c *checker) delay(t *topology, scope *load.Scope, text spec.Text, v *types.Var) *model.Duration {
	if isFixed(text) {
		d := c.duration(scope, text, "delay")
		t.ok = t.ok && d != nil
		return d
	}
	e := c.quick(t, scope, text, "delay", v, wantDuration)
	if e == nil {
		return nil
	}
	return &model.Duration{Expr: e}
}

// broadcasts makes a queue for each consumer of those that broadcast.
func (c *checker) broadcasts(t *topology) {
	for i, s := range t.spec.Queues {
		q := t.Queues[i]
		if !s.Broadcast.Value {
			continue
		}
		for _, w := range q.Takers {
			each := *q
			each.Each = nil
			each.Name = q.Name + model.FieldName(w.Name)
			each.Prefix = c.freePrefix(each.Name, t.spec.Name.Value+model.FieldName(each.Name))
			each.Takers = []*model.Worker{w}
			q.Each = append(q.Each, &each)
			from := w.Source.(*model.Feed)
			from.Queues = slices.Clone(from.Queues)
			from.Queues[slices.Index(from.Queues, q)] = &each
		}
	}
}

// isQuick refuses an expression that may block or fail, where that cannot be.
func (c *checker) isQuick(text spec.Text, e *model.Expr, what string) bool {
	switch {
	case e.Effect:
		c.diags.Errorf(text.At(0), diag.Combination, "%s: %s is given ctx, and here nothing may block", what, text)
	case e.Fails:
		c.diags.Errorf(text.At(0), diag.WrongResult, "%s: %s may fail, want one value", what, text)
	default:
		return true
	}
	return false
}

func wantComparable(t types.Type) string {
	if types.Comparable(t) {
		return ""
	}
	return "a comparable key"
}

func wantOrdered(t types.Type) string {
	if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&types.IsOrdered != 0 {
		return ""
	}
	return "something that < can order"
}

func wantDuration(t types.Type) string {
	if isDuration(t) {
		return ""
	}
	return "time.Duration"
}
