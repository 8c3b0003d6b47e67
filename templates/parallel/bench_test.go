package parallel_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/templates/parallel"
)

// contender is one way to call work on 0 to n-1, and use on what it makes.
type contender struct {
	name string
	run  func(ctx context.Context, workers, n int, work func(int) int, use func(int)) error
}

var contenders = []contender{
	{"sequential", func(_ context.Context, _, n int, work func(int) int, use func(int)) error {
		sequential(n, work, use)
		return nil
	}},
	{"Map", mapped(false)},
	{"Map-ordered", mapped(true)},
	{"Blocks", blocked(false)},
	{"Blocks-ordered", blocked(true)},
	{"Each", func(ctx context.Context, workers, n int, work func(int) int, use func(int)) error {
		out := make([]int, n)
		err := parallel.Each(ctx, workers, true, n, 256, func(_ context.Context, _, lo, hi int) error {
			for i := lo; i < hi; i++ {
				out[i] = work(i)
			}
			return nil
		})
		for _, v := range out {
			use(v)
		}
		return err
	}},
	{"Calls", called(false)},
	{"Calls-ordered", called(true)},
	{"channels", channels},
	{"futures-ordered", futures},
	{"goroutines", goroutines},
}

func mapped(ordered bool) func(context.Context, int, int, func(int) int, func(int)) error {
	return func(ctx context.Context, workers, n int, work func(int) int, use func(int)) error {
		return through(parallel.Map(ctx, workers, ordered, upTo(n),
			func(_ context.Context, _ int, in, out []int) ([]int, error) {
				for _, v := range in {
					out = append(out, work(v))
				}
				return out, nil
			}), use)
	}
}

func blocked(ordered bool) func(context.Context, int, int, func(int) int, func(int)) error {
	return func(ctx context.Context, workers, n int, work func(int) int, use func(int)) error {
		return through(parallel.Blocks(ctx, workers, ordered, n, 256,
			func(_ context.Context, _, lo, hi int, out []int) ([]int, error) {
				for v := lo; v < hi; v++ {
					out = append(out, work(v))
				}
				return out, nil
			}), use)
	}
}

func called(ordered bool) func(context.Context, int, int, func(int) int, func(int)) error {
	return func(ctx context.Context, workers, n int, work func(int) int, use func(int)) error {
		return through(parallel.Calls(ctx, workers, ordered, upTo(n),
			func(_ context.Context, _, v int, out []int) ([]int, error) { return append(out, work(v)), nil }), use)
	}
}

func through(loop func(func([]int, error) bool), use func(int)) error {
	for chunk, err := range loop {
		if err != nil {
			return err
		}
		for _, v := range chunk {
			use(v)
		}
	}
	return nil
}

// works are what is done with an element. spin takes about 100 ns, or 1 µs, on the machine of the figures.
var works = []struct {
	name string
	n    int
	work func(int) int
}{
	{"tiny", 1_000_000, func(v int) int { return v * v }},
	{"100ns", 200_000, func(v int) int { return spin(v, 100) }},
	{"1us", 200_000, func(v int) int { return spin(v, 1000) }},
}

// spin takes about as many nanoseconds as there are rounds.
func spin(v, rounds int) int {
	x := uint64(v) | 1
	for range rounds / 2 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return int(x >> 1)
}

func BenchmarkElement(b *testing.B) {
	for _, w := range works {
		for _, workers := range []int{2, 8} {
			for _, c := range contenders {
				b.Run(fmt.Sprintf("%s/workers=%d/%s", w.name, workers, c.name), func(b *testing.B) {
					for b.Loop() {
						count := 0
						if err := c.run(b.Context(), workers, w.n, w.work, func(int) { count++ }); err != nil {
							b.Fatal(err)
						}
						if count != w.n {
							b.Fatalf("%d elements, want %d", count, w.n)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(w.n), "ns/element")
				})
			}
		}
	}
}

// BenchmarkBreak leaves the loop after one element of an endless source.
func BenchmarkBreak(b *testing.B) {
	endless := upTo(1 << 40)
	for _, s := range shapes {
		b.Run(s.name, func(b *testing.B) {
			for b.Loop() {
				for range s.loop(b.Context(), 8, true, endless, same) {
					break
				}
			}
		})
	}
	b.Run("Map-1us", func(b *testing.B) {
		for b.Loop() {
			for range shapes[0].loop(b.Context(), 8, true, endless, func(_ context.Context, v int, out []int) ([]int, error) {
				return append(out, spin(v, 1000)), nil
			}) {
				break
			}
		}
	})
}

// BenchmarkAlone hands elements over that arrive when everybody sleeps; a channel between two goroutines is one hop.
func BenchmarkAlone(b *testing.B) {
	const gap = 200 * time.Microsecond
	for _, s := range shapes {
		b.Run(s.name, func(b *testing.B) {
			var sent time.Time
			var late time.Duration
			paced := func(_ context.Context, emit func(int) bool) error {
				for v := range b.N {
					time.Sleep(gap)
					sent = time.Now()
					emit(v)
				}
				return nil
			}
			for range s.loop(b.Context(), 4, true, paced, same) {
				late += time.Since(sent)
			}
			b.ReportMetric(float64(late.Nanoseconds())/float64(b.N), "ns-late/op")
		})
	}
	b.Run("two-hops", func(b *testing.B) {
		in, out := make(chan time.Time), make(chan time.Time)
		go func() {
			for range b.N {
				time.Sleep(gap)
				in <- time.Now()
			}
			close(in)
		}()
		go func() {
			for t := range in {
				out <- t
			}
			close(out)
		}()
		var late time.Duration
		for t := range out {
			late += time.Since(t)
		}
		b.ReportMetric(float64(late.Nanoseconds())/float64(b.N), "ns-late/op")
	})
}
