package queue

import (
	"context"
	"time"
)

// funnel brings the items of several queues to the takers of one consumer: from each queue one at a time, from hand to
// hand.
type funnel[T any] struct {
	ctx context.Context // of the takers
	out chan poured[T]
}

// poured is an item and the queue that it comes from.
type poured[T any] struct {
	v      T
	settle func(outcome)
	left   func(T) // is told of an item that is undelivered; nil: nobody is
}

// newFunnel returns a funnel into which nothing is poured yet.
func newFunnel[T any](ctx context.Context) *funnel[T] {
	return &funnel[T]{ctx: ctx, out: make(chan poured[T])}
}

// close ends it, when nothing is poured any more.
func (f *funnel[T]) close() { close(f.out) }

// pour hands on what pop gives, to its end or that of ctx.
func (f *funnel[T]) pour(pop func() (T, bool), settle func(outcome), left func(T)) {
	for v, ok := pop(); ok; v, ok = pop() {
		item := poured[T]{v, settle, left}
		select {
		case f.out <- item:
		case <-f.ctx.Done():
			item.undelivered()
			return
		}
	}
}

// undelivered settles the item: nobody will handle it.
func (p poured[T]) undelivered() {
	p.settle(outcome{undelivered: 1, ends: true})
	if p.left != nil {
		p.left(p.v)
	}
}

// catch is what one taker has taken out of a funnel and not settled yet.
type catch[T any] struct {
	funnel *funnel[T]
	take   func(ctx context.Context, due <-chan time.Time) (item poured[T], ok, late bool) // by key, as pass; nil: as they come
	pass   func()                                                                          // is told that nothing is in hand any more
	items  []poured[T]
	failed []poured[T] // settled with the others: the taker may still be at what else came of them
	gone   bool        // the item that was taken last is among them
}

// next settles what is in hand as handled, and takes an item. ok is false at the end, and after abort.
func (c *catch[T]) next() (v T, ok bool) {
	c.handled()
	return c.more()
}

// more takes an item beside those in hand.
func (c *catch[T]) more() (v T, ok bool) {
	if hasKeys && c.take != nil {
		v, ok, _ = c.sorted(nil)
		return v, ok
	}
	if c.funnel.ctx.Err() != nil {
		return v, false
	}
	item, ok := <-c.funnel.out
	if ok {
		c.items, c.gone = append(c.items, item), false
	}
	return item.v, ok
}

// moreBefore is more that gives up when due sends something: then late is true.
func (c *catch[T]) moreBefore(due <-chan time.Time) (v T, ok, late bool) {
	if hasKeys && c.take != nil {
		return c.sorted(due)
	}
	if c.funnel.ctx.Err() != nil {
		return v, false, false
	}
	select {
	case item, ok := <-c.funnel.out:
		if ok {
			c.items, c.gone = append(c.items, item), false
		}
		return item.v, ok, false
	case <-due:
		return v, false, true
	}
}

// sorted is moreBefore of a taker whose items come by key.
func (c *catch[T]) sorted(due <-chan time.Time) (v T, ok, late bool) {
	item, ok, late := c.take(c.funnel.ctx, due)
	if ok {
		c.items, c.gone = append(c.items, item), false
	}
	return item.v, ok, late
}

// held returns what is in hand.
func (c *catch[T]) held() []T {
	all := make([]T, len(c.items))
	for i, item := range c.items {
		all[i] = item.v
	}
	return all
}

// handled settles all that is in hand.
func (c *catch[T]) handled() {
	c.items = c.settled(c.items, outcome{handled: 1})
	c.failed = c.settled(c.failed, outcome{failed: 1})
	if hasKeys && c.pass != nil {
		c.pass()
	}
}

// fail notes that a call on the item that was taken last has failed, or on a part of it.
func (c *catch[T]) fail() {
	if !c.gone {
		c.failFrom(len(c.items) - 1)
	}
}

// skip settles the item that was taken last as handled: nothing of it goes on, and the others wait in a batch.
func (c *catch[T]) skip() {
	if c.gone {
		return
	}
	last := len(c.items) - 1
	c.settled(c.items[last:], outcome{handled: 1})
	c.items, c.gone = c.items[:last], true
}

// failAll notes that a call on all that is in hand has failed.
func (c *catch[T]) failAll() { c.failFrom(0) }

func (c *catch[T]) failFrom(first int) {
	c.failed = append(c.failed, c.items[first:]...)
	clear(c.items[first:]) // so that nothing is kept alive
	c.items, c.gone = c.items[:first], true
}

// forfeit settles what is in hand as failed. The taker goes on without it.
func (c *catch[T]) forfeit() {
	c.failAll()
	c.handled()
}

// leave settles what is in hand of a taker that goes: it has failed, or if the taker was cut short it is undelivered.
func (c *catch[T]) leave(cutShort bool) {
	if !cutShort {
		c.failAll()
	}
	c.settled(c.failed, outcome{failed: 1, ends: true})
	for _, item := range c.items {
		item.undelivered()
	}
}

// settled settles items, each as o says, and lets them go.
func (c *catch[T]) settled(items []poured[T], o outcome) []poured[T] {
	for _, item := range items {
		item.settle(o)
	}
	clear(items) // so that nothing is kept alive
	return items[:0]
}
