package pool

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// failures are those of releases that nobody waits for: of resources that had expired, or that their check refused.
// The first few are kept for Close. They are guarded by the pool's lock.
type failures struct {
	errs     []error
	count    int
	panicked error
}

// keep is how many errors are kept.
const keep = 8

// Close ends the lending: whoever waits gets ErrClosed. It waits for the loans that are out, then releases everything,
// each with a context that outlives ctx. If ctx is done first, a loan's own With releases its resource at the end.
//
// The errors of the releases come back joined, along with those that no loan has answered for, and with ctx's cause
// where Close has not waited to the end. A release that panics does not keep the others from running, and Close goes on
// with the panic. A second Close waits for the first and returns nil. A body that calls Close waits for itself.
func (p *Pool[T]) Close(ctx context.Context) error {
	p.mu.Lock()
	if p.closing {
		p.mu.Unlock()
		return await(ctx, p.ended)
	}
	p.closing = true
	p.ended = make(chan struct{})
	defer close(p.ended)
	for p.line.serve(grant[T]{err: ErrClosed}) {
	}
	if hasTimer && !p.due.IsZero() && !p.timer.Stop() {
		p.busy++ // for sweep, which is on its way
	}
	drained := make(chan struct{})
	if p.busy == 0 {
		close(drained)
	} else {
		p.drained = drained
	}
	p.mu.Unlock()

	var errs []error
	if err := await(ctx, drained); err != nil {
		errs = append(errs, err)
	}
	idle, failed := p.leave()
	errs = append(errs, failed.errs...)
	if more := failed.count - len(failed.errs); more > 0 {
		errs = append(errs, fmt.Errorf("%d more releases failed", more))
	}
	p.dropAll(ctx, idle, &errs)
	if hasTimer && failed.panicked != nil {
		panic(failed.panicked)
	}
	return errors.Join(errs...)
}

// await waits for done, at most until ctx is. Where nothing has to be waited for, ctx does not matter.
func await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	default:
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leave takes what is idle, and leaves what is still lent to its loan.
func (p *Pool[T]) leave() ([]*member[T], failures) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = true
	p.drained = nil
	idle := p.idle
	p.idle = nil
	p.busy += len(idle)
	return idle, p.failed
}

// dropAll releases all of idle, the last first, even if one of the releases panics.
func (p *Pool[T]) dropAll(ctx context.Context, idle []*member[T], errs *[]error) {
	n := len(idle)
	if n == 0 {
		return
	}
	defer p.dropAll(ctx, idle[:n-1], errs)
	if err := p.drop(ctx, idle[n-1], nil); err != nil {
		*errs = append(*errs, err)
	}
}

// note keeps the error of a release for Close. It returns it if Close has been already.
func (p *Pool[T]) note(err error) error {
	if err == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left {
		return err
	}
	p.failed.count++
	if len(p.failed.errs) < keep {
		p.failed.errs = append(p.failed.errs, err)
	}
	return nil
}

// notePanic keeps a panic for Close, with its stack. Where Close has been already it goes on, for nobody would be told.
func (p *Pool[T]) notePanic() {
	value := recover()
	if value == nil {
		return
	}
	err, ok := value.(error)
	if !ok {
		err = fmt.Errorf("%v", value)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left {
		panic(value)
	}
	if p.failed.panicked == nil {
		p.failed.panicked = fmt.Errorf("a release panicked: %w\n\n%s", err, debug.Stack())
	}
}
