package pool

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestReuse(t *testing.T) {
	var b bank
	p := b.pool(2)
	for range 3 {
		if err := p.With(t.Context(), func(context.Context, *conn) error { return errBody }); !errors.Is(err, errBody) {
			t.Errorf("With: %v", err)
		}
	}
	want(t, p, Stats{Idle: 1, Acquired: 1})
	_ = p.With(t.Context(), func(ctx context.Context, _ *conn) error {
		want(t, p, Stats{InUse: 1, Acquired: 1})
		return p.With(ctx, nothing)
	})
	want(t, p, Stats{Idle: 2, Acquired: 2})
	closed(t, p)
	want(t, p, Stats{Acquired: 2, Released: 2})
	if err := p.With(t.Context(), nothing); !errors.Is(err, ErrClosed) {
		t.Errorf("With after Close: %v", err)
	}
	closed(t, p)
	b.wantReleased(t)
}

// TestAbnormalEnd has bodies that panic or exit: their resource is released, and the place is free again.
func TestAbnormalEnd(t *testing.T) {
	for name, end := range map[string]func(){"panic": func() { panic(errBody) }, "exit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			var b bank
			p := b.pool(1)
			var recovered any
			var group sync.WaitGroup
			group.Go(func() {
				defer func() { recovered = recover() }()
				_ = p.With(t.Context(), func(context.Context, *conn) error { end(); return nil })
			})
			group.Wait()
			if name == "panic" && recovered != errBody {
				t.Errorf("the panic went on as %v", recovered)
			}
			want(t, p, Stats{Acquired: 1, Released: 1})
			if err := p.With(t.Context(), nothing); err != nil {
				t.Error(err)
			}
			closed(t, p)
			b.wantReleased(t)
		})
	}
}

// TestFaults has the user's own calls fail in each way at each place: the pool has its place again, and Close ends.
func TestFaults(t *testing.T) {
	type fault func()
	faults := map[string]fault{"panic": func() { panic(errGone) }, "exit": runtime.Goexit}
	places := map[string]func(p *Pool[*conn], f fault){
		"acquire": func(p *Pool[*conn], f fault) {
			p.acquire = func(context.Context) (*conn, error) { f(); return nil, nil }
		},
		"check": func(p *Pool[*conn], f fault) {
			_ = p.With(context.Background(), nothing)
			p.check = func(context.Context, *conn) error { f(); return nil }
		},
		"release of a bad one": func(p *Pool[*conn], f fault) {
			_ = p.With(context.Background(), func(_ context.Context, c *conn) error { c.bad = true; return nil })
			release := p.release
			p.release = func(ctx context.Context, c *conn, err error) error { _ = release(ctx, c, err); f(); return nil }
		},
	}
	for name, f := range faults {
		for place, install := range places {
			t.Run(place+" "+name, func(t *testing.T) {
				var b bank
				p := b.pool(1)
				acquire, check, release := p.acquire, p.check, p.release
				install(p, f)
				var group sync.WaitGroup
				group.Go(func() {
					defer func() { _ = recover() }()
					_ = p.With(t.Context(), nothing)
					t.Error("With returned")
				})
				group.Wait()
				p.acquire, p.check, p.release = acquire, check, release
				if err := p.With(t.Context(), nothing); err != nil {
					t.Error(err)
				}
				closed(t, p)
				b.wantReleased(t)
			})
		}
	}
}

func TestAcquireFails(t *testing.T) {
	b := bank{acquireBy: func(context.Context) error { return errAcquire }}
	p := b.pool(1)
	for range 2 {
		if err := p.With(t.Context(), nothing); !errors.Is(err, errAcquire) {
			t.Errorf("With: %v", err)
		}
	}
	want(t, p, Stats{})
	closed(t, p)
}

// TestAcquireTooLate has an acquire succeed although its context is done: the loan fails, the resource is kept.
func TestAcquireTooLate(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	b := bank{acquireBy: func(context.Context) error { cancel(errGone); return nil }}
	p := b.pool(1)
	err := p.With(ctx, func(context.Context, *conn) error { t.Error("the body ran"); return nil })
	if !errors.Is(err, errGone) {
		t.Errorf("With: %v", err)
	}
	want(t, p, Stats{Idle: 1, Acquired: 1})
	if err := p.With(ctx, nothing); !errors.Is(err, errGone) {
		t.Errorf("With under a context that is done: %v", err)
	}
	closed(t, p)
	b.wantReleased(t)
}

func TestCauseOfAcquire(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	b := bank{acquireBy: func(ctx context.Context) error { cancel(errGone); return fmt.Errorf("dial: %w", ctx.Err()) }}
	if err := b.pool(1).With(ctx, nothing); !errors.Is(err, errGone) {
		t.Errorf("With: %v", err)
	}
}

// TestLine has the waiters served in the order in which they came, and one of them give up.
func TestLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bank
		p := b.pool(1)
		giveBack := hold(p)
		var order []int
		var group sync.WaitGroup
		ctx, cancel := context.WithCancelCause(t.Context())
		for i := range 5 {
			group.Go(func() {
				ctx := ctx
				if i != 2 {
					ctx = t.Context()
				}
				err := p.With(ctx, func(context.Context, *conn) error {
					order = append(order, i)
					return nil
				})
				if i == 2 && !errors.Is(err, errGone) || i != 2 && err != nil {
					t.Errorf("waiter %d: %v", i, err)
				}
			})
			synctest.Wait()
		}
		want(t, p, Stats{InUse: 1, Waiting: 5, Acquired: 1})
		cancel(errGone)
		synctest.Wait()
		want(t, p, Stats{InUse: 1, Waiting: 4, Acquired: 1})
		giveBack()
		group.Wait()
		if want := []int{0, 1, 3, 4}; !slices.Equal(order, want) {
			t.Errorf("served %v, want %v", order, want)
		}
		closed(t, p)
		b.wantReleased(t)
	})
}

// TestVacancy has a place become free by a release: the first in line acquires for itself.
func TestVacancy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bank
		p := b.pool(1)
		go func() {
			defer func() { _ = recover() }()
			_ = p.With(t.Context(), func(context.Context, *conn) error { time.Sleep(time.Second); panic(errBody) })
		}()
		synctest.Wait()
		if err := p.With(t.Context(), nothing); err != nil {
			t.Error(err)
		}
		want(t, p, Stats{Idle: 1, Acquired: 2, Released: 1})
		closed(t, p)
		b.wantReleased(t)
	})
}

func TestCheck(t *testing.T) {
	b := bank{releaseBy: func(_ context.Context, c *conn, _ error) error {
		if c.bad {
			return errRelease
		}
		return nil
	}}
	p := b.pool(3)
	first, second, third := hold(p), hold(p), hold(p)
	first()
	second()
	third()
	b.conns[2].bad, b.conns[1].bad = true, true
	err := p.With(t.Context(), func(_ context.Context, c *conn) error {
		if c.id != 0 {
			t.Errorf("lent conn %d", c.id)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	want(t, p, Stats{Idle: 1, Acquired: 3, Released: 2, Failed: 2})
	b.conns[0].bad = true
	_ = p.With(t.Context(), func(_ context.Context, c *conn) error {
		if c.id != 3 {
			t.Errorf("lent conn %d, not a new one", c.id)
		}
		return nil
	})
	if err := p.Close(t.Context()); !errors.Is(err, errRelease) {
		t.Errorf("Close: %v", err)
	}
	b.wantReleased(t)
}
