// Package prefetch runs what stands before it in a pipeline ahead of the loop, and fetches pages ahead of an iterator.
package prefetch

import (
	"context"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
)

// yields is how often a goroutine looks again before it sleeps.
const yields = 4

// Ahead runs source in a goroutine of its own and yields its elements. At most n are ready; one more may be in the
// hand of the source, and one in the loop. n is at least 1.
//
// An error of source comes after its elements, and once. A panic or runtime.Goexit in source is raised again in the
// loop. When the loop is left, in whatever way, the goroutine has ended; a panic that it ended with is raised then.
func Ahead[T any](
	ctx context.Context, n int, source func(ctx context.Context, emit func(T) bool) error,
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		a := &ahead[T]{ring: make([]T, n), room: newBell(), ready: newBell()}
		if err := a.loop(ctx, source, yield).raise(ctx); err != nil {
			var none T
			yield(none, err)
		}
	}
}

// ahead is a ring between one goroutine that fills it and one that empties it.
type ahead[T any] struct {
	ring  []T
	group sync.WaitGroup
	end   failure // how the source ended; written before ended

	_           [64]byte
	pushed      atomic.Int64
	room        bell // the source sleeps
	put         int  // of the source alone: where the next element goes
	knownTaken  int64
	_           [64]byte
	taken       atomic.Int64
	ready       bell // the loop sleeps
	knownPushed int64
	_           [64]byte

	ended, left atomic.Bool
}

// loop yields the elements, and returns the failure that ended them, when the source has ended.
func (a *ahead[T]) loop(
	ctx context.Context, source func(context.Context, func(T) bool) error, yield func(T, error) bool,
) failure {
	if ctx.Err() != nil {
		return failure{err: context.Cause(ctx)}
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer a.leave(cancel)
	a.group.Go(func() { a.feed(inner, source) })
	for at := 0; a.wait(); {
		if ctx.Err() != nil {
			return failure{err: context.Cause(ctx)}
		}
		var none T
		v := a.ring[at]
		a.ring[at] = none
		if at++; at == len(a.ring) {
			at = 0
		}
		a.taken.Add(1)
		a.room.wake()
		if !yield(v, nil) {
			return failure{}
		}
	}
	return a.end
}

// leave is deferred: it stops the source, waits for it, and raises a panic of its.
func (a *ahead[T]) leave(cancel context.CancelCauseFunc) {
	a.left.Store(true)
	a.room.wake()
	cancel(nil)
	a.group.Wait()
	if a.end.unwinds() {
		a.end.unwind(recover())
	}
}

// feed runs source, and keeps how it ended.
func (a *ahead[T]) feed(ctx context.Context, source func(context.Context, func(T) bool) error) {
	returned := false
	defer func() {
		if !returned {
			a.end = caught(recover())
		}
		a.ended.Store(true)
		a.ready.wake()
	}()
	a.end.err = source(ctx, a.push)
	returned = true
}

// push puts v into the ring. It returns false when no more is wanted.
func (a *ahead[T]) push(v T) bool {
	pushed := a.pushed.Load()
	for tries := 0; pushed-a.knownTaken == int64(len(a.ring)); tries++ {
		if a.left.Load() {
			return false
		}
		if a.knownTaken = a.taken.Load(); pushed-a.knownTaken < int64(len(a.ring)) {
			break
		}
		if tries < yields {
			runtime.Gosched()
			continue
		}
		a.room.sleep(func() bool { return a.left.Load() || a.taken.Load() != a.knownTaken })
	}
	if a.left.Load() {
		return false
	}
	a.ring[a.put] = v
	if a.put++; a.put == len(a.ring) {
		a.put = 0
	}
	a.pushed.Store(pushed + 1)
	a.ready.wake()
	return true
}

// wait waits for an element, and returns false at the end.
func (a *ahead[T]) wait() bool {
	taken := a.taken.Load()
	for tries := 0; taken == a.knownPushed; tries++ {
		ended := a.ended.Load() // before pushed: what was pushed is seen
		a.knownPushed = a.pushed.Load()
		switch {
		case taken < a.knownPushed:
		case ended:
			return false
		case tries < yields:
			runtime.Gosched()
		default:
			a.ready.sleep(func() bool { return a.ended.Load() || a.pushed.Load() != taken })
		}
	}
	return true
}
