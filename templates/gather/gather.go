// Package gather makes different calls side by side.
package gather

import (
	"context"
	"sync"
)

// Gather makes calls side by side, each in a goroutine of its own, and returns when all have ended. What a call makes
// it keeps itself, in a variable that no other call touches.
//
// The first failure cancels the context of the other calls and is the error that is returned; one that only says that
// ctx is done gives way to another. A panic is raised again, and runtime.Goexit in a call ends the calling goroutine,
// though another call may have failed before. Where ctx is done before, no call is begun.
func Gather(ctx context.Context, calls ...func(ctx context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	inner, cancel := context.WithCancelCause(ctx)
	g := &gathering{ctx: ctx, cancel: cancel}
	for _, call := range calls {
		g.group.Go(func() { g.run(inner, call) })
	}
	g.group.Wait()
	cancel(nil)
	return g.first.raise(ctx)
}

// gathering is a group of calls and their first failure.
type gathering struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	group  sync.WaitGroup

	mu    sync.Mutex
	first failure // the first of those that count most
}

func (g *gathering) run(ctx context.Context, call func(ctx context.Context) error) {
	returned := false
	defer func() {
		if !returned {
			g.fail(caught(recover()))
		}
	}()
	err := call(ctx)
	returned = true
	if err != nil {
		g.fail(failure{err: err})
	}
}

// fail keeps f if nothing that counts as much has failed before, and cancels the other calls. An error that only says that
// ctx is done counts least.
func (g *gathering) fail(f failure) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f.worse(g.first) || g.first.echoes(g.ctx) && !f.echoes(g.ctx) {
		g.first = f
	}
	g.cancel(f.err)
}
