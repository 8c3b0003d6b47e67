package parallel_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/templates/parallel"
)

// Whatever way the loop is left, nothing runs and nothing begins afterwards.
func TestLeavingWaits(t *testing.T) {
	ways := []struct {
		name  string
		leave func() (goOn bool)
	}{
		{"break", func() bool { return false }},
		{"panic", func() bool { panic("left") }},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			each(t, func(t *testing.T, s shape, ordered bool) {
				var running, begun atomic.Int64
				endless := func(ctx context.Context, emit func(int) bool) error {
					running.Add(1)
					defer running.Add(-1)
					for v := 0; emit(v); v++ {
						begun.Add(1)
					}
					time.Sleep(time.Minute)
					return nil
				}
				work := func(ctx context.Context, v int, out []int) ([]int, error) {
					begun.Add(1)
					running.Add(1)
					defer running.Add(-1)
					if v > 20 {
						<-ctx.Done()
						time.Sleep(time.Minute)
					}
					return append(out, v), nil
				}
				func() {
					defer func() { _ = recover() }()
					s.loop(t.Context(), 4, ordered, endless, work)(func([]int, error) bool { return way.leave() })
				}()
				if n := running.Load(); n != 0 {
					t.Errorf("%d still run", n)
				}
				before := begun.Load()
				time.Sleep(time.Hour)
				if after := begun.Load(); after != before {
					t.Errorf("%d began after the loop was left", after-before)
				}
			})
		})
	}
}

func TestGoexitInTheLoop(t *testing.T) {
	each(t, func(t *testing.T, s shape, ordered bool) {
		var running atomic.Int64
		ended := make(chan int64)
		go func() {
			defer func() { ended <- running.Load() }()
			for range s.loop(t.Context(), 4, ordered, upTo(1<<30), func(_ context.Context, v int, out []int) ([]int, error) {
				running.Add(1)
				defer running.Add(-1)
				return append(out, v), nil
			}) {
				goexit()
			}
		}()
		if n := <-ended; n != 0 {
			t.Errorf("%d still run", n)
		}
	})
}

func TestPanicsAreRaisedAgain(t *testing.T) {
	each(t, func(t *testing.T, s shape, ordered bool) {
		inCall := s.loop(t.Context(), 4, ordered, upTo(1000), func(_ context.Context, v int, out []int) ([]int, error) {
			if v == 500 {
				explode()
			}
			return append(out, v), nil
		})
		inSource := s.loop(t.Context(), 4, ordered, func(_ context.Context, emit func(int) bool) error {
			emit(0)
			explode()
			return nil
		}, same)
		for name, loop := range map[string]func(func([]int, error) bool){"call": inCall, "source": inSource} {
			seen := 0
			raised := func() (raised any) {
				defer func() { raised = recover() }()
				for chunk, err := range loop {
					if err != nil {
						t.Errorf("%s: error %v", name, err)
					}
					seen += len(chunk)
				}
				return nil
			}()
			p, ok := raised.(*parallel.Panic)
			if !ok {
				t.Fatalf("%s: raised %v", name, raised)
			}
			if !errors.Is(p, errGone) || p.Value != any(errGone) {
				t.Errorf("%s: raised %v", name, p.Value)
			}
			if !strings.Contains(p.Error(), "explode") {
				t.Errorf("%s: the stack does not show where: %s", name, p)
			}
			if name == "call" && ordered && s.ahead != nil && seen != 500 {
				t.Errorf("%d seen before the panic, want 500", seen)
			}
		}
	})
}

// A key that cannot be hashed panics in the source. The elements before it end as they would.
func TestPanicOfAKey(t *testing.T) {
	for _, ordered := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			defer func() {
				if _, ok := recover().(*parallel.Panic); !ok {
					t.Error("no panic")
				}
			}()
			key := func(v int) any {
				if v == 2 {
					return []int{v}
				}
				return v
			}
			for _, err := range parallel.Keyed(t.Context(), 3, ordered, upTo(4), key, func(_ context.Context, _, v int, out []int) ([]int, error) {
				return append(out, v), nil
			}) {
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// A call panics while the loop waits for it, after it was left, whatever way that was. A panic of the loop's own comes first.
func TestPanicAfterTheLoopWasLeft(t *testing.T) {
	for name, leave := range map[string]func(){"break": func() {}, "exit": goexit, "panic": func() { panic("left") }} {
		t.Run(name, func(t *testing.T) { panicAfterTheLoopWasLeft(t, leave, name == "panic") })
	}
}

func panicAfterTheLoopWasLeft(t *testing.T, leave func(), panics bool) {
	each(t, func(t *testing.T, s shape, ordered bool) {
		ended := make(chan any)
		go func() {
			defer func() { ended <- recover() }()
			for range s.loop(t.Context(), 4, ordered, upTo(1<<30), func(ctx context.Context, v int, out []int) ([]int, error) {
				if v == 2 {
					<-ctx.Done()
					explode()
				}
				time.Sleep(time.Second)
				return append(out, v), nil
			}) {
				leave()
				break
			}
		}()
		raised := <-ended
		if panics {
			if raised != any("left") {
				t.Errorf("raised %v", raised)
			}
			return
		}
		if p, ok := raised.(*parallel.Panic); !ok || p.Value != any(errGone) {
			t.Errorf("raised %v", raised)
		}
	})
}

func explode() { panic(errGone) }

func goexit() { runtime.Goexit() }

func TestGoexitIsRaisedAgain(t *testing.T) {
	each(t, func(t *testing.T, s shape, ordered bool) {
		inCall := s.loop(t.Context(), 4, ordered, upTo(1000), func(_ context.Context, v int, out []int) ([]int, error) {
			if v == 500 {
				goexit()
			}
			return append(out, v), nil
		})
		inSource := s.loop(t.Context(), 4, ordered, func(_ context.Context, emit func(int) bool) error {
			emit(0)
			goexit()
			return nil
		}, same)
		for name, loop := range map[string]func(func([]int, error) bool){"call": inCall, "source": inSource} {
			ended := make(chan bool)
			go func() {
				returned := false
				defer func() { ended <- returned }()
				for range loop {
				}
				returned = true
			}()
			if <-ended {
				t.Errorf("%s: the loop went on", name)
			}
		}
	})
}

// A call exits while the loop waits for it, after it was left.
func TestGoexitAfterTheLoopWasLeft(t *testing.T) {
	each(t, func(t *testing.T, s shape, ordered bool) {
		ended := make(chan bool)
		go func() {
			returned := false
			defer func() { ended <- returned }()
			for range s.loop(t.Context(), 4, ordered, upTo(1<<30), func(ctx context.Context, v int, out []int) ([]int, error) {
				if v == 2 {
					<-ctx.Done()
					goexit()
				}
				time.Sleep(time.Second)
				return append(out, v), nil
			}) {
				break
			}
			returned = true
		}()
		if <-ended {
			t.Error("it went on behind the loop")
		}
	})
}

// Two stages in a row: the second one's source is the loop over the first.
func TestStagesInARow(t *testing.T) {
	each(t, func(t *testing.T, s shape, ordered bool) {
		row := func(at int, fail func() error) func(func([]int, error) bool) {
			return s.loop(t.Context(), 3, ordered, func(ctx context.Context, emit func(int) bool) error {
				for chunk, err := range s.loop(ctx, 3, ordered, upTo(1000), func(_ context.Context, v int, out []int) ([]int, error) {
					if v == at {
						return out, fail()
					}
					return append(out, v), nil
				}) {
					if err != nil {
						return err
					}
					for _, v := range chunk {
						if !emit(v) {
							return nil
						}
					}
				}
				return nil
			}, same)
		}
		got, err := collect(row(400, func() error { return errGone }))
		if err != errGone {
			t.Errorf("error %v, want %v", err, errGone)
		}
		if ordered {
			if diff := cmp.Diff(first(400), got); diff != "" {
				t.Error(diff)
			}
		}
		for range row(-1, nil) {
			break
		}
		defer func() {
			if p, ok := recover().(*parallel.Panic); !ok || p.Value != any(errGone) {
				t.Errorf("raised %v", p)
			}
		}()
		for range row(400, func() error { explode(); return nil }) {
		}
	})
}
