package queue

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// single is a first-in, first-out queue of a small fixed capacity between one goroutine that puts and one that takes: a
// ring without a lock, where each side counts what it has done and reads the count of the other (L. Lamport, Proving the
// Correctness of Multiprocess Programs, 1977). One that waits lets the other run, and parks when that does not help.
//
// Whoever puts is itself counted in work, has a context that is done after abort, and closes the queue after its last put.
type single[T any] struct {
	buf    []T
	parked atomic.Pointer[side] // the one that is parked: nil is none
	ended  atomic.Bool          // closed or aborted: the taker looks which
	work   *work

	mu    sync.Mutex // guards what follows, and what is stored above
	wake  sync.Cond  // for the side that is parked
	busy  bool       // counted in work
	cause error      // what the taker gets, and the putter's context has: nil until abort
	rest  outcome    // of items that no take has settled

	putter  side
	taker   side
	settled atomic.Int64 // how many items take was told to be handled
}

// side is what one of the two goroutines at a ring knows. It keeps to cache lines of its own.
type side struct {
	_     [64]byte
	count atomic.Int64 // how many items it has put or taken
	at    int          // the place of its next item
	other int64        // the count of the other side when it last looked
}

// newSingle returns an empty queue for capacity items, at least 1.
func newSingle[T any](capacity int, w *work) *single[T] {
	q := &single[T]{buf: make([]T, capacity), work: w}
	q.wake.L = &q.mu
	q.parked.Store(&q.taker) // until it comes
	return q
}

// put appends v, and waits while the queue is full. It looks at ctx when it has waited, and at least once for each turn
// of the ring: if that is done it has put nothing, and the error is its cause.
func (q *single[T]) put(ctx context.Context, v T) error {
	s := &q.putter
	sent := s.count.Load()
	if full := sent - int64(len(q.buf)); s.other == full {
		s.other = q.await(s, &q.taker, full)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	q.buf[s.at] = v
	if s.at++; s.at == len(q.buf) {
		s.at = 0
	}
	s.count.Store(sent + 1)
	if q.parked.Load() == &q.taker {
		q.rouse()
	}
	return nil
}

// take settles what is in hand as handled, and refills it with what is queued, as far as its capacity goes; it waits
// while there is nothing. No item and no error is the end; the error is the cause of abort.
func (q *single[T]) take(hand []T) ([]T, error) {
	s := &q.taker
	taken := s.count.Load()
	q.settled.Add(int64(len(hand)))
	hand = hand[:0]
	if s.other == taken {
		s.other = q.await(s, &q.putter, taken)
	}
	if q.ended.Load() {
		if err := q.over(); err != nil || s.other == taken {
			return hand, err
		}
	}
	var none T
	for range min(s.other-taken, int64(cap(hand))) {
		hand = append(hand, q.buf[s.at])
		q.buf[s.at] = none // so that the ring keeps nothing alive
		if s.at++; s.at == len(q.buf) {
			s.at = 0
		}
	}
	s.count.Store(taken + int64(len(hand)))
	if q.parked.Load() == &q.putter {
		q.rouse()
	}
	return hand, nil
}

// await returns the count of the other side when it is not seen any more, or the queue has ended.
func (q *single[T]) await(s, other *side, seen int64) int64 {
	for range yields {
		if n := other.count.Load(); n != seen {
			return n
		}
		runtime.Gosched()
	}
	q.park(s, other, seen)
	return other.count.Load()
}

// park waits until the count of the other side is not seen any more, or the queue has ended.
func (q *single[T]) park(s, other *side, seen int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for other.count.Load() == seen && !q.ended.Load() {
		q.parked.Store(s) // the other side looks from now on: look once more
		if other.count.Load() != seen {
			q.stirs()
			return
		}
		if s == &q.taker {
			q.rests()
		}
		q.wake.Wait()
	}
}

// rouse wakes the side that is parked.
func (q *single[T]) rouse() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stirs()
	q.wake.Signal()
}

// stirs notes that nobody is parked: then there is work, and it is counted before a put returns that made it.
func (q *single[T]) stirs() {
	if !q.busy {
		q.busy = true
		q.work.begin()
	}
	q.parked.Store(nil)
}

// rests notes that nothing is queued or in hand.
func (q *single[T]) rests() {
	if q.busy {
		q.busy = false
		q.work.end()
	}
}

// over is what a take gets when the queue has ended: the cause of abort.
func (q *single[T]) over() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.cause == nil && q.taker.count.Load() == q.putter.count.Load() {
		q.rests()
	}
	return q.cause
}

// drain empties the queue, counts what was in it as undelivered, and returns it, oldest first. Both sides have gone.
func (q *single[T]) drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := q.putter.count.Load() - q.taker.count.Load()
	first, rest := q.front(int(n))
	left := append(append([]T(nil), first...), rest...)
	clear(q.buf)
	q.taker.count.Add(n)
	q.rest.undelivered += n
	q.rests()
	return left
}

// front returns the k oldest, in two pieces where the ring ends between them.
func (q *single[T]) front(k int) (first, rest []T) {
	first = q.buf[q.taker.at:min(q.taker.at+k, len(q.buf))]
	return first, q.buf[:k-len(first)]
}

// close ends the putting. The taker gets what is left.
func (q *single[T]) close() { q.abort(nil) }

// abort ends putting and taking; what is left stays for drain. The first cause counts.
func (q *single[T]) abort(cause error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.cause == nil {
		q.cause = cause
	}
	q.ended.Store(true)
	q.wake.Signal()
}

// settle records what became of items that were taken, by a taker that goes.
func (q *single[T]) settle(o outcome) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.rest.handled += o.handled
	q.rest.failed += o.failed
	q.rest.undelivered += o.undelivered
}

// stats returns the count of this moment.
func (q *single[T]) stats() stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	o := q.rest
	o.handled += q.settled.Load()
	taken := q.taker.count.Load()
	put := q.putter.count.Load() // last, so that no item is taken before it is put
	return stats{
		Put: put, Handled: o.handled, Failed: o.failed, Undelivered: o.undelivered,
		Depth: put - taken, InFlight: taken - o.total(),
	}
}
