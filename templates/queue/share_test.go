package queue

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// TestFairShare takes from a queue that nobody waits for: each of four takers gets a quarter of what is there, at least
// one, and no more than its hand holds.
func TestFairShare(t *testing.T) {
	q := newBounded[int](16, new(work)).sharedBy(4)
	for v := range 16 {
		q.put(v)
	}
	var got []int
	for range 5 {
		hand, err := q.take(make([]int, 0, 3))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, len(hand))
	}
	if diff := cmp.Diff([]int{3, 3, 2, 2, 1}, got); diff != "" {
		t.Error(diff)
	}
	if s := q.stats(); s.Depth != 5 || s.InFlight != 11 {
		t.Errorf("stats %+v", s)
	}
}

// TestQuickShare is back with its hand done before the putter that waits has run, and gets all; and a fair share again
// when the putter was faster.
func TestQuickShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newBounded[int](8, new(work)).sharedBy(4)
		for v := range 8 {
			q.put(v)
		}
		go q.put(8)
		synctest.Wait() // the putter is parked
		hand, _ := q.take(make([]int, 0, 8))
		synctest.Wait() // it has put
		go q.put(9)
		go q.put(10)
		synctest.Wait()
		sizes := []int{len(hand)}
		hand, _ = q.take(hand)
		sizes = append(sizes, len(hand))
		synctest.Wait()
		hand, _ = q.take(hand)
		sizes = append(sizes, len(hand))
		if diff := cmp.Diff([]int{2, 2, 1}, sizes); diff != "" {
			t.Error("slow takers: ", diff)
		}
		q.quick, q.told, q.mark = false, true, q.ledger.put // as if a putter had been told and not run yet
		queued := int(q.stats().Depth)
		if hand, _ = q.take(hand); len(hand) != queued {
			t.Errorf("quick taker: %d of %d", len(hand), queued)
		}
	})
}

// TestTakeAborted gets the cause, and no item.
func TestTakeAborted(t *testing.T) {
	for name, q := range map[string]interface {
		queue
		take([]int) ([]int, error)
	}{"bounded": newBounded[int](4, new(work)).sharedBy(1), "unbounded": newUnbounded[int](new(work)).sharedBy(1)} {
		q.put(1)
		q.abort(errStop)
		if hand, err := q.take(make([]int, 0, 2)); len(hand) != 0 || !errors.Is(err, errStop) {
			t.Errorf("%s: took %v, %v", name, hand, err)
		}
		if left := q.drain(); len(left) != 1 {
			t.Errorf("%s: drained %v", name, left)
		}
	}
}

// TestRingShrinks empties a ring that was large.
func TestRingShrinks(t *testing.T) {
	var r ring[*int]
	for range 1000 {
		r.push(new(int))
	}
	for r.n > 3 {
		r.pop()
	}
	if len(r.buf) != smallest {
		t.Errorf("a ring of 3 has a buffer of %d", len(r.buf))
	}
	kept := 0
	for _, p := range r.buf {
		if p != nil {
			kept++
		}
	}
	if kept != 3 {
		t.Errorf("a ring of 3 keeps %d alive", kept)
	}
}
