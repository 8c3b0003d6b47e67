// Package retry makes a call again that has failed, and bounds the time of a call.
package retry

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"time"
)

// Policy says how often a call is made, and how long to wait in between.
type Policy struct {
	Attempts int                  // calls in all; less than one is one
	Delay    time.Duration        // the wait after the first failure
	Backoff  float64              // each wait is the last one times this; 0 is 1
	MaxDelay time.Duration        // no wait is longer; 0 is no limit
	Jitter   bool                 // each wait is drawn between half of it and the whole
	When     func(err error) bool // the errors that are worth another attempt; nil is all
}

// Do makes call until it succeeds, at most Attempts times, and returns its last error.
//
// Once ctx is done no call is made any more, a wait is cut short, and the error is ctx's cause.
func (p Policy) Do(ctx context.Context, call func(ctx context.Context) error) error {
	for failed := 0; ; {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := call(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return context.Cause(ctx)
		}
		failed++
		if failed >= p.Attempts || p.When != nil && !p.When(err) {
			return err
		}
		if err := sleep(ctx, p.wait(failed)); err != nil {
			return err
		}
	}
}

// wait returns how long to wait after so many failures, of which there is at least one.
func (p Policy) wait(failed int) time.Duration {
	wait := float64(p.Delay)
	if p.Backoff != 0 {
		wait *= math.Pow(p.Backoff, float64(failed-1))
	}
	longest := p.MaxDelay
	if longest == 0 {
		longest = math.MaxInt64
	}
	d := longest
	if wait < float64(longest) {
		d = time.Duration(wait)
	}
	if p.Jitter && d > 1 {
		d -= rand.N(d/2 + 1)
	}
	return d
}

// sleep waits for d, or until ctx is done. Then it returns ctx's cause.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
