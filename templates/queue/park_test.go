package queue

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// each runs a test over all designs that are shared, in a bubble where a goroutine that is left parked fails it.
func each(t *testing.T, test func(t *testing.T, d design, q queue)) {
	for _, d := range shared() {
		t.Run(d.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, d, d.make(new(work))) })
		})
	}
}

// TestBound fills a queue: the put beyond its limit waits until an item is popped.
func TestBound(t *testing.T) {
	each(t, func(t *testing.T, d design, q queue) {
		if d.limit < 0 {
			t.Skip("unbounded")
		}
		var put atomic.Int64
		go func() {
			for v := range d.limit + 2 {
				if q.put(v) != nil {
					return
				}
				put.Add(1)
			}
		}()
		for pops := range 3 {
			synctest.Wait()
			if got := put.Load(); got != int64(min(d.limit+pops, d.limit+2)) {
				t.Fatalf("%d put after %d pops, limit %d", got, pops, d.limit)
			}
			if pops < 2 {
				q.pop()
			}
		}
		q.abort(errStop)
	})
}

// TestAllWake parks takers and gives each an item that it keeps: an item must not wait while a taker does.
func TestAllWake(t *testing.T) {
	each(t, func(t *testing.T, d design, q queue) {
		const takers = 5
		var inHand atomic.Int64
		release := make(chan struct{})
		for range takers {
			go func() {
				if _, ok := q.pop(); ok {
					inHand.Add(1)
					<-release
				}
			}()
		}
		synctest.Wait()
		for range 5 {
			go q.put(1)
		}
		synctest.Wait()
		if got := inHand.Load(); got != takers {
			t.Fatalf("%d of %d takers have an item; %+v", got, takers, q.stats())
		}
		close(release)
	})
}

// TestAllPuttersWake parks putters and makes room for all of them.
func TestAllPuttersWake(t *testing.T) {
	each(t, func(t *testing.T, d design, q queue) {
		var put atomic.Int64
		total := max(d.limit, 0) + 5
		for range total {
			go func() {
				if q.put(1) == nil {
					put.Add(1)
				}
			}()
		}
		synctest.Wait()
		for range 5 {
			q.pop()
		}
		synctest.Wait()
		if got := put.Load(); got != int64(total) {
			t.Fatalf("%d of %d putters came through; %+v", got, total, q.stats())
		}
		q.abort(errStop)
	})
}

// TestCloseWakes closes a queue that takers, and one that putters wait for.
func TestCloseWakes(t *testing.T) {
	each(t, func(t *testing.T, d design, q queue) {
		var ended, refused atomic.Int64
		for range 3 {
			go func() {
				if _, ok := q.pop(); !ok {
					ended.Add(1)
				}
			}()
		}
		synctest.Wait()
		q.close()
		q.close()
		synctest.Wait()
		if ended.Load() != 3 {
			t.Fatalf("%d of 3 takers ended", ended.Load())
		}
		if err := q.put(1); !errors.Is(err, ErrClosed) {
			t.Fatalf("put after close: %v", err)
		}

		full := d.make(new(work))
		for range max(d.limit, 0) {
			full.put(1)
		}
		if d.limit < 0 {
			return
		}
		for range 3 {
			go func() {
				if errors.Is(full.put(2), ErrClosed) {
					refused.Add(1)
				}
			}()
		}
		synctest.Wait()
		full.close()
		synctest.Wait()
		if refused.Load() != 3 {
			t.Fatalf("%d of 3 putters were refused", refused.Load())
		}
		for range d.limit {
			if v, ok := full.pop(); !ok || v != 1 {
				t.Fatalf("pop after close: %d, %t", v, ok)
			}
		}
		if _, ok := full.pop(); ok {
			t.Fatal("pop after the end: an item")
		}
	})
}

// TestAbortWakes aborts a queue that goroutines wait for; what it held comes out of drain, once.
func TestAbortWakes(t *testing.T) {
	each(t, func(t *testing.T, d design, q queue) {
		var refused, ended atomic.Int64
		held := max(d.limit, 0)
		for range held {
			q.put(1)
		}
		if d.limit >= 0 {
			for range 3 {
				go func() {
					if errors.Is(q.put(2), errStop) {
						refused.Add(1)
					}
				}()
			}
		}
		empty := d.make(new(work))
		for range 3 {
			go func() {
				if _, ok := empty.pop(); !ok {
					ended.Add(1)
				}
			}()
		}
		synctest.Wait()
		for _, q := range []queue{q, empty} {
			q.close()
			q.abort(errStop)
			q.abort(errors.New("late"))
		}
		synctest.Wait()
		if ended.Load() != 3 {
			t.Fatalf("%d of 3 takers ended", ended.Load())
		}
		if _, ok := q.pop(); ok {
			t.Fatal("pop after abort: an item")
		}
		if err := q.put(1); !errors.Is(err, errStop) {
			t.Fatalf("put after abort: %v", err)
		}
		if left := q.drain(); len(left) != held {
			t.Fatalf("%d drained, %d held", len(left), held)
		}
		if left := q.drain(); len(left) != 0 {
			t.Fatalf("%d drained again", len(left))
		}
		if got, want := q.stats(), (stats{Put: int64(held), Undelivered: int64(held)}); got != want {
			t.Fatalf("stats %+v, want %+v", got, want)
		}
	})
}

// TestOwnContext fills a queue and gives up: that put alone fails, and has put nothing.
func TestOwnContext(t *testing.T) {
	each(t, func(t *testing.T, d design, q queue) {
		c, can := q.(contextPutter)
		if !can || d.limit < 0 {
			t.Skip("puts never wait")
		}
		for range d.limit {
			c.put(1)
		}
		var patient atomic.Int64
		go func() {
			if c.putContext(t.Context(), 3) == nil {
				patient.Add(1)
			}
		}()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errStop)
		defer cancel()
		synctest.Wait()
		if err := c.putContext(ctx, 2); !errors.Is(err, errStop) {
			t.Fatalf("put: %v", err)
		}
		if err := c.putContext(ctx, 2); !errors.Is(err, errStop) {
			t.Fatalf("put with a context that is done: %v", err)
		}
		for range d.limit {
			c.pop()
		}
		if v, ok := c.pop(); v != 3 || !ok {
			t.Fatalf("popped %d, %t", v, ok)
		}
		synctest.Wait()
		if patient.Load() != 1 {
			t.Fatal("the other put did not come through")
		}
	})
}
