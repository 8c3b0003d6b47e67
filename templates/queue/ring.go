package queue

// smallest is the length below which a ring does not shrink.
const smallest = 16

// ring is a sequence that grows at one end and is eaten at the other. Its buffer doubles when it is full and halves
// when three quarters of it are free, so each item is moved a constant number of times on average.
type ring[T any] struct {
	buf  []T
	head int
	n    int
}

// push appends v.
func (r *ring[T]) push(v T) {
	if r.n == len(r.buf) {
		r.resize(max(smallest, 2*r.n))
	}
	tail := r.head + r.n
	if tail >= len(r.buf) {
		tail -= len(r.buf)
	}
	r.buf[tail] = v
	r.n++
}

// pop removes the oldest of at least one.
func (r *ring[T]) pop() T {
	oldest := r.buf[r.head]
	r.remove(1)
	return oldest
}

// shift appends the k oldest to dst and removes them.
func (r *ring[T]) shift(dst []T, k int) []T {
	first, rest := r.front(k)
	dst = append(append(dst, first...), rest...)
	r.remove(k)
	return dst
}

// front returns the k oldest, in two pieces where the buffer ends between them.
func (r *ring[T]) front(k int) (first, rest []T) {
	first = r.buf[r.head:min(r.head+k, len(r.buf))]
	return first, r.buf[:k-len(first)]
}

// remove goes past the k oldest and clears their places, so that nothing is kept alive.
func (r *ring[T]) remove(k int) {
	first, rest := r.front(k)
	clear(first)
	clear(rest)
	r.head += k
	if r.head >= len(r.buf) {
		r.head -= len(r.buf)
	}
	r.n -= k
	if len(r.buf) > smallest && r.n <= len(r.buf)/4 {
		r.resize(len(r.buf) / 2)
	}
}

// resize moves the items to a buffer of the given length.
func (r *ring[T]) resize(length int) {
	buf := make([]T, length)
	first, rest := r.front(r.n)
	copy(buf[copy(buf, first):], rest)
	r.buf, r.head = buf, 0
}
