package squares

import (
	"context"
	"flag"
	"slices"
	"testing"
	"time"
)

const (
	elements = 1_000_000
	rounds   = 21 // of each comparison; odd, so that there is a median
)

var gate = flag.Bool("gate", false, "fail where a ratio to the loop written by hand is above its target")

// ways are what the loop written by hand is compared with, and how many times its time each may take.
var ways = []struct {
	name   string
	target float64
	sum    func(ctx context.Context, n int) (int, error)
}{
	{"Reduced", 1.05, SumOfEvenSquares},
	{"Ranged", 2, rangedOver},
}

// rangedOver sums what EvenSquares yields: the iterator is inlined here, at the call.
//
//go:noinline
func rangedOver(ctx context.Context, n int) (int, error) {
	sum := 0
	for square, err := range EvenSquares(ctx, n) {
		if err != nil {
			return 0, err
		}
		sum += square
	}
	return sum, nil
}

// BenchmarkFused reports ns/element and ratio: a way's time by that of the loop written by hand, the median of rounds in
// turns. With -gate a ratio above its target fails.
func BenchmarkFused(b *testing.B) {
	for _, way := range ways {
		b.Run(way.name, func(b *testing.B) {
			ctx := b.Context()
			b.ReportAllocs()
			for b.Loop() {
				sink, _ = way.sum(ctx, elements)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/elements, "ns/element")
			ratio := medianRatio(func() { sink, _ = way.sum(ctx, elements) })
			b.ReportMetric(ratio, "ratio")
			if *gate && ratio > way.target {
				b.Errorf("%.3f times the loop written by hand, want at most %v", ratio, way.target)
			}
		})
	}
}

// medianRatio returns how many times as long as the loop written by hand a way takes.
func medianRatio(way func()) float64 {
	ratios := make([]float64, rounds)
	for i := range ratios {
		hand := timed(func() { sink = byHand(elements) })
		ratios[i] = float64(timed(way)) / float64(hand)
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

// BenchmarkByHand is the loop written by hand alone.
func BenchmarkByHand(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sink = byHand(elements)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/elements, "ns/element")
}

var sink int

func timed(run func()) time.Duration {
	start := time.Now()
	run()
	return time.Since(start)
}

// TestSame sees that all ways have the same sum.
func TestSame(t *testing.T) {
	for _, n := range []int{-1, 0, 1, 2, 255, 256, 257, 1000, elements} {
		for _, way := range ways {
			got, err := way.sum(t.Context(), n)
			if want := byHand(n); got != want || err != nil {
				t.Errorf("%s(%d) = %d, %v, want %d", way.name, n, got, err, want)
			}
		}
	}
}

// TestAllocations sees that no element allocates: a million of them allocate no more than one.
func TestAllocations(t *testing.T) {
	ctx := t.Context()
	for _, way := range ways {
		for _, n := range []int{1, elements} {
			if got := testing.AllocsPerRun(5, func() { sink, _ = way.sum(ctx, n) }); got != 0 {
				t.Errorf("%s of %d elements: %v allocations, want none", way.name, n, got)
			}
		}
	}
}
