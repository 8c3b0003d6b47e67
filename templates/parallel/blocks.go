package parallel

import (
	"context"
	"iter"
	"time"
)

// Blocks is Map over the numbers from 0 to n-1, such as the indices of a slice: there is no source, and the workers
// claim blocks of numbers. body appends to out what it makes of lo to hi-1.
//
// A block has at most most numbers: one where body is an effect.
func Blocks[R any](
	ctx context.Context, workers int, ordered bool, n, most int,
	body func(ctx context.Context, worker, lo, hi int, out []R) ([]R, error),
) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		inner, cancel := context.WithCancelCause(ctx)
		b := &blocks[R]{body: body, n: n, pace: pace{size: 1, most: most}}
		b.init(workers, 2*workers, ordered, cancel)
		b.start(nil, func(worker int) { b.work(inner, worker) })
		b.loop(ctx, yield)
	}
}

// blocks is what is left of the numbers: first to n-1.
type blocks[R any] struct {
	window[R]
	pace
	body     func(ctx context.Context, worker, lo, hi int, out []R) ([]R, error)
	first, n int
}

// work claims blocks until none is left.
func (b *blocks[R]) work(ctx context.Context, worker int) {
	var out chunk[R]
	var lo, hi int
	var took time.Duration
	defer b.guard(&out)
	for {
		lo, hi = b.claim(hi-lo, took, &out)
		if lo == hi {
			return
		}
		start := time.Now()
		if ctx.Err() != nil {
			out.failed.err = context.Cause(ctx)
		} else {
			out.items, out.failed.err = b.body(ctx, worker, lo, hi, out.items)
		}
		if out.failed.err != nil {
			b.fail(&out)
			return
		}
		took = time.Since(start)
	}
}

// claim delivers out, if it is done: the outcome of n numbers. Then it takes the next block, which is empty where none
// is left.
func (b *blocks[R]) claim(n int, took time.Duration, out *chunk[R]) (lo, hi int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if out.done {
		b.adapt(n, took)
		if b.deliver(out) {
			b.pause() // the loop first: it may want no more
		}
	}
	for tries := 0; !b.closed(); tries++ {
		switch {
		case b.first >= b.n:
			b.finish()
			return 0, 0
		case b.open():
			lo = b.first
			b.first = min(lo+b.size, b.n)
			b.number(out)
			return lo, b.first
		case tries < yields:
			b.pause()
		default:
			b.sleeping++
			b.idle.Wait()
		}
	}
	return 0, 0
}
