package queue

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// popped is an item with the time at which it was popped, since the test began.
type popped struct {
	V  int
	At time.Duration
}

// popAll pops until the end.
func popAll(q *delayed[int, int], begin time.Time) []popped {
	var all []popped
	for v, ok := q.pop(); ok; v, ok = q.pop() {
		all = append(all, popped{v, time.Since(begin)})
	}
	return all
}

// TestDelays puts items with delays: each comes out when it is due, of those due at once the highest rank first, and
// equals in the order put. The close does not hurry them.
func TestDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newDelayed[int, int](0, new(work))
		for v, put := range []struct {
			rank  int
			delay time.Duration
		}{
			0: {0, 3 * time.Second},
			1: {0, 1 * time.Second},
			2: {0, 0},
			3: {5, 1 * time.Second},
			4: {0, 1 * time.Second},
			5: {0, -time.Second},
			6: {9, time.Hour},
		} {
			if err := q.put(v, put.rank, put.delay); err != nil {
				t.Fatal(err)
			}
		}
		q.close()
		want := []popped{
			{2, 0}, {5, 0}, {3, time.Second}, {1, time.Second}, {4, time.Second}, {0, 3 * time.Second}, {6, time.Hour},
		}
		if diff := cmp.Diff(want, popAll(q, time.Now())); diff != "" {
			t.Error(diff)
		}
	})
}

// TestDelayShortened parks takers for a late item and then puts earlier ones.
func TestDelayShortened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newDelayed[int, int](0, new(work))
		begin := time.Now()
		results := make(chan []popped, 3)
		for range 3 {
			go func() { results <- popAll(q, begin) }()
		}
		for v, delay := range []time.Duration{time.Hour, time.Minute, time.Second, time.Second} {
			q.put(v, 0, delay)
			synctest.Wait()
		}
		time.Sleep(2 * time.Second)
		q.put(4, 0, 0)
		q.close()
		got := map[int]time.Duration{}
		for range 3 {
			for _, p := range <-results {
				got[p.V] = p.At
			}
		}
		want := map[int]time.Duration{0: time.Hour, 1: time.Minute, 2: time.Second, 3: time.Second, 4: 2 * time.Second}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestDelayBusy keeps one taker busy: the other must be told of what falls due meanwhile.
func TestDelayBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newDelayed[int, int](0, new(work))
		begin := time.Now()
		times := make(chan popped, 4)
		for range 2 {
			go func() {
				for v, ok := q.pop(); ok; v, ok = q.pop() {
					times <- popped{v, time.Since(begin)}
					time.Sleep(10 * time.Second)
				}
			}()
		}
		synctest.Wait()
		q.put(0, 0, time.Second)
		q.put(1, 0, 2*time.Second)
		q.put(2, 0, 3*time.Second)
		q.close()
		var got []popped
		for range 3 {
			got = append(got, <-times)
		}
		time.Sleep(time.Minute) // both are through
		want := []popped{{0, time.Second}, {1, 2 * time.Second}, {2, 11 * time.Second}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestDelayAbort drains what is not due.
func TestDelayAbort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newDelayed[int, int](2, new(work))
		q.put(1, 0, time.Hour)
		q.put(2, 0, 0)
		done := make(chan bool)
		go func() {
			q.pop()
			_, ok := q.pop()
			done <- ok
		}()
		synctest.Wait()
		if oldest, dropped, err := q.putOver(3, 0, time.Minute); dropped || err != nil {
			t.Fatal(oldest, dropped, err)
		}
		if oldest, dropped, err := q.putOver(4, 0, time.Minute); oldest != 1 || !dropped || err != nil {
			t.Fatal(oldest, dropped, err)
		}
		q.abort(errStop)
		if <-done {
			t.Error("pop after abort: an item")
		}
		if diff := cmp.Diff([]int{3, 4}, q.drain()); diff != "" {
			t.Error(diff)
		}
	})
}
