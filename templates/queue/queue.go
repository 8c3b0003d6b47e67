// Package queue holds the queues of a topology as stock parts. Package stock makes the chosen ones concrete.
//
// One design is one type (single, bounded, unbounded, handover, priority, delayed), and a way to put or to take that a
// topology may do without is a file of its own. What they have in common:
//
//   - A put that returned nil is taken once, or comes out of drain. A put that returned an error has put nothing.
//   - close ends the putting: putters, those that wait included, get ErrClosed; takers get what is left, then the end.
//     abort ends both at once; what is left is drain's. Both may be repeated.
//   - Whoever waits has let go of the mutex and waits on a sync.Cond, so testing/synctest sees it as durably blocked.
//     Nobody looks at a context on the way of an item: the owner has context.AfterFunc call abort.
//   - A queue counts what was put and what became of it, under the lock that it holds anyway.
//
// A single promises less, to its one putter and its one taker, and needs no lock.
package queue

import "errors"

var (
	// ErrClosed is what a put gets when the queue takes no more.
	ErrClosed = errors.New("queue: closed")
	// ErrFull is what a put gets that found no room and has put nothing.
	ErrFull = errors.New("queue: full")
	// ErrDropped is what a put gets whose item was let go for want of room.
	ErrDropped = errors.New("queue: full, item dropped")
)
