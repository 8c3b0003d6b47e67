package pool

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bank
		p := b.pool(3)
		p.maxIdle, p.maxLifetime = time.Minute, 3*time.Minute
		_ = p.With(t.Context(), func(ctx context.Context, _ *conn) error { return p.With(ctx, nothing) })
		time.Sleep(40 * time.Second)
		_ = p.With(t.Context(), nothing) // the one used last: conn 0
		time.Sleep(20*time.Second - 1)
		synctest.Wait()
		want(t, p, Stats{Idle: 2, Acquired: 2})
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		want(t, p, Stats{Idle: 1, Acquired: 2, Released: 1})
		// Kept busy, it does not outlive its lifetime.
		for range 4 {
			_ = p.With(t.Context(), nothing)
			time.Sleep(30 * time.Second)
		}
		synctest.Wait()
		want(t, p, Stats{Acquired: 2, Released: 2})
		// One that grows old on loan is released when it comes back.
		_ = p.With(t.Context(), func(context.Context, *conn) error { time.Sleep(4 * time.Minute); return nil })
		want(t, p, Stats{Acquired: 3, Released: 3})
		_ = p.With(t.Context(), nothing)
		closed(t, p)
		time.Sleep(time.Hour) // a timer that is still armed would release it again
		b.wantReleased(t)
	})
}

// TestExpiryFails has releases by the timer fail and panic: Close tells of both, and all were released.
func TestExpiryFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bank{releaseBy: func(_ context.Context, c *conn, _ error) error {
			if c.id == 1 {
				panic(errGone)
			}
			return errRelease
		}}
		p := b.pool(3)
		first, second, third := hold(p), hold(p), hold(p)
		first()
		second()
		third()
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		want(t, p, Stats{Acquired: 3, Released: 3, Failed: 2})
		defer func() {
			if err, _ := recover().(error); !errors.Is(err, errGone) {
				t.Errorf("Close panicked with %v", err)
			}
			b.wantReleased(t)
		}()
		_ = p.Close(t.Context())
		t.Error("Close returned")
	})
}

// TestCloseAwaits has Close wait for a loan, for a waiter's refusal, and for an expiry that is under way.
func TestCloseAwaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bank{releaseBy: func(context.Context, *conn, error) error { time.Sleep(time.Second / 2); return nil }}
		p := b.pool(2)
		p.maxIdle = time.Minute
		first, second := hold(p), hold(p)
		go func() {
			if err := p.With(t.Context(), nothing); !errors.Is(err, ErrClosed) {
				t.Errorf("waiter: %v", err)
			}
		}()
		synctest.Wait()
		ended := make(chan struct{})
		go func() { closed(t, p); close(ended) }()
		synctest.Wait()
		go func() { closed(t, p); <-ended }()
		first()
		synctest.Wait()
		select {
		case <-ended:
			t.Error("Close did not wait")
		default:
		}
		second()
		<-ended
		want(t, p, Stats{Acquired: 2, Released: 2})

		p = b.pool(1)
		p.maxIdle = time.Minute
		_ = p.With(t.Context(), nothing)
		time.Sleep(time.Minute)
		closed(t, p)
		b.wantReleased(t)
	})
}

// TestCloseGivesUp has Close come to the end of its context: the loan's own With releases, and has the error.
func TestCloseGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bank{releaseBy: func(_ context.Context, _ *conn, bodyErr error) error { return errors.Join(errRelease, bodyErr) }}
		p := b.pool(2)
		giveBack := hold(p)
		var group sync.WaitGroup
		group.Go(func() {
			err := p.With(t.Context(), func(context.Context, *conn) error { time.Sleep(time.Hour / 2); return errBody })
			if !errors.Is(err, errRelease) || !errors.Is(err, errBody) {
				t.Errorf("With: %v", err)
			}
		})
		synctest.Wait()
		giveBack()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errGone)
		defer cancel()
		if err := p.Close(ctx); !errors.Is(err, errGone) || !errors.Is(err, errRelease) {
			t.Errorf("Close: %v", err)
		}
		want(t, p, Stats{InUse: 1, Acquired: 2, Released: 1})
		group.Wait()
		want(t, p, Stats{Acquired: 2, Released: 2})
		b.wantReleased(t)
	})
}

// TestRelease has the releases of Close fail, panic and take too long: each has its own time, and all are made.
func TestRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bank{releaseBy: func(ctx context.Context, c *conn, _ error) error {
			switch c.id {
			case 0:
				<-ctx.Done()
				return ctx.Err()
			case 1:
				panic(errGone)
			}
			return errRelease
		}}
		p := b.pool(3)
		first, second, third := hold(p), hold(p), hold(p)
		first()
		second()
		third()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		began := time.Now()
		defer func() {
			if got := recover(); got != errGone {
				t.Errorf("Close panicked with %v", got)
			}
			if took := time.Since(began); took != time.Second {
				t.Errorf("Close took %v", took)
			}
			b.wantReleased(t)
			want(t, p, Stats{Acquired: 3, Released: 3})
		}()
		_ = p.Close(ctx)
	})
}

// TestTimerRests has the timer armed only as long as there is something to wait for: else the clock would run on for
// ever in a test that is stuck, and synctest could not tell.
func TestTimerRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bank
		p := b.pool(2)
		_ = p.With(t.Context(), func(ctx context.Context, _ *conn) error {
			_ = p.With(ctx, nothing)
			time.Sleep(48 * time.Hour)
			p.mu.Lock()
			defer p.mu.Unlock()
			if !p.due.IsZero() {
				t.Errorf("the timer is armed for %v although all that is left is lent, and old", p.due)
			}
			return nil
		})
		want(t, p, Stats{Acquired: 2, Released: 2})
		closed(t, p)
		b.wantReleased(t)
	})
}

// TestCloseDone has Close be given a ctx that is done: where nothing is lent that does not matter, however often it is tried.
func TestCloseDone(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errGone)
	for range 64 {
		var b bank
		p := b.pool(1)
		_ = p.With(t.Context(), nothing)
		for range 2 {
			if err := p.Close(ctx); err != nil {
				t.Fatalf("Close: %v", err)
			}
		}
		b.wantReleased(t)
	}
}
