package contract

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"testing"
)

// Held is an iterator that holds resources, as asyncgen makes it.
type Held[T any] interface {
	Next(ctx context.Context) (T, bool, error)
	All(ctx context.Context) iter.Seq2[T, error]
	Close() error
}

// CheckHeld holds an iterator that holds resources to its contract: they are acquired at the first pull, and released
// at the end, on an error, by Close, and when a loop over All is left. start returns a new one with the probe's effects
// in their place.
func CheckHeld[T any](t *testing.T, traits Traits, start func(p *Probe) Held[T]) {
	run := func(ctx context.Context, p *Probe) iter.Seq2[T, error] { return start(p).All(ctx) }
	CheckSeqWith(t, traits, run)
	var want trace[T]
	ok := false
	bubble(t, traits, func(t *testing.T) { want, ok = undisturbed(t, traits, run) })
	if !ok {
		return
	}
	check := func(name string, test func(t *testing.T, start func(p *Probe) Held[T], want trace[T])) {
		t.Run(name, func(t *testing.T) {
			bubble(t, traits, func(t *testing.T) { test(t, start, want) })
		})
	}
	check("pulled", pulled)
	check("closed", closed)
	check("panicking", panicking)
	check("breaking", breaking)
	if want.total > 0 && !traits.Tolerant {
		check("failed", failedHeld)
	}
}

// pulled pulls to the end, with a ctx of its own for every pull and one that is done in between.
func pulled[T any](t *testing.T, start func(p *Probe) Held[T], want trace[T]) {
	p := &Probe{}
	it := start(p)
	defer it.Close()
	pull := func() (T, bool, error) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errCancel)
		if _, ok, err := it.Next(ctx); ok || !errors.Is(err, errCancel) {
			t.Fatalf("Next with ctx done: got %v, %v, want ctx's cause", ok, err)
		}
		ctx, end := context.WithCancel(t.Context())
		defer end()
		return it.Next(ctx)
	}
	for i, v := range want.values {
		got, ok, err := pull()
		if !ok || err != nil || !reflect.DeepEqual(got, v) {
			t.Fatalf("Next %d: got %v, %v, %v, want %v", i, got, ok, err, v)
		}
	}
	if want.more {
		return
	}
	for range 2 {
		if _, ok, err := it.Next(t.Context()); ok || err != nil {
			t.Errorf("Next after the end: got %v, %v, want false and no error", ok, err)
		}
		p.settled(t, "exhausted")
	}
}

// closed closes an iterator twice after every number of pulls.
func closed[T any](t *testing.T, start func(p *Probe) Held[T], want trace[T]) {
	for k := range len(want.values) + 1 {
		p := &Probe{}
		it := start(p)
		for range k {
			if _, ok, err := it.Next(t.Context()); !ok || err != nil {
				t.Fatalf("Next: got %v, %v", ok, err)
			}
		}
		for range 2 {
			if err := it.Close(); err != nil {
				t.Errorf("Close after %d elements: %v", k, err)
			}
			p.settled(t, "closed")
			if _, ok, err := it.Next(t.Context()); ok || err != nil {
				t.Errorf("Next after Close: got %v, %v, want false and no error", ok, err)
			}
		}
		if n := p.Calls(); k == 0 && n > 0 {
			t.Errorf("closed before the first pull: %d calls, want none", n)
		}
	}
}

// breaking leaves a loop over All while the release panics: that goes on, unless the loop itself panics.
func breaking[T any](t *testing.T, start func(p *Probe) Held[T], want trace[T]) {
	if len(want.values) == 0 {
		return
	}
	for _, panics := range []bool{false, true} {
		p := &Probe{breaks: true}
		left := func() (r any) {
			defer func() { r = recover() }()
			for range start(p).All(t.Context()) {
				if panics {
					panic(errFault)
				}
				break
			}
			return nil
		}()
		switch {
		case panics && left != any(errFault):
			t.Errorf("the loop panics with %v, and All with %v", errFault, left)
		case !panics && p.broke && left != any(errRelease):
			t.Errorf("the release panics with %v, and All with %v", errRelease, left)
		}
		p.settled(t, "released with a panic")
	}
}

// panicking leaves a loop over All by a panic at every element, after a Next and without.
func panicking[T any](t *testing.T, start func(p *Probe) Held[T], want trace[T]) {
	for k := range want.values {
		for pulls := range min(2, k+1) {
			p := &Probe{}
			it := start(p)
			for range pulls {
				_, _, _ = it.Next(t.Context())
			}
			func() {
				defer func() {
					if r := recover(); r != error(errFault) {
						t.Errorf("the loop panics with %v, and All with %v", errFault, r)
					}
				}()
				n := pulls
				for range it.All(t.Context()) {
					if n++; n == k+1 {
						panic(errFault)
					}
				}
			}()
			p.settled(t, "left by a panic")
		}
	}
}

// failedHeld makes each call of an effect fail: Next returns the error once, with everything released, and then there
// is nothing more.
func failedHeld[T any](t *testing.T, start func(p *Probe) Held[T], want trace[T]) {
	for call := int64(1); call <= int64(min(want.total, sample)); call++ {
		p := &Probe{failAt: call}
		it := start(p)
		for range sample + 1 {
			if _, ok, err := it.Next(t.Context()); !ok || err != nil {
				if !errors.Is(err, errFault) {
					t.Errorf("call %d fails: got %v", call, err)
				}
				break
			}
		}
		p.settled(t, "failed")
		if _, ok, err := it.Next(t.Context()); ok || err != nil {
			t.Errorf("Next after an error: got %v, %v, want false and no error", ok, err)
		}
	}
}
