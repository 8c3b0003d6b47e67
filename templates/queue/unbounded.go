package queue

import "math"

// unbounded is a first-in, first-out queue that grows as needed: a put never waits.
type unbounded[T any] struct {
	core
	ring   ring[T]
	takers int // how many share the queue
}

// newUnbounded returns an empty queue.
func newUnbounded[T any](w *work) *unbounded[T] {
	q := new(unbounded[T])
	q.start(math.MaxInt, ErrClosed, w)
	return q
}

// sharedBy says how many takers the queue has, which those that take shares have to know. It returns the queue.
func (q *unbounded[T]) sharedBy(takers int) *unbounded[T] {
	q.takers = takers
	return q
}

// put appends v. The error is ErrClosed, or the cause of abort.
func (q *unbounded[T]) put(v T) error {
	q.mu.Lock()
	err := q.refuse
	if err == nil {
		q.ring.push(v)
		q.entered(1)
	}
	q.mu.Unlock()
	return err
}

// pop removes the oldest item, and waits while there is none. ok is false at the end, and after abort.
func (q *unbounded[T]) pop() (v T, ok bool) {
	q.mu.Lock()
	if ok = q.offer(); ok {
		v = q.ring.pop()
		q.removed(1)
	}
	q.mu.Unlock()
	return v, ok
}

// take settles what is in hand as handled, and refills it with its share of what is queued, as far as its
// capacity goes; it waits while there is nothing. No item and no error is the end; the error is the cause of abort.
//
// It is for takers that only compute: the lock is paid once a share. One that may block would keep the rest of its
// share from those that are idle: it pops.
func (q *unbounded[T]) take(hand []T) ([]T, error) {
	q.mu.Lock()
	q.ledger.settle(outcome{handled: int64(len(hand))})
	hand = hand[:0]
	if !q.offer() {
		err := q.cause
		q.mu.Unlock()
		return hand, err
	}
	share := min(q.n, cap(hand))
	if hasPeers {
		share = min(share, max(1, q.n/q.takers))
	}
	hand = q.ring.shift(hand, share)
	q.removed(share)
	q.mu.Unlock()
	return hand, nil
}

// drain empties the queue, counts what was in it as undelivered, and returns it, oldest first.
func (q *unbounded[T]) drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	left := q.ring.shift(nil, q.n)
	q.drained()
	return left
}
