package queue

import "context"

// atOnce is how many items a writer puts under one lock at most.
const atOnce = 32

// writer puts the items of one putter several at a time, as bufio.Writer does with bytes: the lock is paid once for
// all of them. It is for putters that only compute, since one that waits would keep its items from idle takers.
type writer[T any] struct {
	ctx   context.Context       // nothing is put when it is done
	put   func(items []T) error // of the queue
	items []T                   // those that are not put yet, and room for as many as there may be
}

// write puts v, now or with those that follow it. The error is that of the put, or the cause of ctx.
func (w *writer[T]) write(v T) error {
	w.items = append(w.items, v)
	if len(w.items) < cap(w.items) {
		return nil
	}
	return w.flush()
}

// flush puts what is not put yet.
func (w *writer[T]) flush() error {
	if w.ctx.Err() != nil {
		return context.Cause(w.ctx)
	}
	err := w.put(w.items)
	clear(w.items) // so that it keeps nothing alive
	w.items = w.items[:0]
	return err
}

// writer returns a writer into the queue. It holds back an eighth of the capacity at most.
func (q *bounded[T]) writer(ctx context.Context) *writer[T] {
	return &writer[T]{ctx: ctx, put: q.putAll, items: make([]T, 0, max(1, min(atOnce, len(q.buf)/8)))}
}

// putAll appends items in their order, and waits while the queue is full. The error is ErrClosed, or the cause of abort;
// then the last of the items are not put.
func (q *bounded[T]) putAll(items []T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(items) > 0 {
		if err := q.admit(); err != nil {
			return err
		}
		room := min(len(items), q.limit-q.n)
		tail := q.head + q.n
		if tail >= len(q.buf) {
			tail -= len(q.buf)
		}
		copy(q.buf, items[copy(q.buf[tail:], items[:room]):room])
		q.entered(room)
		items = items[room:]
	}
	return nil
}

// writer returns a writer into the queue.
func (q *unbounded[T]) writer(ctx context.Context) *writer[T] {
	return &writer[T]{ctx: ctx, put: q.putAll, items: make([]T, 0, atOnce)}
}

// putAll appends items in their order. The error is ErrClosed, or the cause of abort; then none is put.
func (q *unbounded[T]) putAll(items []T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refuse != nil || len(items) == 0 {
		return q.refuse
	}
	for _, v := range items {
		q.ring.push(v)
	}
	q.entered(len(items))
	return nil
}
