package batch

import (
	"context"
	"errors"
	"runtime"
)

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

// unwinds reports whether f is a panic or runtime.Goexit, which go on even where nobody asks for an error any more.
func (f failure) unwinds() bool { return f.panicked != nil || f.exited }

// unwind lets the calling goroutine panic or exit as the other one did. own is what recover has told its deferred func: a
// loop's own panic comes before that of a goroutine that it has left.
func (f failure) unwind(own any) {
	switch {
	case own != nil:
		panic(own)
	case f.panicked != nil:
		panic(f.panicked)
	}
	runtime.Goexit()
}

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
