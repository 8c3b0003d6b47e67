package crew

import (
	"cmp"
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
		c := newCrew(t.Context(), never(t), nothing)
		var left atomic.Int64
		for range 3 {
			c.run(func() error { time.Sleep(time.Second); return nil }, func() { left.Add(1) })
			synctest.Wait()
		}
		c.end()
		if err := c.wait(); err != nil || left.Load() != 3 {
			t.Errorf("got %v, %d left", err, left.Load())
		}
		c.abort(errGone) // too late to matter
		c.abortAfter(time.Second, errGone)
		if err := c.wait(); err != nil {
			t.Errorf("got %v: too late", err)
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
				c := newCrew(ctx, func(error) { stops.Add(1); time.Sleep(time.Second) }, nothing)
				for range 3 {
					c.run(func() error { <-c.ctx.Done(); return context.Cause(c.ctx) })
				}
				c.run(func() error { return test.fail(c, cancel) })
				c.end()
				err := c.wait()
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
		c := newCrew(t.Context(), func(error) {}, nothing)
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
				_ = c.wait()
			}()
		}
	})
}

// TestCloses ends the intake, which is no failure.
func TestCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(t.Context(), never(t), nothing)
		c.run(func() error { <-c.intake.Done(); return context.Cause(c.intake) })
		c.run(func() error { time.Sleep(time.Second); return c.ctx.Err() })
		c.end()
		c.close()
		if err := c.wait(); err != nil {
			t.Error(err)
		}
		if c.cutShort(errClosing) {
			t.Error("a close cuts nothing short")
		}
	})
}

func TestSettleFails(t *testing.T) {
	late := errors.New("late")
	for name, test := range map[string]struct {
		settle func() error
		want   []error
	}{
		"error":  {func() error { return late }, []error{errGone, late}},
		"goexit": {func() error { runtime.Goexit(); return nil }, []error{errGone}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrew(t.Context(), func(error) {}, test.settle)
				c.run(func() error { return errGone })
				go c.end()
				err := c.wait()
				for _, want := range test.want {
					if !errors.Is(err, want) {
						t.Errorf("got %v, want %v", err, want)
					}
				}
			})
		})
	}
}

// TestSettlePanics has that raised where all wait.
func TestSettlePanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(t.Context(), func(error) {}, func() error { panic(errGone) })
		c.end()
		defer func() {
			if p, ok := recover().(*Panic); !ok || !errors.Is(p, errGone) {
				t.Errorf("got %v", p)
			}
		}()
		_ = c.wait()
	})
}

// TestLaunch starts goroutines, and fails in between: they have ended before that goes on, and what is held is released.
func TestLaunch(t *testing.T) {
	for name, fail := range map[string]func(){"not": func() {}, "panic": func() { panic(errGone) }, "exit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrew(t.Context(), func(error) {}, nothing)
				ended, released := 0, false
				c.hold(func(context.Context) error {
					err := c.over()
					released = true
					return err
				})
				done := make(chan any)
				go func() {
					defer func() {
						if name != "not" && (ended != 1 || !released) {
							t.Errorf("%d ended, released: %v", ended, released)
						}
						done <- recover()
					}()
					c.launch(func() {
						c.run(func() error {
							select {
							case <-c.ctx.Done():
							case <-time.After(time.Second):
							}
							ended++
							return nil
						})
						fail()
					})
				}()
				if raised := <-done; (raised != nil) != (name == "panic") {
					t.Errorf("raised %v", raised)
				}
				if err := c.wait(); (err == nil) != (name == "not") {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

// TestTell has calls at the end fail in each way: all are made, and all that they say is told.
func TestTell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c *crew
		told := 0
		one, other := errors.New("one"), errors.New("other")
		c = newCrew(t.Context(), func(error) {}, func() error {
			c.tell(5, func(i int) error {
				told++
				switch i {
				case 0:
					return one
				case 1:
					runtime.Goexit()
				case 2:
					panic(errGone)
				case 3:
					return other
				}
				return nil
			})
			return nil
		})
		c.end()
		defer func() {
			if p, ok := recover().(*Panic); !ok || !errors.Is(p, errGone) {
				t.Errorf("got %v", p)
			}
			if told != 5 || !errors.Is(c.err, one) || !errors.Is(c.err, other) {
				t.Errorf("%d calls, error %v", told, c.err)
			}
		}()
		_ = c.wait()
	})
}

// TestFailure has a failure known at once, and none where all ended well.
func TestFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		c := newCrew(t.Context(), func(error) { <-release }, nothing)
		c.run(func() error { <-c.ctx.Done(); return nil })
		if err := c.failure(); err != nil {
			t.Errorf("got %v before the end", err)
		}
		c.abort(errGone)
		if err := c.failure(); err != errGone {
			t.Errorf("got %v", err)
		}
		close(release)
		c.end()
		_ = c.wait()
		well := newCrew(t.Context(), never(t), nothing)
		well.end()
		_ = well.wait()
		if err := well.failure(); err != nil {
			t.Errorf("got %v behind a good end", err)
		}
	})
}

// TestHolds holds something until all have ended and what they left is seen to.
func TestHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []string
		did := func(what string) { order = append(order, what) }
		c := newCrew(t.Context(), func(error) {}, func() error { did("settle"); return nil })
		released := errors.New("released")
		ready := make(chan struct{})
		c.hold(func(context.Context) error {
			close(ready)
			err := c.over()
			did("release")
			return errors.Join(err, released)
		})
		<-ready
		c.run(func() error { time.Sleep(time.Second); did("work"); return errGone })
		c.end()
		if err := c.wait(); !errors.Is(err, errGone) || !errors.Is(err, released) {
			t.Errorf("got %v, want both", err)
		}
		if got := strings.Join(order, " "); got != "work settle release" {
			t.Error(got)
		}
	})
}

func TestNotAcquired(t *testing.T) {
	for name, test := range map[string]func() error{
		"error":  func() error { return errGone },
		"panic":  func() error { panic(errGone) },
		"goexit": func() error { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrew(t.Context(), func(error) {}, nothing)
				c.hold(func(context.Context) error { return test() })
				<-c.held
				c.end()
				var got any
				func() {
					defer func() { got = cmp.Or(recover(), got) }()
					got = c.wait()
				}()
				if err, ok := got.(error); !ok || name != "goexit" && !errors.Is(err, errGone) {
					t.Errorf("got %v", got)
				}
			})
		})
	}
}

// TestReleased joins the errors of releases to the first error, and leaves out the echoes that they come with.
func TestReleased(t *testing.T) {
	one, other := errors.New("one"), errors.New("other")
	for name, test := range map[string]struct {
		first, then func(c *crew) error
		want        string
	}{
		"first":   {func(*crew) error { return errors.Join(errGone, one) }, nil, "gone\none"},
		"later":   {nil, func(c *crew) error { return errors.Join(errors.Join(context.Cause(c.ctx), one), other) }, "gone\none\nother"},
		"both":    {func(*crew) error { return errors.Join(errGone, one) }, func(c *crew) error { return errors.Join(context.Cause(c.ctx), other) }, "gone\none\nother"},
		"same":    {func(*crew) error { return errors.Join(errGone, one) }, func(c *crew) error { return errors.Join(context.Cause(c.ctx), one) }, "gone\none"},
		"echo":    {nil, func(c *crew) error { return context.Cause(c.ctx) }, "gone"},
		"alone":   {nil, func(*crew) error { return other }, "gone\nother"},
		"nothing": {nil, func(*crew) error { return nil }, "gone"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCrew(t.Context(), func(error) {}, nothing)
				c.run(func() error {
					if test.first != nil {
						return c.released(test.first(c))
					}
					return c.released(errGone)
				})
				c.run(func() error {
					<-c.ctx.Done()
					if test.then == nil {
						return nil
					}
					return c.released(test.then(c))
				})
				c.end()
				if err := c.wait(); err.Error() != test.want {
					t.Errorf("got %q, want %q", err, test.want)
				}
			})
		})
	}
}

// TestReleasedOnClose has the error of a release count where its producer was merely closed.
func TestReleasedOnClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(t.Context(), func(error) {}, nothing)
		c.run(func() error { <-c.intake.Done(); return c.released(errors.Join(context.Cause(c.intake), errGone)) })
		c.end()
		c.close()
		if err := c.wait(); err != errGone {
			t.Errorf("got %v", err)
		}
	})
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
