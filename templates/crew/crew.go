// Package crew runs the goroutines of a topology as a stock part: the first failure cancels the others, and is what
// whoever waits for them gets.
package crew

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errClosing is the cause with which the context of producers ends on close: they stop in good order.
var errClosing = errors.New("no more input")

// crew is goroutines that end together.
type crew struct {
	ctx    context.Context // of all
	cancel context.CancelCauseFunc
	intake context.Context // of producers: it ends on close
	shut   context.CancelCauseFunc

	unhook  func() bool
	stopped chan struct{} // closed when what stop does is done
	ended   chan struct{} // closed when all have ended
	settled sync.Once     // what is done then

	mu       sync.Mutex
	running  int
	timer    *time.Timer // aborts after a close that takes too long
	panicked *Panic
	err      error // why they ended before their time, once they have
}

// newCrew returns a crew whose goroutines have a context that ends with ctx. When it ends before they do, stop is
// called once, with the cause.
//
// Whoever makes it counts as one of its goroutines until end.
func newCrew(ctx context.Context, stop func(cause error)) *crew {
	c := &crew{running: 1, stopped: make(chan struct{}), ended: make(chan struct{})}
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	c.intake, c.shut = context.WithCancelCause(c.ctx)
	c.unhook = context.AfterFunc(c.ctx, func() {
		defer close(c.stopped)
		stop(context.Cause(c.ctx))
	})
	return c
}

// run calls work in a goroutine. An error, a panic or runtime.Goexit cancels the others; leave is called in any case.
func (c *crew) run(work func() error, leave ...func()) {
	c.mu.Lock()
	c.running++
	c.mu.Unlock()
	go func() {
		defer c.end()
		for _, f := range leave {
			defer f()
		}
		returned := false
		defer func() {
			if !returned {
				c.caught(recover())
			}
		}()
		err := work()
		returned = true
		if err != nil && !errors.Is(err, errClosing) {
			c.abort(err)
		}
	}()
}

// caught notes that a goroutine did not come to its end: by a panic with that value, or without one by runtime.Goexit.
func (c *crew) caught(value any) {
	if value == nil {
		c.abort(errors.New("a goroutine has ended by runtime.Goexit"))
		return
	}
	p := newPanic(value)
	c.mu.Lock()
	if c.panicked == nil {
		c.panicked = p
	}
	c.mu.Unlock()
	c.abort(p)
}

// abort cancels all goroutines, unless they have ended. The first cause counts.
func (c *crew) abort(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running > 0 {
		c.cancel(cause)
	}
}

// close ends the context of the producers.
func (c *crew) close() { c.shut(errClosing) }

// abortAfter aborts if the goroutines have not ended after d.
func (c *crew) abortAfter(d time.Duration, cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running > 0 && c.timer == nil {
		c.timer = time.AfterFunc(d, func() { c.abort(cause) })
	}
}

// cutShort reports whether err only says that the goroutines are cancelled.
func (c *crew) cutShort(err error) bool {
	return err != nil && c.ctx.Err() != nil && (errors.Is(err, context.Cause(c.ctx)) || errors.Is(err, c.ctx.Err()))
}

// end counts one goroutine less. The last one notes how it went.
func (c *crew) end() {
	c.mu.Lock()
	c.running--
	last := c.running == 0
	if last && c.ctx.Err() != nil {
		c.err = context.Cause(c.ctx)
	}
	if last && c.timer != nil {
		c.timer.Stop()
	}
	c.mu.Unlock()
	if !last {
		return
	}
	if !c.unhook() {
		<-c.stopped
	}
	c.cancel(nil) // nobody is left: this only lets go of the parent
	close(c.ended)
}

// wait returns why the goroutines ended before their time, when all have ended; nil if they did not. A panic is raised
// again. The first call calls settle before that, and joins its error.
func (c *crew) wait(settle func() error) error {
	<-c.ended
	c.settled.Do(func() {
		if err := settle(); err != nil {
			c.err = errors.Join(c.err, err)
		}
	})
	if c.panicked != nil {
		panic(c.panicked)
	}
	return c.err
}
