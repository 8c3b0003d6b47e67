package queue

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// filled returns a queue of the numbers below n, which is closed.
func filled(n int) (*unbounded[int], *work) {
	w := new(work)
	q := newUnbounded[int](1, w)
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
		{"handled", func(h *hand[int]) { h.next(); h.next(); h.next() }, stats{put: 2, settled: outcome{handled: 2}}, nil, false},
		{"left in hand", func(h *hand[int]) { h.next(); h.next() }, stats{put: 2, settled: outcome{handled: 1, failed: 1}}, nil, false},
		{"cut short", func(h *hand[int]) { h.next(); h.more() }, stats{put: 2, settled: outcome{undelivered: 2}}, []int{0, 1}, true},
		{"one failed", func(h *hand[int]) { h.more(); h.more(); h.failed(); h.next() }, stats{put: 2, settled: outcome{handled: 1, failed: 1}}, nil, false},
		{"failed twice", func(h *hand[int]) {
			h.more()
			h.failed()
			h.failed()
			h.more()
			h.failed()
			h.failed()
		}, stats{put: 2, settled: outcome{failed: 2}}, nil, false},
		{"failed behind a batch", func(h *hand[int]) { h.more(); h.more(); h.failed(); h.failed(); h.allFailed() }, stats{put: 2, settled: outcome{failed: 2}}, nil, false},
		{"failed with its batch", func(h *hand[int]) { h.more(); h.more(); h.allFailed(); h.failed() }, stats{put: 2, settled: outcome{failed: 2}}, nil, false},
		{"all failed", func(h *hand[int]) { h.more(); h.more(); h.allFailed() }, stats{put: 2, settled: outcome{failed: 2}}, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			q, _ := filled(2)
			var freed []int
			h := &hand[int]{pop: q.pop, settle: q.settle, free: func(v int) { freed = append(freed, v) }}
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

func TestShareSettles(t *testing.T) {
	for taken := range 5 {
		for _, cut := range []bool{false, true} {
			q, _ := filled(3)
			s := &share[int]{take: q.take, settle: q.settle}
			var got []int
			for range taken {
				if v, ok := s.next(); ok {
					got = append(got, v)
				}
			}
			left := s.leave(cut)
			count := q.stats()
			o := count.settled
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
