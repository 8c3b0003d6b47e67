package retry_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncgen/asyncgen/templates/retry"
)

// slow yields 1, 2 and 3, a second each, for as long as ctx is not done.
func slow(ctx context.Context) iter.Seq[int] {
	return func(yield func(int) bool) {
		for n := 1; n <= 3; n++ {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				return
			}
			if !yield(n) {
				return
			}
		}
	}
}

// The time is that of the call: what it gives has its context until the loop is left, and no longer.
func TestOpen(t *testing.T) {
	forms := map[string]func(ctx context.Context, call func(context.Context) error) (iter.Seq[int], error){
		"Open": func(ctx context.Context, call func(context.Context) error) (iter.Seq[int], error) {
			return retry.Open(ctx, time.Second, func(ctx context.Context) (iter.Seq[int], error) {
				return slow(ctx), call(ctx)
			})
		},
		"Open2": func(ctx context.Context, call func(context.Context) error) (iter.Seq[int], error) {
			seq, err := retry.Open2(ctx, time.Second, func(ctx context.Context) (iter.Seq2[int, error], error) {
				return pairs(slow(ctx)), call(ctx)
			})
			return firsts(seq), err
		},
		"OpenChan": func(ctx context.Context, call func(context.Context) error) (iter.Seq[int], error) {
			seq, err := retry.OpenChan(ctx, time.Second, func(ctx context.Context) (<-chan int, error) {
				ch := make(chan int)
				go func() {
					defer close(ch)
					for n := range slow(ctx) {
						select {
						case ch <- n:
						case <-ctx.Done():
							return
						}
					}
				}()
				return ch, call(ctx)
			})
			return firsts(seq), err
		},
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // which also wants each goroutine of slow to have ended
				var given context.Context
				keep := func(ctx context.Context) error { given = ctx; return nil }
				seq, err := form(t.Context(), keep)
				if err != nil {
					t.Fatal(err)
				}
				if got := slices.Collect(seq); !slices.Equal(got, []int{1, 2, 3}) || given.Err() == nil {
					t.Errorf("%v, and behind it the context has %v", got, given.Err())
				}
				seq, _ = form(t.Context(), keep)
				for range seq {
					break
				}
				if given.Err() == nil {
					t.Error("the context is not done when the loop has been left")
				}
				late := func(ctx context.Context) error { <-ctx.Done(); return nil }
				if _, err := form(t.Context(), late); err != retry.TimeoutError(time.Second) {
					t.Errorf("error %v of a call that took too long", err)
				}
				if _, err := form(t.Context(), func(ctx context.Context) error { given = ctx; return errGone }); err != errGone || given.Err() == nil {
					t.Errorf("error %v, want that of the call; the context has %v", err, given.Err())
				}
				ctx, cancel := context.WithCancelCause(t.Context())
				if _, err := form(ctx, func(ctx context.Context) error { cancel(errFatal); return ctx.Err() }); !errors.Is(err, errFatal) {
					t.Errorf("error %v, want the cause", err)
				}
			})
		})
	}
}

// OpenChan ends when the outer context does, however long the channel stays open.
func TestOpenChanIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	seq, err := retry.OpenChan(ctx, time.Hour, func(context.Context) (<-chan int, error) { return make(chan int), nil })
	if err != nil {
		t.Fatal(err)
	}
	cancel(errGone)
	for _, err = range seq {
	}
	if err != errGone {
		t.Errorf("error %v, want the cause", err)
	}
}

func pairs(seq iter.Seq[int]) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		seq(func(n int) bool { return yield(n, nil) })
	}
}

func firsts(seq iter.Seq2[int, error]) iter.Seq[int] {
	return func(yield func(int) bool) {
		seq(func(n int, _ error) bool { return yield(n) })
	}
}
