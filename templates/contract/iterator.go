package contract

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"testing"
)

// Pulled is an iterator as asyncgen makes it.
type Pulled[T any] interface {
	Next(ctx context.Context) (T, bool, error)
	All(ctx context.Context) iter.Seq2[T, error]
}

// CheckIterator holds an iterator to its contract. start returns a new one with the probe's effects in their place.
func CheckIterator[T any](t *testing.T, start func(p *Probe) Pulled[T]) {
	CheckIteratorWith(t, Traits{}, start)
}

// CheckIteratorWith is CheckIterator of one with traits. It runs in fake time, and finds goroutines that are left.
func CheckIteratorWith[T any](t *testing.T, traits Traits, start func(p *Probe) Pulled[T]) {
	run := func(ctx context.Context, p *Probe) iter.Seq2[T, error] { return start(p).All(ctx) }
	CheckSeqWith(t, traits, run)
	var want trace[T]
	ok := false
	bubble(t, traits, func(t *testing.T) { want, ok = undisturbed(t, traits, run) })
	if !ok {
		return
	}
	check := func(name string, test func(t *testing.T)) {
		t.Run(name, func(t *testing.T) { bubble(t, traits, test) })
	}
	check("gone on", func(t *testing.T) { goneOn(t, start(&Probe{}), want) })
	check("exhausted", func(t *testing.T) { exhausted(t, start(&Probe{}), want) })
	if want.total > 0 {
		check("failed", func(t *testing.T) { failed(t, traits, start, want) })
	}
}

// goneOn leaves All after every element, and cancels in between: no element is lost, none comes twice.
func goneOn[T any](t *testing.T, it Pulled[T], want trace[T]) {
	var got []T
	for range want.values {
		for v, err := range it.All(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
			break
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errCancel)
		if _, ok, err := it.Next(ctx); ok || !errors.Is(err, errCancel) {
			t.Fatalf("Next with ctx done: got %v, %v, want ctx's cause", ok, err)
		}
	}
	if !same(got, want.values) {
		t.Errorf("got %v, want %v", got, want.values)
	}
}

// exhausted pulls to the end, and then some more.
func exhausted[T any](t *testing.T, it Pulled[T], want trace[T]) {
	for i, v := range want.values {
		got, ok, err := it.Next(t.Context())
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
	}
}

// failed makes each call of an effect fail: Next returns the error once, and then there is nothing more.
func failed[T any](t *testing.T, traits Traits, start func(p *Probe) Pulled[T], want trace[T]) {
	for call := int64(1); call <= int64(min(want.total, sample)); call++ {
		it := start(&Probe{failAt: call})
		for range sample + 1 { // one that fetches ahead may not come to the error
			_, ok, err := it.Next(t.Context())
			if ok && err == nil {
				continue
			}
			if !errors.Is(err, errFault) && !traits.Ahead {
				t.Errorf("call %d fails: got %v", call, err)
			}
			if _, ok, err := it.Next(t.Context()); ok || err != nil {
				t.Errorf("Next after an error: got %v, %v, want false and no error", ok, err)
			}
			break
		}
	}
}
