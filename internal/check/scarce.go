package check

import (
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/model"
)

// scarce refuses a consumer whose copies can have all that a pool lends while they wait for the items of somebody who
// waits for a loan of it.
func (c *checker) scarce(t *model.Topology) {
	for i, w := range t.Consumers {
		for _, held := range startsWith(w) {
			lends, ok := c.lends(held)
			if !ok || copiesOf(w) < lends {
				continue
			}
			for _, other := range t.Workers() {
				if other == w || !slices.Contains(startsWith(other), held) || !slices.ContainsFunc(other.Targets(), func(q *model.Queue) bool { return leads(q, w) }) {
					continue
				}
				at := c.started[t.Name].made.spec.Consumers[i].Name.At(0)
				c.diags.Errorf(at, diag.Deadlock, "%s of %s can have all that %s lends, and wait for the items of %s, which waits for a loan", w.Name, t.Name, held.pool.Name(), other.Name).
					Help("let it lend more than %d, or hold one loan for all: with: beside queues:", lends)
				return
			}
		}
	}
}

// startsWith returns the loans of pools that each copy of a worker holds from its start to its end.
func startsWith(w *model.Worker) []loan {
	held := new(lending).with(w.With, nil, nil)
	if _, ok := w.Source.(*model.Feed); !ok {
		held = new(lending).source(held, w.Source, nil)
	}
	return slices.DeleteFunc(held, func(l loan) bool { return l.pool == nil })
}

// lends returns how much a pool lends at most, where that is known.
func (c *checker) lends(l loan) (int64, bool) {
	r := c.resources[l.resource].made
	if r == nil || r.Pool == nil || r.Pool.Max == nil {
		return 0, false
	}
	return r.Pool.Max.Int()
}

// copiesOf returns how many copies of a worker there are at least.
func copiesOf(w *model.Worker) int64 {
	if w.Copies == nil {
		return 1
	}
	n, _ := w.Copies.Int()
	return max(1, n)
}

// leads reports whether what is put into a queue may come to a consumer.
func leads(from *model.Queue, to *model.Worker) bool {
	seen := map[*model.Queue]bool{}
	var walk func(q *model.Queue) bool
	walk = func(q *model.Queue) bool {
		if seen[q] {
			return false
		}
		seen[q] = true
		return slices.ContainsFunc(q.Takers, func(w *model.Worker) bool {
			return w == to || slices.ContainsFunc(w.Targets(), walk)
		})
	}
	return walk(from)
}
