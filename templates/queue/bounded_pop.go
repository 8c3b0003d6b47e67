package queue

// pop removes the oldest item, and waits while there is none. ok is false at the end, and after abort.
func (q *bounded[T]) pop() (v T, ok bool) {
	q.mu.Lock()
	if q.n == 0 {
		q.awaitItem()
	}
	if q.n == 0 || q.cause != nil {
		q.mu.Unlock()
		return v, false
	}
	first, _ := q.front(1)
	v = first[0]
	clear(first) // so that the ring keeps nothing alive
	q.removed(1)
	q.mu.Unlock()
	return v, true
}
