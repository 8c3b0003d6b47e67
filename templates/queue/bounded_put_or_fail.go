package queue

// putOrFail appends v if there is room. The error is ErrFull, ErrClosed, or the cause of abort.
func (q *bounded[T]) putOrFail(v T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refuse != nil {
		return q.refuse
	}
	if q.n == len(q.buf) {
		return ErrFull
	}
	q.add(v)
	return nil
}
