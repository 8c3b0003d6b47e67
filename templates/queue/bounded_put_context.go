package queue

import "context"

// putContext is put for a caller with a context of its own: once that is done it waits no longer, and has put nothing.
// The error is then the context's cause.
func (q *bounded[T]) putContext(ctx context.Context, v T) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	err := q.putOrFail(v)
	if err != ErrFull {
		return err
	}
	stop := context.AfterFunc(ctx, q.lookAgain)
	defer stop()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.room.enter()
	for turn := 0; q.n == len(q.buf) && q.refuse == nil && ctx.Err() == nil; turn++ {
		q.room.pause(turn)
	}
	q.room.leave()
	if q.refuse != nil {
		return q.refuse
	}
	if q.n == len(q.buf) {
		return context.Cause(ctx)
	}
	q.add(v)
	return nil
}
