package prefetch

import (
	"context"
	"sync"
)

// Pages fetches pages ahead, and gives them out in order. Between two calls of Next up to ahead pages are being
// fetched, or ready: where the position of a page is known only from the page before it, one.
//
// Positions after the one that is known are guessed; pages that were fetched where no page begins, or after the end,
// are dropped with their errors and panics. Pages is not safe for concurrent use.
type Pages[P comparable, T any] struct {
	ahead int
	fetch func(ctx context.Context, at P) (page []T, next P, more bool, err error)
	guess func(at P, size int) (next P, ok bool)
	until func(at P) bool

	at     P   // where the next page begins
	size   int // of the last page, for guess; -1: not known
	ended  bool
	coming []*coming[P, T] // the first at at, each other where the one before it lets guess
	group  sync.WaitGroup
	ctx    context.Context // of the fetches; nil: there are none
	cancel context.CancelCauseFunc
}

// coming is a page that is being fetched, or ready once done is closed.
type coming[P comparable, T any] struct {
	at     P
	done   chan struct{}
	page   []T
	next   P
	more   bool
	failed failure
}

// NewPages returns Pages that begin at first. Nothing is fetched before the first Next.
//
// fetch returns the page at a position, the position of the next and whether there is one. It is called by several
// goroutines at a time. guess returns the position after at if the page there is of the given size, that of the last
// page, and false where it cannot tell; the size is -1 where none is known; a nil guess never tells. until is asked
// before each fetch whether the pages end there; nil says no.
func NewPages[P comparable, T any](
	ahead int, first P,
	fetch func(ctx context.Context, at P) (page []T, next P, more bool, err error),
	guess func(at P, size int) (next P, ok bool),
	until func(at P) bool,
) *Pages[P, T] {
	return &Pages[P, T]{ahead: ahead, fetch: fetch, guess: guess, until: until, at: first, size: -1}
}

// Next returns the next page. ok is false at the end, and stays so; an empty page with none after it is no page.
//
// After an error, the next call tries the same page again. If ctx is done while Next waits, the fetches are cancelled
// and the error is ctx's cause. A panic or runtime.Goexit in fetch is raised again.
func (p *Pages[P, T]) Next(ctx context.Context) (page []T, ok bool, err error) {
	if ctx.Err() != nil {
		return nil, false, context.Cause(ctx)
	}
	p.start(ctx)
	if len(p.coming) == 0 {
		p.stop(nil)
		p.ended = true
		return nil, false, nil
	}
	head := p.coming[0]
	select {
	case <-head.done:
	case <-ctx.Done():
		p.leave(context.Cause(ctx))
		return nil, false, context.Cause(ctx)
	}
	if head.failed.some() {
		p.leave(nil)
		return nil, false, head.failed.raise(ctx)
	}
	p.take(head)
	p.start(ctx)
	return head.page, head.more || len(head.page) > 0, nil
}

// Close cancels what is being fetched, and waits for it. There are no more pages after it. Twice is once.
//
// A panic that Next would have raised is raised now.
func (p *Pages[P, T]) Close() error {
	p.leave(context.Canceled)
	p.ended = true
	return nil
}

// Pause cancels what is being fetched, and waits for it. Nothing is lost: a later Next fetches again what has not been
// given out. A panic that Next would have raised is raised now.
func (p *Pages[P, T]) Pause() { p.leave(context.Canceled) }

// leave stops, and raises the panic or exit of a page, unless that is known to be none.
func (p *Pages[P, T]) leave(cause error) {
	at, coming, known := p.at, p.coming, true
	p.stop(cause)
	for _, c := range coming {
		switch {
		case known && c.at != at:
			return // a wrong guess
		case c.failed.unwinds():
			c.failed.unwind(nil)
		case !c.failed.some() && !c.more:
			return
		}
		at, known = c.next, !c.failed.some()
	}
}

// take moves past a page that has come.
func (p *Pages[P, T]) take(head *coming[P, T]) {
	p.at, p.ended = head.next, !head.more
	p.coming = p.coming[1:]
	p.size = len(head.page)
	if p.ended || len(p.coming) > 0 && p.coming[0].at != p.at {
		p.stop(nil)
		p.size = -1
	}
}

// start begins to fetch what may be fetched ahead. The fetches outlive the call that began them, and so its context.
func (p *Pages[P, T]) start(ctx context.Context) {
	for !p.ended && len(p.coming) < p.ahead {
		at, ok := p.following()
		if !ok || p.until != nil && p.until(at) {
			return
		}
		if p.ctx == nil {
			p.ctx, p.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
		}
		c := &coming[P, T]{at: at, done: make(chan struct{})}
		p.coming = append(p.coming, c)
		p.group.Go(func() { c.run(p.ctx, p.fetch) })
	}
}

// following returns the position of the page after those that are coming.
func (p *Pages[P, T]) following() (at P, ok bool) {
	if len(p.coming) == 0 {
		return p.at, true
	}
	if p.guess == nil {
		return at, false
	}
	return p.guess(p.coming[len(p.coming)-1].at, p.size)
}

// stop cancels what is being fetched, waits for it, and forgets it.
func (p *Pages[P, T]) stop(cause error) {
	if p.ctx == nil {
		return
	}
	p.cancel(cause)
	p.group.Wait()
	p.ctx, p.coming = nil, nil
}

// run fetches the page.
func (c *coming[P, T]) run(
	ctx context.Context, fetch func(ctx context.Context, at P) (page []T, next P, more bool, err error),
) {
	returned := false
	defer func() {
		if !returned {
			c.failed = caught(recover())
		}
		close(c.done)
	}()
	c.page, c.next, c.more, c.failed.err = fetch(ctx, c.at)
	returned = true
}
