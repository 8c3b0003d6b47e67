package merge_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/templates/merge"
)

// channel merges over one channel, as is usually done by hand.
func channel(ctx context.Context, size int, sources []source, use func(int)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	out := make(chan int, size)
	var group sync.WaitGroup
	for _, source := range sources {
		group.Go(func() {
			if err := source(ctx, func(v int) bool {
				select {
				case out <- v:
					return true
				case <-ctx.Done():
					return false
				}
			}); err != nil {
				cancel(err)
			}
		})
	}
	go func() {
		group.Wait()
		close(out)
	}()
	for v := range out {
		use(v)
	}
	defer cancel(nil)
	return context.Cause(ctx)
}

func merged(ahead int) func(context.Context, []source, func(int)) error {
	return func(ctx context.Context, sources []source, use func(int)) error {
		for v, err := range merge.Ahead(ctx, ahead, sources...) {
			if err != nil {
				return err
			}
			use(v)
		}
		return nil
	}
}

func channelled(size int) func(context.Context, []source, func(int)) error {
	return func(ctx context.Context, sources []source, use func(int)) error {
		return channel(ctx, size*len(sources), sources, use)
	}
}

var contenders = []struct {
	name string
	run  func(ctx context.Context, sources []source, use func(int)) error
}{
	{"Merge", merged(0)},
	{"channel", channelled(0)},
	{"Ahead-7", merged(7)},
	{"channel-7", channelled(7)},
	{"Ahead-63", merged(63)},
	{"channel-63", channelled(63)},
}

func BenchmarkElement(b *testing.B) {
	const n = 400_000
	for _, k := range []int{1, 2, 8} {
		var sources []source
		for range k {
			sources = append(sources, upTo(0, n/k))
		}
		for _, c := range contenders {
			b.Run(fmt.Sprintf("sources=%d/%s", k, c.name), func(b *testing.B) {
				for b.Loop() {
					count := 0
					if err := c.run(b.Context(), sources, func(int) { count++ }); err != nil || count != n {
						b.Fatal(count, err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/element")
			})
		}
	}
}

// BenchmarkAlone hands elements over that arrive when everybody sleeps.
func BenchmarkAlone(b *testing.B) {
	for _, c := range contenders[:2] {
		b.Run(c.name, func(b *testing.B) {
			var late time.Duration
			start := time.Now()
			paced := func(_ context.Context, emit func(int) bool) error {
				for range b.N {
					time.Sleep(200 * time.Microsecond)
					emit(int(time.Since(start)))
				}
				return nil
			}
			silent := func(context.Context, func(int) bool) error { return nil }
			if err := c.run(b.Context(), []source{paced, silent}, func(sent int) { late += time.Since(start) - time.Duration(sent) }); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(late.Nanoseconds())/float64(b.N), "ns-late/op")
		})
	}
}

// BenchmarkBreak leaves the loop after one element of two endless sources.
func BenchmarkBreak(b *testing.B) {
	for b.Loop() {
		for range merge.Merge(b.Context(), upTo(0, 1<<40), upTo(0, 1<<40)) {
			break
		}
	}
}
