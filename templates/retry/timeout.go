package retry

import (
	"context"
	"errors"
	"time"
)

// Timeout makes call with a context that is done after d. A call that gives up for that reason fails with a
// TimeoutError; one that gives up since ctx is done, with ctx's cause.
func Timeout(ctx context.Context, d time.Duration, call func(ctx context.Context) error) error {
	bounded, cancel := context.WithTimeoutCause(ctx, d, TimeoutError(d))
	defer cancel()
	err := call(bounded)
	if bounded.Err() != nil && errors.Is(err, bounded.Err()) {
		return context.Cause(bounded)
	}
	return err
}

// TimeoutError says that a call took longer than it had. errors.Is takes it for context.DeadlineExceeded.
type TimeoutError time.Duration

// Error names the time that the call had.
func (e TimeoutError) Error() string { return "timed out after " + time.Duration(e).String() }

// Timeout returns true, as in net.Error.
func (e TimeoutError) Timeout() bool { return true }

// Unwrap returns context.DeadlineExceeded.
func (e TimeoutError) Unwrap() error { return context.DeadlineExceeded }
