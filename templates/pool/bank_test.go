package pool

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// conn is a resource that knows what was done to it.
type conn struct {
	id       int
	lent     atomic.Bool
	bad      bool
	released int
}

// bank makes conns, counts them, and fails where it is told to.
type bank struct {
	mu        sync.Mutex
	conns     []*conn
	acquireBy func(ctx context.Context) error
	releaseBy func(ctx context.Context, c *conn, bodyErr error) error
	onErrorBy func(ctx context.Context, c *conn, bodyErr error) error
}

var (
	errAcquire = errors.New("acquire failed")
	errRelease = errors.New("release failed")
	errBody    = errors.New("body failed")
	errBad     = errors.New("bad")
	errGone    = errors.New("gone away")

	errForgotten = errors.New("forgotten")
)

// pool returns a pool of n whose times are too long to matter.
func (b *bank) pool(n int) *Pool[*conn] {
	return &Pool[*conn]{
		max: n, maxIdle: time.Hour, maxLifetime: 24 * time.Hour, releaseTimeout: time.Second,
		acquire: b.acquire, release: b.release,
		check: func(_ context.Context, c *conn) error {
			if c.bad {
				return errBad
			}
			return nil
		},
		onError: b.failed, suppress: b.forgets,
	}
}

// failed is what the pool does about a body that fails.
func (b *bank) failed(ctx context.Context, c *conn, bodyErr error) error {
	if b.onErrorBy == nil {
		return nil
	}
	return b.onErrorBy(ctx, c, bodyErr)
}

// forgets tells which errors of a body the pool forgets.
func (b *bank) forgets(_ *conn, bodyErr error) bool { return errors.Is(bodyErr, errForgotten) }

func (b *bank) acquire(ctx context.Context) (*conn, error) {
	if b.acquireBy != nil {
		if err := b.acquireBy(ctx); err != nil {
			return nil, err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	c := &conn{id: len(b.conns)}
	b.conns = append(b.conns, c)
	return c, nil
}

func (b *bank) release(ctx context.Context, c *conn, bodyErr error) error {
	b.mu.Lock()
	c.released++
	b.mu.Unlock()
	if b.releaseBy != nil {
		return b.releaseBy(ctx, c, bodyErr)
	}
	return nil
}

// wantReleased closes the books: everything acquired has been released once.
func (b *bank) wantReleased(t *testing.T) {
	t.Helper()
	for _, c := range b.conns {
		if c.released != 1 {
			t.Errorf("conn %d was released %d times", c.id, c.released)
		}
	}
}

// want compares what the pool holds.
func want(t *testing.T, p *Pool[*conn], s Stats) {
	t.Helper()
	if diff := cmp.Diff(s, p.Stats()); diff != "" {
		t.Errorf("Stats: -want +got:\n%s", diff)
	}
}

// hold borrows in a goroutine until the function that it returns is called.
func hold(p *Pool[*conn]) (giveBack func()) {
	held, done := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		_ = p.With(context.Background(), func(context.Context, *conn) error {
			close(held)
			<-done
			return nil
		})
	})
	<-held
	return func() {
		close(done)
		group.Wait()
	}
}

func nothing(context.Context, *conn) error { return nil }

func closed(t *testing.T, p *Pool[*conn]) {
	t.Helper()
	if err := p.Close(context.Background()); err != nil {
		t.Errorf("Close: %v", err)
	}
}
