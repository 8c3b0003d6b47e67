package merge_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/templates/merge"
)

var errGone = errors.New("gone")

type source = func(ctx context.Context, emit func(int) bool) error

// upTo is the source of from to from+n-1.
func upTo(from, n int) source {
	return func(_ context.Context, emit func(int) bool) error {
		for v := range n {
			if !emit(from + v) {
				return errors.New("not wanted any more")
			}
		}
		return nil
	}
}

// at is the source of vs, the element v at v seconds from now; then it ends with err.
func at(err error, vs ...int) source {
	return func(ctx context.Context, emit func(int) bool) error {
		begin := time.Now()
		for _, v := range vs {
			select {
			case <-time.After(time.Until(begin.Add(time.Duration(v) * time.Second))):
			case <-ctx.Done():
				return ctx.Err()
			}
			if !emit(v) {
				return nil
			}
		}
		return err
	}
}

func collect(loop iter.Seq2[int, error]) (all []int, err error) {
	for v, e := range loop {
		if e != nil {
			return all, e
		}
		all = append(all, v)
	}
	return all, nil
}

// shapes are Merge, and Ahead with some numbers: what is promised is the same.
var shapes = map[string]func(context.Context, ...source) iter.Seq2[int, error]{
	"Merge": merge.Merge[int],
	"Ahead 1": func(ctx context.Context, sources ...source) iter.Seq2[int, error] {
		return merge.Ahead(ctx, 1, sources...)
	},
	"Ahead 7": func(ctx context.Context, sources ...source) iter.Seq2[int, error] {
		return merge.Ahead(ctx, 7, sources...)
	},
}

// each runs test in a bubble of its own for each shape.
func each(t *testing.T, test func(t *testing.T, loop func(context.Context, ...source) iter.Seq2[int, error])) {
	t.Helper()
	for name, loop := range shapes {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, loop) })
		})
	}
}

func TestElementsComeWhenTheyCome(t *testing.T) {
	cases := []struct {
		name    string
		sources []source
		want    []int
		err     error
	}{
		{name: "no source"},
		{name: "nothing", sources: []source{at(nil), at(nil)}},
		{name: "one source", sources: []source{at(nil, 1, 2, 5)}, want: []int{1, 2, 5}},
		{name: "in turn", sources: []source{at(nil, 1, 4, 5), at(nil, 2, 3, 9), at(nil, 7)}, want: []int{1, 2, 3, 4, 5, 7, 9}},
		{name: "an error", sources: []source{at(nil, 1, 4, 50), at(errGone, 2, 3), at(nil, 1000)}, want: []int{1, 2, 3}, err: errGone},
		{name: "only an error", sources: []source{at(nil, 1), at(errGone)}, err: errGone},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, loop func(context.Context, ...source) iter.Seq2[int, error]) {
				begin := time.Now()
				var got []int
				var err error
				for v, e := range loop(t.Context(), c.sources...) {
					if err = e; e != nil {
						continue
					}
					got = append(got, v)
					if late := time.Since(begin) - time.Duration(v)*time.Second; late != 0 {
						t.Errorf("%d came %v late", v, late)
					}
				}
				if diff := cmp.Diff(c.want, got); diff != "" || err != c.err {
					t.Error(diff, err)
				}
			})
		})
	}
}

// The same loop again is the same elements again.
func TestAgain(t *testing.T) {
	each(t, func(t *testing.T, loop func(context.Context, ...source) iter.Seq2[int, error]) {
		both := loop(t.Context(), at(nil, 1, 3), at(nil, 2))
		for range 2 {
			got, err := collect(both)
			if diff := cmp.Diff([]int{1, 2, 3}, got); diff != "" || err != nil {
				t.Error(diff, err)
			}
		}
	})
}

// Nothing runs before the first pull.
func TestLazy(t *testing.T) {
	each(t, func(t *testing.T, loop func(context.Context, ...source) iter.Seq2[int, error]) {
		loop(t.Context(), func(context.Context, func(int) bool) error { t.Error("called"); return nil })
		synctest.Wait()
	})
}

// What was emitted before the error comes before it, though the loop is slow; what is emitted after it does not come.
func TestErrorComesLast(t *testing.T) {
	each(t, func(t *testing.T, loop func(context.Context, ...source) iter.Seq2[int, error]) {
		late := func(ctx context.Context, emit func(int) bool) error {
			<-ctx.Done()
			if context.Cause(ctx) != errGone {
				t.Errorf("cause %v", context.Cause(ctx))
			}
			if emit(-1) {
				t.Error("emit returned true after the error")
			}
			return errors.New("second")
		}
		var got []int
		var errs []error
		for v, err := range loop(t.Context(), at(nil, 1, 2), at(nil, 3), at(errGone, 4), late) {
			if err != nil {
				errs = append(errs, err)
				continue
			}
			got = append(got, v)
			time.Sleep(10 * time.Second)
		}
		if diff := cmp.Diff([]int{1, 2, 3, 4}, got); diff != "" || len(errs) != 1 || errs[0] != errGone {
			t.Error(diff, errs)
		}
	})
}

// A source has at most one element that the loop has not taken; with Ahead n more.
func TestBound(t *testing.T) {
	for _, ahead := range []int{0, 1, 7} {
		for _, sources := range []int{1, 2, 5} {
			synctest.Test(t, func(t *testing.T) {
				pulled := make([]int, sources)
				var endless []source
				for i := range sources {
					endless = append(endless, func(_ context.Context, emit func(int) bool) error {
						for {
							pulled[i]++
							if !emit(i) {
								return nil
							}
						}
					})
				}
				seen := make([]int, sources)
				for v := range merge.Ahead(t.Context(), ahead, endless...) {
					seen[v]++
					synctest.Wait()
					for i := range pulled {
						if n := pulled[i] - seen[i]; n != ahead+1 {
							t.Fatalf("%d of source %d pulled beyond need, want %d", n, i, ahead+1)
						}
					}
					if seen[v] == 50 {
						break
					}
				}
			})
		}
	}
}

// Beside two sources that are always ready, a third one's element waits for one of each at most, and one in the loop.
func TestBusySourcesStarveNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const body = time.Millisecond
		busy := func(_ context.Context, emit func(time.Time) bool) error {
			for emit(time.Time{}) {
			}
			return nil
		}
		rare := func(_ context.Context, emit func(time.Time) bool) error {
			for range 100 {
				time.Sleep(time.Second + body/2)
				emit(time.Now())
			}
			return errGone
		}
		seen := 0
		for emitted, err := range merge.Merge(t.Context(), busy, rare, busy) {
			if err != nil && err != errGone {
				t.Error(err)
			}
			if !emitted.IsZero() {
				seen++
				if waited := time.Since(emitted); waited > 3*body {
					t.Errorf("waited %v", waited)
				}
			}
			time.Sleep(body)
		}
		if seen != 100 {
			t.Errorf("%d came, want 100", seen)
		}
	})
}

// Sources that are always ready, at full speed, get about as much each.
func TestSharesAreFair(t *testing.T) {
	const rounds = 1_000_000 // many slices of a scheduler that has other work, too
	seen := make([]int, 3)
	left := rounds
	for v := range merge.Merge(t.Context(), upTo(0, 1<<40), upTo(1<<50, 1<<40), upTo(1<<51, 1<<40)) {
		seen[v>>50]++
		if left--; left == 0 {
			break
		}
	}
	for i, n := range seen {
		if n < rounds/10 {
			t.Errorf("%d of %d are of source %d", n, rounds, i)
		}
	}
}

func TestContext(t *testing.T) {
	cause := errors.New("cause")
	behaviours := map[string]source{
		"reports": func(ctx context.Context, _ func(int) bool) error { <-ctx.Done(); return ctx.Err() },
		"wraps": func(ctx context.Context, _ func(int) bool) error {
			<-ctx.Done()
			return fmt.Errorf("read: %w", ctx.Err())
		},
		"is quiet": func(ctx context.Context, _ func(int) bool) error { <-ctx.Done(); return nil },
		"emits":    upTo(0, 1<<40),
	}
	for name, behaviour := range behaviours {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, loop func(context.Context, ...source) iter.Seq2[int, error]) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, cause)
				defer cancel()
				var errs []error
				for _, err := range loop(ctx, behaviour, behaviour) {
					if err != nil {
						errs = append(errs, err)
					}
					time.Sleep(time.Second)
				}
				if len(errs) != 1 || errs[0] != cause {
					t.Errorf("errors %v, want the cause once", errs)
				}
			})
		})
	}
	t.Run("done before", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		got, err := collect(merge.Merge(ctx, func(context.Context, func(int) bool) error { t.Error("called"); return nil }))
		if got != nil || err != cause {
			t.Error(got, err)
		}
	})
}
