package pool

import (
	"context"
	"errors"
	"runtime"
	"time"
)

// loan returns a resource that is the caller's until put or drop.
func (p *Pool[T]) loan(ctx context.Context) (*member[T], error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	g := p.take(ctx)
	if hasCheck {
		g = p.healthy(ctx, g)
	}
	if g.err != nil {
		return nil, g.err
	}
	if g.vacant() {
		return p.open(ctx)
	}
	return g.m, nil
}

// take returns an idle resource, or room for one, or waits for either.
func (p *Pool[T]) take(ctx context.Context) grant[T] {
	p.mu.Lock()
	for i := 0; ; i++ {
		if p.closing {
			p.mu.Unlock()
			return grant[T]{err: ErrClosed}
		}
		if n := len(p.idle); n > 0 {
			g := grant[T]{m: p.pop(n - 1)}
			if hasCheck {
				g.idle = true
			}
			p.busy++
			p.patience = yields
			p.mu.Unlock()
			return g
		}
		if p.busy < p.max {
			p.busy++
			p.mu.Unlock()
			return grant[T]{}
		}
		if i >= p.patience || p.line.first != nil {
			break
		}
		// A short loan is over sooner than a goroutine is parked and woken.
		p.mu.Unlock()
		runtime.Gosched()
		p.mu.Lock()
	}
	p.patience = 0
	w := p.line.join()
	p.mu.Unlock()
	return p.wait(ctx, w)
}

// pop takes idle resource i, the last one, and forgets it there.
func (p *Pool[T]) pop(i int) *member[T] {
	m := p.idle[i]
	p.idle[i] = nil
	p.idle = p.idle[:i]
	return m
}

// wait returns what w is given, or the cause if ctx is done first; what it was given all the same goes to the next.
func (p *Pool[T]) wait(ctx context.Context, w *waiter[T]) grant[T] {
	select {
	case <-w.ready:
		return w.got
	case <-ctx.Done():
	}
	p.mu.Lock()
	if w.waiting {
		p.line.leave(w)
		p.mu.Unlock()
		return grant[T]{err: context.Cause(ctx)}
	}
	p.mu.Unlock()
	if w.got.err != nil {
		return w.got
	}
	if w.got.vacant() {
		p.vacate()
		return grant[T]{err: context.Cause(ctx)}
	}
	return grant[T]{err: join(context.Cause(ctx), p.put(ctx, w.got.m, nil))}
}

// open acquires a resource for room that is the caller's.
func (p *Pool[T]) open(ctx context.Context) (*member[T], error) {
	opened := false
	defer func() {
		if !opened {
			p.vacate()
		}
	}()
	v, err := p.acquire(ctx)
	if err != nil {
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	opened = true
	m := &member[T]{v: v}
	p.mu.Lock()
	p.opened++
	if hasMaxLifetime {
		m.dies = time.Now().Add(p.maxLifetime)
		p.all = append(p.all, m)
		p.arm(m.dies)
	}
	p.mu.Unlock()
	if ctx.Err() != nil {
		// It came too late for this loan; it is good for another.
		return nil, join(context.Cause(ctx), p.put(ctx, m, nil))
	}
	return m, nil
}

// healthy checks an idle resource and, as long as that fails, releases it and tries another,
// until what it has is room for a new one.
func (p *Pool[T]) healthy(ctx context.Context, g grant[T]) grant[T] {
	for g.idle {
		good, err := p.checked(ctx, g.m)
		if good {
			return g
		}
		if ctx.Err() != nil {
			p.vacate()
			return grant[T]{err: join(context.Cause(ctx), err)}
		}
		g = p.another()
		g.err = join(g.err, err)
	}
	return g
}

// checked reports whether m is good. If it is not, it is released, and its place is still the caller's.
func (p *Pool[T]) checked(ctx context.Context, m *member[T]) (good bool, err error) {
	returned := false
	defer func() {
		if !returned {
			p.note(p.drop(ctx, m, nil))
		}
	}()
	good = p.check(ctx, m.v) == nil
	returned = true
	if good {
		return true, nil
	}
	return false, p.note(p.discard(ctx, m, nil))
}

// another exchanges the caller's room for an idle resource, if there is one.
func (p *Pool[T]) another() grant[T] {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing {
		p.free()
		return grant[T]{err: ErrClosed}
	}
	if n := len(p.idle); n > 0 {
		return grant[T]{m: p.pop(n - 1), idle: true}
	}
	return grant[T]{}
}
