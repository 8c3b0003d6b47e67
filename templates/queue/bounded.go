package queue

// bounded is a first-in, first-out queue of a fixed capacity: a ring under a mutex.
type bounded[T any] struct {
	core
	buf    []T // the ring: n items from head on
	head   int
	n      int
	takers int // how many share the queue
}

// newBounded returns an empty queue for capacity items, at least 1, which the given number of takers will share.
func newBounded[T any](capacity, takers int, w *work) *bounded[T] {
	q := &bounded[T]{buf: make([]T, capacity), takers: takers}
	q.start(w)
	return q
}

// add appends v, for which there is room.
func (q *bounded[T]) add(v T) {
	tail := q.head + q.n
	if tail >= len(q.buf) {
		tail -= len(q.buf)
	}
	q.buf[tail] = v
	q.n++
	q.ledger.enter()
	q.items.wake()
	if q.n < len(q.buf) {
		q.room.wake()
	}
}

// awaitItem returns when there is an item or none will come.
func (q *bounded[T]) awaitItem() {
	q.items.enter()
	for turn := 0; q.n == 0 && q.refuse == nil; turn++ {
		q.items.pause(turn)
	}
	q.items.leave()
}

// removed counts the k oldest, which the caller has copied out, as gone.
func (q *bounded[T]) removed(k int) {
	q.head += k
	if q.head >= len(q.buf) {
		q.head -= len(q.buf)
	}
	q.n -= k
	q.room.wake()
	if q.n > 0 {
		q.items.wake()
	}
}

// front returns the k oldest, in two pieces where the ring ends between them.
func (q *bounded[T]) front(k int) (first, rest []T) {
	first = q.buf[q.head:min(q.head+k, len(q.buf))]
	return first, q.buf[:k-len(first)]
}

// drain empties the queue, counts what was in it as undelivered, and returns it, oldest first.
func (q *bounded[T]) drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	first, rest := q.front(q.n)
	left := append(append([]T(nil), first...), rest...)
	clear(q.buf)
	q.removed(q.n)
	q.ledger.settle(outcome{undelivered: int64(len(left))})
	return left
}

// stats returns the count of this moment.
func (q *bounded[T]) stats() stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.ledger.stats(q.n)
}
