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

// holds is an option: whether something may be held until all have ended.
const holds = true

// crew is goroutines that end together.
type crew struct {
	ctx    context.Context // of all
	cancel context.CancelCauseFunc
	intake context.Context // of producers: it ends on close
	shut   context.CancelCauseFunc

	unhook  func() bool
	stopped chan struct{} // closed when what stop does is done
	settle  func() error  // sees to what they have left
	settled chan struct{} // closed when that is done
	held    chan struct{} // closed when what is held is released; nil: nothing is
	ended   chan struct{} // closed when there is nothing more to be done

	mu       sync.Mutex
	running  int
	timer    *time.Timer // aborts after a close that takes too long
	panicked *Panic
	err      error // why they ended before their time, once they have; until then, what comes to that
}

// newCrew returns a crew whose goroutines have a context that ends with ctx. When it ends before they do, stop is
// called once, with the cause. When all have ended, settle is.
//
// Whoever makes it counts as one of its goroutines until end.
func newCrew(ctx context.Context, stop func(cause error), settle func() error) *crew {
	c := &crew{running: 1, stopped: make(chan struct{}), settle: settle, settled: make(chan struct{}), ended: make(chan struct{})}
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	c.intake, c.shut = context.WithCancelCause(c.ctx)
	c.unhook = context.AfterFunc(c.ctx, func() {
		defer close(c.stopped)
		stop(context.Cause(c.ctx))
	})
	return c
}

// launch calls f, which starts goroutines, and then ends as one of them. Where f panics, or leaves by runtime.Goexit, all of
// them have ended before that goes on.
func (c *crew) launch(f func()) {
	launched := false
	defer func() {
		if !launched {
			c.abort(errors.New("not all could be started"))
		}
		c.end()
		if !launched {
			<-c.ended
		}
	}()
	f()
	launched = true
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
		if err := c.attempt(work); err != nil && !errors.Is(err, errClosing) {
			c.abort(err)
		}
	}()
}

// hold calls work, which acquires something and releases it when over returns, in a goroutine that is none of those that
// end together. Its error is why they did.
func (c *crew) hold(work func(ctx context.Context) error) {
	c.held = make(chan struct{})
	go func() {
		defer close(c.held)
		err := c.attempt(func() error { return work(c.ctx) })
		select {
		case <-c.settled:
			c.err = err
		default: // it could not be acquired
			c.abort(c.released(err))
		}
	}()
}

// over waits until all have ended and what they have left is seen to. The error is why they ended before their time.
func (c *crew) over() error {
	<-c.settled
	return c.err
}

// attempt calls work, and notes where that does not come back.
func (c *crew) attempt(work func() error) error {
	returned := false
	defer func() {
		if !returned {
			c.caught(recover())
		}
	}()
	err := work()
	returned = true
	return err
}

// released returns the error of one that has released what it held. Where it was cancelled the error merely echoes that
// of another, but what a release has added counts all the same.
func (c *crew) released(err error) error {
	all, several := err.(interface{ Unwrap() []error })
	switch {
	case err == nil || errors.Is(context.Cause(c.ctx), err): // or it is told already
	case several && c.echoes(err):
		for _, part := range all.Unwrap() {
			c.released(part)
		}
	case !c.echoes(err):
		c.add(err)
	}
	return err
}

// echoes reports whether err only says that the goroutines are cancelled, or a producer's end on close.
func (c *crew) echoes(err error) bool { return errors.Is(err, errClosing) || c.cutShort(err) }

// add cancels all goroutines with err, or adds it to what they were cancelled with.
func (c *crew) add(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running > 0 && c.ctx.Err() == nil {
		c.cancel(err)
		return
	}
	c.err = joined(c.err, err)
}

// caught notes that something did not come to its end: by a panic with that value, or without one by runtime.Goexit.
func (c *crew) caught(value any) {
	if value == nil {
		c.add(errors.New("a goroutine has ended by runtime.Goexit"))
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

// failure returns why the goroutines have to end before their time, as soon as they have to. When all have ended, that is
// in every queue.
func (c *crew) failure() error {
	if c.ctx.Err() == nil {
		return nil
	}
	select {
	case <-c.settled:
		return nil
	default:
		return context.Cause(c.ctx)
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

// tell calls f with each number below n, and adds the errors to why they ended. A call that panics, or leaves by
// runtime.Goexit, keeps no other from being made.
func (c *crew) tell(n int, f func(i int) error) {
	var errs []error
	var calls sync.WaitGroup
	for i := 0; i < n; {
		calls.Go(func() {
			for i < n {
				i++
				errs = append(errs, c.attempt(func() error { return f(i - 1) }))
			}
		})
		calls.Wait() // and go on where one has left
	}
	if err := errors.Join(errs...); err != nil {
		c.add(err)
	}
}

// end counts one goroutine less. The last one sees to what they have left, and notes how it went.
func (c *crew) end() {
	c.mu.Lock()
	c.running--
	last := c.running == 0
	if last && c.ctx.Err() != nil {
		c.err = joined(context.Cause(c.ctx), c.err)
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
	defer c.finish() // in any case
	if err := c.attempt(c.settle); err != nil {
		c.err = joined(c.err, err)
	}
}

// finish has what is held released, and lets go of those that wait.
func (c *crew) finish() {
	close(c.settled)
	if holds && c.held != nil {
		<-c.held
	}
	c.cancel(nil) // nobody is left: this only lets go of the parent
	close(c.ended)
}

// joined is errors.Join that makes nothing new where one of two is nil.
func joined(err, other error) error {
	switch {
	case other == nil:
		return err
	case err == nil:
		return other
	}
	return errors.Join(err, other)
}

// wait returns why the goroutines ended before their time, when all is done; nil if they did not. A panic is raised again.
func (c *crew) wait() error {
	<-c.ended
	if c.panicked != nil {
		panic(c.panicked)
	}
	return c.err
}
