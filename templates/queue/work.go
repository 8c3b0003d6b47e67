package queue

import (
	"context"
	"sync"
	"sync/atomic"
)

// work tells when a topology has nothing left to do. Whoever may still put something (a producer) and every queue
// with items outstanding is counted busy; an item that is being handled keeps its queue busy until it is settled, and
// what comes of it is put before. So at the instant at which the count is zero there is nothing queued or in hand.
type work struct {
	busy    atomic.Int64
	joiners atomic.Int64

	mu   sync.Mutex
	idle chan struct{} // closed when busy reaches zero or the work fails; nil while nobody watches
	err  error
}

// begin counts one more that is busy.
func (w *work) begin() { w.busy.Add(1) }

// end takes back a begin.
func (w *work) end() {
	// A joiner counts itself before it looks at busy, so one of the two sees the other.
	if w.busy.Add(-1) == 0 && w.joiners.Load() > 0 {
		w.mu.Lock()
		defer w.mu.Unlock()
		// Somebody may have begun and a later joiner come by now. That one must wait, so look once more.
		if w.busy.Load() == 0 {
			w.wake()
		}
	}
}

// fail ends every join, present and future, with err. The first failure counts.
func (w *work) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
	w.wake()
}

// join waits until nothing is busy. The error is that of fail, or the cause of ctx.
func (w *work) join(ctx context.Context) error {
	w.joiners.Add(1)
	defer w.joiners.Add(-1)
	idle, err := w.watch()
	if err != nil || w.busy.Load() == 0 {
		return err
	}
	select {
	case <-idle:
		return w.failure()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// watch returns a channel that is closed by the next wake.
func (w *work) watch() (<-chan struct{}, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.idle == nil {
		w.idle = make(chan struct{})
	}
	return w.idle, w.err
}

// wake lets the joiners go. The caller holds the lock.
func (w *work) wake() {
	if w.idle != nil {
		close(w.idle)
		w.idle = nil
	}
}

// failure is what fail was given.
func (w *work) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}
