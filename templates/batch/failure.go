package batch

import (
	"context"
	"errors"
	"runtime"
)

// reraise panics with own, which is what recover tells a deferred func, else with p: a loop's own panic comes before that
// of a goroutine that it has left.
func reraise(p *Panic, own any) {
	if own != nil {
		panic(own)
	}
	panic(p)
}

// failure is why a goroutine ended before its time. At most one field is set; the zero failure is none.
type failure struct {
	err      error
	panicked *Panic
	exited   bool // by runtime.Goexit
}

// caught makes a failure of what recover returned in a goroutine that did not come to its end.
func caught(recovered any) failure {
	if recovered == nil {
		return failure{exited: true}
	}
	return failure{panicked: newPanic(recovered)}
}

// some reports whether there is a failure.
func (f failure) some() bool { return f.err != nil || f.panicked != nil || f.exited }

// worse reports whether f counts more than other: a panic does more than runtime.Goexit, and that more than an error.
func (f failure) worse(other failure) bool {
	switch {
	case f.panicked != nil:
		return other.panicked == nil
	case f.exited:
		return other.panicked == nil && !other.exited
	}
	return f.err != nil && !other.some()
}

// echoes reports whether f only says that ctx is done.
func (f failure) echoes(ctx context.Context) bool {
	return ctx.Err() != nil && errors.Is(f.err, ctx.Err())
}

// raise lets the calling goroutine fail as the other one did: it panics, exits, or returns the error, which may be nil.
//
// An error that only says that ctx is done becomes ctx's cause.
func (f failure) raise(ctx context.Context) error {
	switch {
	case f.panicked != nil:
		panic(f.panicked)
	case f.exited:
		runtime.Goexit()
	case f.echoes(ctx):
		return context.Cause(ctx)
	}
	return f.err
}
