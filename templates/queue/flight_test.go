package queue

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
)

var errFlight = errors.New("cannot")

// flown returns a flight over the numbers below n, and the queue that they come from.
func flown(t *testing.T, n int) (*flight[int], *unbounded[int], *[]int) {
	q, _ := filled(n)
	f := newFunnel[int](t.Context())
	var left []int
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.pour(q.pop, q.settle, func(v int) { left = append(left, v) })
		f.close()
	}()
	t.Cleanup(func() { <-done })
	return newFlight(f), q, &left
}

// inTurn hands on what source emits, one by one, in the goroutine that ranges.
func inTurn[V any](ctx context.Context, source func(ctx context.Context, emit func(parcel[V]) bool) error) iter.Seq2[parcel[V], error] {
	return func(yield func(parcel[V], error) bool) {
		if err := source(ctx, func(p parcel[V]) bool { return yield(p, nil) }); err != nil {
			yield(parcel[V]{}, err)
		}
	}
}

// fed is the source that emits what f takes, each item as often as it says.
func fed(f *flight[int], times int) func(ctx context.Context, emit func(int) bool) error {
	return func(ctx context.Context, emit func(int) bool) error {
		for v, ok := f.next(ctx); ok; v, ok = f.next(ctx) {
			for range times {
				if !emit(v) {
					return nil
				}
			}
		}
		return nil
	}
}

func TestFlightSettlesEachItemOnce(t *testing.T) {
	for _, test := range []struct {
		name string
		loop func(f *flight[int], hand *load) error
		want outcome
		left []int
	}{
		{"each in turn", func(f *flight[int], hand *load) error {
			for range opened(hand, inTurn(t.Context(), sent(&f.hand, fed(f, 1)))) {
				continue
			}
			return nil
		}, outcome{handled: 5}, nil},
		{"in parts", func(f *flight[int], hand *load) error {
			for range opened(hand, inTurn(t.Context(), sent(&f.hand, fed(f, 3)))) {
				continue
			}
			return nil
		}, outcome{handled: 5}, nil},
		{"one part fails", func(f *flight[int], hand *load) error {
			n := 0
			for v := range opened(hand, inTurn(t.Context(), sent(&f.hand, fed(f, 3)))) {
				if n++; v == 2 && n%3 == 0 {
					hand.fail()
				}
			}
			return nil
		}, outcome{handled: 4, failed: 1}, nil},
		{"kept for a batch", func(f *flight[int], hand *load) error {
			var batch []int
			hand.waits = func() bool { return len(batch) > 0 }
			for v := range opened(hand, inTurn(t.Context(), sent(&f.hand, fed(f, 1)))) {
				if batch = append(batch, v); len(batch) == 2 {
					if batch[0] == 2 {
						hand.failAll()
					}
					batch = nil
				}
			}
			hand.handled()
			return nil
		}, outcome{handled: 3, failed: 2}, nil},
		{"an error in the loop", func(f *flight[int], hand *load) error {
			for v := range opened(hand, inTurn(t.Context(), sent(&f.hand, fed(f, 1)))) {
				if v == 2 {
					return errFlight
				}
			}
			return nil
		}, outcome{handled: 2, failed: 1, undelivered: 0}, nil},
		{"an error of the source", func(f *flight[int], hand *load) error {
			source := func(ctx context.Context, emit func(int) bool) error {
				for v, ok := f.next(ctx); ok && v < 3 && emit(v); v, ok = f.next(ctx) {
					continue
				}
				return errFlight
			}
			for _, err := range opened(hand, inTurn(t.Context(), sent(&f.hand, source))) {
				if err != nil {
					return err
				}
			}
			return nil
		}, outcome{handled: 3, failed: 1}, nil},
		{"an error of a call", func(f *flight[int], hand *load) error {
			call := called(func(_ context.Context, _ *load, v int, out []int) ([]int, error) {
				if v == 2 {
					return append(out, v), errFlight
				}
				return out, nil
			})
			calls := func(ctx context.Context, emit func(parcel[int]) bool) error {
				return sent(&f.hand, fed(f, 1))(ctx, func(p parcel[int]) bool {
					made, err := call(ctx, 0, p, nil)
					return err == nil && !slices.ContainsFunc(made, func(p parcel[int]) bool { return !emit(p) })
				})
			}
			for range opened(hand, inTurn(t.Context(), calls)) {
				continue
			}
			return errFlight
		}, outcome{handled: 2, failed: 1}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, q, left := flown(t, 5)
			var hand load
			err := test.loop(f, &hand)
			f.leave(false)
			rest := 0
			for range f.funnel.out { // that nobody takes any more
				rest++
			}
			if got := q.stats().settled(); got != test.want || !slices.Equal(*left, test.left) {
				t.Errorf("%v: got %+v, left %v; want %+v", err, got, *left, test.want)
			}
			if got := q.stats(); got.Put-got.settled().total() != int64(rest) {
				t.Errorf("%+v, with %d on their way", got, rest)
			}
		})
	}
}

// What nobody has finished is undelivered where the taker was cut short, in the order in which it was taken.
func TestFlightCutShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, q, left := flown(t, 5)
		for range 4 {
			if _, ok := f.more(t.Context()); !ok {
				t.Fatal("no item")
			}
		}
		f.hand.fail()
		f.leave(true)
		if got := q.stats().settled(); got != (outcome{failed: 1, undelivered: 3}) || !slices.Equal(*left, []int{0, 1, 2}) {
			t.Errorf("got %+v, left %v", got, *left)
		}
		<-f.funnel.out
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, ok := f.next(ctx); ok {
			t.Error("taken though ctx is done")
		}
	})
}

// What is left behind an error has failed, and the taker goes on with the next item.
func TestFlightForfeits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, q, left := flown(t, 6)
		var hand load
		n := 0
		for range opened(&hand, inTurn(t.Context(), sent(&f.hand, fed(f, 2)))) {
			if n++; n == 4 { // the second half of the second item
				break
			}
		}
		if all := f.itemsOf(&hand); !slices.Equal(all, []int{1}) {
			t.Errorf("in hand: %v", all)
		}
		hand.fail()
		if all := f.itemsOf(&hand); all != nil {
			t.Errorf("in hand, and not failed: %v", all)
		}
		f.forfeit()
		if got := q.stats().settled(); got != (outcome{handled: 1, failed: 1}) {
			t.Errorf("got %+v", got)
		}
		for v, ok := f.more(t.Context()); ok && v < 4; v, ok = f.more(t.Context()) { // 2, 3 and 4
			continue
		}
		f.forfeit()
		for _, ok := f.next(t.Context()); ok; _, ok = f.next(t.Context()) {
			continue
		}
		f.forfeit()
		if got := q.stats(); got.settled() != (outcome{handled: 2, failed: 4}) || got.InFlight != 0 || *left != nil || len(f.open) != 0 {
			t.Errorf("got %+v, left %v", got, *left)
		}
	})
}
