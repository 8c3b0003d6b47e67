package queue

// putOrDrop appends v if there is room. The error is ErrDropped, which counts as put and dropped, ErrClosed, or the
// cause of abort.
func (q *bounded[T]) putOrDrop(v T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refuse != nil {
		return q.refuse
	}
	if q.n == len(q.buf) {
		q.ledger.drop()
		return ErrDropped
	}
	q.add(v)
	return nil
}
