package contract

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
)

// enough is how many calls of effects a topology may make in a test: one that feeds itself might go on for ever.
const enough = 500

// Running is a topology that has been started.
type Running struct {
	Feed  func(ctx context.Context) error // puts something into the open queues
	Shut  func()                          // ends what is put in from outside, and producers that would never end
	Abort func(cause error)
	Join  func(ctx context.Context) error
	Wait  func() error
	Count func() []Count
}

// Count is what became of the items of a queue.
type Count struct {
	Put, Handled, Failed, Dropped, Undelivered, Depth, InFlight int64
}

// CheckTopology holds a topology to its contract: whatever happens it ends, no goroutine is left, and nothing is lost in
// silence. start starts it with the probe's effects in their place. tolerant says that an error of an effect may be
// retried or left out.
func CheckTopology(t *testing.T, tolerant bool, start func(ctx context.Context, p *Probe) (*Running, error)) {
	p := &Probe{failAt: enough}
	end := runTopology(t, p, start, nil)
	if end.err != nil || end.panicked != nil {
		t.Logf("no contract to test: on the values that the test has it ends with %s", end.says())
		return
	}
	for call := int64(1); call <= min(int64(p.Calls()), sample); call++ {
		p := &Probe{failAt: call}
		end := runTopology(t, p, start, nil)
		if p.reached(call) && !errors.Is(end.err, errFault) && (!tolerant || end.err != nil) || end.panicked != nil {
			t.Errorf("call %d fails: got %s, want its error", call, end.says())
		}
		p = &Probe{cancelAt: call}
		end = runTopology(t, p, start, nil)
		if p.reached(call) && !errors.Is(end.err, errCancel) || end.panicked != nil {
			t.Errorf("cancelled in call %d: got %s, want ctx's cause", call, end.says())
		}
		p = &Probe{cancelAt: call, cancel: func(error) { panic(errFault) }}
		end = runTopology(t, p, start, nil)
		if cause, ok := end.panicked.(error); p.reached(call) && (!ok || !errors.Is(cause, errFault)) {
			t.Errorf("call %d panics: got %s, want the panic in Wait", call, end.says())
		}
	}
	end = runTopology(t, &Probe{failAt: enough}, start, func(r *Running) { r.Abort(errCancel) })
	if end.err != nil && !errors.Is(end.err, errCancel) || end.panicked != nil {
		t.Errorf("aborted: got %s, want the cause or no error", end.says())
	}
}

// reached reports whether there were so many calls: how the copies share the items differs from run to run.
func (p *Probe) reached(call int64) bool { return p.calls.Load() >= call }

// topologyEnd is how a topology has ended.
type topologyEnd struct {
	err      error
	panicked any
}

// says tells how, in a message.
func (e topologyEnd) says() string {
	if e.panicked != nil {
		return fmt.Sprintf("a panic: %v", e.panicked)
	}
	return fmt.Sprintf("error %v", e.err)
}

// runTopology runs a topology to its end, and looks at what is left of it. after is called when it has been started; nil
// is nothing.
func runTopology(t *testing.T, p *Probe, start func(ctx context.Context, p *Probe) (*Running, error), after func(*Running)) (end topologyEnd) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		if p.cancel == nil {
			p.cancel = cancel
		}
		r, err := start(ctx, p)
		if err != nil {
			end.err = err
			return
		}
		if after != nil {
			after(r)
		}
		_ = r.Feed(ctx) // it may have ended by now
		r.Shut()
		end = waitFor(r)
		p.settled(t, "ended")
		for i, c := range r.Count() {
			if c.Put != c.Handled+c.Failed+c.Dropped+c.Undelivered || c.Depth != 0 || c.InFlight != 0 {
				t.Errorf("queue %d, ended with %s: items are lost: %+v", i, end.says(), c)
			}
		}
		if err := r.Join(ctx); end.err == nil && end.panicked == nil && err != nil {
			t.Errorf("Join after the end: %v", err)
		}
	})
	return end
}

// waitFor returns what waiting for a topology gives.
func waitFor(r *Running) (end topologyEnd) {
	defer func() { end.panicked = recover() }()
	end.err = r.Wait()
	return end
}
