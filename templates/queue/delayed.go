package queue

import (
	"cmp"
	"context"
	"math"
	"time"
)

// delayed is a queue whose items come out when they are due: of those, the highest rank first, and equals in the order
// put. Two heaps under a mutex, one by time and one by rank, and one timer for the next that is due. close hurries no
// item.
type delayed[T any, R cmp.Ordered] struct {
	core
	later heap[timed[T, R]] // not due when last looked at
	due   heap[timed[T, R]]
	count int64 // of all that were put
	timer *time.Timer
	armed time.Time // when the timer rings; zero if it does not
}

// timed is an item of a delayed queue.
type timed[T any, R cmp.Ordered] struct {
	v     T
	rank  R
	at    time.Time // when it is due
	order int64     // which of all that were put it was
}

// newDelayed returns an empty queue for capacity items, or for any number if that is 0.
func newDelayed[T any, R cmp.Ordered](capacity int, w *work) *delayed[T, R] {
	if capacity == 0 {
		capacity = math.MaxInt
	}
	q := &delayed[T, R]{}
	q.later.before = func(a, b timed[T, R]) bool {
		return a.at.Before(b.at)
	}
	q.due.before = func(a, b timed[T, R]) bool {
		return a.rank > b.rank || a.rank == b.rank && a.order < b.order
	}
	q.start(capacity, ErrClosed, w)
	return q
}

// put adds v, due after delay, and waits while the queue is full. The error is ErrClosed, or the cause of abort.
func (q *delayed[T, R]) put(v T, rank R, delay time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admit(); err != nil {
		return err
	}
	q.add(v, rank, delay)
	return nil
}

// putContext is put for a caller with a context of its own: once that is done it waits no longer and has put nothing.
// The error is then the context's cause.
func (q *delayed[T, R]) putContext(ctx context.Context, v T, rank R, delay time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admitContext(ctx); err != nil {
		return err
	}
	q.add(v, rank, delay)
	return nil
}

// putOrFail is put that does not wait: where there is no room the error is ErrFull.
func (q *delayed[T, R]) putOrFail(v T, rank R, delay time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admitNow(ErrFull); err != nil {
		return err
	}
	q.add(v, rank, delay)
	return nil
}

// putOrDrop is put that does not wait: where there is no room v counts as put and dropped, and the error is ErrDropped.
func (q *delayed[T, R]) putOrDrop(v T, rank R, delay time.Duration) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.admitOrDrop(ErrDropped); err != nil {
		return err
	}
	q.add(v, rank, delay)
	return nil
}

// putOver is put that does not wait: where there is no room the item that was put first goes, due or not. It counts as
// dropped, and is returned. To find it takes a look at each item.
func (q *delayed[T, R]) putOver(v T, rank R, delay time.Duration) (oldest T, dropped bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refuse != nil {
		return oldest, false, q.refuse
	}
	if dropped = q.n == q.limit; dropped {
		oldest = q.removeOldest()
		q.gone(1)
	}
	q.add(v, rank, delay)
	if dropped { // only now: the queue was never without work
		q.ledger.settle(outcome{dropped: 1})
	}
	return oldest, dropped, nil
}

// removeOldest removes the item that was put first.
func (q *delayed[T, R]) removeOldest() T {
	from, at, least := &q.later, 0, int64(math.MaxInt64)
	for _, h := range []*heap[timed[T, R]]{&q.later, &q.due} {
		for i, item := range h.items {
			if item.order < least {
				from, at, least = h, i, item.order
			}
		}
	}
	return from.remove(at).v
}

// add adds v, for which there is room.
func (q *delayed[T, R]) add(v T, rank R, delay time.Duration) {
	q.later.push(timed[T, R]{v, rank, time.Now().Add(delay), q.count})
	q.count++
	q.added()
	q.tell()
}

// pop removes the first of the highest rank that is due, and waits while there is none. ok is false at the end, and
// after abort.
func (q *delayed[T, R]) pop() (v T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if ok = q.awaitDue(); ok {
		v = q.due.remove(0).v
		q.gone(1)
		q.tell()
	}
	return v, ok
}

// tell wakes those that are parked and have something to do. The timer is left to do so for what is not due.
func (q *delayed[T, R]) tell() {
	if q.ended() {
		q.items.wakeAll()
		return
	}
	if q.items.parked > 0 && q.items.looking == 0 && q.ready() {
		q.items.wake()
	}
}

// awaitDue waits until an item is due. It reports whether one is to be taken; if not, this is the end.
func (q *delayed[T, R]) awaitDue() bool {
	q.items.enter()
	for turn := 0; !q.ready() && !q.ended(); turn++ {
		q.items.pause(turn)
	}
	q.items.leave()
	return q.cause == nil && q.n > 0
}

// ended reports whether nothing will come any more.
func (q *delayed[T, R]) ended() bool {
	return q.cause != nil || q.refuse != nil && q.n == 0
}

// ready reports whether an item is due. If none is, it sets the timer for the first that will be.
func (q *delayed[T, R]) ready() bool {
	now := time.Now()
	for len(q.later.items) > 0 && !q.later.items[0].at.After(now) {
		q.due.push(q.later.remove(0))
	}
	if len(q.due.items) > 0 {
		return true
	}
	if len(q.later.items) > 0 {
		q.arm(q.later.items[0].at, now)
	}
	return false
}

// arm sets the timer to ring at the given time.
func (q *delayed[T, R]) arm(at, now time.Time) {
	switch {
	case q.armed.Equal(at):
		return
	case q.timer == nil:
		q.timer = time.AfterFunc(at.Sub(now), q.ring)
	default:
		q.timer.Reset(at.Sub(now))
	}
	q.armed = at
}

// ring lets a taker look at what is due.
func (q *delayed[T, R]) ring() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.armed = time.Time{}
	q.items.wake()
}

// drain empties the queue, counts what was in it as undelivered, and returns it: what was due first.
func (q *delayed[T, R]) drain() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.timer != nil {
		q.timer.Stop()
		q.armed = time.Time{}
	}
	var left []T
	for _, h := range []*heap[timed[T, R]]{&q.due, &q.later} {
		for len(h.items) > 0 {
			left = append(left, h.remove(0).v)
		}
	}
	q.drained()
	return left
}
