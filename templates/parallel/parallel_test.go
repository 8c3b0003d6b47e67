package parallel_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/templates/parallel"
)

var errGone = errors.New("gone")

func TestOrderUnderDelays(t *testing.T) {
	each(t, func(t *testing.T, s shape, ordered bool) {
		for _, n := range []int{0, 1, 2, 500} {
			slow := func(_ context.Context, v int, out []int) ([]int, error) {
				time.Sleep(rand.N(time.Second))
				return append(out, v), nil
			}
			got, err := collect(s.loop(t.Context(), 5, ordered, upTo(n), slow))
			if err != nil {
				t.Fatal(err)
			}
			if !ordered {
				slices.Sort(got)
			}
			if diff := cmp.Diff(first(n), got); diff != "" {
				t.Errorf("n = %d: (-want +got)\n%s", n, diff)
			}
		}
	})
}

func TestFewerAndMoreResults(t *testing.T) {
	each(t, func(t *testing.T, s shape, ordered bool) {
		var want []int
		for v := range 1000 {
			for range v % 4 {
				want = append(want, v)
			}
		}
		got, err := collect(s.loop(t.Context(), 3, ordered, upTo(1000), func(_ context.Context, v int, out []int) ([]int, error) {
			for range v % 4 {
				out = append(out, v)
			}
			return out, nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// The calls before the failing one are slower than it, and give up when their context is done.
func TestErrorComesAtItsPlace(t *testing.T) {
	for _, s := range shapes {
		for _, at := range []int{0, 1, 5, 300} {
			t.Run(fmt.Sprint(s.name, "/", at), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					loop := s.loop(t.Context(), 4, true, upTo(1000), func(ctx context.Context, v int, out []int) ([]int, error) {
						if v == at {
							return out, errGone
						}
						if v > at-3 && v < at+3 {
							select {
							case <-time.After(time.Hour):
							case <-ctx.Done():
								return out, ctx.Err()
							}
						}
						return append(out, v), nil
					})
					got, err := collect(loop)
					if err != errGone {
						t.Errorf("error %v, want %v", err, errGone)
					}
					if diff := cmp.Diff(first(at), got); diff != "" {
						t.Error(diff)
					}
				})
			})
		}
	}
}

func TestFirstErrorCancelsTheOthers(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				_, err := collect(s.loop(t.Context(), 4, false, upTo(1000), func(ctx context.Context, v int, out []int) ([]int, error) {
					if v == 3 {
						time.Sleep(time.Second)
						return out, errGone
					}
					select {
					case <-time.After(time.Hour):
						return out, nil
					case <-ctx.Done():
						return out, ctx.Err()
					}
				}))
				if err != errGone {
					t.Errorf("error %v, want %v", err, errGone)
				}
				if took := time.Since(start); s.ahead != nil && took != time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

func TestSourceErrorComesLast(t *testing.T) {
	each(t, func(t *testing.T, s shape, ordered bool) {
		broken := func(ctx context.Context, emit func(int) bool) error {
			return errors.Join(upTo(700)(ctx, emit), errGone)
		}
		got, err := collect(s.loop(t.Context(), 4, ordered, broken, same))
		if !errors.Is(err, errGone) {
			t.Errorf("error %v, want %v", err, errGone)
		}
		slices.Sort(got)
		if diff := cmp.Diff(first(700), got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestContext(t *testing.T) {
	each(t, func(t *testing.T, s shape, ordered bool) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { cancel(errGone) })
		_, err := collect(s.loop(ctx, 4, ordered, upTo(1<<30), func(ctx context.Context, v int, out []int) ([]int, error) {
			select {
			case <-time.After(time.Second):
				return append(out, v), nil
			case <-ctx.Done():
				return out, fmt.Errorf("wrapped: %w", ctx.Err())
			}
		}))
		if err != errGone {
			t.Errorf("error %v, want the cause", err)
		}
	})
}

func TestContextDoneAfterTheLastElement(t *testing.T) {
	each(t, func(t *testing.T, s shape, ordered bool) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for chunk, err := range s.loop(ctx, 4, ordered, upTo(1), same) {
			if err != nil || len(chunk) != 1 {
				t.Errorf("%v, %v", chunk, err)
			}
			time.Sleep(time.Second) // the source has ended
			cancel()
		}
	})
}

// After a burst of quick elements a slow source's elements still reach the loop at once.
func TestSlowSource(t *testing.T) {
	each(t, func(t *testing.T, s shape, ordered bool) {
		const burst, slow = 20_000, 20
		trickle := func(ctx context.Context, emit func(int) bool) error {
			for v := range burst + slow {
				if v >= burst {
					time.Sleep(time.Second)
				}
				if !emit(v) {
					return nil
				}
			}
			return nil
		}
		start, seen := time.Now(), 0
		for chunk := range s.loop(t.Context(), 4, ordered, trickle, same) {
			for range chunk {
				seen++
				want := time.Duration(max(0, seen-burst)) * time.Second
				if late := time.Since(start) - want; late != 0 {
					t.Fatalf("element %d is %v late", seen, late)
				}
			}
		}
		if seen != burst+slow {
			t.Errorf("%d seen", seen)
		}
	})
}

// One call that takes an hour holds up nothing but what has to come after it.
func TestSlowCallHoldsUpNobody(t *testing.T) {
	for _, s := range shapes[1:] {
		t.Run(s.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				seen := 0
				for range s.loop(t.Context(), 2, false, upTo(4), func(_ context.Context, v int, out []int) ([]int, error) {
					if v == 0 {
						time.Sleep(time.Hour)
					}
					return append(out, v), nil
				}) {
					if seen++; seen < 4 && time.Since(start) != 0 {
						t.Errorf("element %d after %v", seen, time.Since(start))
					}
				}
				if seen != 4 {
					t.Errorf("%d seen", seen)
				}
			})
		})
	}
}

func TestLookAhead(t *testing.T) {
	for _, s := range shapes[1:] {
		for _, ordered := range []bool{true, false} {
			t.Run(fmt.Sprint(s.name, "/", ordered), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var pulled atomic.Int64
					endless := func(_ context.Context, emit func(int) bool) error {
						for v := 0; ; v++ {
							pulled.Add(1)
							if !emit(v) {
								return nil
							}
						}
					}
					through := 0
					for range s.loop(t.Context(), 3, ordered, endless, same) {
						synctest.Wait()
						if ahead := int(pulled.Load()) - through; ahead != s.ahead(3) {
							t.Errorf("%d ahead, want %d", ahead, s.ahead(3))
						}
						if through++; through == 20 {
							break
						}
					}
				})
			})
		}
	}
}

func TestKeys(t *testing.T) {
	for _, ordered := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			const keys, n = 3, 60
			var busy [keys]atomic.Bool
			var most, together atomic.Int64
			last := [keys]int{-1, -1, -1}
			for _, err := range parallel.Keyed(t.Context(), 8, ordered, upTo(n),
				func(v int) int { return v % keys },
				func(_ context.Context, _, v int, out []int) ([]int, error) {
					key := v % keys
					if !busy[key].CompareAndSwap(false, true) {
						t.Errorf("two calls of key %d at a time", key)
					}
					if last[key] >= v {
						t.Errorf("%d after %d", v, last[key])
					}
					last[key] = v
					most.Store(max(most.Load(), together.Add(1)))
					time.Sleep(rand.N(time.Second))
					together.Add(-1)
					busy[key].Store(false)
					return append(out, v), nil
				}) {
				if err != nil {
					t.Fatal(err)
				}
			}
			if most.Load() != keys {
				t.Errorf("at most %d keys at a time, want %d", most.Load(), keys)
			}
		})
	}
}

// A key that is not even equal to itself keeps nobody waiting.
func TestKeyNotANumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, err := collect(parallel.Keyed(t.Context(), 3, true, upTo(100),
			func(int) float64 { return math.NaN() },
			func(ctx context.Context, _, v int, out []int) ([]int, error) { return same(ctx, v, out) }))
		if diff := cmp.Diff(first(100), got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}

// All that stands behind an element fails while that waits for its key: it is called all the same, before their failures.
func TestKeyBeforeFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, err := collect(parallel.Keyed(t.Context(), 3, true, upTo(5),
			func(v int) int { return max(v, 1) }, // 0 and 1 share theirs
			func(_ context.Context, _, v int, out []int) ([]int, error) {
				switch v {
				case 0, 4:
					time.Sleep(time.Second)
				case 2, 3:
					time.Sleep(2 * time.Second)
				}
				if v > 1 {
					return out, errGone
				}
				return append(out, v), nil
			}))
		if diff := cmp.Diff(first(2), got); diff != "" || err != errGone {
			t.Error(diff, err)
		}
	})
}
