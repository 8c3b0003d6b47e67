package parallel_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/asyncgen/asyncgen/templates/parallel"
)

const n = 1_000_000

func numbers(_ context.Context, emit func(int) bool) error {
	for i := range n {
		if !emit(i) {
			return nil
		}
	}
	return nil
}

func squares(_ context.Context, _ int, in, out []int) ([]int, error) {
	for _, v := range in {
		out = append(out, v*v)
	}
	return out, nil
}

func BenchmarkTiny(b *testing.B) {
	for _, workers := range []int{2, 8} {
		for _, ordered := range []bool{false, true} {
			b.Run(fmt.Sprintf("Map/workers=%d/ordered=%v", workers, ordered), func(b *testing.B) {
				for b.Loop() {
					sum := 0
					for chunk, err := range parallel.Map(b.Context(), workers, ordered, numbers, squares) {
						if err != nil {
							b.Fatal(err)
						}
						for _, v := range chunk {
							sum += v
						}
					}
					if sum != 333332833333500000 {
						b.Fatal(sum)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/element")
			})
		}
	}
}
