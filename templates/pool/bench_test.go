package pool

import (
	"context"
	"sync"
	"testing"
	"time"
)

// benchPool returns a pool whose resources cost nothing.
func benchPool(n int) *Pool[*int] {
	return &Pool[*int]{
		max: n, maxIdle: time.Hour, maxLifetime: 24 * time.Hour, releaseTimeout: time.Second,
		acquire: func(context.Context) (*int, error) { return new(int), nil },
		check:   func(context.Context, *int) error { return nil },
		release: func(context.Context, *int, error) error { return nil },
	}
}

// BenchmarkWith measures a loan with an empty body and all options, alone and with 8 goroutines for 4 resources.
func BenchmarkWith(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	body := func(_ context.Context, v *int) error { *v++; return nil }
	b.Run("alone", func(b *testing.B) {
		p := benchPool(4)
		b.ReportAllocs()
		for b.Loop() {
			if err := p.With(ctx, body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("8on4", func(b *testing.B) {
		p := benchPool(4)
		var group sync.WaitGroup
		b.ReportAllocs()
		b.ResetTimer()
		for range 8 {
			group.Go(func() {
				for range b.N / 8 {
					if err := p.With(ctx, body); err != nil {
						b.Error(err)
					}
				}
			})
		}
		group.Wait()
	})
}
