package queue

import "sync"

// core is what all queues have: the lock, those that wait, the end, the count.
type core struct {
	mu     sync.Mutex
	items  gate  // takers that wait for an item
	room   gate  // putters that wait for room
	refuse error // what a putter gets: nil until close or abort
	cause  error // what a taker gets: nil until abort
	ledger ledger
}

// start readies the core of an empty queue that is part of w.
func (c *core) start(w *work) {
	c.items.cond.L = &c.mu
	c.room.cond.L = &c.mu
	c.ledger.work = w
}

// close ends the putting. Takers get what is left.
func (c *core) close() { c.end(ErrClosed, nil) }

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

// lookAgain lets the putters that wait see whether their contexts are done.
func (c *core) lookAgain() {
	c.mu.Lock()
	c.room.wakeAll()
	c.mu.Unlock()
}
