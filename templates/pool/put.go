package pool

import (
	"context"
	"errors"
	"slices"
)

// put gives m to the first in line, or makes it idle. An old one is released instead: the error is that of its release.
func (p *Pool[T]) put(ctx context.Context, m *member[T], bodyErr error) error {
	p.mu.Lock()
	if hasMaxLifetime && m.old {
		p.mu.Unlock()
		return p.note(p.drop(ctx, m, bodyErr))
	}
	if p.left {
		p.mu.Unlock()
		return p.drop(ctx, m, bodyErr)
	}
	if !p.line.serve(grant[T]{m: m}) {
		p.idle = append(p.idle, m)
		p.free()
		if hasMaxIdle {
			m.seen = false
			p.tick()
		}
	}
	p.mu.Unlock()
	return nil
}

// drop releases m and gives up its place.
func (p *Pool[T]) drop(ctx context.Context, m *member[T], bodyErr error) error {
	err := p.discard(ctx, m, bodyErr)
	p.vacate()
	return err
}

// discard releases m; its place is still the caller's, unless the release panics.
//
// The release gets a context that outlives ctx.
func (p *Pool[T]) discard(ctx context.Context, m *member[T], bodyErr error) error {
	returned := false
	defer func() {
		p.mu.Lock()
		p.shut++
		if hasMaxLifetime {
			p.all = slices.DeleteFunc(p.all, func(other *member[T]) bool { return other == m })
		}
		p.mu.Unlock()
		if !returned {
			p.vacate()
		}
	}()
	ctx = context.WithoutCancel(ctx)
	if hasReleaseTimeout {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.releaseTimeout)
		defer cancel()
	}
	err := p.release(ctx, m.v, bodyErr)
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = context.Cause(ctx)
	}
	returned = true
	return err
}

// vacate gives the caller's place to the first in line, or else gives it up.
func (p *Pool[T]) vacate() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.line.serve(grant[T]{}) {
		p.free()
	}
}

// free gives up the caller's place; the lock is held.
func (p *Pool[T]) free() {
	p.busy--
	if p.busy == 0 && p.drained != nil {
		close(p.drained)
		p.drained = nil
	}
}

// join joins two errors. One alone stays as it is.
func join(bodyErr, err error) error {
	switch {
	case err == nil:
		return bodyErr
	case bodyErr == nil:
		return err
	}
	return errors.Join(bodyErr, err)
}
