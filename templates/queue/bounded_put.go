package queue

// put appends v, and waits while the queue is full. The error is ErrClosed, or the cause of abort.
func (q *bounded[T]) put(v T) error {
	q.mu.Lock()
	if q.n == len(q.buf) {
		q.awaitRoom()
	}
	if q.refuse != nil {
		err := q.refuse
		q.mu.Unlock()
		return err
	}
	q.add(v)
	q.mu.Unlock()
	return nil
}

// awaitRoom returns when there is room or the queue takes no more.
func (q *bounded[T]) awaitRoom() {
	q.room.enter()
	for turn := 0; q.n == len(q.buf) && q.refuse == nil; turn++ {
		q.room.pause(turn)
	}
	q.room.leave()
}
