package contract

import (
	"context"
	"errors"
	"reflect"
	"testing"
)

// CheckCollect holds a pipeline that collects to its contract: an error, or ctx's cause, comes back with the zero
// value, and nothing is called after it.
func CheckCollect[T any](t *testing.T, run func(ctx context.Context, p *Probe) (T, error)) {
	CheckCollectWith(t, Traits{}, run)
}

// CheckCollectWith is CheckCollect of a pipeline with traits. It runs in fake time, and finds goroutines that are left.
func CheckCollectWith[T any](t *testing.T, traits Traits, run func(ctx context.Context, p *Probe) (T, error)) {
	var want T
	calls, ok := 0, false
	bubble(t, traits, func(t *testing.T) { want, calls, ok = collected(t, traits, run) })
	if !ok {
		return
	}
	t.Run("cancelled", func(t *testing.T) {
		bubble(t, traits, func(t *testing.T) {
			ctx, cancel := watch(t, hanging)
			cancel(errCancel)
			got, err := run(ctx, &Probe{})
			if err == nil && (traits.Unordered || reflect.DeepEqual(got, want)) && ctx.looks.Load() == 0 {
				return // it has nothing to do
			}
			wantFailure(t, got, err, errCancel)
		})
	})
	if calls == 0 || traits.Tolerant {
		return
	}
	t.Run("failing", func(t *testing.T) {
		bubble(t, traits, func(t *testing.T) { collectFailing(t, traits, run, want, calls) })
	})
}

// collectFailing makes each call of an effect fail, and each cancel ctx.
func collectFailing[T any](t *testing.T, traits Traits, run func(ctx context.Context, p *Probe) (T, error), want T, calls int) {
	for call := int64(1); call <= int64(min(calls, sample)); call++ {
		for _, fault := range []error{errFault, errCancel} {
			ctx, cancel := watch(t, hanging)
			p := &Probe{failAt: call}
			if fault == errCancel {
				p = &Probe{cancelAt: call, cancel: cancel}
			}
			got, err := run(ctx, p)
			p.settled(t, "failed")
			if p.calls.Load() < call {
				continue // it ran further ahead the first time
			}
			if traits.Ahead && err == nil && reflect.DeepEqual(got, want) {
				continue // what was called ahead was not needed
			}
			wantFailure(t, got, err, fault)
			if p.calls.Load() != call && !traits.Flushes && !traits.Ahead {
				t.Errorf("call %d fails, and %d calls come after it", call, p.calls.Load()-call)
			}
		}
	}
}

// collected runs a pipeline twice as it is, and reports false where there is nothing to compare with.
func collected[T any](t *testing.T, traits Traits, run func(ctx context.Context, p *Probe) (T, error)) (want T, calls int, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			t.Logf("no contract to test: it panics on the values that the test has: %v", r)
			ok = false
		}
	}()
	ctx, _ := watch(t, traits.patience())
	p := &Probe{}
	want, err := run(ctx, p)
	p.settled(t, "collected")
	if err != nil {
		t.Logf("no contract to test: it fails on the values that the test has: %v", err)
		return want, 0, false
	}
	ctx, _ = watch(t, traits.patience())
	again, _ := run(ctx, &Probe{})
	return want, p.Calls(), traits.Unordered || reflect.DeepEqual(want, again)
}

// wantFailure wants an error, and nothing beside it.
func wantFailure[T any](t *testing.T, got T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
	if !reflect.ValueOf(&got).Elem().IsZero() {
		t.Errorf("got %v beside the error, want the zero value", got)
	}
}
