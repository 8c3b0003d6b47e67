package parallel_test

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"

	"github.com/asyncgen/asyncgen/templates/parallel"
)

// call is the work of one element in the tests: it appends what it makes of v.
type call func(ctx context.Context, v int, out []int) ([]int, error)

type source func(ctx context.Context, emit func(int) bool) error

// shape is one of the designs, made alike.
type shape struct {
	name  string
	loop  func(ctx context.Context, workers int, ordered bool, source source, call call) iter.Seq2[[]int, error]
	ahead func(workers int) int // the most elements out of the source and not through the loop; nil: chunks
}

var shapes = []shape{
	{
		name: "Map",
		loop: func(ctx context.Context, workers int, ordered bool, source source, call call) iter.Seq2[[]int, error] {
			return parallel.Map(ctx, workers, ordered, source,
				func(ctx context.Context, _ int, in, out []int) (_ []int, err error) {
					for _, v := range in {
						if out, err = call(ctx, v, out); err != nil {
							return out, err
						}
					}
					return out, nil
				})
		},
	},
	{
		name: "Calls",
		loop: func(ctx context.Context, workers int, ordered bool, source source, call call) iter.Seq2[[]int, error] {
			return parallel.Calls(ctx, workers, ordered, source,
				func(ctx context.Context, _, v int, out []int) ([]int, error) { return call(ctx, v, out) })
		},
		ahead: func(workers int) int { return 2*workers + 1 },
	},
	{
		name: "Keyed",
		loop: func(ctx context.Context, workers int, ordered bool, source source, call call) iter.Seq2[[]int, error] {
			return parallel.Keyed(ctx, workers, ordered, source,
				func(v int) int { return v % 7 },
				func(ctx context.Context, _, v int, out []int) ([]int, error) { return call(ctx, v, out) })
		},
		ahead: func(workers int) int { return 2*workers + 1 },
	},
}

// each runs test in a bubble of its own for each shape, ordered and not.
func each(t *testing.T, test func(t *testing.T, s shape, ordered bool)) {
	t.Helper()
	for _, s := range shapes {
		for _, ordered := range []bool{true, false} {
			name := s.name + "/unordered"
			if ordered {
				name = s.name + "/ordered"
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { test(t, s, ordered) })
			})
		}
	}
}

// upTo is the source of 0 to n-1.
func upTo(n int) source {
	return func(_ context.Context, emit func(int) bool) error {
		for v := range n {
			if !emit(v) {
				return nil
			}
		}
		return nil
	}
}

// same is the call that gives back its element.
func same(_ context.Context, v int, out []int) ([]int, error) { return append(out, v), nil }

// collect returns the elements of loop, and its error.
func collect(loop iter.Seq2[[]int, error]) (all []int, err error) {
	for chunk, e := range loop {
		all, err = append(all, chunk...), e
	}
	return all, err
}

// first returns 0 to n-1.
func first(n int) []int {
	var all []int
	for v := range n {
		all = append(all, v)
	}
	return all
}
