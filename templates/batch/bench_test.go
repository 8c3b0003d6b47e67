package batch_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/templates/batch"
)

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

func batches(ctx context.Context, size int, every time.Duration, source source, use func([]int)) {
	for items := range batch.Batches(ctx, size, every, source) {
		use(items)
	}
}

// channel batches over a channel with a timer, as is usually done by hand.
func channel(ctx context.Context, size int, every time.Duration, source source, use func([]int)) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in := make(chan int, size)
	go func() {
		defer close(in)
		_ = source(ctx, func(v int) bool {
			select {
			case in <- v:
				return true
			case <-ctx.Done():
				return false
			}
		})
	}()
	timer := time.NewTimer(every)
	timer.Stop()
	var items []int
	flush := func() {
		timer.Stop()
		if len(items) > 0 {
			use(items)
			items = nil
		}
	}
	for {
		select {
		case v, ok := <-in:
			if !ok {
				flush()
				return
			}
			if items = append(items, v); len(items) == 1 {
				items = append(make([]int, 0, size), v)
				timer.Reset(every)
			}
			if len(items) == size {
				flush()
			}
		case <-timer.C:
			flush()
		}
	}
}

var contenders = []struct {
	name string
	run  func(ctx context.Context, size int, every time.Duration, source source, use func([]int))
}{{"Batches", batches}, {"channel", channel}}

func BenchmarkElement(b *testing.B) {
	const n = 400_000
	for _, size := range []int{1, 10, 100, 1000} {
		for _, c := range contenders {
			b.Run(fmt.Sprintf("size=%d/%s", size, c.name), func(b *testing.B) {
				for b.Loop() {
					count := 0
					c.run(b.Context(), size, time.Second, upTo(n), func(items []int) { count += len(items) })
					if count != n {
						b.Fatal(count)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/element")
			})
		}
	}
}

// BenchmarkDue tells how long after its time a slice comes that is due.
func BenchmarkDue(b *testing.B) {
	const every = 200 * time.Microsecond
	for _, c := range contenders {
		b.Run(c.name, func(b *testing.B) {
			start := time.Now()
			var late time.Duration
			c.run(b.Context(), 100, every, func(_ context.Context, emit func(int) bool) error {
				for range b.N {
					emit(int(time.Since(start)))
					time.Sleep(2 * every)
				}
				return nil
			}, func(items []int) { late += time.Since(start) - time.Duration(items[0]) - every })
			b.ReportMetric(float64(late.Nanoseconds())/float64(b.N), "ns-late/op")
		})
	}
}
