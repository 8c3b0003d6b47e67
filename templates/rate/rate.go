// Package rate spaces elements in time.
package rate

import (
	"context"
	"sync"
	"time"
)

// Limiter hands out tokens, spaced evenly: a token bucket that holds one. It is safe for concurrent use.
//
// The times of the tokens are reckoned from one another and not from when a waiter wakes, so late timers do not
// add up. A token that nobody waited for is not made up for.
type Limiter struct {
	every time.Duration

	mu   sync.Mutex
	next time.Time // when the next token is due at the earliest
}

// New returns the Limiter of n tokens per unit; n and unit are positive. The first token is due at once.
func New(n int, unit time.Duration) *Limiter {
	every := unit / time.Duration(n)
	if every*time.Duration(n) < unit {
		every++ // rather slower than faster
	}
	return &Limiter{every: every}
}

// Wait waits for a token. If ctx is done it returns ctx's cause; the token that it waited for is lost.
func (l *Limiter) Wait(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	wait := l.take(time.Now())
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// take takes the next token, and returns how long it is from now until it is due.
func (l *Limiter) take(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	due := l.next
	if due.Before(now) {
		due = now
	}
	l.next = due.Add(l.every)
	return due.Sub(now)
}
