package retry_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/templates/retry"
)

var (
	errGone  = errors.New("gone")
	errFatal = errors.New("fatal")
)

// TestCallsAndWaits makes calls that fail in turn with the given errors, and looks at when they are made.
func TestCallsAndWaits(t *testing.T) {
	cases := []struct {
		name   string
		policy retry.Policy
		errs   []error
		at     []time.Duration // of the calls
		want   error
	}{
		{"zero policy", retry.Policy{}, []error{errGone}, []time.Duration{0}, errGone},
		{"success", retry.Policy{Attempts: 3, Delay: time.Second}, nil, []time.Duration{0}, nil},
		{
			"no delay",
			retry.Policy{Attempts: 3},
			[]error{errGone, errGone},
			[]time.Duration{0, 0, 0},
			nil,
		},
		{
			"delay",
			retry.Policy{Attempts: 3, Delay: time.Second},
			[]error{errGone, errGone, errGone},
			[]time.Duration{0, time.Second, 2 * time.Second},
			errGone,
		},
		{
			"backoff",
			retry.Policy{Attempts: 5, Delay: time.Second, Backoff: 2},
			[]error{errGone, errGone, errGone},
			[]time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second},
			nil,
		},
		{
			"cap",
			retry.Policy{Attempts: 5, Delay: time.Second, Backoff: 3, MaxDelay: 2 * time.Second},
			[]error{errGone, errGone, errGone, errGone, errGone},
			[]time.Duration{0, time.Second, 3 * time.Second, 5 * time.Second, 7 * time.Second},
			errGone,
		},
		{
			"when",
			retry.Policy{Attempts: 5, Delay: time.Second, When: func(err error) bool { return err == errGone }},
			[]error{errGone, errFatal, errGone},
			[]time.Duration{0, time.Second},
			errFatal,
		},
		{
			"last error",
			retry.Policy{Attempts: 2, Delay: time.Second},
			[]error{errGone, errFatal},
			[]time.Duration{0, time.Second},
			errFatal,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var at []time.Duration
				err := c.policy.Do(t.Context(), func(context.Context) error {
					at = append(at, time.Since(start))
					if len(at) > len(c.errs) {
						return nil
					}
					return c.errs[len(at)-1]
				})
				if err != c.want {
					t.Errorf("error %v, want %v", err, c.want)
				}
				if diff := cmp.Diff(c.at, at); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := retry.Policy{Attempts: 1000, Delay: time.Second, Backoff: 2, MaxDelay: 8 * time.Second, Jitter: true}
		calls, shortest, longest := 0, time.Hour, time.Duration(0)
		last := time.Now()
		_ = policy.Do(t.Context(), func(context.Context) error {
			wait := time.Since(last)
			last = time.Now()
			if calls++; calls > 4 {
				shortest, longest = min(shortest, wait), max(longest, wait)
			}
			return errGone
		})
		if shortest < 4*time.Second || shortest > 5*time.Second || longest < 7*time.Second || longest > 8*time.Second {
			t.Errorf("waits between %v and %v", shortest, longest)
		}
	})
}

// A wait that is too long for a Duration is the longest there is, and can be cancelled.
func TestWaitIsCancelled(t *testing.T) {
	for _, delay := range []time.Duration{time.Hour, math.MaxInt64} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errFatal)
			defer cancel()
			start := time.Now()
			err := retry.Policy{Attempts: 3, Delay: delay, Backoff: 1e300}.Do(ctx, func(context.Context) error { return errGone })
			if err != errFatal || time.Since(start) != time.Minute {
				t.Errorf("error %v after %v, want the cause after a minute", err, time.Since(start))
			}
		})
	}
}

func TestNoCallOnceDone(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	calls := 0
	err := retry.Policy{Attempts: 5}.Do(ctx, func(ctx context.Context) error {
		calls++
		cancel(errFatal)
		return fmt.Errorf("call: %w", ctx.Err())
	})
	if err != errFatal || calls != 1 {
		t.Errorf("error %v after %d calls, want the cause after one", err, calls)
	}
	if err := (retry.Policy{}).Do(ctx, func(context.Context) error { calls++; return nil }); err != errFatal || calls != 1 {
		t.Errorf("error %v after %d calls, want the cause and no more", err, calls)
	}
}

func TestTimeout(t *testing.T) {
	obedient := func(ctx context.Context) error {
		<-ctx.Done()
		return fmt.Errorf("call: %w", ctx.Err())
	}
	cases := []struct {
		name string
		all  time.Duration // until the outer context is done
		call func(context.Context) error
		want error
	}{
		{"in time", time.Hour, func(context.Context) error { return nil }, nil},
		{"too long", time.Hour, obedient, retry.TimeoutError(time.Second)},
		{"outer", time.Millisecond, obedient, errGone},
		{"an error of its own", time.Hour, func(ctx context.Context) error { <-ctx.Done(); return errFatal }, errFatal},
		{"late but done", time.Hour, func(ctx context.Context) error { <-ctx.Done(); return nil }, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), c.all, errGone)
				defer cancel()
				if err := retry.Timeout(ctx, time.Second, c.call); err != c.want {
					t.Errorf("error %v, want %v", err, c.want)
				}
			})
		})
	}
	if err := error(retry.TimeoutError(time.Second)); !errors.Is(err, context.DeadlineExceeded) || err.Error() != "timed out after 1s" {
		t.Errorf("%v", err)
	}
}

// Each attempt has its own time.
func TestTimeoutOfEachAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, calls := time.Now(), 0
		err := retry.Policy{Attempts: 3, Delay: time.Second}.Do(t.Context(), func(ctx context.Context) error {
			return retry.Timeout(ctx, time.Minute, func(ctx context.Context) error {
				calls++
				<-ctx.Done()
				return ctx.Err()
			})
		})
		if !errors.Is(err, context.DeadlineExceeded) || calls != 3 || time.Since(start) != 3*time.Minute+2*time.Second {
			t.Errorf("error %v after %d calls and %v", err, calls, time.Since(start))
		}
	})
}
