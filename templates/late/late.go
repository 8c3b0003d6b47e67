// Package late sees to it that the error of a release is told which comes when nobody listens any more: what held the
// resource ran in a goroutine or coroutine of its own, and has been left.
package late

import (
	"context"
	"errors"
	"sync"
)

// Late keeps the errors of releases. A nil Late keeps none: its caller is told of them.
type Late struct {
	mu   sync.Mutex
	errs []error
}

// Join calls loop, and joins to its error those that late has kept when it comes back, unless they are in it.
//
// What keeps them has ended by then.
func Join(loop func(late *Late) error) error {
	var late Late
	err := loop(&late)
	for _, kept := range late.errs {
		switch {
		case err == nil:
			err = kept
		case !errors.Is(err, kept):
			err = errors.Join(err, kept)
		}
	}
	return err
}

// Keep keeps what releases have added to err, and returns err. body is what the code that used the resources ended with;
// nil, and it was not called: then err begins with that of an acquire, or with ctx's cause.
func (l *Late) Keep(ctx context.Context, err error, body *error) error {
	switch {
	case l == nil:
	case body != nil:
		l.add(added(err, *body))
	case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)): // what was acquired came too late
		l.add(added(err, context.Cause(ctx)))
	}
	return err
}

func (l *Late) add(errs []error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.errs = append(l.errs, errs...)
}

// added returns the parts of err that are not in body.
func added(err, body error) []error {
	if err == nil || errors.Is(body, err) {
		return nil
	}
	several, ok := err.(interface{ Unwrap() []error })
	if !ok || body == nil || !errors.Is(err, body) {
		return []error{err}
	}
	var all []error
	for _, part := range several.Unwrap() {
		all = append(all, added(part, body)...)
	}
	return all
}
