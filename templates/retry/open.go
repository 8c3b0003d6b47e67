package retry

import (
	"context"
	"errors"
	"time"
)

// Open makes call with a context that is done where call takes longer than d, and which lives on until the loop over
// the sequence is left: a sequence does its work when it is ranged over. A call that takes too long fails with its TimeoutError.
func Open[S ~func(yield func(T) bool), T any](ctx context.Context, d time.Duration, call func(ctx context.Context) (S, error)) (S, error) {
	var seq S
	end, err := within(ctx, d, func(ctx context.Context) (err error) {
		seq, err = call(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return func(yield func(T) bool) {
		defer end()
		seq(yield)
	}, nil
}

// Open2 is Open for pairs.
func Open2[S ~func(yield func(K, V) bool), K, V any](ctx context.Context, d time.Duration, call func(ctx context.Context) (S, error)) (S, error) {
	var seq S
	end, err := within(ctx, d, func(ctx context.Context) (err error) {
		seq, err = call(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return func(yield func(K, V) bool) {
		defer end()
		seq(yield)
	}, nil
}

// OpenChan is Open for a channel. What is received from it is yielded until it is closed, or ctx is done: then its cause.
func OpenChan[T any](ctx context.Context, d time.Duration, call func(ctx context.Context) (<-chan T, error)) (func(yield func(T, error) bool), error) {
	var ch <-chan T
	end, err := within(ctx, d, func(ctx context.Context) (err error) {
		ch, err = call(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return func(yield func(T, error) bool) {
		defer end()
		for {
			select {
			case <-ctx.Done():
				var none T
				yield(none, context.Cause(ctx))
				return
			case v, ok := <-ch:
				if !ok || !yield(v, nil) {
					return
				}
			}
		}
	}, nil
}

// within makes call with a context that is done if call takes longer than d, and else when end is called. It calls end
// itself where there is an error, or call panics.
func within(ctx context.Context, d time.Duration, call func(ctx context.Context) error) (end func(), err error) {
	bounded, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(d, func() { cancel(TimeoutError(d)) })
	open := false
	defer func() {
		if !open {
			timer.Stop()
			cancel(nil)
		}
	}()
	err = call(bounded)
	if late := !timer.Stop(); late {
		<-bounded.Done()
		if err == nil { // what it gave is of no use any more
			err = bounded.Err()
		}
	}
	if bounded.Err() != nil && errors.Is(err, bounded.Err()) {
		err = context.Cause(bounded)
	}
	open = err == nil
	return func() { cancel(nil) }, err
}
