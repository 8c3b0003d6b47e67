// Package merge joins live sources into one loop.
package merge

import (
	"context"
	"iter"
	"runtime"
	"sync"
)

// yields is how often a goroutine looks again before it sleeps.
const yields = 4

// Merge runs each of sources in a goroutine of its own and yields their elements as they come, until all have ended.
//
// Nothing is pulled beyond need: emit returns when the loop has taken the element, so a source has at most one that the
// loop has not. They are taken in the order in which they were emitted, so at most one of each other source comes
// before an element: a busy source holds up nobody. One goroutine at a time calls the emit of a source.
//
// The first failure cancels the context of the other sources. It comes last and once, after all that was emitted before
// it; a panic counts more than runtime.Goexit, and that more than an error: both are raised again in the loop. Where
// ctx is done, the error is its cause, and elements may be left out. When the loop is left, in whatever way, all
// goroutines have ended; a panic that one of them ended with is raised then.
func Merge[T any](
	ctx context.Context, sources ...func(ctx context.Context, emit func(T) bool) error,
) iter.Seq2[T, error] {
	return Ahead(ctx, 0, sources...)
}

// Ahead is Merge for quick, pure sources: n more elements of each may wait for the loop, and as many of each other
// source may come before an element.
func Ahead[T any](
	ctx context.Context, n int, sources ...func(ctx context.Context, emit func(T) bool) error,
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		inner, cancel := context.WithCancelCause(ctx)
		m := &merger[T]{
			cancel:  cancel,
			ahead:   n,
			lanes:   make([]lane, len(sources)),
			line:    make([]element[T], len(sources)*(n+1)),
			running: len(sources),
		}
		m.ready.L = &m.mu
		end := m.loop(ctx, inner, sources, yield)
		if end.some() && m.first.exited {
			end = m.first // it came while the loop waited for the others to end
		}
		if err := end.raise(ctx); err != nil {
			var none T
			yield(none, err)
		}
	}
}

// merger is a line in which the elements of all sources wait for the loop.
type merger[T any] struct {
	cancel context.CancelCauseFunc // of the context that the sources are given
	group  sync.WaitGroup
	ahead  int

	mu      sync.Mutex
	ready   sync.Cond // the loop sleeps here until there is an element, or the end
	asleep  bool      // the loop sleeps
	lanes   []lane
	line    []element[T] // a ring
	head    int          // the place in line of the next to be taken
	waiting int          // elements in line
	running int          // sources that have not ended
	stopped bool         // no more is wanted
	first   failure      // the first of those that count most
}

// lane is what is known of a source.
type lane struct {
	room    sync.Cond // the source sleeps here until few enough of its elements wait
	asleep  bool
	waiting int // elements in line
}

// element is an element in line, with the lane of its source.
type element[T any] struct {
	v    T
	from *lane
}

// loop yields the elements, and returns the failure that ended them, when all sources have ended.
func (m *merger[T]) loop(
	ctx, inner context.Context, sources []func(context.Context, func(T) bool) error, yield func(T, error) bool,
) failure {
	defer m.leave()
	if ctx.Err() != nil {
		return failure{err: context.Cause(ctx)}
	}
	for i, source := range sources {
		l := &m.lanes[i]
		l.room.L = &m.mu
		m.group.Go(func() { m.feed(inner, l, source) })
	}
	for {
		v, end, ok := m.next()
		switch {
		case end.some():
			return end
		case ctx.Err() != nil:
			return failure{err: context.Cause(ctx)}
		case !ok || !yield(v, nil):
			return failure{}
		}
	}
}

// leave is deferred: it stops the sources, waits for them, and raises a panic or exit of theirs.
func (m *merger[T]) leave() {
	m.mu.Lock()
	m.stop()
	m.mu.Unlock()
	m.cancel(nil)
	m.group.Wait()
	if m.first.unwinds() {
		m.first.unwind(recover())
	}
}

// stop lets nothing more into the line.
func (m *merger[T]) stop() {
	m.stopped = true
	for i := range m.lanes {
		m.lanes[i].wake()
	}
}

// feed runs source, and keeps how it ended.
func (m *merger[T]) feed(ctx context.Context, l *lane, source func(context.Context, func(T) bool) error) {
	end, returned := failure{}, false
	defer func() {
		if !returned {
			end = caught(recover())
		}
		m.finish(end)
	}()
	end.err = source(ctx, func(v T) bool { return m.push(l, v) })
	returned = true
}

// finish counts a source that has ended. Where it has failed, that stops the others.
func (m *merger[T]) finish(end failure) {
	m.mu.Lock()
	m.running--
	if end.some() {
		m.stop()
		if end.worse(m.first) {
			m.first = end
		}
	}
	m.wake()
	m.mu.Unlock()
	if end.some() {
		m.cancel(end.err)
	}
}

// push puts v into the line, and waits until the source may go on. It returns false when no more is wanted.
func (m *merger[T]) push(l *lane, v T) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stopped {
		return false
	}
	m.line[(m.head+m.waiting)%len(m.line)] = element[T]{v: v, from: l}
	m.waiting++
	l.waiting++
	m.wake()
	for tries := 0; l.waiting > m.ahead && !m.stopped; tries++ {
		if tries < yields {
			m.pause()
			continue
		}
		l.asleep = true
		l.room.Wait()
	}
	return !m.stopped
}

// next takes the next element out of the line. Where ok is false none will come, and end says why if a source has failed.
func (m *merger[T]) next() (v T, end failure, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for tries := 0; m.waiting == 0; tries++ {
		switch {
		case m.stopped || m.running == 0:
			return v, m.first, false
		case tries < yields:
			m.pause()
		default:
			m.asleep = true
			m.ready.Wait()
		}
	}
	at := &m.line[m.head]
	v, at.from.waiting = at.v, at.from.waiting-1
	at.from.wake()
	*at = element[T]{}
	m.head = (m.head + 1) % len(m.line)
	m.waiting--
	return v, failure{}, true
}

// wake wakes the loop.
func (m *merger[T]) wake() {
	if m.asleep {
		m.asleep = false
		m.ready.Signal()
	}
}

// wake wakes the source.
func (l *lane) wake() {
	if l.asleep {
		l.asleep = false
		l.room.Signal()
	}
}

// pause lets the others run.
func (m *merger[T]) pause() {
	m.mu.Unlock()
	runtime.Gosched()
	m.mu.Lock()
}
