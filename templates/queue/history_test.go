package queue

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// call is one operation of a history, with the moments between which it took effect.
type call struct {
	kind       string // put, pop, close
	v          int
	err        error
	ok         bool
	start, end int64
}

func (c call) String() string {
	return fmt.Sprintf("[%d,%d] %s %d %t %v", c.start, c.end, c.kind, c.v, c.ok, c.err)
}

// TestLinearizable records what several goroutines saw of a queue, and looks for an order of their operations, within
// the time that each took, in which the model says the same. The search is that of Wing and Gong (1993).
func TestLinearizable(t *testing.T) {
	for _, d := range shared() {
		t.Run(d.name, func(t *testing.T) {
			for seed := range uint64(150) {
				h := record(d, rand.New(rand.NewPCG(seed, 2)))
				m := &model{limit: d.modelLimit(), next: d.order}
				if !explains(m, h, map[string]bool{}, 0) {
					t.Fatalf("seed %d: no order explains\n%v", seed, h)
				}
			}
		})
	}
}

// record runs putters, takers and a close side by side.
func record(d design, r *rand.Rand) []call {
	var (
		q       = d.make(new(work))
		clock   atomic.Int64
		mu      sync.Mutex
		history []call
		group   sync.WaitGroup
		begin   = make(chan struct{})
	)
	note := func(c call, do func(*call)) {
		c.start = clock.Add(1)
		do(&c)
		c.end = clock.Add(1)
		mu.Lock()
		history = append(history, c)
		mu.Unlock()
	}
	for p := range 2 + r.IntN(2) {
		group.Go(func() {
			<-begin
			for i := range 3 {
				note(call{kind: "put", v: p*10 + i}, func(c *call) { c.err = q.put(c.v) })
			}
		})
	}
	for range takersOfRecord {
		group.Go(func() {
			<-begin
			for range 4 {
				note(call{kind: "pop"}, func(c *call) { c.v, c.ok = q.pop() })
			}
		})
	}
	early := r.IntN(2) == 0
	group.Go(func() {
		<-begin
		for !early && clock.Load() < 12 && int(q.stats().Put) < 5 {
			runtime.Gosched()
		}
		note(call{kind: "close"}, func(*call) { q.close() })
	})
	close(begin)
	group.Wait()
	return history
}

// takersOfRecord is how many goroutines pop in a recorded history.
const takersOfRecord = 2

// explains tells whether the calls not in done can follow m in some order.
func explains(m *model, h []call, seen map[string]bool, done uint64) bool {
	if done == 1<<len(h)-1 {
		return true
	}
	key := fmt.Sprint(done, m.queued, m.closed)
	if seen[key] {
		return false
	}
	seen[key] = true
	firstEnd := int64(1 << 62)
	for i, c := range h {
		if done&(1<<i) == 0 {
			firstEnd = min(firstEnd, c.end)
		}
	}
	for i, c := range h {
		if done&(1<<i) != 0 || c.start > firstEnd {
			continue
		}
		if after := m.clone(); after.agrees(c) && explains(after, h, seen, done|1<<i) {
			return true
		}
	}
	return false
}

// agrees tells whether c ends now as the model says, and does it.
func (m *model) agrees(c call) bool {
	switch c.kind {
	case "put":
		err, ends := m.put(c.v)
		return ends && errors.Is(c.err, err)
	case "pop":
		v, ok, ends := m.pop()
		return ends && v == c.v && ok == c.ok
	default:
		m.closed = true
		return true
	}
}

// TestSearchRefuses makes sure that the search can fail: it is given histories that no queue has.
func TestSearchRefuses(t *testing.T) {
	for name, h := range map[string][]call{
		"twice":   {{kind: "put", v: 1, start: 1, end: 2}, {kind: "pop", v: 1, ok: true, start: 3, end: 4}, {kind: "pop", v: 1, ok: true, start: 5, end: 6}},
		"early":   {{kind: "pop", v: 1, ok: true, start: 1, end: 2}, {kind: "put", v: 1, start: 3, end: 4}},
		"swapped": {{kind: "put", v: 1, start: 1, end: 2}, {kind: "put", v: 2, start: 3, end: 4}, {kind: "pop", v: 2, ok: true, start: 5, end: 6}},
		"overfull": {
			{kind: "put", v: 1, start: 1, end: 2},
			{kind: "put", v: 2, start: 3, end: 4},
			{kind: "put", v: 3, start: 5, end: 6},
		},
	} {
		if explains(&model{limit: 2, next: oldest}, h, map[string]bool{}, 0) {
			t.Errorf("%s: explained", name)
		}
	}
}
