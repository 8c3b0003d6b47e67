package queue

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestJoinLoop joins a queue that is fed from its own items: a tree of them.
func TestJoinLoop(t *testing.T) {
	for _, workers := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			var w work
			first, second := newBounded[int](1000, &w).sharedBy(workers), newBounded[int](1, &w).sharedBy(workers)
			var leaves atomic.Int64
			for range workers {
				go func() {
					for depth, ok := first.pop(); ok; depth, ok = first.pop() {
						for range 2 {
							second.put(depth - 1)
						}
						first.settle(outcome{handled: 1})
					}
				}()
				go func() {
					for depth, ok := second.pop(); ok; depth, ok = second.pop() {
						time.Sleep(time.Millisecond)
						if depth == 0 {
							leaves.Add(1)
						} else {
							first.put(depth)
						}
						second.settle(outcome{handled: 1})
					}
				}()
			}
			first.put(7)
			if err := w.join(t.Context()); err != nil {
				t.Error(err)
			}
			if leaves.Load() != 128 {
				t.Errorf("%d of 128 leaves when joined", leaves.Load())
			}
			first.close()
			second.close()
		})
	}
}

// TestJoinWaits looks at a join step by step.
func TestJoinWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w work
		q := newBounded[int](4, &w).sharedBy(1)
		if err := w.join(t.Context()); err != nil {
			t.Fatalf("join of no work: %v", err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		q.put(1)
		var joined, gaveUp atomic.Bool
		go func() { joined.Store(w.join(t.Context()) == nil) }()
		go func() { gaveUp.Store(errors.Is(w.join(ctx), errStop)) }()
		synctest.Wait()
		cancel(errStop)
		q.pop()
		synctest.Wait()
		if joined.Load() || !gaveUp.Load() {
			t.Fatalf("with an item in hand: joined %t, gave up %t", joined.Load(), gaveUp.Load())
		}
		w.begin() // a producer
		q.settle(outcome{failed: 1})
		synctest.Wait()
		if joined.Load() {
			t.Fatal("joined while a producer runs")
		}
		w.end()
		synctest.Wait()
		if !joined.Load() {
			t.Fatal("not joined")
		}
		q.discard()
		if got, want := q.stats(), (stats{Put: 2, Failed: 1, Dropped: 1}); got != want {
			t.Fatalf("stats %+v, want %+v", got, want)
		}
	})
}

// TestJoinFails fails while somebody joins: nobody is left waiting.
func TestJoinFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w work
		newBounded[int](4, &w).sharedBy(1).put(1)
		for range 3 {
			go func() {
				if err := w.join(t.Context()); !errors.Is(err, errStop) {
					t.Errorf("join: %v", err)
				}
			}()
		}
		synctest.Wait()
		w.fail(errStop)
		w.fail(errors.New("late"))
		if err := w.join(t.Context()); !errors.Is(err, errStop) {
			t.Errorf("join afterwards: %v", err)
		}
	})
}

// TestJoinExact joins right after each of many puts, while others come and go: the item must be settled by then.
func TestJoinExact(t *testing.T) {
	var w work
	var group sync.WaitGroup
	for range 3 {
		q := newBounded[*atomic.Bool](2, &w).sharedBy(1)
		group.Go(func() {
			for settled, ok := q.pop(); ok; settled, ok = q.pop() {
				settled.Store(true)
				q.settle(outcome{handled: 1})
			}
		})
		group.Go(func() {
			defer q.close()
			for range 3000 {
				var settled atomic.Bool
				q.put(&settled)
				if err := w.join(t.Context()); err != nil || !settled.Load() {
					t.Errorf("joined before the item was settled: %v", err)
					return
				}
			}
		})
	}
	group.Wait()
}

// TestJoinIsNotEarly joins while a putter, which counts as busy, and takers are at work: then all that was put is
// settled.
func TestJoinIsNotEarly(t *testing.T) {
	for _, d := range designs() {
		t.Run(d.name, func(t *testing.T) {
			for round := range 400 {
				w := new(work)
				q := d.make(w)
				w.begin()
				go func() {
					for v := range 1 + round%7 {
						q.put(v)
					}
					w.end()
				}()
				var takers sync.WaitGroup
				for range d.goroutines(2) {
					takers.Go(func() {
						for _, ok := q.pop(); ok; _, ok = q.pop() {
							q.settle(outcome{handled: 1})
						}
					})
				}
				if err := w.join(t.Context()); err != nil {
					t.Fatal(err)
				}
				if s := q.stats(); s.Put != int64(1+round%7) || s.settled().handled != s.Put {
					t.Fatalf("round %d: joined at %+v", round, s)
				}
				q.close()
				takers.Wait()
			}
		})
	}
}
