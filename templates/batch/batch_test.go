package batch_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/templates/batch"
)

var errGone = errors.New("gone")

type source = func(ctx context.Context, emit func(int) bool) error

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

// endless emits 0, 1, 2 and so on as fast as they are taken.
func endless(_ context.Context, emit func(int) bool) error {
	for v := 0; emit(v); v++ {
	}
	return errors.New("not wanted any more")
}

// handed is a slice that was handed on, and how many seconds after the beginning.
type handed struct {
	At    float64
	Items []int
}

// collect ranges over loop with a body that takes a while, and returns the slices and the errors.
func collect(loop iter.Seq2[[]int, error], body time.Duration) (all []handed, errs []error) {
	begin := time.Now()
	for items, err := range loop {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all = append(all, handed{time.Since(begin).Seconds(), items})
		time.Sleep(body)
	}
	return all, errs
}

func TestBatches(t *testing.T) {
	type lines []handed
	cases := []struct {
		name        string
		size        int
		every, body time.Duration
		source      source
		want        lines
		err         error
	}{
		{name: "nothing", size: 3, every: time.Second, source: at(nil)},
		{name: "only an error", size: 3, every: time.Second, source: at(errGone), err: errGone},
		{
			name: "full", size: 2, every: time.Hour, source: at(nil, 1, 2, 3, 7),
			want: lines{{2, []int{1, 2}}, {7, []int{3, 7}}},
		},
		{
			name: "one each", size: 1, every: time.Hour, source: at(nil, 1, 2),
			want: lines{{1, []int{1}}, {2, []int{2}}},
		},
		{
			name: "due, counted from the first element", size: 100, every: 10 * time.Second, source: at(nil, 5, 14, 16, 30, 39, 100, 115),
			want: lines{{15, []int{5, 14}}, {26, []int{16}}, {40, []int{30, 39}}, {110, []int{100}}, {115, []int{115}}},
		},
		{
			name: "full, then due", size: 2, every: 10 * time.Second, source: at(nil, 1, 2, 9, 30, 31, 35, 50),
			want: lines{{2, []int{1, 2}}, {19, []int{9}}, {31, []int{30, 31}}, {45, []int{35}}, {50, []int{50}}},
		},
		{
			name: "no limit by size", every: 10 * time.Second, source: at(nil, 1, 2, 3, 4, 5, 20, 21),
			want: lines{{11, []int{1, 2, 3, 4, 5}}, {21, []int{20, 21}}},
		},
		{
			name: "no limit by time", size: 2, source: at(nil, 1, 100, 1000),
			want: lines{{100, []int{1, 100}}, {1000, []int{1000}}},
		},
		{name: "no limit at all", source: at(nil, 1, 100, 1000), want: lines{{1000, []int{1, 100, 1000}}}},
		{
			name: "an error after a partial slice", size: 3, every: time.Hour, source: at(errGone, 1, 2, 3, 4),
			want: lines{{3, []int{1, 2, 3}}, {4, []int{4}}}, err: errGone,
		},
		{
			name: "an error after a full slice", size: 2, every: time.Hour, source: at(errGone, 1, 2),
			want: lines{{2, []int{1, 2}}}, err: errGone,
		},
		{
			name: "a busy loop finds a slice that is fuller", size: 3, every: time.Second, body: 10 * time.Second, source: at(nil, 1, 3, 5, 7, 9),
			want: lines{{2, []int{1}}, {12, []int{3, 5, 7}}, {22, []int{9}}},
		},
		{
			name: "without a size it is closed when it is due", every: 3 * time.Second, body: 10 * time.Second, source: at(nil, 1, 5, 7, 9, 11),
			want: lines{{4, []int{1}}, {14, []int{5, 7}}, {24, []int{9, 11}}},
		},
		{
			name: "a busy loop finds a slice that is due soon", size: 3, every: 8 * time.Second, body: 10 * time.Second, source: at(nil, 1, 15, 30),
			want: lines{{9, []int{1}}, {23, []int{15}}, {33, []int{30}}},
		},
		{
			name: "the context", size: 3, every: time.Hour, source: at(nil, 1, 2, 3, 4, 90),
			want: lines{{3, []int{1, 2, 3}}, {60, []int{4}}}, err: errCause,
		},
		{
			name: "the context of a quiet source", size: 3, every: time.Hour, source: func(ctx context.Context, emit func(int) bool) error {
				emit(1)
				<-ctx.Done()
				if emit(2) {
					t.Error("emit returned true")
				}
				return nil
			},
			want: lines{{60, []int{1}}}, err: errCause,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if c.err == errCause {
					limited, cancel := context.WithTimeoutCause(ctx, time.Minute, errCause)
					defer cancel()
					ctx = limited
				}
				loop := batch.Batches(ctx, c.size, c.every, c.source)
				got, errs := collect(loop, c.body)
				if diff := cmp.Diff(c.want, lines(got)); diff != "" {
					t.Error(diff)
				}
				if c.err == nil && errs != nil || c.err != nil && (len(errs) != 1 || errs[0] != c.err) {
					t.Errorf("errors %v, want %v", errs, c.err)
				}
			})
		})
	}
}

var errCause = errors.New("cause")

// The same loop again is the same slices again.
func TestAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loop := batch.Batches(t.Context(), 2, time.Second, at(nil, 1, 1, 5))
		for range 2 {
			got, errs := collect(loop, 0)
			if diff := cmp.Diff([]handed{{1, []int{1, 1}}, {5, []int{5}}}, got); diff != "" || errs != nil {
				t.Error(diff, errs)
			}
		}
	})
}

func TestContextDoneBefore(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errGone)
	got, errs := collect(batch.Batches(ctx, 2, time.Second, func(context.Context, func(int) bool) error { t.Error("called"); return nil }), 0)
	if got != nil || len(errs) != 1 || errs[0] != errGone {
		t.Error(got, errs)
	}
}

// Nothing runs before the first pull.
func TestLazy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		batch.Batches(t.Context(), 2, time.Second, func(context.Context, func(int) bool) error { t.Error("called"); return nil })
		synctest.Wait()
	})
}

// An endless source is not stopped by itself when ctx is done: emit tells it.
func TestContextStopsASourceThatDoesNotLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Second, errCause)
		defer cancel()
		slow := func(_ context.Context, emit func(int) bool) error {
			for emit(0) {
				time.Sleep(3 * time.Second)
			}
			return nil
		}
		got, errs := collect(batch.Batches(ctx, 1000, 0, slow), 0)
		if diff := cmp.Diff([]handed{{12, []int{0, 0, 0, 0}}}, got); diff != "" || len(errs) != 1 || errs[0] != errCause {
			t.Error(diff, errs)
		}
	})
}

// The source is a slice ahead, and has one more element in its hand.
func TestBound(t *testing.T) {
	for _, size := range []int{1, 2, 100} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pulled, seen := 0, 0
				for items := range batch.Batches(t.Context(), size, time.Second, func(_ context.Context, emit func(int) bool) error {
					for pulled++; emit(pulled); pulled++ {
					}
					return nil
				}) {
					seen += len(items)
					time.Sleep(time.Minute)
					synctest.Wait()
					if n := pulled - seen; len(items) != size || n != size+1 {
						t.Errorf("%d handed on, %d pulled beyond, want %d and %d", len(items), n, size, size+1)
					}
					if seen > 10*size {
						break
					}
				}
			})
		})
	}
}

// A slice is the receiver's own: what it does with it, even behind its end, is not seen in the next.
func TestSlicesAreOwn(t *testing.T) {
	var all [][]int
	next := 0
	for items, err := range batch.Batches(t.Context(), 7, time.Hour, endless) {
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range items {
			if v != next {
				t.Fatalf("%d came, want %d", v, next)
			}
			next++
		}
		all = append(all, items)
		_ = append(items, -1)
		if len(all) == 1000 {
			break
		}
	}
	for i, items := range all {
		if items[0] != 7*i || items[6] != 7*i+6 {
			t.Fatalf("slice %d became %v", i, items)
		}
	}
}
