package parallel_test

import (
	"context"
	"iter"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/templates/parallel"
)

// The source waits until the loop has seen its element, so a wake-up that is lost is a deadlock. The pauses make the
// goroutines fall asleep at all sorts of moments.
func TestNoWakeUpIsLost(t *testing.T) {
	rounds := 20_000
	if testing.Short() {
		rounds = 2000
	}
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			seen := make(chan int, 1)
			stuck := false
			for chunk, err := range s.loop(ctx, 3, true, func(ctx context.Context, emit func(int) bool) error {
				for v := range rounds {
					spin(v, v%97*11)
					emit(v)
					select {
					case <-seen:
					case <-ctx.Done():
						stuck = true
						return nil
					}
				}
				return nil
			}, same) {
				if err == nil {
					seen <- chunk[0]
				}
			}
			if stuck {
				t.Error("an element did not come through")
			}
		})
	}
}

// What stands behind a failure is not begun once the failure is known, though what stands before it goes on.
func TestNothingBeginsBehindAFailure(t *testing.T) {
	for _, s := range shapes[1:] {
		synctest.Test(t, func(t *testing.T) {
			var begun atomic.Int64
			got, err := collect(s.loop(t.Context(), 2, true, upTo(100), func(_ context.Context, v int, out []int) ([]int, error) {
				begun.Add(1)
				if v == 1 {
					time.Sleep(time.Second)
					return out, errGone
				}
				time.Sleep(time.Hour)
				return append(out, v), nil
			}))
			if diff := cmp.Diff(first(1), got); diff != "" || err != errGone {
				t.Error(s.name, diff, err)
			}
			if n := begun.Load(); n != 2 {
				t.Errorf("%s: %d calls, want 2", s.name, n)
			}
		})
	}
}

// The elements of which the loop is done are free, while the pipeline waits for more.
func TestNothingIsKeptAlive(t *testing.T) {
	type item struct{ _ [64]byte }
	type stage func(source func(context.Context, func(*item) bool) error) iter.Seq2[[]*item, error]
	call := func(_ context.Context, _ int, v *item, out []*item) ([]*item, error) { return append(out, v), nil }
	stages := map[string]stage{
		"Map": func(source func(context.Context, func(*item) bool) error) iter.Seq2[[]*item, error] {
			return parallel.Map(t.Context(), 3, true, source,
				func(_ context.Context, _ int, in, out []*item) ([]*item, error) { return append(out, in...), nil })
		},
		"Calls": func(source func(context.Context, func(*item) bool) error) iter.Seq2[[]*item, error] {
			return parallel.Calls(t.Context(), 3, true, source, call)
		},
		"Keyed": func(source func(context.Context, func(*item) bool) error) iter.Seq2[[]*item, error] {
			return parallel.Keyed(t.Context(), 3, true, source, func(*item) int { return 0 }, call)
		},
	}
	const n = 3000
	for name, stage := range stages {
		t.Run(name, func(t *testing.T) {
			var refs []weak.Pointer[item]
			through := make(chan bool)
			source := func(_ context.Context, emit func(*item) bool) error {
				for range n {
					v := &item{}
					refs = append(refs, weak.Make(v))
					emit(v)
				}
				<-through
				emit(nil)
				return nil
			}
			seen := 0
			for chunk := range stage(source) {
				if chunk[0] == nil {
					if alive := countAlive(refs); alive > 0 {
						t.Errorf("%d of %d are alive", alive, n)
					}
					break
				}
				if seen += len(chunk); seen == n {
					close(through)
				}
			}
		})
	}
}

func countAlive[T any](refs []weak.Pointer[T]) (alive int) {
	runtime.GC()
	for _, ref := range refs {
		if ref.Value() != nil {
			alive++
		}
	}
	return alive
}
