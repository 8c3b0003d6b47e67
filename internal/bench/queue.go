package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/puzpuzpuz/xsync/v4"
)

// edge is W3: the numbers below n through a queue, from putters to takers, who each keep a sample of them.
type edge struct{ n, capacity, putters, takers int }

func edges(ctx context.Context, n int) []*contest {
	var all []*contest
	for _, takers := range []int{1, 2, 4} {
		for _, capacity := range []int{5, 128, 1024} {
			e := edge{n: n, capacity: capacity, putters: 1, takers: takers}
			if takers == 4 {
				e.putters = 4
			}
			all = append(all, e.contest(ctx))
		}
	}
	return all
}

func (e edge) contest(ctx context.Context) *contest {
	c := &contest{title: fmt.Sprintf("W3 queue %d → %d, capacity %d", e.putters, e.takers, e.capacity), unit: "an element"}
	for _, w := range []struct {
		name string
		run  func(context.Context) (total, error)
	}{
		{"asyncgen", e.generated}, {"channel", e.channel}, {"channel, select on ctx", e.selected}, {"xsync MPMC, never parks", e.xsync},
	} {
		c.ways = append(c.ways, checked(w.name, e.n, e.want().number(), func() (int, error) {
			got, err := w.run(ctx)
			return got.number(), err
		}))
	}
	return c
}

// total is what came through: how many, and the sum of the sample.
type total struct{ count, sampled int }

func (t total) number() int { return Then(t.count, t.sampled) }

func (e edge) want() total {
	t := total{count: e.n}
	for v := range e.n {
		if Sampled(v) {
			t.sampled += v
		}
	}
	return t
}

func (e edge) generated(ctx context.Context) (total, error) {
	switch narrow := e.capacity == 5; {
	case e.putters > 1 && narrow:
		t, err := StartNarrowMesh(ctx, e.n, e.putters, e.takers)
		return ended(t, err, func(s NarrowMeshStats) int64 { return s.Numbers.Handled })
	case e.putters > 1:
		t, err := StartMesh(ctx, e.n, e.capacity, e.putters, e.takers)
		return ended(t, err, func(s MeshStats) int64 { return s.Numbers.Handled })
	case e.takers > 1 && narrow:
		t, err := StartNarrowFork(ctx, e.n)
		return ended(t, err, func(s NarrowForkStats) int64 { return s.Numbers.Handled })
	case e.takers > 1:
		t, err := StartFork(ctx, e.n, e.capacity)
		return ended(t, err, func(s ForkStats) int64 { return s.Numbers.Handled })
	case narrow:
		t, err := StartNarrowLine(ctx, e.n)
		return ended(t, err, func(s NarrowLineStats) int64 { return s.Numbers.Handled })
	}
	t, err := StartLine(ctx, e.n, e.capacity)
	return ended(t, err, func(s LineStats) int64 { return s.Numbers.Handled })
}

// running is a topology that collects a sample.
type running[R, S any] interface {
	Wait() (R, error)
	Stats() S
}

// ended returns what came through a topology, which may have failed to start with err.
func ended[R ~struct{ Sample []int }, S any](t running[R, S], err error, handled func(S) int64) (total, error) {
	if err != nil {
		return total{}, err
	}
	result, err := t.Wait()
	got := total{count: int(handled(t.Stats()))}
	for _, v := range (struct{ Sample []int }(result)).Sample {
		got.sampled += v
	}
	return got, err
}

// taker is one that takes: a worker of the ways by hand.
type taker struct {
	count  int
	sample []int
}

func (t *taker) take(v int) {
	t.count++
	if Sampled(v) {
		t.sample = append(t.sample, v)
	}
}

// run starts those that put and those that take; done is called when all is put.
func (e edge) run(put func(v int) error, done func(), take func(t *taker) error) (total, error) {
	var failed atomic.Pointer[error]
	keep := func(err error) {
		if err != nil {
			failed.CompareAndSwap(nil, &err)
		}
	}
	var puts, takes sync.WaitGroup
	for p := range e.putters {
		puts.Go(func() {
			for v := p; v < e.n; v += e.putters {
				if err := put(v); err != nil {
					keep(err)
					return
				}
			}
		})
	}
	takers := make([]taker, e.takers)
	for i := range takers {
		takes.Go(func() {
			var own taker // not beside the others': their counts would share a cache line
			keep(take(&own))
			takers[i] = own
		})
	}
	puts.Wait()
	done()
	takes.Wait()
	var got total
	for _, t := range takers {
		got.count += t.count
		for _, v := range t.sample {
			got.sampled += v
		}
	}
	if err := failed.Load(); err != nil {
		return got, *err
	}
	return got, nil
}

// channel has no cancellation and no errors.
func (e edge) channel(context.Context) (total, error) {
	q := make(chan int, e.capacity)
	return e.run(
		func(v int) error { q <- v; return nil },
		func() { close(q) },
		func(t *taker) error {
			for v := range q {
				t.take(v)
			}
			return nil
		})
}

// selected is a channel as careful people use it.
func (e edge) selected(parent context.Context) (total, error) {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	q := make(chan int, e.capacity)
	return e.run(
		func(v int) error {
			select {
			case q <- v:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		},
		func() { close(q) },
		func(t *taker) error {
			for {
				select {
				case v, ok := <-q:
					if !ok {
						return nil
					}
					t.take(v)
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}
		})
}

// xsync has a queue that does not wait: its users yield until there is room, or something to take.
func (e edge) xsync(context.Context) (total, error) {
	q := xsync.NewMPMCQueue[int](e.capacity)
	var ended atomic.Bool
	return e.run(
		func(v int) error {
			for !q.TryEnqueue(v) {
				runtime.Gosched()
			}
			return nil
		},
		func() { ended.Store(true) },
		func(t *taker) error {
			for {
				last := ended.Load()
				v, ok := q.TryDequeue()
				switch {
				case ok:
					t.take(v)
				case last:
					return nil
				default:
					runtime.Gosched()
				}
			}
		})
}
