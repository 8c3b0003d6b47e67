package queue

import (
	"cmp"
	"context"
	"math"
)

// priority is a queue whose items come out by rank, the highest first, and equals in the order put: a heap under a mutex.
type priority[T any, R cmp.Ordered] struct {
	core
	heap  heap[ranked[T, R]]
	count int64 // of all that were put
}

// ranked is an item of a priority queue.
type ranked[T any, R cmp.Ordered] struct {
	v     T
	rank  R
	order int64 // which of all that were put it was
}

// newPriority returns an empty queue for capacity items, or for any number if that is 0.
func newPriority[T any, R cmp.Ordered](capacity int, w *work) *priority[T, R] {
	if capacity == 0 {
		capacity = math.MaxInt
	}
	q := &priority[T, R]{}
	q.heap.before = func(a, b ranked[T, R]) bool {
		return a.rank > b.rank || a.rank == b.rank && a.order < b.order
	}
	q.start(capacity, ErrClosed, w)
	return q
}

// put adds v, and waits while the queue is full. The error is ErrClosed, or the cause of abort.
func (q *priority[T, R]) put(v T, rank R) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admit(); err != nil {
		return err
	}
	q.add(v, rank)
	return nil
}

// putContext is put for a caller with a context of its own: once that is done it waits no longer and has put nothing.
// The error is then the context's cause.
func (q *priority[T, R]) putContext(ctx context.Context, v T, rank R) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admitContext(ctx); err != nil {
		return err
	}
	q.add(v, rank)
	return nil
}

// putOrFail is put that does not wait: where there is no room the error is ErrFull.
func (q *priority[T, R]) putOrFail(v T, rank R) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admitNow(ErrFull); err != nil {
		return err
	}
	q.add(v, rank)
	return nil
}

// putOrDrop is put that does not wait: where there is no room v counts as put and dropped, and the error is ErrDropped.
func (q *priority[T, R]) putOrDrop(v T, rank R) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admitOrDrop(ErrDropped); err != nil {
		return err
	}
	q.add(v, rank)
	return nil
}

// putOver is put that does not wait: where there is no room the item that was put first goes, whatever its rank. It
// counts as dropped, and is returned. To find it takes a look at each item.
func (q *priority[T, R]) putOver(v T, rank R) (oldest T, dropped bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refuse != nil {
		return oldest, false, q.refuse
	}
	if dropped = q.n == q.limit; dropped {
		oldest = q.heap.remove(q.oldest()).v
		q.removed(1)
	}
	q.add(v, rank)
	if dropped { // only now: the queue was never without work
		q.ledger.settle(outcome{dropped: 1})
	}
	return oldest, dropped, nil
}

// oldest returns where the item is that was put first.
func (q *priority[T, R]) oldest() int {
	at := 0
	for i, item := range q.heap.items {
		if item.order < q.heap.items[at].order {
			at = i
		}
	}
	return at
}

// pop removes the first of the highest rank, and waits while there is none. ok is false at the end, and after abort.
func (q *priority[T, R]) pop() (v T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if ok = q.offer(); ok {
		v = q.heap.remove(0).v
		q.removed(1)
	}
	return v, ok
}

// drain empties the queue, counts what was in it as undelivered, and returns it in the order in which pop would.
func (q *priority[T, R]) drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	var left []T
	for len(q.heap.items) > 0 {
		left = append(left, q.heap.remove(0).v)
	}
	q.drained()
	return left
}

// add adds v, for which there is room.
func (q *priority[T, R]) add(v T, rank R) {
	q.heap.push(ranked[T, R]{v, rank, q.count})
	q.count++
	q.entered(1)
}
