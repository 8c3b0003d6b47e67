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
	"testing/synctest"
	"time"
)

// sample is how many elements of a definition are looked at: it may be endless.
const sample = 20

// A run may wait for something that never comes, so it has its time. The first run has less: where it takes longer there
// is nothing to compare with. What takes that long later on hangs, however busy the machine has become.
const (
	patience     = 2 * time.Second
	fakePatience = time.Minute
	hanging      = 2 * time.Minute
)

// tooLong is how often a run looks at ctx before it is given up: it may be endless.
const tooLong = 100_000

var (
	errFault  = errors.New("fault put in by the test")
	errCancel = errors.New("cancelled by the test")
)

// Traits are what the contract has to allow for.
type Traits struct {
	Ahead     bool // goroutines run ahead of the loop
	Unordered bool // elements come as they are ready
	Tolerant  bool // an error of an effect may be retried or left out
	Flushes   bool // a batch is handed on before an error: its calls come after the one that failed
}

// Probe watches the effects of one run, and makes one of their calls fail or cancel. Effects may be called by several
// goroutines.
type Probe struct {
	calls    atomic.Int64 // so far
	failAt   int64        // the call that fails, from 1; 0: none
	cancelAt int64        // the call in which ctx is cancelled, from 1; 0: none
	cancel   context.CancelCauseFunc
	held     atomic.Int64 // resources acquired and not yet released
	breaks   bool         // releases panic
	broke    bool         // one has
	lent     []func() int // loans of pools that are out
}

// Calls returns how many calls of effects there have been.
func (p *Probe) Calls() int { return int(p.calls.Load()) }

// Hold counts n resources more, or less.
func (p *Probe) Hold(n int64) {
	p.held.Add(n)
	if n < 0 && p.breaks {
		p.broke = true
		panic(errRelease)
	}
}

// Lend counts the loans of a pool: inUse says how many are out.
func (p *Probe) Lend(inUse func() int) { p.lent = append(p.lent, inUse) }

// settled wants all resources released.
func (p *Probe) settled(t *testing.T, when string) {
	t.Helper()
	n := p.held.Load()
	for _, inUse := range p.lent {
		n += int64(inUse())
	}
	if n != 0 {
		t.Errorf("%s: %d resources are held", when, n)
	}
}

// Call counts a call of an effect that can fail, and returns what it is to fail with.
func (p *Probe) Call(ctx context.Context) error {
	switch p.calls.Add(1) {
	case p.failAt:
		return errFault
	case p.cancelAt:
		p.cancel(errCancel)
		select { // a ctx that is only told of it is done a little later
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	return ctx.Err()
}

// watched is a context that counts how often it is asked for its error.
type watched struct {
	context.Context
	looks atomic.Int64
}

func (w *watched) Err() error {
	if w.looks.Add(1) > tooLong {
		return context.DeadlineExceeded
	}
	return w.Context.Err()
}

// watch returns a ctx that is done after a while, and what cancels it.
func watch(t *testing.T, while time.Duration) (*watched, context.CancelCauseFunc) {
	bounded, stop := context.WithTimeout(t.Context(), while)
	t.Cleanup(stop)
	ctx, cancel := context.WithCancelCause(bounded)
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
	CheckSeqWith(t, Traits{}, run)
}

// CheckSeqWith is CheckSeq of a pipeline with traits. It runs in fake time, and finds goroutines that are left.
func CheckSeqWith[T any](t *testing.T, traits Traits, run func(ctx context.Context, p *Probe) iter.Seq2[T, error]) {
	var want trace[T]
	ok := false
	bubble(t, traits, func(t *testing.T) { want, ok = undisturbed(t, traits, run) })
	if !ok {
		return
	}
	check := func(name string, test func(*testing.T, Traits, func(context.Context, *Probe) iter.Seq2[T, error], trace[T])) {
		t.Run(name, func(t *testing.T) {
			bubble(t, traits, func(t *testing.T) { test(t, traits, run, want) })
		})
	}
	check("lazy", lazy)
	check("left early", leftEarly)
	check("cancelled", cancelled)
	if want.total > 0 && !traits.Tolerant {
		check("failing", failing)
	}
}

// patience is how long a first run may take: in a bubble the time is fake.
func (t Traits) patience() time.Duration {
	if t == (Traits{}) {
		return patience
	}
	return fakePatience
}

// bubble runs a test of something with goroutines in a bubble of its own: fake time, and none may be left.
func bubble(t *testing.T, traits Traits, test func(t *testing.T)) {
	if traits == (Traits{}) {
		test(t)
		return
	}
	synctest.Test(t, test)
}

// lazy wants nothing called before the first pull.
func lazy[T any](t *testing.T, _ Traits, run func(ctx context.Context, p *Probe) iter.Seq2[T, error], _ trace[T]) {
	ctx, _ := watch(t, hanging)
	p := &Probe{}
	if run(ctx, p); p.Calls() > 0 {
		t.Errorf("%d calls before the first pull, want none", p.Calls())
	}
	p.settled(t, "before the first pull")
}

// undisturbed runs a pipeline twice as it is. It reports false where there is nothing to compare with: the user's own
// functions panic on the values that the test has, or give other values each time.
func undisturbed[T any](t *testing.T, traits Traits, run func(ctx context.Context, p *Probe) iter.Seq2[T, error]) (want trace[T], ok bool) {
	defer func() {
		if r := recover(); r != nil {
			t.Logf("no contract to test: it panics on the values that the test has: %v", r)
			ok = false
		}
	}()
	want, err := traced(t, traits.patience(), run)
	if err != nil {
		t.Logf("no contract to test: it fails on the values that the test has: %v", err)
		return want, false
	}
	again, _ := traced(t, traits.patience(), run)
	if traits.Unordered {
		return want, len(want.values) == len(again.values)
	}
	return want, same(want.values, again.values) && (traits.Ahead || want.total == again.total)
}

// traced runs a pipeline as it is, at most for so long.
func traced[T any](t *testing.T, while time.Duration, run func(ctx context.Context, p *Probe) iter.Seq2[T, error]) (got trace[T], err error) {
	ctx, _ := watch(t, while)
	p := &Probe{}
	for v, err := range run(ctx, p) {
		if err != nil {
			return got, err
		}
		got.values = append(got.values, v)
		got.calls = append(got.calls, p.Calls())
		got.looks = append(got.looks, ctx.looks.Load())
		if len(got.values) == sample {
			got.more = true
			break
		}
	}
	p.settled(t, "ranged over")
	got.total = p.Calls()
	return got, nil
}

// leftEarly leaves the loop at every element: the elements before are the same, and nothing more has been called.
func leftEarly[T any](t *testing.T, traits Traits, run func(ctx context.Context, p *Probe) iter.Seq2[T, error], want trace[T]) {
	for k := range want.values {
		ctx, _ := watch(t, hanging)
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
		if !traits.Unordered && !same(got, want.values[:k+1]) {
			t.Errorf("left after %d elements: got %v, want %v", k+1, got, want.values[:k+1])
		}
		if !traits.Ahead && p.Calls() != want.calls[k] {
			t.Errorf("left after %d elements: %d calls, want %d: more is pulled than needed", k+1, p.Calls(), want.calls[k])
		}
	}
}

// cancelled cancels ctx before the first element, and in the loop body at every other: the cause comes, once and last.
// After that, only what was in hand may still come.
func cancelled[T any](t *testing.T, traits Traits, run func(ctx context.Context, p *Probe) iter.Seq2[T, error], want trace[T]) {
	for k := range want.values {
		ctx, cancel := watch(t, hanging)
		if k == 0 {
			cancel(errCancel)
		}
		p := &Probe{}
		n, last := 0, error(nil)
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
		if last != nil && !errors.Is(last, errCancel) {
			t.Errorf("cancelled at element %d: got %v, want ctx's cause", k, last)
		}
		if last == nil && n <= len(want.values) && mustEnd(traits, want, k, n) {
			t.Errorf("cancelled at element %d: %d elements and no error, want ctx's cause", k, n)
		}
	}
}

// mustEnd reports whether a run that was cancelled at element k, and has given n, had to end with ctx's cause: it
// looked at ctx, or should have, before the next element.
func mustEnd[T any](traits Traits, want trace[T], k, n int) bool {
	switch {
	case traits.Ahead:
		return n < len(want.values)
	case k == 0:
		return true
	}
	return want.looks[k] > want.looks[k-1]
}

// failing makes each call of an effect fail, and each cancel ctx: the error comes once, last, after all elements before
// it, and nothing is called after it.
func failing[T any](t *testing.T, traits Traits, run func(ctx context.Context, p *Probe) iter.Seq2[T, error], want trace[T]) {
	for call := int64(1); call <= int64(min(want.total, sample)); call++ {
		for _, fault := range []error{errFault, errCancel} {
			ctx, cancel := watch(t, hanging)
			p := &Probe{failAt: call}
			if fault == errCancel {
				p = &Probe{cancelAt: call, cancel: cancel}
			}
			got, last := drained(t, run(ctx, p))
			p.settled(t, "failed")
			if p.calls.Load() < call {
				continue // it ran further ahead the first time
			}
			if n := len(want.values); traits.Ahead && last == nil && len(got) >= n && same(got[:n], want.values) {
				continue // what was called ahead was not needed
			}
			if !errors.Is(last, fault) {
				t.Errorf("call %d: got error %v, want %v", call, last, fault)
			}
			if traits.Ahead {
				continue
			}
			if p.calls.Load() != call && !traits.Flushes {
				t.Errorf("call %d fails, and %d calls come after it", call, p.calls.Load()-call)
			}
			before := 0
			for before < len(want.calls) && int64(want.calls[before]) < call {
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
