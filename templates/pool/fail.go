package pool

import "context"

// fail ends a loan whose body has failed, and returns what is left to say of that.
func (p *Pool[T]) fail(ctx context.Context, m *member[T], bodyErr error) error {
	var err error
	if hasOnError {
		err = p.tell(ctx, m, bodyErr)
	}
	err = join(err, p.put(ctx, m, bodyErr))
	if hasSuppress && p.suppress(m.v, bodyErr) {
		return err
	}
	return join(bodyErr, err)
}

// tell calls onError with a context that outlives ctx. If that panics, m is released, and the panic goes on.
func (p *Pool[T]) tell(ctx context.Context, m *member[T], bodyErr error) error {
	returned := false
	defer func() {
		if !returned {
			if panicked := recover(); panicked != nil {
				defer panic(panicked) // it goes on, whatever happens here
			}
			p.note(p.drop(ctx, m, bodyErr))
		}
	}()
	outlives := context.WithoutCancel(ctx)
	if hasReleaseTimeout {
		var cancel context.CancelFunc
		outlives, cancel = context.WithTimeout(outlives, p.releaseTimeout)
		defer cancel()
	}
	err := p.onError(outlives, m.v, bodyErr)
	returned = true
	return err
}

// abandon releases the resource of a body that panics or ends its goroutine.
func (p *Pool[T]) abandon(ctx context.Context, m *member[T]) {
	if hasOnError {
		p.note(p.tell(ctx, m, errLeft))
	}
	p.note(p.drop(ctx, m, errLeft))
}
