package main

import (
	"context"
	"iter"

	"github.com/samber/lo"
	loit "github.com/samber/lo/it"
	"github.com/samber/ro"
)

// pipelines is W1: square, keep even, sum; with hardly any work, and with 100 ns in each stage.
func pipelines(ctx context.Context, n, workers int) []*contest {
	tiny := &contest{title: "W1 pipeline, tiny", unit: "an element"}
	want := sumByHand(n)
	for _, w := range []struct {
		name string
		run  func() (int, error)
	}{
		{"asyncgen", func() (int, error) { return SumOfEvenSquares(ctx, n) }},
		{"asyncgen, ranged over", func() (int, error) { return sumRanged(EvenSquares(ctx, n)) }},
		{"loop by hand", func() (int, error) { return sumByHand(n), nil }},
	} {
		tiny.ways = append(tiny.ways, checked(w.name, n, want, w.run))
	}
	tiny.ways = append(tiny.ways, stagesByOthers(ctx, n, want, Square, Even)...)

	busy := &contest{title: "W1 pipeline, 2 × 100 ns", unit: "an element"}
	m := n / 5
	sum := sumBusyByHand(m)
	busy.ways = []way{
		checked("asyncgen", m, sum, func() (int, error) { return SumOfEvenWork(ctx, m) }),
		checked("asyncgen, concurrent stages", m, sum, func() (int, error) { return SumOfEvenWorkConcurrent(ctx, m, workers) }),
		checked("loop by hand", m, sum, func() (int, error) { return sumBusyByHand(m), nil }),
	}
	busy.ways = append(busy.ways, stagesByOthers(ctx, m, sum, Square100, Even100)...)
	return []*contest{tiny, busy}
}

func stagesByOthers(ctx context.Context, n, want int, square func(int) int, even func(int) bool) []way {
	return []way{
		checked("chain of iter.Seq", n, want, func() (int, error) {
			return sumSeq(kept(mapped(upTo(n), square), even)), nil
		}),
		checked("chain of iter.Seq2, error and ctx", n, want, func() (int, error) {
			return sumRanged(keptSafely(ctx, mappedSafely(ctx, upToSafely(ctx, n), square), even))
		}),
		checked("goroutine a stage, chan(128)", n, want, func() (int, error) { return sumStaged(n, square, even), nil }),
		checked("samber/lo, slices", n, want, func() (int, error) {
			squares := lo.Map(lo.Range(n), func(v, _ int) int { return square(v) })
			return lo.Sum(lo.Filter(squares, func(v, _ int) bool { return even(v) })), nil
		}),
		checked("samber/lo/it", n, want, func() (int, error) {
			return loit.Sum(loit.Filter(loit.Map(upTo(n), square), even)), nil
		}),
		checked("samber/ro", n, want, func() (int, error) {
			sums, err := ro.Collect(ro.Pipe3(ro.Range(0, int64(n)),
				ro.Map(func(v int64) int { return square(int(v)) }), ro.Filter(even), ro.Sum[int]()))
			return lo.Sum(sums), err
		}),
	}
}

func sumByHand(n int) int {
	sum := 0
	for v := range n {
		if square := Square(v); Even(square) {
			sum += square
		}
	}
	return sum
}

func sumBusyByHand(n int) int {
	sum := 0
	for v := range n {
		if square := Square100(v); Even100(square) {
			sum += square
		}
	}
	return sum
}

func sumSeq(seq iter.Seq[int]) int {
	sum := 0
	for v := range seq {
		sum += v
	}
	return sum
}

func sumRanged(seq iter.Seq2[int, error]) (int, error) {
	sum := 0
	for v, err := range seq {
		if err != nil {
			return 0, err
		}
		sum += v
	}
	return sum, nil
}

func upTo(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for v := range n {
			if !yield(v) {
				return
			}
		}
	}
}

func mapped(seq iter.Seq[int], square func(int) int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for v := range seq {
			if !yield(square(v)) {
				return
			}
		}
	}
}

func kept(seq iter.Seq[int], even func(int) bool) iter.Seq[int] {
	return func(yield func(int) bool) {
		for v := range seq {
			if even(v) && !yield(v) {
				return
			}
		}
	}
}

func upToSafely(ctx context.Context, n int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for v := range n {
			if ctx.Err() != nil {
				yield(0, context.Cause(ctx))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
	}
}

func mappedSafely(ctx context.Context, seq iter.Seq2[int, error], square func(int) int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for v, err := range seq {
			if err == nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			if err != nil {
				yield(0, err)
				return
			}
			if !yield(square(v), nil) {
				return
			}
		}
	}
}

func keptSafely(ctx context.Context, seq iter.Seq2[int, error], even func(int) bool) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for v, err := range seq {
			if err == nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			if err != nil {
				yield(0, err)
				return
			}
			if even(v) && !yield(v, nil) {
				return
			}
		}
	}
}

func sumStaged(n int, square func(int) int, even func(int) bool) int {
	numbers, squares, evens := make(chan int, 128), make(chan int, 128), make(chan int, 128)
	go func() {
		defer close(numbers)
		for v := range n {
			numbers <- v
		}
	}()
	go func() {
		defer close(squares)
		for v := range numbers {
			squares <- square(v)
		}
	}()
	go func() {
		defer close(evens)
		for v := range squares {
			if even(v) {
				evens <- v
			}
		}
	}()
	sum := 0
	for v := range evens {
		sum += v
	}
	return sum
}
