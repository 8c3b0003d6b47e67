package parallel_test

import (
	"context"
	"sync"
)

// The peers of the benchmarks: what one writes by hand, one element at a time, with context and errors.

// sequential is the loop that needs no goroutines.
func sequential(n int, work func(int) int, use func(int)) {
	for v := range n {
		use(work(v))
	}
}

// channels is a pool of workers between two channels.
func channels(ctx context.Context, workers, n int, work func(int) int, use func(int)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in, out := make(chan int, workers), make(chan int, workers)
	var group sync.WaitGroup
	group.Go(func() {
		defer close(in)
		for v := range n {
			select {
			case in <- v:
			case <-ctx.Done():
				return
			}
		}
	})
	for range workers {
		group.Go(func() {
			for v := range in {
				select {
				case out <- work(v):
				case <-ctx.Done():
					return
				}
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
	return context.Cause(ctx)
}

// futures is channels with the order kept: a channel of channels, one for each element.
func futures(ctx context.Context, workers, n int, work func(int) int, use func(int)) error {
	type job struct {
		v   int
		out chan int
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in, order := make(chan job, workers), make(chan chan int, workers)
	var group sync.WaitGroup
	group.Go(func() {
		defer close(order)
		defer close(in)
		for v := range n {
			out := make(chan int, 1)
			select {
			case order <- out:
			case <-ctx.Done():
				return
			}
			in <- job{v, out}
		}
	})
	for range workers {
		group.Go(func() {
			for j := range in {
				j.out <- work(j.v)
			}
		})
	}
	for out := range order {
		use(<-out)
	}
	group.Wait()
	return context.Cause(ctx)
}

// goroutines is a goroutine an element, as many at a time as there are workers.
func goroutines(ctx context.Context, workers, n int, work func(int) int, use func(int)) error {
	var group sync.WaitGroup
	var mu sync.Mutex
	slots := make(chan struct{}, workers)
	for v := range n {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			group.Wait()
			return context.Cause(ctx)
		}
		group.Go(func() {
			defer func() { <-slots }()
			made := work(v)
			mu.Lock()
			defer mu.Unlock()
			use(made)
		})
	}
	group.Wait()
	return nil
}
