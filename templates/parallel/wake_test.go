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

// patience is how long a test goes on that makes many rounds; on a busy machine they are fewer.
const patience = 5 * time.Second

// The source waits until the loop has seen its element, so a wake-up that is lost is a deadlock. It does not sleep
// itself, so that it runs beside the others, and hands over at all sorts of moments.
func TestNoWakeUpIsLost(t *testing.T) {
	rounds := 100_000
	if testing.Short() || raceEnabled {
		rounds = 5000
	}
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var seen atomic.Int64
			stuck := -1
			begin := time.Now()
			for range s.loop(ctx, 1, true, func(ctx context.Context, emit func(int) bool) error {
				for v := 0; v < rounds && time.Since(begin) < patience; v++ {
					_ = spin(v, v%499*4)
					emit(v)
					for tries := 1; seen.Load() == int64(v); tries++ {
						if tries%100 == 0 {
							runtime.Gosched()
						}
						if ctx.Err() != nil {
							stuck = v
							return nil
						}
					}
				}
				return nil
			}, same) {
				seen.Add(1)
			}
			if stuck >= 0 {
				t.Errorf("element %d did not come through", stuck)
			}
		})
	}
}

// What stands behind a failure is not begun once the failure is known, though what stands before it goes on.
func TestNothingBeginsBehindAFailure(t *testing.T) {
	for _, s := range shapes[1:] {
		synctest.Test(t, func(t *testing.T) {
			var begun atomic.Int64
			got, err := collect(s.loop(t.Context(), 3, true, upTo(100), func(_ context.Context, v int, out []int) ([]int, error) {
				begun.Add(1)
				switch v {
				case 1:
					time.Sleep(time.Second)
					return out, errGone
				case 2:
					time.Sleep(time.Minute)
				default:
					time.Sleep(time.Hour)
				}
				return append(out, v), nil
			}))
			if diff := cmp.Diff(first(1), got); diff != "" || err != errGone {
				t.Error(s.name, diff, err)
			}
			if n := begun.Load(); n != 3 {
				t.Errorf("%s: %d calls, want 3", s.name, n)
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
			return parallel.Keyed(t.Context(), 3, true, source, func(v *item) *item { return v }, call)
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
