package parallel

import (
	"context"
	"slices"
)

// roomAtOnce is for how many results Table makes room before any of them is there.
const roomAtOnce = 1 << 20

// Slice returns what body makes of in, each result in the place of its element: out[i] of in[i]. Nothing goes through
// a loop.
//
// The workers claim blocks of at most most elements, and fail as those of Each do. With an error the slice is nil, as
// it is where there are no elements.
func Slice[T, R any](
	ctx context.Context, workers int, ordered bool, in []T, most int,
	body func(ctx context.Context, worker int, in []T, out []R) error,
) ([]R, error) {
	if len(in) == 0 {
		return nil, nil
	}
	out := make([]R, len(in))
	if err := Each(ctx, workers, ordered, len(in), most, func(ctx context.Context, worker, lo, hi int) error {
		return body(ctx, worker, in[lo:hi], out[lo:hi])
	}); err != nil {
		return nil, err
	}
	return out, nil
}

// Table is Slice of the numbers from 0 to n-1: out[i] is what body makes of lo+i.
//
// It makes room as it goes on: n may be more than there is memory for, if the calls fail or ctx is done in time.
func Table[R any](
	ctx context.Context, workers int, ordered bool, n, most int,
	body func(ctx context.Context, worker, lo int, out []R) error,
) (out []R, err error) {
	for done := 0; done < n; done = len(out) {
		more := min(n-done, max(done, roomAtOnce))
		out = slices.Grow(out, more)[:done+more]
		if err := Each(ctx, workers, ordered, more, most, func(ctx context.Context, worker, lo, hi int) error {
			return body(ctx, worker, done+lo, out[done+lo:done+hi])
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}
