package queue

// take settles what is in hand as handled, and refills it with a fair share of what is queued, as far as its
// capacity goes; it waits while there is nothing. No item and no error is the end; the error is the cause of abort.
//
// It is for takers that only compute: the lock is paid once a share. One that may block would keep the rest of its
// share from those that are idle: it pops.
func (q *bounded[T]) take(hand []T) ([]T, error) {
	q.mu.Lock()
	q.ledger.settle(outcome{handled: int64(len(hand))})
	hand = hand[:0]
	if q.n == 0 {
		q.awaitItem()
	}
	if q.n == 0 || q.cause != nil {
		err := q.cause
		q.mu.Unlock()
		return hand, err
	}
	share := min(max(1, q.n/q.takers), cap(hand))
	first, rest := q.front(share)
	hand = append(append(hand, first...), rest...)
	clear(first) // so that the ring keeps nothing alive
	clear(rest)
	q.removed(share)
	q.mu.Unlock()
	return hand, nil
}
