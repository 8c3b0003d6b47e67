package queue

// putOver appends v. If there is no room the oldest item goes first: it counts as dropped, and is returned. The error
// is ErrClosed, or the cause of abort.
func (q *bounded[T]) putOver(v T) (oldest T, dropped bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refuse != nil {
		return oldest, false, q.refuse
	}
	if dropped = q.n == len(q.buf); dropped {
		first, _ := q.front(1)
		oldest = first[0]
		q.removed(1)
	}
	q.add(v)
	if dropped {
		q.ledger.settle(outcome{dropped: 1})
	}
	return oldest, dropped, nil
}
