package queue

import "context"

// asked is an item, and who waits for what becomes of it.
type asked[Q, A any] struct {
	v     Q
	reply chan replied[A] // holds one; nil where nobody waits
}

// replied is what became of an item.
type replied[A any] struct {
	v   A
	err error
}

// newAsked returns an item for which somebody waits.
func newAsked[Q, A any](v Q) asked[Q, A] {
	return asked[Q, A]{v: v, reply: make(chan replied[A], 1)}
}

// answer tells who waits, and reports whether somebody does. The first answer counts.
func (a asked[Q, A]) answer(v A, err error) bool {
	if a.reply == nil {
		return false
	}
	select {
	case a.reply <- replied[A]{v, err}:
	default:
	}
	return true
}

// wait waits for the answer. The error is that of the call, ctx's cause, or the cause of the end of those that answer.
func (a asked[Q, A]) wait(ctx, end context.Context) (v A, err error) {
	select {
	case r := <-a.reply:
		return r.v, r.err
	case <-ctx.Done():
	case <-end.Done():
	}
	select {
	case r := <-a.reply:
		return r.v, r.err
	default:
	}
	if ctx.Err() != nil {
		return v, context.Cause(ctx)
	}
	return v, context.Cause(end)
}
