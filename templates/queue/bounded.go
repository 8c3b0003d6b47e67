package queue

import "context"

// bounded is a first-in, first-out queue of a fixed capacity: a ring under a mutex.
type bounded[T any] struct {
	core
	buf    []T // the ring, from head on
	head   int
	takers int // how many share the queue

	// What take learns of the takers' pace; see share.
	quick bool
	told  bool  // at the last take a putter was told of room
	mark  int64 // how many items had been put then
}

// newBounded returns an empty queue for capacity items, at least 1.
func newBounded[T any](capacity int, w *work) *bounded[T] {
	q := &bounded[T]{buf: make([]T, capacity)}
	q.start(capacity, ErrClosed, w)
	return q
}

// sharedBy says how many takers the queue has, which those that take shares have to know. It returns the queue.
func (q *bounded[T]) sharedBy(takers int) *bounded[T] {
	q.takers = takers
	return q
}

// put appends v, and waits while the queue is full. The error is ErrClosed, or the cause of abort.
func (q *bounded[T]) put(v T) error {
	q.mu.Lock()
	err := q.admit()
	if err == nil {
		q.add(v)
	}
	q.mu.Unlock()
	return err
}

// putContext is put for a caller with a context of its own: once that is done it waits no longer and has put nothing.
// The error is then the context's cause.
func (q *bounded[T]) putContext(ctx context.Context, v T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admitContext(ctx); err != nil {
		return err
	}
	q.add(v)
	return nil
}

// putOrFail is put that does not wait: where there is no room the error is ErrFull.
func (q *bounded[T]) putOrFail(v T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admitNow(ErrFull); err != nil {
		return err
	}
	q.add(v)
	return nil
}

// putOrDrop is put that does not wait: where there is no room v counts as put and dropped, and the error is ErrDropped.
func (q *bounded[T]) putOrDrop(v T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admitOrDrop(ErrDropped); err != nil {
		return err
	}
	q.add(v)
	return nil
}

// putOver is put that does not wait: where there is no room the oldest item goes first. That one counts as dropped, and
// is returned.
func (q *bounded[T]) putOver(v T) (oldest T, dropped bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refuse != nil {
		return oldest, false, q.refuse
	}
	if dropped = q.n == q.limit; dropped {
		oldest = q.shift()
	}
	q.add(v)
	if dropped { // only now: the queue was never without work
		q.ledger.settle(outcome{dropped: 1})
	}
	return oldest, dropped, nil
}

// pop removes the oldest item, and waits while there is none. ok is false at the end, and after abort.
func (q *bounded[T]) pop() (v T, ok bool) {
	q.mu.Lock()
	if ok = q.offer(); ok {
		v = q.shift()
	}
	q.mu.Unlock()
	return v, ok
}

// take settles what is in hand as handled, and refills it with its share of what is queued, as far as its capacity
// goes; it waits while there is nothing. No item and no error is the end; the error is the cause of abort.
//
// It is for takers that only compute: the lock is paid once a share. One that may block would keep the rest of its
// share from those that are idle: it pops.
func (q *bounded[T]) take(hand []T) ([]T, error) {
	q.mu.Lock()
	q.ledger.settle(outcome{handled: int64(len(hand))})
	hand = hand[:0]
	if hasPeers && q.told {
		q.quick = q.ledger.put == q.mark
	}
	if !q.offer() {
		err := q.cause
		q.mu.Unlock()
		return hand, err
	}
	share := min(q.n, cap(hand))
	if hasPeers {
		share = min(share, q.share())
	}
	hand = q.shiftAll(hand, share)
	if hasPeers {
		q.told, q.mark = q.room.looking > 0, q.ledger.put
	}
	q.mu.Unlock()
	return hand, nil
}

// share is how many items a taker gets: a fair share, unless the takers are quick.
//
// That they are if one is back with its hand done before a putter that was told of room has run: then another taker,
// woken at the same time, would not have run either, and had better sleep on. It counts at small capacities, where most
// of the time goes into waking takers for items that are gone when they come.
func (q *bounded[T]) share() int {
	if q.quick {
		return q.n
	}
	return max(1, q.n/q.takers)
}

// drain empties the queue, counts what was in it as undelivered, and returns it, oldest first.
func (q *bounded[T]) drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	first, rest := q.front(q.n)
	left := append(append([]T(nil), first...), rest...)
	clear(q.buf)
	q.drained()
	return left
}

// add appends v, for which there is room.
func (q *bounded[T]) add(v T) {
	tail := q.head + q.n
	if tail >= len(q.buf) {
		tail -= len(q.buf)
	}
	q.buf[tail] = v
	q.entered(1)
}

// shift removes the oldest of at least one.
func (q *bounded[T]) shift() T {
	var none T
	oldest := q.buf[q.head]
	q.buf[q.head] = none // so that the ring keeps nothing alive
	q.advance(1)
	return oldest
}

// shiftAll moves the k oldest to the end of hand.
func (q *bounded[T]) shiftAll(hand []T, k int) []T {
	if k == 1 { // one that came alone is not kept waiting for calls that copy and clear
		return append(hand, q.shift())
	}
	first, rest := q.front(k)
	hand = append(append(hand, first...), rest...)
	clear(first)
	clear(rest)
	q.advance(k)
	return hand
}

// front returns the k oldest, in two pieces where the ring ends between them.
func (q *bounded[T]) front(k int) (first, rest []T) {
	first = q.buf[q.head:min(q.head+k, len(q.buf))]
	return first, q.buf[:k-len(first)]
}

// advance goes past the k oldest, which were copied out.
func (q *bounded[T]) advance(k int) {
	q.head += k
	if q.head >= len(q.buf) {
		q.head -= len(q.buf)
	}
	q.removed(k)
}
