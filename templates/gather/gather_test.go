package gather_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncgen/asyncgen/templates/gather"
)

var errGone = errors.New("gone")

func explode() { panic(errGone) }

// after is a call that takes d, unless its context is done before.
func after(d time.Duration, err error) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-time.After(d):
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func TestGather(t *testing.T) {
	cause := errors.New("cause")
	cases := []struct {
		name  string
		calls []func(context.Context) error
		want  error
		took  time.Duration
	}{
		{name: "none"},
		{name: "side by side", calls: []func(context.Context) error{after(3*time.Second, nil), after(2*time.Second, nil)}, took: 3 * time.Second},
		{name: "the first error", calls: []func(context.Context) error{
			after(time.Hour, nil), after(3*time.Second, errors.New("second")), after(2*time.Second, errGone),
		}, want: errGone, took: 2 * time.Second},
		{name: "context", calls: []func(context.Context) error{after(time.Hour, nil), after(time.Hour, nil)}, want: cause, took: time.Minute},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, cause)
				defer cancel()
				start := time.Now()
				if err := gather.Gather(ctx, c.calls...); err != c.want {
					t.Errorf("error %v, want %v", err, c.want)
				}
				if took := time.Since(start); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
			})
		})
	}
}

// A call that goes on after it was cancelled is waited for.
func TestNothingOutlives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := false
		err := gather.Gather(t.Context(),
			func(ctx context.Context) error { <-ctx.Done(); time.Sleep(time.Hour); done = true; return nil },
			after(time.Second, errGone))
		if err != errGone || !done {
			t.Errorf("error %v, done %v", err, done)
		}
	})
}

func TestContextDoneBefore(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errGone)
	err := gather.Gather(ctx, func(context.Context) error { t.Error("called"); return nil })
	if err != errGone {
		t.Errorf("error %v, want the cause", err)
	}
}

// A real error counts, though another call has said before that ctx is done.
func TestErrorBehindAnEcho(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errors.New("cause")) })
		echo := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		err := gather.Gather(ctx, echo, func(context.Context) error { time.Sleep(time.Minute); return errGone }, echo)
		if err != errGone {
			t.Errorf("error %v", err)
		}
	})
}

// A panic counts, though an error came first and cancelled the call.
func TestPanicIsRaisedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		defer func() {
			p, ok := recover().(*gather.Panic)
			if !ok || p.Value != any(errGone) || !errors.Is(p, errGone) || !strings.Contains(p.Error(), "explode") {
				t.Errorf("raised %v", p)
			}
		}()
		_ = gather.Gather(t.Context(),
			func(ctx context.Context) error { <-ctx.Done(); explode(); return nil },
			after(time.Second, errors.New("first")))
		t.Error("Gather returned")
	})
}

// One that leaves ends the caller, though an error came first, or comes later.
func TestGoexitIsRaisedAgain(t *testing.T) {
	for _, other := range []time.Duration{0, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			ended := make(chan bool)
			go func() {
				returned := false
				defer func() { ended <- returned }()
				_ = gather.Gather(t.Context(), after(other, errGone), func(context.Context) error { time.Sleep(time.Second); runtime.Goexit(); return nil })
				returned = true
			}()
			if <-ended {
				t.Error("Gather returned")
			}
		})
	}
}

func BenchmarkGather(b *testing.B) {
	nothing := func(context.Context) error { return nil }
	for b.Loop() {
		if err := gather.Gather(b.Context(), nothing, nothing); err != nil {
			b.Fatal(err)
		}
	}
}
