package queue

import (
	"context"
	"sync"
)

// core is what all queues have: the lock, those that wait, the end, the count. What it holds is the queue's affair.
type core struct {
	mu     sync.Mutex
	items  gate  // takers that wait for an item
	room   gate  // putters that wait for room
	n      int   // items in the queue
	limit  int   // how many there may be
	closed error // what a putter gets after close
	refuse error // what a putter gets: nil until close or abort
	cause  error // what a taker gets: nil until abort
	ledger ledger
}

// start readies the core of an empty queue for limit items that is part of w. After close, putters get closed.
func (c *core) start(limit int, closed error, w *work) {
	c.items.cond.L = &c.mu
	c.room.cond.L = &c.mu
	c.limit, c.closed = limit, closed
	c.ledger.work = w
}

// admit waits for room. The error says why nothing may be put: closed, or the cause of abort.
func (c *core) admit() error {
	if c.n >= c.limit {
		c.awaitRoom()
	}
	return c.refuse
}

// awaitRoom returns when there is room, or nothing may be put any more.
func (c *core) awaitRoom() {
	c.room.enter()
	for turn := 0; c.n >= c.limit && c.refuse == nil; turn++ {
		c.room.pause(turn)
	}
	c.room.leave()
}

// admitContext is admit for a caller with a context of its own: once that is done it waits no longer, and the error is
// its cause.
func (c *core) admitContext(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if c.n >= c.limit && c.refuse == nil {
		stop := context.AfterFunc(ctx, c.lookAgain)
		defer stop()
		c.room.enter()
		for turn := 0; c.n >= c.limit && c.refuse == nil && ctx.Err() == nil; turn++ {
			c.room.pause(turn)
		}
		c.room.leave()
	}
	if c.n >= c.limit && c.refuse == nil {
		return context.Cause(ctx)
	}
	return c.refuse
}

// lookAgain lets the putters that wait see whether their contexts are done.
func (c *core) lookAgain() {
	c.mu.Lock()
	c.room.wakeAll()
	c.mu.Unlock()
}

// admitNow is admit for a caller that does not wait: where there is no room the error is full.
func (c *core) admitNow(full error) error {
	if c.refuse == nil && c.n >= c.limit {
		return full
	}
	return c.refuse
}

// admitOrDrop is admit for a caller that lets its item go where there is no room: then the error is dropped.
func (c *core) admitOrDrop(dropped error) error {
	if c.refuse == nil && c.n >= c.limit {
		c.ledger.drop()
		return dropped
	}
	return c.refuse
}

// entered counts k items that may be taken at once.
func (c *core) entered(k int) {
	c.n += k
	c.ledger.enter(int64(k))
	c.items.wake()
	if c.n < c.limit {
		c.room.wake()
	}
}

// added counts an item, and leaves it to the caller to tell the takers.
func (c *core) added() {
	c.n++
	c.ledger.enter(1)
	if c.n < c.limit {
		c.room.wake()
	}
}

// offer waits for an item. It reports whether there is one to be taken; if not, this is the end.
func (c *core) offer() bool {
	if c.n == 0 {
		c.awaitItem()
	}
	return c.n > 0 && c.cause == nil
}

// awaitItem returns when there is an item, or none will come.
func (c *core) awaitItem() {
	c.items.enter()
	for turn := 0; c.n == 0 && c.refuse == nil; turn++ {
		c.items.pause(turn)
	}
	c.items.leave()
}

// removed counts k items that were removed, where all that is left may be taken at once.
func (c *core) removed(k int) {
	c.gone(k)
	if c.n > 0 {
		c.items.wake()
	}
}

// gone counts k items that were removed, and leaves it to the caller to tell the takers of the others.
func (c *core) gone(k int) {
	c.n -= k
	if c.n < c.limit {
		c.room.wake()
	}
}

// drained counts all that was in the queue as undelivered. Nothing is put any more.
func (c *core) drained() {
	if c.refuse == nil {
		c.refuse = c.closed
	}
	c.ledger.settle(outcome{undelivered: int64(c.n)})
	c.n = 0
	c.items.wakeAll()
	c.room.wakeAll()
}

// close ends the putting. Takers get what is left.
func (c *core) close() { c.end(c.closed, nil) }

// abort ends putting and taking; what is left stays for drain. The first cause counts.
func (c *core) abort(cause error) { c.end(cause, cause) }

// end sets what putters and takers get, unless that end was reached before, and lets all of them see it.
func (c *core) end(refuse, cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause != nil || cause == nil && c.refuse != nil {
		return
	}
	c.refuse, c.cause = refuse, cause
	c.items.wakeAll()
	c.room.wakeAll()
}

// settle records what became of items that were taken.
func (c *core) settle(o outcome) {
	c.mu.Lock()
	c.ledger.settle(o)
	c.mu.Unlock()
}

// discard counts an item that its putter let go before the queue: put, and dropped.
func (c *core) discard() {
	c.mu.Lock()
	c.ledger.drop()
	c.mu.Unlock()
}

// stats returns the count of this moment.
func (c *core) stats() stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ledger.stats(c.n)
}
