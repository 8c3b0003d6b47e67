package parallel

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// Each calls body on the numbers from 0 to n-1 in workers goroutines, in blocks: lo to hi-1. It is for results that
// have a place of their own, such as out[i]: nothing goes through a loop.
//
// A block has at most most numbers: one where body is an effect. With ordered, the failure is that of the lowest
// block that fails, and the calls before it are not cut short; else the first failure cancels the context of the others.
// A panic or runtime.Goexit in body is raised again. All goroutines have ended when Each returns.
func Each(
	ctx context.Context, workers int, ordered bool, n, most int,
	body func(ctx context.Context, worker, lo, hi int) error,
) error {
	inner, cancel := context.WithCancelCause(ctx)
	e := &eacher{ordered: ordered, most: most, body: body, cancel: cancel, failedAt: math.MaxInt}
	e.bound.Store(int64(n))
	for worker := range min(workers, n) {
		e.group.Go(func() { e.work(inner, worker) })
	}
	e.group.Wait()
	cancel(nil)
	return e.failed.raise(ctx)
}

// eacher is what is left of the numbers: first to bound-1.
type eacher struct {
	ordered bool
	most    int
	body    func(ctx context.Context, worker, lo, hi int) error
	cancel  context.CancelCauseFunc
	group   sync.WaitGroup

	first, bound atomic.Int64

	mu       sync.Mutex
	failedAt int // where the block begins that failed with failed
	failed   failure
}

// work claims blocks, each by one atomic addition, until none is left.
func (e *eacher) work(ctx context.Context, worker int) {
	own := pace{size: 1, most: e.most}
	lo, returned := 0, false
	defer func() {
		if !returned {
			e.fail(lo, caught(recover()))
		}
	}()
	for {
		size := own.size
		hi := int(e.first.Add(int64(size)))
		lo = hi - size
		bound := int(e.bound.Load())
		if lo >= bound {
			break
		}
		start := time.Now()
		if err := e.block(ctx, worker, lo, min(hi, bound)); err != nil {
			e.fail(lo, failure{err: err})
			break
		}
		own.adapt(size, time.Since(start))
	}
	returned = true
}

func (e *eacher) block(ctx context.Context, worker, lo, hi int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return e.body(ctx, worker, lo, hi)
}

// fail keeps the failure of the block at lo, if it counts, and sees to it that no block after it is begun. A panic
// counts more than an error.
func (e *eacher) fail(lo int, f failure) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.ordered {
		e.cancel(f.err)
		lo = 0
	}
	e.bound.Store(min(e.bound.Load(), int64(lo)))
	panics, before := f.panicked != nil, e.failed.panicked != nil
	if panics == before && lo < e.failedAt || panics && !before {
		e.failedAt, e.failed = lo, f
	}
}
