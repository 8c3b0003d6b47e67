package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/alitto/pond/v2"
	"github.com/panjf2000/ants/v2"
	"github.com/samber/lo"
	lop "github.com/samber/lo/parallel"
	"github.com/sourcegraph/conc/iter"
	"github.com/sourcegraph/conc/pool"
	"github.com/sourcegraph/conc/stream"
	"golang.org/x/sync/errgroup"
)

// task is W2 with one amount of work: n calls of do, by so many workers.
type task struct {
	ctx        context.Context
	name       string
	n, workers int
	do         func(int) int

	unordered, ordered func(ctx context.Context, n, workers int) (int, error)
	sliced             func(ctx context.Context, numbers []int, workers int) ([]int, error)
}

// maps is W2: a parallel map with hardly any work, 100 ns and 1 µs; as it comes, in order, and from slice to slice.
func maps(ctx context.Context, n, workers int) []*contest {
	var all []*contest
	for _, t := range []*task{
		{ctx, "tiny", n, workers, Square, Unordered, Ordered, Sliced},
		{ctx, "100 ns", n / 5, workers, Square100, Unordered100, Ordered100, Sliced100},
		{ctx, "1 µs", n / 5, workers, Square1000, Unordered1000, Ordered1000, Sliced1000},
	} {
		all = append(all, t.unorderedContest(), t.orderedContest(), t.slicedContest())
	}
	return all
}

func (t *task) contest(order string, want int, ways []func() (int, error), names ...string) *contest {
	c := &contest{title: fmt.Sprintf("W2 parallel map, %s, %s", t.name, order), unit: "an element"}
	for i, name := range names {
		c.ways = append(c.ways, checked(name, t.n, want, ways[i]))
	}
	return c
}

func (t *task) unorderedContest() *contest {
	numbers := lo.Range(t.n)
	return t.contest("unordered", t.sumByHand(), []func() (int, error){
		func() (int, error) { return t.unordered(t.ctx, t.n, t.workers) },
		func() (int, error) { return t.sumByHand(), nil },
		func() (int, error) { return lo.Sum(t.split(numbers)), nil },
		t.pond, t.errgroupChannels, t.errgroupLimit, t.concPool, t.ants, t.semaphore,
	}, "asyncgen", "sequential loop", "split by hand", "alitto/pond", "errgroup + channels", "errgroup.SetLimit", "conc pool", "panjf2000/ants", "goroutine each, semaphore")
}

func (t *task) orderedContest() *contest {
	numbers := lo.Range(t.n)
	return t.contest("ordered", t.foldByHand(), []func() (int, error){
		func() (int, error) { return t.ordered(t.ctx, t.n, t.workers) },
		func() (int, error) { return t.foldByHand(), nil },
		folded(func() ([]int, error) { return t.split(numbers), nil }),
		t.futures, t.pondResults, t.concStream,
	}, "asyncgen", "sequential loop", "split by hand", "errgroup + channel of channels", "alitto/pond, results", "conc stream")
}

func (t *task) slicedContest() *contest {
	numbers := lo.Range(t.n)
	return t.contest("slice", t.foldByHand(), []func() (int, error){
		folded(func() ([]int, error) { return t.sliced(t.ctx, numbers, t.workers) }),
		folded(func() ([]int, error) { return t.split(numbers), nil }),
		folded(func() ([]int, error) {
			return iter.Mapper[int, int]{MaxGoroutines: t.workers}.Map(numbers, func(v *int) int { return t.do(*v) }), nil
		}),
		folded(func() ([]int, error) { return lop.Map(numbers, func(v, _ int) int { return t.do(v) }), nil }),
	}, "asyncgen", "split by hand", "conc iter.Map", "samber/lo/parallel")
}

// folded folds what run returns into a number that tells the order.
func folded(run func() ([]int, error)) func() (int, error) {
	return func() (int, error) {
		results, err := run()
		acc := 0
		for _, v := range results {
			acc = Then(acc, v)
		}
		return acc, err
	}
}

func (t *task) sumByHand() int {
	sum := 0
	for v := range t.n {
		sum += t.do(v)
	}
	return sum
}

func (t *task) foldByHand() int {
	acc := 0
	for v := range t.n {
		acc = Then(acc, t.do(v))
	}
	return acc
}

// split gives each worker a part of the slice.
func (t *task) split(numbers []int) []int {
	results := make([]int, len(numbers))
	var group sync.WaitGroup
	for w := range t.workers {
		first, end := w*len(numbers)/t.workers, (w+1)*len(numbers)/t.workers
		group.Go(func() {
			for i := first; i < end; i++ {
				results[i] = t.do(numbers[i])
			}
		})
	}
	group.Wait()
	return results
}

func (t *task) pond() (int, error) {
	var sum atomic.Int64
	p := pond.NewPool(t.workers)
	for v := range t.n {
		if err := p.Go(func() { sum.Add(int64(t.do(v))) }); err != nil {
			return 0, err
		}
	}
	p.StopAndWait()
	return int(sum.Load()), nil
}

func (t *task) pondResults() (int, error) {
	p := pond.NewResultPool[int](t.workers)
	defer p.StopAndWait()
	group := p.NewGroup()
	for v := range t.n {
		group.Submit(func() int { return t.do(v) })
	}
	results, err := group.Wait()
	acc := 0
	for _, v := range results {
		acc = Then(acc, v)
	}
	return acc, err
}

func (t *task) errgroupChannels() (int, error) {
	group, ctx := errgroup.WithContext(t.ctx)
	in, out := make(chan int, 128), make(chan int, 128)
	group.Go(func() error {
		defer close(in)
		for v := range t.n {
			select {
			case in <- v:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
	for range t.workers {
		group.Go(func() error {
			for v := range in {
				select {
				case out <- t.do(v):
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}
			return nil
		})
	}
	failed := make(chan error, 1)
	go func() {
		failed <- group.Wait()
		close(out)
	}()
	sum := 0
	for v := range out {
		sum += v
	}
	return sum, <-failed
}

// futures hands each worker an element with the channel for its result; the sink takes those channels in their order.
func (t *task) futures() (int, error) {
	type job struct {
		v      int
		result chan int
	}
	group, ctx := errgroup.WithContext(t.ctx)
	jobs, results := make(chan job, 128), make(chan chan int, 128)
	group.Go(func() error {
		defer close(jobs)
		defer close(results)
		for v := range t.n {
			j := job{v, make(chan int, 1)}
			select {
			case results <- j.result:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			jobs <- j
		}
		return nil
	})
	for range t.workers {
		group.Go(func() error {
			for j := range jobs {
				j.result <- t.do(j.v)
			}
			return nil
		})
	}
	acc := 0
	for result := range results {
		acc = Then(acc, <-result)
	}
	return acc, group.Wait()
}

func (t *task) errgroupLimit() (int, error) {
	var sum atomic.Int64
	var group errgroup.Group
	group.SetLimit(t.workers)
	for v := range t.n {
		group.Go(func() error {
			sum.Add(int64(t.do(v)))
			return nil
		})
	}
	err := group.Wait()
	return int(sum.Load()), err
}

func (t *task) concPool() (int, error) {
	var sum atomic.Int64
	p := pool.New().WithMaxGoroutines(t.workers)
	for v := range t.n {
		p.Go(func() { sum.Add(int64(t.do(v))) })
	}
	p.Wait()
	return int(sum.Load()), nil
}

func (t *task) concStream() (int, error) {
	acc := 0
	s := stream.New().WithMaxGoroutines(t.workers)
	for v := range t.n {
		s.Go(func() stream.Callback {
			result := t.do(v)
			return func() { acc = Then(acc, result) }
		})
	}
	s.Wait()
	return acc, nil
}

func (t *task) ants() (int, error) {
	var sum atomic.Int64
	var group sync.WaitGroup
	p, err := ants.NewPool(t.workers)
	if err != nil {
		return 0, err
	}
	defer p.Release()
	for v := range t.n {
		group.Add(1)
		if err := p.Submit(func() {
			defer group.Done()
			sum.Add(int64(t.do(v)))
		}); err != nil {
			return 0, err
		}
	}
	group.Wait()
	return int(sum.Load()), nil
}

func (t *task) semaphore() (int, error) {
	var sum atomic.Int64
	var group sync.WaitGroup
	slots := make(chan struct{}, t.workers)
	for v := range t.n {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			sum.Add(int64(t.do(v)))
		})
	}
	group.Wait()
	return int(sum.Load()), nil
}
