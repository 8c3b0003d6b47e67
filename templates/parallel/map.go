// Package parallel holds the concurrent stages of a pipeline: what stands before runs in one goroutine, the stage in
// N workers, what stands after in the goroutine that ranges.
package parallel

import (
	"context"
	"iter"
	"sync/atomic"
	"time"
)

const (
	chunkSize = 256           // the most elements that a worker claims at once
	ringSize  = 4 * chunkSize // how many elements the source is ahead of the workers; a power of two
	never     = 1<<63 - 1     // an alarm that does not ring
)

// Map calls body on the elements of source in workers goroutines, and yields what body makes of them, chunk by chunk.
//
// It is for quick, pure work. Elements are claimed in chunks that start at one element and grow while a chunk takes
// little time; an element that finds a worker asleep is handed on at once. body appends to out what it makes of in, in
// order, and returns out: less than in, as much or more. With an error it returns what it made before.
// A chunk that is yielded is valid until the next one.
//
// With ordered, the chunks come in the order of the source, and a failure comes after all that stands before it;
// else they come as they are ready, and the first failure cancels the context of the others. An error is yielded once,
// last. A panic or runtime.Goexit in source or body is raised again in the loop; what body made in that chunk is lost.
// When the loop is left, in whatever way, all goroutines have ended. If one has panicked or exited in the meantime,
// that goes on then.
func Map[T, R any](
	ctx context.Context, workers int, ordered bool,
	source func(ctx context.Context, emit func(T) bool) error,
	body func(ctx context.Context, worker int, in []T, out []R) ([]R, error),
) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		inner, cancel := context.WithCancelCause(ctx)
		m := &mapper[T, R]{body: body, ring: make([]T, ringSize), pace: pace{size: 1, most: chunkSize}}
		m.init(workers, 2*workers+2, ordered, cancel)
		m.alarm.Store(never)
		m.start(
			func() error { return source(inner, m.push) },
			func(worker int) { m.work(inner, worker) },
		)
		m.loop(ctx, yield)
	}
}

// mapper is a ring that the source fills without a lock, and that the workers empty in chunks, under the lock.
type mapper[T, R any] struct {
	window[R]
	body func(ctx context.Context, worker int, in []T, out []R) ([]R, error)
	ring []T
	head int // elements claimed
	pace     // of the workers

	tail, limit int // of the source alone: elements pushed, and how many there may be before it looks again

	_      [64]byte
	pushed atomic.Int64 // tail, for the workers
	alarm  atomic.Int64 // how many have to be pushed for a worker to be woken
	_      [64]byte
}

// push hands v to the workers. It returns false when no more is wanted.
func (m *mapper[T, R]) push(v T) bool {
	if m.tail == m.limit && !m.room() {
		return false
	}
	m.ring[uint(m.tail)%ringSize] = v
	m.tail++
	m.pushed.Store(int64(m.tail))
	if int64(m.tail) >= m.alarm.Load() {
		return m.ringAlarm()
	}
	return true
}

// room waits until the ring has room. It returns false when no more is wanted.
func (m *mapper[T, R]) room() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for tries := 0; !m.closed() && m.tail-m.head == ringSize; tries++ {
		if tries < yields {
			m.pause()
			continue
		}
		m.full.Wait()
	}
	m.limit = m.head + ringSize
	return !m.closed()
}

// ringAlarm wakes a worker. It returns false when no more is wanted.
func (m *mapper[T, R]) ringAlarm() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rouse()
	return !m.closed()
}

// work claims chunks until none is left.
func (m *mapper[T, R]) work(ctx context.Context, worker int) {
	var in []T
	var out chunk[R]
	var took time.Duration
	defer m.guard(&out)
	defer m.alarm.Store(0) // the source is to see why
	for {
		in = m.claim(in, &out, took)
		if len(in) == 0 {
			return
		}
		if ctx.Err() != nil {
			out.failed.err = context.Cause(ctx)
			m.fail(&out)
			return
		}
		start := time.Now()
		out.items, out.failed.err = m.body(ctx, worker, in, out.items)
		if out.failed.err != nil {
			m.fail(&out)
			return
		}
		took = time.Since(start)
		clear(in)
	}
}

// claim delivers out, if it is done, and takes the next elements into in. None are left where it returns none.
func (m *mapper[T, R]) claim(in []T, out *chunk[R], took time.Duration) []T {
	m.mu.Lock()
	defer m.mu.Unlock()
	if out.done {
		m.adapt(len(in), took)
		if m.deliver(out) {
			m.pause() // the loop first: it may want no more
		}
	}
	for tries := 0; !m.closed(); tries++ {
		waiting := int(m.pushed.Load()) - m.head
		switch {
		case waiting > 0 && m.open():
			m.number(out)
			in = m.take(in[:0], min(waiting, m.size))
			m.rouse()
			return in
		case waiting == 0 && m.ended:
			m.finish()
			return nil
		case tries < yields:
			m.pause()
		default:
			m.sleep()
		}
	}
	return nil
}

// take moves n elements from the ring to in.
func (m *mapper[T, R]) take(in []T, n int) []T {
	first := m.ring[uint(m.head)%ringSize:]
	if len(first) > n {
		first = first[:n]
	}
	rest := m.ring[:n-len(first)]
	in = append(append(in, first...), rest...)
	clear(first)
	clear(rest)
	m.head += n
	m.full.Signal()
	return in
}

// rouse wakes a worker if enough elements wait for it, and sets the alarm for the next.
func (m *mapper[T, R]) rouse() {
	due := m.due()
	for {
		pushed := m.pushed.Load()
		if pushed >= due {
			m.wake()
			due = pushed + int64(m.size)
		}
		if m.sleeping == 0 || !m.open() {
			due = never
		}
		m.alarm.Store(due)
		if m.pushed.Load() < due {
			return
		}
	}
}

// due returns how many elements have to be pushed for another worker to be woken: one where all are asleep, else a
// chunk, since those that are awake come back soon.
func (m *mapper[T, R]) due() int64 {
	switch {
	case m.closed():
		return 0
	case m.sleeping == 0 || !m.open():
		return never
	case m.sleeping == m.workers:
		return int64(m.head + 1)
	}
	return int64(m.head + m.size)
}

// sleep lets a worker sleep until there is something to claim.
func (m *mapper[T, R]) sleep() {
	m.sleeping++
	due := m.due()
	m.alarm.Store(due)
	if m.pushed.Load() >= due {
		m.sleeping--
		return
	}
	m.idle.Wait()
}
