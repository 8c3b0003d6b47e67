package parallel

import (
	"context"
	"iter"
)

// Calls is Map for effects: calls that block, fail and can be cancelled. Each moves one element, so that none waits in
// the hand of a busy worker while another is idle.
//
// call appends to out what it makes of v, and returns out; what it made is yielded as a chunk. At most 2*workers
// elements are out of the source and not yet through the loop, and one more in the hand of the source.
func Calls[T, R any](
	ctx context.Context, workers int, ordered bool,
	source func(ctx context.Context, emit func(T) bool) error,
	call func(ctx context.Context, worker int, v T, out []R) ([]R, error),
) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		inner, cancel := context.WithCancelCause(ctx)
		c := &caller[T, R]{call: call, queue: make([]T, 2*workers)}
		c.init(workers, 2*workers, ordered, cancel)
		c.start(
			func() error { return source(inner, c.push) },
			func(worker int) { c.work(inner, worker) },
		)
		c.loop(ctx, yield)
	}
}

// caller is a queue of elements that wait for a call.
type caller[T, R any] struct {
	window[R]
	call   func(ctx context.Context, worker int, v T, out []R) ([]R, error)
	queue  []T // a ring: elements claimed to pushed-1
	pushed int
}

// push hands v to the workers. It returns false when no more is wanted.
func (c *caller[T, R]) push(v T) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.closed() && c.pushed-c.taken == len(c.slots) {
		c.full.Wait()
	}
	if c.closed() {
		return false
	}
	c.queue[c.pushed%len(c.queue)] = v
	c.pushed++
	c.wake()
	return true
}

// work claims elements until none is left.
func (c *caller[T, R]) work(ctx context.Context, worker int) {
	var out chunk[R]
	defer c.guard(&out)
	for {
		v, ok := c.claim(&out)
		if !ok {
			return
		}
		if ctx.Err() != nil {
			out.failed.err = context.Cause(ctx)
		} else {
			out.items, out.failed.err = c.call(ctx, worker, v, out.items)
		}
		if out.failed.err != nil {
			c.fail(&out)
			return
		}
	}
}

// claim delivers out, if it is done, and takes the next element. ok is false where none is left.
func (c *caller[T, R]) claim(out *chunk[R]) (v T, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if out.done {
		c.deliver(out)
	}
	for !c.closed() {
		switch {
		case c.claimed < c.pushed:
			at := &c.queue[c.claimed%len(c.queue)]
			v, *at = *at, v
			c.number(out)
			return v, true
		case c.ended:
			c.finish()
			return v, false
		}
		c.sleeping++
		c.idle.Wait()
	}
	return v, false
}
