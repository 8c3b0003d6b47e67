package contract

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"
	"time"
)

// slowly yields 1, 2 and 3, a while apart.
func slowly(while time.Duration) func(ctx context.Context, p *Probe) iter.Seq2[int, error] {
	return func(ctx context.Context, _ *Probe) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			for v := range 3 {
				time.Sleep(while)
				if ctx.Err() != nil {
					yield(0, context.Cause(ctx))
					return
				}
				if !yield(v+1, nil) {
					return
				}
			}
		}
	}
}

// A machine that has become busy is no breach of contract: later runs may take longer than the first.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		want, ok := undisturbed(t, Traits{}, slowly(time.Millisecond))
		if !ok || !same(want.values, []int{1, 2, 3}) {
			t.Fatalf("%v, %v", want.values, ok)
		}
		leftEarly(t, Traits{}, slowly(3*time.Second), want)
		cancelled(t, Traits{}, slowly(3*time.Second), want)
	})
}

// What takes too long as it is has no contract to test, and is waited for once.
func TestNothingComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, runs := time.Now(), 0
		_, ok := undisturbed(t, Traits{}, func(ctx context.Context, _ *Probe) iter.Seq2[int, error] {
			runs++
			return func(yield func(int, error) bool) {
				<-ctx.Done()
				yield(0, context.Cause(ctx))
			}
		})
		if took := time.Since(start); ok || runs != 1 || took != patience {
			t.Errorf("%v after %d runs and %v", ok, runs, took)
		}
	})
}
