package queue

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func withCause(t *testing.T) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(t.Context())
	t.Cleanup(func() { cancel(nil) })
	return ctx, cancel
}

// TestKeyed has several takers handle items of several keys: those of one key one at a time, in order, however few may
// wait for their keys.
func TestKeyed(t *testing.T) {
	for _, most := range []int{1, 3, 100} {
		synctest.Test(t, func(t *testing.T) {
			q := newBounded[int](5, new(work)).sharedBy(4)
			k := newKeyed(most, q.pop, func(v int) int { return v % 7 })
			var mu sync.Mutex
			busy := map[int]bool{}
			seen := map[int][]int{}
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					g := &grip[int, int]{from: k}
					h := &hand[int]{pop: g.take, settle: q.settle, free: g.free}
					for v, ok := h.next(); ok; v, ok = h.next() {
						key := v % 7
						mu.Lock()
						if busy[key] {
							t.Errorf("two of key %d at a time", key)
						}
						busy[key] = true
						seen[key] = append(seen[key], v)
						mu.Unlock()
						time.Sleep(rand.N(time.Millisecond))
						mu.Lock()
						busy[key] = false
						mu.Unlock()
					}
				})
			}
			for v := range 200 {
				_ = q.put(v * v)
			}
			q.close()
			group.Wait()
			n := 0
			for key, all := range seen {
				n += len(all)
				if !slices.IsSorted(all) {
					t.Errorf("key %d: not in order: %v", key, all)
				}
			}
			if s := q.stats(); n != 200 || s.settled() != (outcome{handled: 200}) {
				t.Errorf("%d handled, %+v", n, s)
			}
		})
	}
}

// TestKeyedLeft has a taker leave with its key, and abort a moment later, when nothing more comes out of the queue: the
// other does not wait for that key.
func TestKeyedLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := withCause(t)
		q := newUnbounded[int](new(work)).sharedBy(2)
		k := newKeyed(8, q.pop, func(int) int { return 0 })
		context.AfterFunc(ctx, k.stop)
		_, _ = q.put(1), q.put(2)
		q.close()
		g := &grip[int, int]{from: k}
		h := &hand[int]{pop: g.take, settle: q.settle, free: g.free}
		h.next()
		ended := make(chan bool)
		go func() {
			_, ok := k.take()
			ended <- !ok
		}()
		synctest.Wait()
		h.leave(false)
		synctest.Wait()
		cancel(errors.New("gone"))
		if !<-ended {
			t.Error("it gives an item of a key that is in a hand")
		}
	})
}

// TestKeyedSkip leaves out the last of two items in a hand: its key is free, that of the other is not.
func TestKeyedSkip(t *testing.T) {
	q, _ := filled(4)
	k := newKeyed(8, q.pop, func(v int) int { return v % 2 })
	g, other := &grip[int, int]{from: k}, &grip[int, int]{from: k}
	h := &hand[int]{pop: g.take, settle: q.settle, free: g.free}
	_, _ = h.next()
	_, _ = h.more()
	h.skip()
	if v, _ := other.take(); v != 3 {
		t.Errorf("another gets %d, want 3", v)
	}
	h.handled()
	if v, _ := other.take(); v != 2 {
		t.Errorf("then it gets %d, want 2", v)
	}
}

// TestKeyedAborted aborts at any time: every item is settled, or left in what drain returns.
func TestKeyedAborted(t *testing.T) {
	for after := range 40 {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := withCause(t)
			q := newUnbounded[int](new(work)).sharedBy(4)
			k := newKeyed(8, q.pop, func(v int) int { return v % 3 })
			stop := context.AfterFunc(ctx, func() {
				q.abort(context.Cause(ctx))
				k.stop()
			})
			defer stop()
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					g := &grip[int, int]{from: k}
					h := &hand[int]{pop: g.take, settle: q.settle, free: g.free}
					defer h.leave(true)
					for _, ok := h.next(); ok; _, ok = h.next() {
						time.Sleep(time.Millisecond)
						if ctx.Err() != nil {
							return
						}
					}
				})
			}
			for v := range 30 {
				_ = q.put(v)
			}
			time.Sleep(time.Duration(after) * time.Millisecond / 2)
			cancel(errors.New("gone"))
			group.Wait()
			q.settle(outcome{undelivered: int64(len(k.drain()))})
			q.drain()
			if s := q.stats(); s.Put != s.settled().total() || s.Depth != 0 || s.InFlight != 0 {
				t.Errorf("after %d: %+v", after, s)
			}
		})
	}
}

// TestFunnel pours two queues into the hands of three takers; one item is in each funnel's hand when it is cut short.
func TestFunnel(t *testing.T) {
	for _, cut := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := withCause(t)
			var queues []*unbounded[int]
			f := newFunnel[int](ctx)
			var pouring, taking sync.WaitGroup
			left := make([]atomic.Int64, 2)
			for i := range 2 {
				q := newUnbounded[int](new(work)).sharedBy(1)
				queues = append(queues, q)
				for v := range 50 {
					_ = q.put(v)
				}
				q.close()
				context.AfterFunc(ctx, func() { q.abort(context.Cause(ctx)) })
				pouring.Go(func() { f.pour(q.pop, q.settle, func(int) { left[i].Add(1) }) })
			}
			go func() {
				pouring.Wait()
				f.close()
			}()
			for range 3 {
				taking.Go(func() {
					c := &catch[int]{funnel: f}
					defer func() { c.leave(cut) }()
					for v, ok := c.next(); ok; v, ok = c.next() {
						time.Sleep(time.Millisecond)
						if v%10 == 9 {
							c.fail()
						}
						if ctx.Err() != nil {
							return
						}
					}
				})
			}
			if cut {
				time.Sleep(5 * time.Millisecond)
				cancel(errors.New("gone"))
			}
			taking.Wait()
			pouring.Wait()
			for i, q := range queues {
				queued := len(q.drain())
				s := q.stats()
				if s.settled().undelivered != left[i].Load()+int64(queued) {
					t.Errorf("told of %d, %d were queued: %+v", left[i].Load(), queued, s)
				}
				if s.Put != s.settled().total() || s.InFlight != 0 {
					t.Errorf("not balanced: %+v", s)
				}
				if !cut && s.settled() != (outcome{handled: 45, failed: 5}) {
					t.Errorf("got %+v", s)
				}
			}
		})
	}
}

// TestFunnelInTime waits for an item until it is due.
func TestFunnelInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newUnbounded[int](new(work)).sharedBy(1)
		f := newFunnel[int](t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			f.pour(q.pop, q.settle, nil)
			f.close()
		})
		c := &catch[int]{funnel: f}
		if _, ok, late := c.moreBefore(time.After(time.Second)); ok || !late {
			t.Errorf("got %v, %v", ok, late)
		}
		_ = q.put(1)
		if v, ok, late := c.moreBefore(time.After(time.Second)); v != 1 || !ok || late {
			t.Errorf("got %v, %v, %v", v, ok, late)
		}
		q.close()
		if _, ok, late := c.moreBefore(nil); ok || late {
			t.Errorf("at the end: %v, %v", ok, late)
		}
		if held := c.held(); !slices.Equal(held, []int{1}) {
			t.Errorf("held %v", held)
		}
		c.handled()
		group.Wait()
	})
}

// TestKeyedChanged has takers change what the key of an item is: it is let go as it was taken.
func TestKeyedChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type job struct{ key, n int }
		q := newBounded[*job](100, new(work)).sharedBy(2)
		k := newKeyed(10, q.pop, func(j *job) int { return j.key })
		for n := range 20 {
			_ = q.put(&job{n % 3, n})
		}
		q.close()
		var handled atomic.Int64
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				g := &grip[*job, int]{from: k}
				h := &hand[*job]{pop: g.take, settle: q.settle, free: g.free}
				for j, ok := h.next(); ok; j, ok = h.next() {
					j.key += 100
					handled.Add(1)
				}
			})
		}
		group.Wait()
		if handled.Load() != 20 {
			t.Errorf("%d items were handled, want 20", handled.Load())
		}
	})
}
