// Package pool is a stock part: a bounded pool of resources that are lent for the time of a call.
//
// A loan and its return take the lock twice and allocate nothing. Whoever finds nothing to lend yields a few times and
// then waits in line; what comes back is handed to the first in that line. No call of the user's is made under the lock.
//
// Idle resources are released in time by one timer, which is armed only as long as there is something to wait for; no
// goroutine waits for it. A loan does not ask for the time: the timer itself looks what has become idle, soon after it has,
// so that a resource goes at most a thousandth of maxIdle early, or 1ms, and never late. The most recently used one is lent
// first, so that those not needed grow old.
package pool

import (
	"context"
	"errors"
	"sync"
	"time"
)

// The options of a pool. What is false folds away where the part is made concrete.
const (
	hasCheck          = true // an idle resource is checked before it is lent
	hasMaxIdle        = true // a resource that is idle for long is released
	hasMaxLifetime    = true // an old resource is released
	hasReleaseTimeout = true // a release has so much time
	hasOnError        = true // something is done about a body that fails
	hasSuppress       = true // some errors of a body are forgotten

	hasTimer  = hasMaxIdle || hasMaxLifetime
	hasAnswer = hasOnError || hasSuppress
)

// yields is how often whoever finds nothing to lend lets others run before it waits in line, as long as that helps.
const yields = 4

// ErrClosed is what a loan fails with once the pool is closed.
var ErrClosed = errors.New("pool is closed")

// errLeft is the error of a body that panics or ends its goroutine.
var errLeft = errors.New("the body did not come back")

// Pool lends resources, of which it holds a limited number. It is safe for concurrent use.
//
// The fields down to the first gap are set before the first use, and not changed after that.
type Pool[T any] struct {
	max            int                                                 // resources at most, at least 1
	maxIdle        time.Duration                                       // above 0
	maxLifetime    time.Duration                                       // above 0
	releaseTimeout time.Duration                                       // above 0
	acquire        func(ctx context.Context) (T, error)                // opens a resource
	check          func(ctx context.Context, v T) error                // tells whether an idle one is still good
	release        func(ctx context.Context, v T, bodyErr error) error // closes one; bodyErr is what its last loan returned, or nil
	onError        func(ctx context.Context, v T, bodyErr error) error // is told of a loan that fails, before anything is released
	suppress       func(v T, bodyErr error) bool                       // tells which errors of a body are forgotten

	mu       sync.Mutex
	idle     []*member[T] // the most recently used last
	busy     int          // lent, or being acquired, checked or released
	patience int          // how often to yield: not at all after yielding in vain, until something is idle again
	line     line[T]
	opened   int64 // acquires that succeeded
	shut     int64 // releases
	closing  bool
	left     bool          // Close has given up waiting: whoever returns a resource releases it
	drained  chan struct{} // closed when nothing is busy any more; nil until Close waits for that
	ended    chan struct{} // closed when Close has ended
	failed   failures      // of releases that no loan answers for

	timer   *time.Timer  // calls sweep; nil until it is first armed
	due     time.Time    // when the timer fires; zero while it is not armed
	ticking bool         // it fires soon enough for what becomes idle now
	all     []*member[T] // those that are lent too
}

// member is a resource in the pool. All but v is guarded by the pool's lock.
type member[T any] struct {
	v       T
	seen    bool      // the timer has seen it idle since its last loan
	expires time.Time // of one that was seen: when it has been idle for too long
	dies    time.Time // when it is too old
	old     bool      // it is too old, but was lent when the timer saw that
}

// Stats tells what a pool holds at one moment, and what it has done so far.
type Stats struct {
	Idle    int // resources that could be lent at once
	InUse   int // resources that are lent, or are being acquired, checked or released
	Waiting int // callers that wait for one

	Acquired int64 // resources acquired
	Released int64 // resources released, whether or not that failed
	Failed   int64 // releases whose error waits for Close
}

// With calls use with a resource that is its own for as long, and returns what use returns.
//
// It lends an idle resource, acquires one as long as there are fewer than the pool may hold, or else waits until one
// comes back. The error is ErrClosed after Close, context.Cause(ctx) if ctx is done first, or that of the acquire. The
// resource goes back into the pool; if use panics or calls runtime.Goexit it is released.
func (p *Pool[T]) With(ctx context.Context, use func(ctx context.Context, v T) error) error {
	m, err := p.loan(ctx)
	if err != nil {
		return err
	}
	returned := false
	defer func() {
		if !returned {
			if panicked := recover(); panicked != nil {
				defer panic(panicked) // it goes on, whatever happens here
			}
			p.abandon(ctx, m)
		}
	}()
	err = use(ctx, m.v)
	returned = true
	if hasAnswer && err != nil {
		return p.fail(ctx, m, err)
	}
	return join(err, p.put(ctx, m, err))
}

// Stats returns what the pool holds now.
func (p *Pool[T]) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Stats{
		Idle: len(p.idle), InUse: p.busy, Waiting: p.line.length,
		Acquired: p.opened, Released: p.shut, Failed: int64(p.failed.count),
	}
}
