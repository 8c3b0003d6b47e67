package bench

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/jackc/puddle/v2"
)

// BenchmarkPool measures a loan and its return: alone, and by 8 goroutines on 4 resources, both with an empty body, and by
// 8 on 4 with a body that lets others run, so that there always are some that wait.
func BenchmarkPool(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	waiting := false
	body := func(_ context.Context, v *int) error {
		*v++
		if waiting {
			runtime.Gosched()
		}
		return nil
	}

	lean := &leanPool{
		max:     4,
		acquire: func(context.Context) (*int, error) { return new(int), nil },
		release: func(context.Context, *int, error) error { return nil },
	}
	full := &fullPool{
		max: 4, maxIdle: 5 * time.Minute, maxLifetime: time.Hour, releaseTimeout: 5 * time.Second,
		acquire: lean.acquire,
		check:   func(context.Context, *int) error { return nil },
		release: lean.release,
	}
	other, err := puddle.NewPool(&puddle.Config[*int]{
		Constructor: func(context.Context) (*int, error) { return new(int), nil },
		Destructor:  func(*int) {},
		MaxSize:     4,
	})
	if err != nil {
		b.Fatal(err)
	}
	peers := []struct {
		name string
		loan func() error
	}{
		{"asyncgen", func() error { return lean.With(ctx, body) }},
		{"asyncgen-all-options", func() error { return full.With(ctx, body) }},
		{"puddle", func() error {
			r, err := other.Acquire(ctx)
			if err != nil {
				return err
			}
			defer r.Release()
			return body(ctx, r.Value())
		}},
		{"channel", channelPool(ctx, body)},
	}
	for _, peer := range peers {
		b.Run("alone/"+peer.name, func(b *testing.B) {
			for b.Loop() {
				if err := peer.loan(); err != nil {
					b.Fatal(err)
				}
			}
		})
		for _, name := range []string{"8on4", "waiting"} {
			b.Run(name+"/"+peer.name, func(b *testing.B) {
				waiting = name == "waiting"
				defer func() { waiting = false }()
				var group sync.WaitGroup
				for range 8 {
					group.Go(func() {
						for range b.N / 8 {
							if err := peer.loan(); err != nil {
								b.Error(err)
							}
						}
					})
				}
				group.Wait()
			})
		}
	}
}

// channelPool is the pool that one writes by hand: a channel of four, no limits, no health, no Close.
func channelPool(ctx context.Context, body func(context.Context, *int) error) func() error {
	idle := make(chan *int, 4)
	for range cap(idle) {
		idle <- new(int)
	}
	return func() error {
		select {
		case v := <-idle:
			defer func() { idle <- v }()
			return body(ctx, v)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
