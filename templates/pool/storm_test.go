package pool

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestStorm has many borrow at once, in all ways: a resource is lent to one at a time, and there are never too many.
func TestStorm(t *testing.T) {
	var b bank
	p := b.pool(3)
	p.maxIdle, p.maxLifetime = time.Millisecond, 5*time.Millisecond
	var open atomic.Int64
	acquire, release := p.acquire, p.release
	p.acquire = func(ctx context.Context) (*conn, error) {
		if open.Add(1) > 3 {
			t.Error("more than 3 are open")
		}
		return acquire(ctx)
	}
	p.release = func(ctx context.Context, c *conn, err error) error {
		open.Add(-1)
		return release(ctx, c, err)
	}
	var group sync.WaitGroup
	for g := range 12 {
		group.Go(func() {
			for i := range 300 {
				ctx, cancel := context.WithCancel(context.Background())
				if (g+i)%5 == 0 {
					time.AfterFunc(time.Duration(i%7)*10*time.Microsecond, cancel)
				}
				func() {
					defer func() { _ = recover() }()
					_ = p.With(ctx, func(_ context.Context, c *conn) error {
						if c.lent.Swap(true) {
							t.Error("lent twice at once")
						}
						defer c.lent.Store(false)
						switch (g * i) % 11 {
						case 1:
							runtime.Gosched()
						case 2:
							time.Sleep(50 * time.Microsecond)
						case 3:
							panic(errBody)
						case 4:
							c.bad = true
						}
						return nil
					})
				}()
				cancel()
			}
		})
	}
	group.Wait()
	closed(t, p)
	if n := open.Load(); n != 0 {
		t.Errorf("%d are still open", n)
	}
	b.wantReleased(t)
}
