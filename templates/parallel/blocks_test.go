package parallel_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/templates/parallel"
)

// blocks makes Blocks like the other shapes.
func blocks(t *testing.T, ordered bool, n, most int, call call) func(func([]int, error) bool) {
	return parallel.Blocks(t.Context(), 4, ordered, n, most,
		func(ctx context.Context, _, lo, hi int, out []int) (_ []int, err error) {
			if hi-lo > most || lo >= hi {
				t.Errorf("block %d to %d, at most %d", lo, hi, most)
			}
			for v := lo; v < hi; v++ {
				if out, err = call(ctx, v, out); err != nil {
					return out, err
				}
			}
			return out, nil
		})
}

func TestBlocks(t *testing.T) {
	for _, ordered := range []bool{true, false} {
		for _, most := range []int{1, 256} {
			for _, n := range []int{-1, 0, 1, 1000} {
				t.Run(fmt.Sprint(ordered, most, n), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						got, err := collect(blocks(t, ordered, n, most, same))
						if err != nil {
							t.Fatal(err)
						}
						if !ordered {
							slices.Sort(got)
						}
						if diff := cmp.Diff(first(max(n, 0)), got); diff != "" {
							t.Error(diff)
						}
					})
				})
			}
		}
	}
}

func TestBlocksFail(t *testing.T) {
	for _, most := range []int{1, 256} {
		synctest.Test(t, func(t *testing.T) {
			got, err := collect(blocks(t, true, 1000, most, func(ctx context.Context, v int, out []int) ([]int, error) {
				switch {
				case v == 300:
					return out, errGone
				case v > 297:
					time.Sleep(time.Hour)
				}
				return append(out, v), ctx.Err()
			}))
			if err != errGone {
				t.Errorf("error %v, want %v", err, errGone)
			}
			if diff := cmp.Diff(first(300), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBlocksLeft(t *testing.T) {
	for _, ordered := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			var running atomic.Int64
			for range blocks(t, ordered, 1<<40, 64, func(_ context.Context, v int, out []int) ([]int, error) {
				running.Add(1)
				defer running.Add(-1)
				time.Sleep(time.Second)
				return append(out, v), nil
			}) {
				break
			}
			if n := running.Load(); n != 0 {
				t.Errorf("%d still run", n)
			}
		})
	}
}

func TestEach(t *testing.T) {
	for _, ordered := range []bool{true, false} {
		for _, most := range []int{1, 256} {
			for _, n := range []int{-1, 0, 1, 10_000} {
				got := make([]int, max(n, 0))
				err := parallel.Each(t.Context(), 4, ordered, n, most, func(_ context.Context, _, lo, hi int) error {
					for i := lo; i < hi; i++ {
						got[i] += i + 1
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				for i, v := range got {
					if v != i+1 {
						t.Fatalf("n = %d: %d at %d", n, v, i)
					}
				}
			}
		}
	}
}

// The lower of two failures counts, though it comes later, and what stands before it is done.
func TestEachFailsAtTheLowest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done [10]bool
		err := parallel.Each(t.Context(), 4, true, len(done), 1, func(ctx context.Context, _, lo, _ int) error {
			switch lo {
			case 2:
				time.Sleep(time.Hour)
				return errGone
			case 3:
				return errors.New("higher")
			}
			time.Sleep(2 * time.Hour)
			done[lo] = ctx.Err() == nil
			return nil
		})
		if err != errGone {
			t.Errorf("error %v, want %v", err, errGone)
		}
		if diff := cmp.Diff([10]bool{true, true}, done); diff != "" {
			t.Error(diff)
		}
	})
}

func TestEachFirstErrorCancels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := parallel.Each(t.Context(), 4, false, 10, 1, func(ctx context.Context, _, lo, _ int) error {
			if lo == 3 {
				time.Sleep(time.Second)
				return errGone
			}
			<-ctx.Done()
			return ctx.Err()
		})
		if err != errGone {
			t.Errorf("error %v, want %v", err, errGone)
		}
	})
}

func TestEachContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errGone)
		err := parallel.Each(ctx, 4, true, 10, 1, func(context.Context, int, int, int) error {
			t.Error("called")
			return nil
		})
		if err != errGone {
			t.Errorf("error %v, want the cause", err)
		}
	})
}

func TestEachPanicsAndExits(t *testing.T) {
	for _, ordered := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			run := func(fail func()) {
				_ = parallel.Each(t.Context(), 4, ordered, 100, 1, func(ctx context.Context, _, lo, _ int) error {
					if lo == 50 {
						fail()
					}
					return nil
				})
			}
			raised := func() (raised any) {
				defer func() { raised = recover() }()
				run(explode)
				return nil
			}()
			if p, ok := raised.(*parallel.Panic); !ok || p.Value != any(errGone) || !strings.Contains(p.Error(), "explode") {
				t.Errorf("raised %v", raised)
			}
			ended := make(chan bool)
			go func() {
				returned := false
				defer func() { ended <- returned }()
				run(goexit)
				returned = true
			}()
			if <-ended {
				t.Error("Each returned")
			}
		})
	}
}

// inPlace makes both ways to write results in place alike: of the numbers 0 to n-1.
var inPlace = map[string]func(ctx context.Context, ordered bool, n, most int, call func(v int) (int, error)) ([]int, error){
	"Slice": func(ctx context.Context, ordered bool, n, most int, call func(v int) (int, error)) ([]int, error) {
		return parallel.Slice(ctx, 4, ordered, first(n), most, func(_ context.Context, _ int, in, out []int) (err error) {
			for i, v := range in {
				if out[i], err = call(v); err != nil {
					return err
				}
			}
			return nil
		})
	},
	"Table": func(ctx context.Context, ordered bool, n, most int, call func(v int) (int, error)) ([]int, error) {
		return parallel.Table(ctx, 4, ordered, n, most, func(_ context.Context, _, lo int, out []int) (err error) {
			for i := range out {
				if out[i], err = call(lo + i); err != nil {
					return err
				}
			}
			return nil
		})
	},
}

func TestInPlace(t *testing.T) {
	many := 3 << 20 // Table makes room twice
	if raceEnabled {
		many = 100_000
	}
	for name, run := range inPlace {
		for _, ordered := range []bool{true, false} {
			for _, n := range []int{0, 1, 1000, many} {
				got, err := run(t.Context(), ordered, n, 4096, func(v int) (int, error) { return v, nil })
				if err != nil || !slices.Equal(got, first(n)) || (got == nil) != (n == 0) {
					t.Errorf("%s of %d: %d elements, %v", name, n, len(got), err)
				}
			}
		}
	}
}

func TestInPlaceFails(t *testing.T) {
	for name, run := range inPlace {
		for _, fails := range []int{0, 3000, 90_000} {
			got, err := run(t.Context(), true, 100_000, 256, func(v int) (int, error) {
				if v >= fails {
					return v, fmt.Errorf("%d: %w", v, errGone)
				}
				return v, nil
			})
			if want := fmt.Sprintf("%d: %v", fails, errGone); got != nil || err == nil || err.Error() != want {
				t.Errorf("%s: %d elements, error %v, want %s", name, len(got), err, want)
			}
		}
	}
}
