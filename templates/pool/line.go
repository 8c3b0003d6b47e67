package pool

// line is those that wait, first come first served. The zero line is empty. It is guarded by the pool's lock.
type line[T any] struct {
	first, last *waiter[T]
	length      int
}

// waiter is one that waits. What it gets is set before ready is sent to, by whoever takes it out of the line.
type waiter[T any] struct {
	prev, next *waiter[T]
	ready      chan struct{} // of capacity 1
	waiting    bool          // it is in the line
	got        grant[T]
}

// grant is what a caller that wants a resource gets: that, or an error, or else room for one that it is to acquire.
type grant[T any] struct {
	m    *member[T]
	idle bool // m was idle; otherwise it comes straight from its last loan
	err  error
}

func (g grant[T]) vacant() bool { return g.m == nil && g.err == nil }

// join puts a new waiter at the end.
func (l *line[T]) join() *waiter[T] {
	w := &waiter[T]{prev: l.last, ready: make(chan struct{}, 1), waiting: true}
	if l.last == nil {
		l.first = w
	} else {
		l.last.next = w
	}
	l.last = w
	l.length++
	return w
}

// leave takes w out of the line.
func (l *line[T]) leave(w *waiter[T]) {
	if w.prev == nil {
		l.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		l.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.prev, w.next, w.waiting = nil, nil, false
	l.length--
}

// serve gives g to the first in line, and reports whether there was one.
func (l *line[T]) serve(g grant[T]) bool {
	w := l.first
	if w == nil {
		return false
	}
	l.leave(w)
	w.got = g
	w.ready <- struct{}{} // never blocks: it is the only one
	return true
}
