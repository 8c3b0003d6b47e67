package queue

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// written are the queues that a writer may write to.
func written() map[string]func(takers int, w *work) (queue, *writer[int]) {
	return map[string]func(int, *work) (queue, *writer[int]){
		"bounded": func(takers int, w *work) (queue, *writer[int]) {
			q := newBounded[int](64, w).sharedBy(takers)
			return q, q.writer(context.Background())
		},
		"bounded, short": func(takers int, w *work) (queue, *writer[int]) {
			q := newBounded[int](3, w).sharedBy(takers)
			return q, q.writer(context.Background())
		},
		"unbounded": func(takers int, w *work) (queue, *writer[int]) {
			q := newUnbounded[int](w).sharedBy(takers)
			return q, q.writer(context.Background())
		},
	}
}

// TestWriter writes what is popped in the same order, none of it twice.
func TestWriter(t *testing.T) {
	for name, create := range written() {
		t.Run(name, func(t *testing.T) {
			const n = 10_001
			q, w := create(1, new(work))
			var taker sync.WaitGroup
			taker.Go(func() {
				for want := range n {
					if v, ok := q.pop(); v != want || !ok {
						t.Errorf("popped %d %t, want %d", v, ok, want)
						return
					}
					q.settle(outcome{handled: 1})
				}
			})
			for v := range n {
				if err := w.write(v); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.flush(); err != nil {
				t.Fatal(err)
			}
			taker.Wait()
			if got, want := q.stats(), (stats{Put: n, Handled: n}); got != want {
				t.Errorf("stats %+v", got)
			}
		})
	}
}

// TestWriterHoldsLittle holds back an eighth of the capacity at most: nothing where that is short.
func TestWriterHoldsLittle(t *testing.T) {
	for capacity, want := range map[int]int{1: 1, 15: 1, 16: 2, 64: 8, 10_000: atOnce} {
		if got := cap(newBounded[int](capacity, new(work)).sharedBy(1).writer(context.Background()).items); got != want {
			t.Errorf("capacity %d: %d at once, want %d", capacity, got, want)
		}
	}
}

// TestWriterWakes writes items for as many takers that are parked: each gets one.
func TestWriterWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newBounded[int](64, new(work)).sharedBy(8)
		w := q.writer(context.Background())
		var takers sync.WaitGroup
		for range 8 {
			takers.Go(func() {
				if _, ok := q.pop(); !ok {
					t.Error("no item")
				}
			})
		}
		synctest.Wait()
		for v := range 8 {
			w.write(v)
		}
		takers.Wait()
	})
}

// TestWriterAborted waits for room for the second half of its items when the queue ends: the first half is in it.
func TestWriterAborted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newBounded[int](64, new(work)).sharedBy(1)
		for v := range 60 {
			q.put(v)
		}
		w := q.writer(context.Background())
		go func() {
			synctest.Wait()
			q.abort(errStop)
		}()
		var err error
		for v := 60; v < 68; v++ {
			err = w.write(v)
		}
		if !errors.Is(err, errStop) {
			t.Errorf("error %v", err)
		}
		left := q.drain()
		if diff := cmp.Diff(64, len(left)); diff != "" || left[63] != 63 {
			t.Errorf("left %v", left)
		}
		if err := w.flush(); err != nil && len(w.items) != 0 {
			t.Errorf("holds %v", w.items)
		}
	})
}

// TestWriterLooks writes for a context that is done: nothing is put.
func TestWriterLooks(t *testing.T) {
	q := newBounded[int](16, new(work)).sharedBy(1)
	ctx, cancel := context.WithCancelCause(t.Context())
	w := q.writer(ctx)
	w.write(0)
	cancel(errStop)
	if err := w.write(1); !errors.Is(err, errStop) {
		t.Errorf("write: %v", err)
	}
	if s := q.stats(); s.Put != 0 {
		t.Errorf("%+v", s)
	}
}
