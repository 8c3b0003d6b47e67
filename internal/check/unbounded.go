package check

import (
	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// unbounded warns of memory that nothing bounds: of what grows for as long as a source goes on that never ends, and of
// queues without a capacity that the program fills. Of a loop of queues one has to be without, and dead letters are few:
// neither is told of.
func (c *checker) unbounded(topologies []*topology) {
	for _, s := range c.spec.Pipelines {
		p := c.pipelines[s.Name.Value].made
		if p != nil && p.NeverReturns() { // who ranges over a pipeline leaves it some time
			c.remembered(p.Name, &p.Flow, s.Stages)
			c.gathered(p.Name, p.Collect, s.Collect)
		}
	}
	for _, t := range topologies {
		c.unboundedIn(t)
	}
}

// unboundedIn warns of a topology's memory.
func (c *checker) unboundedIn(t *topology) {
	f := &flood{queues: map[*model.Queue]*model.Worker{}, consumers: map[*model.Worker]bool{}}
	for i, p := range t.Producers {
		if p.Endless() {
			c.remembered(p.Name, &p.Flow, t.spec.Producers[i].Stages)
			f.follow(p, p)
		}
	}
	for i, q := range t.Queues {
		c.unboundedQueue(q, t.spec.Queues[i], f.queues[q])
	}
	for i, w := range t.Consumers {
		if f.consumers[w] {
			s := t.spec.Consumers[i]
			c.remembered(w.Name, &w.Flow, s.Stages)
			c.gathered(w.Name, w.Collect, s.End.Collect)
		}
	}
}

// unboundedQueue warns of a queue that grows. endless is a producer that never ends and whose items come there, or nil.
func (c *checker) unboundedQueue(q *model.Queue, s *spec.Queue, endless *model.Worker) {
	if q.Distinct != nil && endless != nil {
		c.diags.Warnf(s.Distinct.At(0), diag.Unbounded, "queue %s remembers every key, and %s never ends", q.Name, endless.Name)
	}
	switch {
	case q.Capacity != nil || wayBack(q, false) != nil:
	case endless != nil:
		c.diags.Warnf(s.Capacity.At(0), diag.Unbounded, "queue %s holds all that its consumers are behind, and %s never ends", q.Name, endless.Name).
			Help("give it a capacity, for a put to wait for room")
	case q.Open:
		c.diags.Warnf(s.Capacity.At(0), diag.Unbounded, "queue %s holds all that the program puts in before it is handled", q.Name).
			Help("give it a capacity, for a put to wait for room, or to be told that there is none: on_full: error")
	}
}

// flood is what comes out of producers that never end: the queues that it reaches, with one of those, and the consumers.
type flood struct {
	queues    map[*model.Queue]*model.Worker
	consumers map[*model.Worker]bool
}

// follow goes where all goes that a worker makes of what comes from a producer.
func (f *flood) follow(producer, w *model.Worker) {
	if w.Takes() {
		return
	}
	for _, q := range w.Ends() {
		if f.queues[q] != nil {
			continue
		}
		f.queues[q] = producer
		for _, next := range q.Takers {
			f.consumers[next] = true
			f.follow(producer, next)
		}
	}
}

// remembered warns of the stages of a flow without an end that remember every key.
func (c *checker) remembered(name string, f *model.Flow, stages []spec.Stage) {
	for i, s := range f.Stages {
		if s.Kind == spec.Distinct && !s.Adjacent {
			c.diags.Warnf(stages[i].Expr.At(0), diag.Unbounded, "distinct remembers every key, and what %s is given never ends", name).
				Help("where equal keys follow each other: distinct: {by: %s, adjacent: true}", stages[i].Expr)
		}
	}
}

// gathered warns of what is collected of a flow without an end.
func (c *checker) gathered(name string, m *model.Collect, s *spec.Collect) {
	if m == nil {
		return
	}
	switch m.Kind {
	case model.CollectSlice, model.CollectSet, model.CollectMap:
		c.diags.Warnf(s.Kind.At(0), diag.Unbounded, "what %s is given never ends, and all that it collects is kept until then", name).
			Help("end it, by a take, or hand on what it makes: collect: {into: …}")
	}
}
