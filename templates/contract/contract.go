// Package contract is the stock part of generated tests: it holds iterators and pipelines to what asyncgen promises of
// them, whatever they compute. A definition is run once as it is, then with faults: left early at every element,
// cancelled at every element, with an error in every call of an effect.
package contract

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"sync/atomic"
	"testing"
)

// most is how many elements of a definition are looked at: it may be endless.
const most = 20

var (
	errFault  = errors.New("fault put in by the test")
	errCancel = errors.New("cancelled by the test")
)

// Probe watches the effects of one run, and makes one of their calls fail or cancel.
type Probe struct {
	calls    int // so far
	failAt   int // the call that fails, from 1; 0: none
	cancelAt int // the call in which ctx is cancelled, from 1; 0: none
	cancel   context.CancelCauseFunc
	held     int  // resources acquired and not yet released
	flushes  bool // a batch is handed on before an error: its calls come after the one that failed
}

// settled wants all resources released.
func (p *Probe) settled(t *testing.T, when string) {
	t.Helper()
	if p.held != 0 {
		t.Errorf("%s: %d resources are held", when, p.held)
	}
}

// Call counts a call of an effect that can fail, and returns what it is to fail with.
func (p *Probe) Call(ctx context.Context) error {
	p.calls++
	switch p.calls {
	case p.failAt:
		return errFault
	case p.cancelAt:
		p.cancel(errCancel)
	}
	return ctx.Err()
}

// watched is a context that counts how often it is asked for its error.
type watched struct {
	context.Context
	looks atomic.Int64
}

func (w *watched) Err() error {
	w.looks.Add(1)
	return w.Context.Err()
}

func watch(t *testing.T) (*watched, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(t.Context())
	return &watched{Context: ctx}, cancel
}

// trace is what an undisturbed run did.
type trace[T any] struct {
	values []T
	calls  []int   // of effects, when each element came
	looks  []int64 // at ctx, when each element came
	total  int     // calls of effects in all
	more   bool    // it was left before its end
}

// CheckSeq holds a pipeline that is ranged over to its contract. run returns it with the probe's effects in their place.
func CheckSeq[T any](t *testing.T, run func(ctx context.Context, p *Probe) iter.Seq2[T, error]) {
	want, ok := undisturbed(t, run)
	if !ok {
		return
	}
	t.Run("lazy", func(t *testing.T) {
		ctx, _ := watch(t)
		p := &Probe{}
		if run(ctx, p); p.calls > 0 {
			t.Errorf("%d calls before the first pull, want none", p.calls)
		}
	})
	t.Run("left early", func(t *testing.T) { leftEarly(t, run, want) })
	t.Run("cancelled", func(t *testing.T) { cancelled(t, run, want) })
	if want.total > 0 {
		t.Run("failing", func(t *testing.T) { failing(t, run, want) })
	}
}

// undisturbed runs a pipeline twice as it is. It reports false where there is nothing to compare with: the user's own
// functions panic on the values that the test has, or give other values each time.
func undisturbed[T any](t *testing.T, run func(ctx context.Context, p *Probe) iter.Seq2[T, error]) (want trace[T], ok bool) {
	defer func() {
		if r := recover(); r != nil {
			t.Logf("no contract to test: it panics on the values that the test has: %v", r)
			ok = false
		}
	}()
	want, err := traced(t, run)
	again, _ := traced(t, run)
	if err != nil {
		t.Logf("no contract to test: it fails on the values that the test has: %v", err)
		return want, false
	}
	return want, reflect.DeepEqual(want.values, again.values) && want.total == again.total
}

// traced runs a pipeline as it is.
func traced[T any](t *testing.T, run func(ctx context.Context, p *Probe) iter.Seq2[T, error]) (got trace[T], err error) {
	ctx, _ := watch(t)
	p := &Probe{}
	for v, err := range run(ctx, p) {
		if err != nil {
			return got, err
		}
		got.values = append(got.values, v)
		got.calls = append(got.calls, p.calls)
		got.looks = append(got.looks, ctx.looks.Load())
		if len(got.values) == most {
			got.more = true
			break
		}
	}
	p.settled(t, "ranged over")
	got.total = p.calls
	return got, nil
}

// leftEarly leaves the loop at every element: the elements before are the same, and nothing more has been called.
func leftEarly[T any](t *testing.T, run func(ctx context.Context, p *Probe) iter.Seq2[T, error], want trace[T]) {
	for k := range want.values {
		ctx, _ := watch(t)
		p := &Probe{}
		var got []T
		for v, err := range run(ctx, p) {
			if err != nil {
				t.Fatalf("element %d: %v", len(got), err)
			}
			if got = append(got, v); len(got) == k+1 {
				break
			}
		}
		p.settled(t, "left early")
		if !same(got, want.values[:k+1]) {
			t.Errorf("left after %d elements: got %v, want %v", k+1, got, want.values[:k+1])
		}
		if p.calls != want.calls[k] {
			t.Errorf("left after %d elements: %d calls, want %d: more is pulled than needed", k+1, p.calls, want.calls[k])
		}
	}
}

// cancelled cancels ctx before the first element, and in the loop body at every other: the cause comes, once and last.
// After that, only what was in hand may still come.
func cancelled[T any](t *testing.T, run func(ctx context.Context, p *Probe) iter.Seq2[T, error], want trace[T]) {
	for k := range want.values {
		ctx, cancel := watch(t)
		if k == 0 {
			cancel(errCancel)
		}
		n := 0
		var last error
		p := &Probe{}
		for _, err := range run(ctx, p) {
			if last != nil {
				t.Fatalf("cancelled at element %d: something comes after the error", k)
			}
			if last = err; err != nil {
				continue
			}
			if n++; n == k {
				cancel(errCancel)
			}
			if n > len(want.values) {
				break
			}
		}
		p.settled(t, "cancelled")
		looked := want.looks[k] > 0
		if k > 0 {
			looked = want.looks[k] > want.looks[k-1]
		}
		if k == 0 && !looked {
			t.Error("ctx is never looked at")
		}
		if looked && !errors.Is(last, errCancel) {
			t.Errorf("cancelled at element %d: got %v, want ctx's cause", k, last)
		}
	}
}

// failing makes each call of an effect fail, and each cancel ctx: the error comes once, last, after all elements before
// it, and nothing is called after it.
func failing[T any](t *testing.T, run func(ctx context.Context, p *Probe) iter.Seq2[T, error], want trace[T]) {
	for call := 1; call <= min(want.total, most); call++ {
		for _, fault := range []error{errFault, errCancel} {
			ctx, cancel := watch(t)
			p := &Probe{failAt: call}
			if fault == errCancel {
				p = &Probe{cancelAt: call, cancel: cancel}
			}
			got, last := drained(t, run(ctx, p))
			p.settled(t, "failed")
			if !errors.Is(last, fault) {
				t.Errorf("call %d: got error %v, want %v", call, last, fault)
			}
			if p.calls != call && !p.flushes {
				t.Errorf("call %d fails, and %d calls come after it", call, p.calls-call)
			}
			before := 0
			for before < len(want.calls) && want.calls[before] < call {
				before++
			}
			if len(got) < before || !same(got[:before], want.values[:before]) {
				t.Errorf("call %d fails: got %v, want all elements before it: %v", call, got, want.values[:before])
			}
		}
	}
}

// same compares elements. No elements are the same as none, nil or not.
func same[T any](got, want []T) bool {
	return len(got)+len(want) == 0 || reflect.DeepEqual(got, want)
}

// drained ranges to the end. An error has to be the last that comes.
func drained[T any](t *testing.T, seq iter.Seq2[T, error]) (got []T, last error) {
	for v, err := range seq {
		if last != nil {
			t.Fatalf("something comes after the error %v", last)
		}
		if last = err; err == nil {
			got = append(got, v)
		}
	}
	return got, last
}

// Elements returns the elements of seq, at most n of them, and the error that it ended with.
func Elements[T any](seq iter.Seq2[T, error], n int) ([]T, error) {
	var all []T
	if n <= 0 {
		return nil, nil
	}
	for v, err := range seq {
		if err != nil {
			return all, err
		}
		if all = append(all, v); len(all) == n {
			break
		}
	}
	return all, nil
}
