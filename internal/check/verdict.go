package check

import (
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/model"
)

// verdicts refuses a topology in which something cannot work: it has types by now, and this is about its shape.
func (c *checker) verdicts(t *topology) {
	before := c.diags.Len()
	for i, q := range t.Queues {
		at := t.spec.Queues[i].Name
		switch filled := q.Open || len(q.Fillers) > 0; {
		case !filled && len(q.Takers) == 0:
			c.diags.Errorf(at.At(0), diag.Unreachable, "nobody uses queue %s", q.Name).Help("leave it out, or give it a producer and a consumer")
		case !filled:
			c.diags.Errorf(at.At(0), diag.Unreachable, "nobody puts anything into queue %s", q.Name).
				Help("give it a producer, or say open: true for the program to put items in")
		case len(q.Takers) == 0:
			c.diags.Errorf(at.At(0), diag.Unreachable, "nobody takes from queue %s", q.Name).Help("give it a consumer, or leave it out")
		}
	}
	if c.diags.Len() == before {
		c.unreachable(t)
		c.loops(t)
	}
	t.ok = t.ok && c.diags.Len() == before
}

// unreachable refuses the consumers to which no item can come: their queues are filled only by consumers like them.
func (c *checker) unreachable(t *topology) {
	reached := map[*model.Queue]bool{}
	var reach func(q *model.Queue)
	reach = func(q *model.Queue) {
		if reached[q] {
			return
		}
		reached[q] = true
		for _, w := range q.Takers {
			for _, next := range w.Targets() {
				reach(next)
			}
		}
	}
	for _, q := range t.Queues {
		if q.Open {
			reach(q)
		}
	}
	for _, p := range t.Producers {
		for _, q := range p.Targets() {
			reach(q)
		}
	}
	for i, w := range t.Consumers {
		if !slices.ContainsFunc(sourcesOf(w), func(q *model.Queue) bool { return reached[q] }) {
			c.diags.Errorf(t.spec.Consumers[i].Name.At(0), diag.Unreachable, "consumer %s is never reached: no producer's items come to it", w.Name)
		}
	}
}

func sourcesOf(w *model.Worker) []*model.Queue {
	if f, ok := w.Source.(*model.Feed); ok {
		return f.Queues
	}
	return nil
}

// loops refuses a topology that feeds itself and does not end by join, and one in which a loop of queues can be full.
func (c *checker) loops(t *topology) {
	for i, q := range t.Queues {
		if way := wayBack(q, false); way != nil && !t.Join {
			c.diags.Errorf(t.spec.Queues[i].Name.At(0), diag.Deadlock, "the topology feeds itself and would never end: %s", strings.Join(way, " -> ")).
				Help("say shutdown: join")
			return
		}
	}
	told := map[string]bool{} // the queues and consumers of loops
	for i, q := range t.Queues {
		way := wayBack(q, true)
		if way == nil || !q.Blocks() || slices.ContainsFunc(way, func(name string) bool { return told[name] }) {
			continue
		}
		for _, name := range way {
			told[name] = true
		}
		c.diags.Errorf(t.spec.Queues[i].Name.At(0), diag.Deadlock, "a loop of queues that can all be full can deadlock: %s", strings.Join(way, " -> ")).
			Help("make one of them capacity: unbounded, or say on_full: drop_new")
	}
}

// wayBack returns the names on a way from a queue back to itself, only over queues that block if blocking; nil where
// there is none.
func wayBack(home *model.Queue, blocking bool) []string {
	seen := map[*model.Queue]bool{}
	var walk func(at *model.Queue) []string
	walk = func(at *model.Queue) []string {
		for _, w := range at.Takers {
			for _, next := range w.Targets() {
				if next == home {
					return []string{at.Name, w.Name, home.Name}
				}
				if seen[next] || blocking && !next.Blocks() {
					continue
				}
				seen[next] = true
				if rest := walk(next); rest != nil {
					return append([]string{at.Name, w.Name}, rest...)
				}
			}
		}
		return nil
	}
	return walk(home)
}
