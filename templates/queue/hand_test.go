package queue

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// filled returns a queue of the numbers below n, which is closed.
func filled(n int) (*unbounded[int], *work) {
	w := new(work)
	q := newUnbounded[int](w).sharedBy(1)
	for v := range n {
		_ = q.put(v)
	}
	q.close()
	return q, w
}

func TestHandSettles(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(h *hand[int])
		want stats
		left []int
		cut  bool
	}{
		{"handled", func(h *hand[int]) { h.next(); h.next(); h.next() }, stats{Put: 2, Handled: 2}, nil, false},
		{"left in hand", func(h *hand[int]) { h.next(); h.next() }, stats{Put: 2, Handled: 1, Failed: 1}, nil, false},
		{"cut short", func(h *hand[int]) { h.next(); h.more() }, stats{Put: 2, Undelivered: 2}, []int{0, 1}, true},
		{"one failed", func(h *hand[int]) { h.more(); h.more(); h.fail(); h.next() }, stats{Put: 2, Handled: 1, Failed: 1}, nil, false},
		{"failed twice", func(h *hand[int]) {
			h.more()
			h.fail()
			h.fail()
			h.more()
			h.fail()
			h.fail()
		}, stats{Put: 2, Failed: 2}, nil, false},
		{"failed behind a batch", func(h *hand[int]) { h.more(); h.more(); h.fail(); h.fail(); h.failAll() }, stats{Put: 2, Failed: 2}, nil, false},
		{"failed with its batch", func(h *hand[int]) { h.more(); h.more(); h.failAll(); h.fail() }, stats{Put: 2, Failed: 2}, nil, false},
		{"failed and cut short", func(h *hand[int]) { h.more(); h.fail(); h.more() }, stats{Put: 2, Failed: 1, Undelivered: 1}, []int{1}, true},
		{"all failed", func(h *hand[int]) { h.more(); h.more(); h.failAll() }, stats{Put: 2, Failed: 2}, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			q, _ := filled(2)
			freed := 0
			h := &hand[int]{pop: q.pop, settle: q.settle, free: func(n int) { freed += n }}
			test.do(h)
			if left := h.leave(test.cut); !slices.Equal(left, test.left) {
				t.Errorf("left %v, want %v", left, test.left)
			}
			if got := q.stats(); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestFailedStaysInHand has a part of an item fail: until the taker is done with the other parts nothing is settled, so
// that nobody takes the work for done, or an item of the same key.
func TestFailedStaysInHand(t *testing.T) {
	for name, fail := range map[string]func(h *hand[int]){"one": (*hand[int]).fail, "all": (*hand[int]).failAll} {
		q, w := filled(1)
		freed := 0
		h := &hand[int]{pop: q.pop, settle: q.settle, free: func(n int) { freed += n }}
		h.next()
		fail(h)
		if w.busy.Load() == 0 || freed > 0 || len(h.held()) > 0 {
			t.Errorf("%s: %d busy, %d freed, %v held: want it in hand, and not handled", name, w.busy.Load(), freed, h.held())
		}
		h.next()
		if w.busy.Load() != 0 || freed != 1 {
			t.Errorf("%s: %d busy, %d freed: want it settled", name, w.busy.Load(), freed)
		}
	}
}

// TestLeavesUndone has a taker go with something in hand: whoever waits for the end of the work learns why it ends, and
// not that it is done.
func TestLeavesUndone(t *testing.T) {
	for _, cut := range []bool{false, true} {
		for name, leave := range map[string]func(q *unbounded[int]){
			"hand": func(q *unbounded[int]) {
				h := &hand[int]{pop: q.pop, settle: q.settle}
				h.next()
				h.leave(cut)
			},
			"share": func(q *unbounded[int]) {
				s := &share[int, *unbounded[int]]{queue: q, items: make([]int, 0, most)}
				s.next()
				s.leave(cut)
			},
			"catch": func(q *unbounded[int]) {
				f := newFunnel[int](t.Context())
				go f.pour(q.pop, q.settle, nil)
				c := &catch[int]{funnel: f}
				c.next()
				c.leave(cut)
			},
			"funnel": func(q *unbounded[int]) {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				newFunnel[int](ctx).pour(q.pop, q.settle, nil)
			},
		} {
			q, w := filled(1)
			leave(q)
			gone := errors.New("gone")
			time.AfterFunc(time.Millisecond, func() { w.fail(gone) })
			if err := w.join(t.Context()); err != gone {
				t.Errorf("%s, cut short %v: joined with %v, want why it ends", name, cut, err)
			}
		}
	}
}

func TestShareSettles(t *testing.T) {
	for taken := range 5 {
		for _, cut := range []bool{false, true} {
			q, _ := filled(3)
			s := &share[int, *unbounded[int]]{queue: q, items: make([]int, 0, most)}
			var got []int
			for range taken {
				if v, ok := s.next(); ok {
					got = append(got, v)
				}
			}
			left := s.leave(cut)
			count := q.stats()
			o := count.settled()
			switch {
			case taken == 4:
				if o != (outcome{handled: 3}) || len(left) > 0 {
					t.Errorf("to the end: %+v, left %v", o, left)
				}
			case taken > 0 && cut:
				if o != (outcome{handled: int64(taken - 1), undelivered: int64(4 - taken)}) || len(left) != 4-taken {
					t.Errorf("cut short at %d: %+v, left %v", taken, o, left)
				}
			case taken > 0:
				if o != (outcome{handled: int64(taken - 1), failed: 1, undelivered: int64(3 - taken)}) || len(left) != 3-taken {
					t.Errorf("failed at %d: %+v, left %v", taken, o, left)
				}
			}
			if want := []int{0, 1, 2}[:min(taken, 3)]; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		}
	}
}

func TestReply(t *testing.T) {
	gone := errors.New("gone")
	ctx := t.Context()
	a := newAsked[int, string](7)
	if !a.answer("seven", nil) || !a.answer("eight", gone) {
		t.Error("somebody waits")
	}
	if v, err := a.wait(ctx, ctx); v != "seven" || err != nil {
		t.Errorf("got %q, %v, want the first answer", v, err)
	}
	if (asked[int, string]{v: 7}).answer("seven", nil) {
		t.Error("nobody waits")
	}
	ended, end := withCause(t)
	end(gone)
	if _, err := newAsked[int, string](7).wait(ctx, ended); err != gone {
		t.Errorf("got %v, want the cause of the end", err)
	}
	if _, err := newAsked[int, string](7).wait(ended, ctx); err != gone {
		t.Errorf("got %v, want ctx's cause", err)
	}
	if diff := cmp.Diff(7, newAsked[int, string](7).v); diff != "" {
		t.Error(diff)
	}
}
