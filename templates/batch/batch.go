// Package batch gathers the elements of a live source into slices that are handed on when they are full, or due.
package batch

import (
	"context"
	"iter"
	"runtime"
	"sync"
	"time"
)

// yields is how often a goroutine looks again before it sleeps.
const yields = 4

// Batches runs source in a goroutine of its own and yields its elements in slices of at most size. A slice is handed on
// when it is full, or when every has passed since its first element came in; each is the receiver's own.
//
// A size of 0 sets no limit by size, an every of 0 none by time. A source may be one slice ahead of the loop, with one
// more element in its hand: while the loop is busy a slice fills up to size, though it may be due; without a size it is
// closed when it is due.
//
// What has been gathered is handed on first, then the end comes, or the error, once. Where ctx is done, emit returns
// false, and the error is ctx's cause. A panic or runtime.Goexit in source is raised again in the loop. When the loop is
// left, in whatever way, the goroutine has ended; a panic that it ended with is raised then.
func Batches[T any](
	ctx context.Context, size int, every time.Duration,
	source func(ctx context.Context, emit func(T) bool) error,
) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		b := &batcher[T]{size: size, every: every, rung: make(chan struct{}, 1), timer: time.NewTimer(time.Hour)}
		b.timer.Stop()
		b.room.L = &b.mu
		if err := b.loop(ctx, source, yield).raise(ctx); err != nil {
			yield(nil, err)
		}
	}
}

// batcher is the slice that is being gathered.
type batcher[T any] struct {
	size  int
	every time.Duration
	timer *time.Timer   // armed while the loop sleeps and there are items
	rung  chan struct{} // wakes the loop
	group sync.WaitGroup

	mu     sync.Mutex
	room   sync.Cond // the source sleeps here until the loop has taken the items
	asleep bool      // the loop sleeps, and nobody has woken it
	items  []T
	due    time.Time // of the items
	taken  int       // how many items the loop took last: about as many will come
	left   bool      // no more is wanted
	ended  bool      // the source has ended
	end    failure
}

// loop yields the slices, and returns the failure that ended them, when the source has ended.
func (b *batcher[T]) loop(
	ctx context.Context, source func(context.Context, func(T) bool) error, yield func([]T, error) bool,
) failure {
	if ctx.Err() != nil {
		return failure{err: context.Cause(ctx)}
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer b.leave(cancel)
	b.group.Go(func() { b.feed(inner, source) })
	for items := b.next(); len(items) > 0; items = b.next() {
		if !yield(items, nil) {
			return failure{}
		}
	}
	if !b.end.some() && ctx.Err() != nil {
		return failure{err: context.Cause(ctx)}
	}
	return b.end
}

// leave is deferred: it stops the source, waits for it, and raises a panic or exit of its.
func (b *batcher[T]) leave(cancel context.CancelCauseFunc) {
	b.mu.Lock()
	b.left = true
	b.room.Signal()
	b.mu.Unlock()
	cancel(nil)
	b.group.Wait()
	if b.end.unwinds() {
		b.end.unwind(recover())
	}
}

// feed runs source, and keeps how it ended.
func (b *batcher[T]) feed(ctx context.Context, source func(context.Context, func(T) bool) error) {
	end, returned := failure{}, false
	defer func() {
		if !returned {
			end = caught(recover())
		}
		b.mu.Lock()
		b.ended, b.end = true, end
		b.wake()
		b.mu.Unlock()
	}()
	end.err = source(ctx, func(v T) bool { return b.push(ctx, v) })
	returned = true
}

// push adds v to the items, when there is room. It returns false when no more is wanted.
func (b *batcher[T]) push(ctx context.Context, v T) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for tries := 0; b.closed() && !b.left; tries++ {
		if tries < yields {
			b.pause()
			continue
		}
		b.room.Wait()
	}
	if b.left || ctx.Err() != nil {
		return false
	}
	if b.items == nil {
		b.items = make([]T, 0, b.taken)
	}
	b.items = append(b.items, v)
	switch {
	case b.full():
		b.wake()
	case len(b.items) == 1:
		b.begin()
	}
	return true
}

// begin sets when the items are due, the first of which came in now.
func (b *batcher[T]) begin() {
	if b.every <= 0 {
		return
	}
	b.due = time.Now().Add(b.every)
	if b.asleep {
		b.timer.Reset(b.every)
	}
}

// closed reports whether the loop has to take the items before another one comes in.
func (b *batcher[T]) closed() bool {
	return b.full() || b.size <= 0 && !b.asleep && b.isDue()
}

func (b *batcher[T]) full() bool { return b.size > 0 && len(b.items) >= b.size }

func (b *batcher[T]) isDue() bool { return b.every > 0 && len(b.items) > 0 && time.Until(b.due) <= 0 }

// next waits until the items are to be handed on, and takes them. It returns none at the end.
func (b *batcher[T]) next() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	for tries := 0; !b.ended && !b.full() && !b.isDue(); tries++ {
		if tries < yields {
			b.pause()
			continue
		}
		b.sleep()
	}
	items := b.items
	b.items, b.taken = nil, len(items)
	b.room.Signal()
	return items
}

// sleep lets the loop sleep until the items are due, or somebody wakes it.
func (b *batcher[T]) sleep() {
	b.asleep = true
	if b.every > 0 && len(b.items) > 0 {
		b.timer.Reset(time.Until(b.due))
	}
	b.mu.Unlock()
	select {
	case <-b.rung:
		b.timer.Stop()
		b.mu.Lock()
	case <-b.timer.C:
		b.mu.Lock()
		if !b.asleep {
			<-b.rung // both came
		}
		b.asleep = false
	}
}

// pause lets the others run.
func (b *batcher[T]) pause() {
	b.mu.Unlock()
	runtime.Gosched()
	b.mu.Lock()
}

// wake wakes the loop.
func (b *batcher[T]) wake() {
	if b.asleep {
		b.asleep = false
		b.rung <- struct{}{}
	}
}
