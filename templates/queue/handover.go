package queue

import "context"

// handover is a queue of capacity 0: a put returns when its item has a taker. It holds only items for takers that
// wait already and are about to wake, so its limit is their number.
type handover[T any] struct {
	core
	ring ring[T]
}

// newHandover returns a queue where nobody waits.
func newHandover[T any](w *work) *handover[T] {
	q := &handover[T]{}
	q.start(0, ErrClosed, w)
	return q
}

// put hands v to a taker, and waits while none waits. The error is ErrClosed, or the cause of abort.
func (q *handover[T]) put(v T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admit(); err != nil {
		return err
	}
	q.add(v)
	return nil
}

// putContext is put for a caller with a context of its own: once that is done it waits no longer and has put nothing.
// The error is then the context's cause.
func (q *handover[T]) putContext(ctx context.Context, v T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admitContext(ctx); err != nil {
		return err
	}
	q.add(v)
	return nil
}

// putOrFail is put that does not wait: where no taker waits the error is ErrFull.
func (q *handover[T]) putOrFail(v T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admitNow(ErrFull); err != nil {
		return err
	}
	q.add(v)
	return nil
}

// putOrDrop is put that does not wait: where no taker waits v counts as put and dropped, and the error is ErrDropped.
func (q *handover[T]) putOrDrop(v T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admitOrDrop(ErrDropped); err != nil {
		return err
	}
	q.add(v)
	return nil
}

// pop waits for an item. ok is false at the end, and after abort.
func (q *handover[T]) pop() (v T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.limit++
	q.room.wake()
	ok = q.offer()
	q.limit--
	if ok {
		v = q.ring.pop()
		q.removed(1)
	}
	return v, ok
}

// drain takes the items back that no taker came for before abort, counts them as undelivered, and returns them.
func (q *handover[T]) drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	left := q.ring.shift(nil, q.n)
	q.drained()
	return left
}

// add gives v to those that wait.
func (q *handover[T]) add(v T) {
	q.ring.push(v)
	q.entered(1)
}
