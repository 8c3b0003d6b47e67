package main

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/jackc/puddle/v2"
)

// lender gives use a resource that is its own for as long.
type lender func(ctx context.Context, use func(ctx context.Context, v *Number) error) error

// resources is W5: a scope; then a pool of 4, by one goroutine, by 8, and by 8 whose bodies let others run meanwhile, so that
// there always are some that wait.
func resources(parent context.Context, n int) []*contest {
	ctx, cancel := context.WithCancel(parent)
	context.AfterFunc(parent, cancel)
	scope := &contest{title: "W5 scope", unit: "a use", ways: []way{
		lending(ctx, "asyncgen", n, 1, false, WithCounter),
		lending(ctx, "open, defer close by hand", n, 1, false, func(ctx context.Context, use func(context.Context, *Number) error) error {
			v := Open()
			defer v.Close()
			return use(ctx, v)
		}),
	}}
	lent, checkedPool := NewLentPool(), NewCheckedPool()
	pools := []struct {
		name string
		lend lender
	}{{"asyncgen", lent.With}, {"asyncgen, every option", checkedPool.With}, {"puddle", puddlePool()}, {"channel by hand", channelPool()}}
	all := []*contest{scope}
	for _, w := range []struct {
		title   string
		workers int
		yields  bool
	}{{"W5 pool of 4, alone", 1, false}, {"W5 pool of 4, 8 goroutines", 8, false}, {"W5 pool of 4, 8 goroutines that wait", 8, true}} {
		c := &contest{title: w.title, unit: "a use"}
		for _, p := range pools {
			c.ways = append(c.ways, lending(ctx, p.name, n/2, w.workers, w.yields, p.lend))
		}
		all = append(all, c)
	}
	return all
}

// lending is a way that uses what it is lent n times. Each loan counts in a plain field: were it lent twice at a time, the
// race detector would tell.
func lending(ctx context.Context, name string, n, workers int, yields bool, lend lender) way {
	n -= n % workers
	return checked(name, n, n, func() (int, error) {
		var uses atomic.Int64
		var failed atomic.Pointer[error]
		var group sync.WaitGroup
		for range workers {
			group.Go(func() {
				own := 0
				for range n / workers {
					err := lend(ctx, func(_ context.Context, v *Number) error {
						v.n++
						own++
						if yields {
							runtime.Gosched()
						}
						return nil
					})
					if err != nil {
						failed.Store(&err)
					}
				}
				uses.Add(int64(own))
			})
		}
		group.Wait()
		if err := failed.Load(); err != nil {
			return 0, *err
		}
		return int(uses.Load()), nil
	})
}

func puddlePool() lender {
	pool, err := puddle.NewPool(&puddle.Config[*Number]{
		Constructor: func(context.Context) (*Number, error) { return Open(), nil },
		Destructor:  (*Number).Close,
		MaxSize:     4,
	})
	if err != nil {
		panic(err) // of a MaxSize below 1
	}
	return func(ctx context.Context, use func(ctx context.Context, v *Number) error) error {
		r, err := pool.Acquire(ctx)
		if err != nil {
			return err
		}
		defer r.Release()
		return use(ctx, r.Value())
	}
}

func channelPool() lender {
	idle := make(chan *Number, 4)
	for range 4 {
		idle <- Open()
	}
	return func(ctx context.Context, use func(ctx context.Context, v *Number) error) error {
		select {
		case v := <-idle:
			defer func() { idle <- v }()
			return use(ctx, v)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
