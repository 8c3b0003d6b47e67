package crew

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var errGone = errors.New("gone")

func never(t *testing.T) func(error) {
	return func(cause error) { t.Errorf("stopped: %v", cause) }
}

func nothing() error { return nil }

func TestEndsWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(t.Context(), never(t))
		var left atomic.Int64
		for range 3 {
			c.run(func() error { time.Sleep(time.Second); return nil }, func() { left.Add(1) })
			synctest.Wait()
		}
		c.end()
		if err := c.wait(nothing); err != nil || left.Load() != 3 {
			t.Errorf("got %v, %d left", err, left.Load())
		}
		c.abort(errGone) // too late to matter
		c.abortAfter(time.Second, errGone)
		if err := c.wait(func() error { return errGone }); err != nil {
			t.Errorf("got %v: settled twice", err)
		}
	})
}

// TestFails lets each kind of failure end the others, which get their contexts cancelled, with stop called once.
func TestFails(t *testing.T) {
	parent := errors.New("parent")
	for name, test := range map[string]struct {
		fail func(c *crew, cancel context.CancelCauseFunc) error
		want error
	}{
		"error":  {func(*crew, context.CancelCauseFunc) error { return errGone }, errGone},
		"abort":  {func(c *crew, _ context.CancelCauseFunc) error { c.abort(errGone); return nil }, errGone},
		"parent": {func(_ *crew, cancel context.CancelCauseFunc) error { cancel(parent); return nil }, parent},
		"late":   {func(c *crew, _ context.CancelCauseFunc) error { c.abortAfter(time.Minute, errGone); return nil }, errGone},
		"goexit": {func(*crew, context.CancelCauseFunc) error { runtime.Goexit(); return nil }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				var stops atomic.Int64
				c := newCrew(ctx, func(error) { stops.Add(1); time.Sleep(time.Second) })
				for range 3 {
					c.run(func() error { <-c.ctx.Done(); return context.Cause(c.ctx) })
				}
				c.run(func() error { return test.fail(c, cancel) })
				c.end()
				err := c.wait(nothing)
				if test.want != nil && err != test.want || err == nil || stops.Load() != 1 {
					t.Errorf("got %v, stopped %d times", err, stops.Load())
				}
				cancel(nil)
			})
		})
	}
}

func TestPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(t.Context(), func(error) {})
		c.run(func() error { <-c.ctx.Done(); return c.ctx.Err() })
		c.run(func() error { panic(errGone) })
		c.end()
		for range 2 { // as often as somebody waits
			func() {
				defer func() {
					p, ok := recover().(*Panic)
					if !ok || !errors.Is(p, errGone) || !strings.Contains(p.Error(), "TestPanics") {
						t.Errorf("got %v, want the panic with its stack", p)
					}
				}()
				_ = c.wait(nothing)
			}()
		}
	})
}

// TestCloses ends the intake, which is no failure.
func TestCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(t.Context(), never(t))
		c.run(func() error { <-c.intake.Done(); return context.Cause(c.intake) })
		c.run(func() error { time.Sleep(time.Second); return c.ctx.Err() })
		c.end()
		c.close()
		if err := c.wait(nothing); err != nil {
			t.Error(err)
		}
		if c.cutShort(errClosing) {
			t.Error("a close cuts nothing short")
		}
	})
}

func TestSettleFails(t *testing.T) {
	c := newCrew(t.Context(), func(error) {})
	c.run(func() error { return errGone })
	c.end()
	late := errors.New("late")
	if err := c.wait(func() error { return late }); !errors.Is(err, errGone) || !errors.Is(err, late) {
		t.Errorf("got %v, want both", err)
	}
}

func TestFillers(t *testing.T) {
	closed := 0
	f := newFillers(2, func() { closed++ })
	f.leave()
	f.enter()
	f.leave()
	if closed != 0 {
		t.Error("closed while one is left")
	}
	f.leave()
	if closed != 1 {
		t.Errorf("closed %d times", closed)
	}
}
