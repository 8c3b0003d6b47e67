package merge_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncgen/asyncgen/templates/merge"
)

func explode() { panic(errGone) }

// ending reports what loop panics with, and whether it returned, in a goroutine of its own.
func ending(loop func()) (raised any, returned bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { raised = recover() }()
		loop()
		returned = true
	}()
	<-done
	return raised, returned
}

// Whatever way the loop is left, nothing runs afterwards.
func TestLeavingWaits(t *testing.T) {
	ways := map[string]func(){"break": func() {}, "panic": func() { panic("left") }, "exit": runtime.Goexit}
	for name, leave := range ways {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, loop func(context.Context, ...source) iter.Seq2[int, error]) {
				var running atomic.Int64
				running.Store(3)
				slow := func(ctx context.Context, emit func(int) bool) error {
					defer running.Add(-1)
					emit(1)
					<-ctx.Done()
					time.Sleep(time.Hour)
					return ctx.Err()
				}
				ahead := func(_ context.Context, emit func(int) bool) error {
					defer running.Add(-1)
					for emit(1) {
					}
					return nil
				}
				raised, returned := ending(func() {
					defer func() {
						if n := running.Load(); n != 0 {
							t.Errorf("%d still run", n)
						}
					}()
					for range loop(t.Context(), slow, ahead, slow) {
						leave()
						break
					}
				})
				if returned != (name == "break") || (raised != nil) != (name == "panic") {
					t.Errorf("returned %v, raised %v", returned, raised)
				}
			})
		})
	}
}

// A panic counts, though an error came first, or the loop was left.
func TestPanicIsRaisedAgain(t *testing.T) {
	cases := []struct {
		name    string
		sources []source
		leave   func()
	}{
		{"alone", []source{func(context.Context, func(int) bool) error { explode(); return nil }}, nil},
		{"beside others", []source{
			upTo(0, 1<<40),
			func(context.Context, func(int) bool) error { time.Sleep(time.Second); explode(); return nil },
		}, nil},
		{"after an error", []source{
			at(errors.New("first"), 1),
			func(ctx context.Context, _ func(int) bool) error { <-ctx.Done(); explode(); return nil },
		}, nil},
		{"after an exit", []source{
			func(context.Context, func(int) bool) error { runtime.Goexit(); return nil },
			func(ctx context.Context, _ func(int) bool) error { <-ctx.Done(); explode(); return nil },
		}, nil},
		{"after the loop was left", []source{
			func(ctx context.Context, emit func(int) bool) error { emit(1); <-ctx.Done(); explode(); return nil },
		}, func() {}},
		{"after the loop was left by an exit", []source{
			func(ctx context.Context, emit func(int) bool) error { emit(1); <-ctx.Done(); explode(); return nil },
		}, runtime.Goexit},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, loop func(context.Context, ...source) iter.Seq2[int, error]) {
				raised, _ := ending(func() {
					for _, err := range loop(t.Context(), c.sources...) {
						if err != nil {
							t.Error(err)
						}
						if c.leave != nil {
							c.leave()
							break
						}
						time.Sleep(time.Millisecond)
					}
				})
				p, ok := raised.(*merge.Panic)
				if !ok || p.Value != any(errGone) || !errors.Is(p, errGone) || !strings.Contains(p.Error(), "explode") {
					t.Errorf("raised %v", raised)
				}
			})
		})
	}
}

// One that leaves counts, though an error came first, and though the loop knows of that error already.
func TestGoexitAfterAnError(t *testing.T) {
	for _, late := range []time.Duration{0, time.Second} {
		each(t, func(t *testing.T, loop func(context.Context, ...source) iter.Seq2[int, error]) {
			raised, returned := ending(func() {
				_, _ = collect(loop(t.Context(),
					func(context.Context, func(int) bool) error { return errGone },
					func(ctx context.Context, _ func(int) bool) error {
						<-ctx.Done()
						time.Sleep(late)
						runtime.Goexit()
						return nil
					}))
			})
			if raised != nil || returned {
				t.Errorf("%v late: raised %v, returned %v", late, raised, returned)
			}
		})
	}
}

func TestGoexitAfterTheLoopWasLeft(t *testing.T) {
	each(t, func(t *testing.T, loop func(context.Context, ...source) iter.Seq2[int, error]) {
		raised, returned := ending(func() {
			for range loop(t.Context(), func(ctx context.Context, emit func(int) bool) error {
				emit(1)
				<-ctx.Done()
				runtime.Goexit()
				return nil
			}) {
				break
			}
		})
		if raised != nil || returned {
			t.Errorf("raised %v, returned %v", raised, returned)
		}
	})
}

func TestGoexitIsRaisedAgain(t *testing.T) {
	each(t, func(t *testing.T, loop func(context.Context, ...source) iter.Seq2[int, error]) {
		seen := 0
		raised, returned := ending(func() {
			for range loop(t.Context(), at(nil, 1, 1000), func(context.Context, func(int) bool) error {
				time.Sleep(time.Minute)
				runtime.Goexit()
				return nil
			}) {
				seen++
			}
		})
		if raised != nil || returned || seen != 1 {
			t.Errorf("raised %v, returned %v, seen %d", raised, returned, seen)
		}
	})
}

// A merge of merges fails and is left as one.
func TestNested(t *testing.T) {
	each(t, func(t *testing.T, loop func(context.Context, ...source) iter.Seq2[int, error]) {
		nested := func(sources ...source) source {
			return func(ctx context.Context, emit func(int) bool) error {
				for v, err := range loop(ctx, sources...) {
					if err != nil {
						return err
					}
					if !emit(v) {
						return nil
					}
				}
				return nil
			}
		}
		got, err := collect(loop(t.Context(), nested(at(nil, 1, 100), at(errGone, 2)), nested(at(nil, 3, 100))))
		if len(got) != 2 || err != errGone {
			t.Error(got, err)
		}
		for range loop(t.Context(), nested(upTo(0, 1<<40), at(nil, 1)), nested(upTo(0, 1<<40))) {
			break
		}
		raised, _ := ending(func() {
			_, _ = collect(loop(t.Context(), nested(func(context.Context, func(int) bool) error { explode(); return nil })))
		})
		if p, ok := raised.(*merge.Panic); !ok || p.Value != any(errGone) {
			t.Errorf("raised %v", raised)
		}
	})
}

// patience is how long a test goes on that makes many rounds; on a busy machine they are fewer.
const patience = 5 * time.Second

// A source waits until the loop has seen its element, so a wake-up that is lost is a deadlock. It does not sleep itself,
// so that it runs beside the others.
func TestNoWakeUpIsLost(t *testing.T) {
	rounds := 50_000
	if testing.Short() {
		rounds = 5000
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var seen [2]atomic.Int64
	begin := time.Now()
	handing := func(of int) source {
		return func(ctx context.Context, emit func(int) bool) error {
			var pause atomic.Int64
			for v := 0; v < rounds && time.Since(begin) < patience; v++ {
				for range v % 499 {
					pause.Add(1)
				}
				emit(of)
				for tries := 1; seen[of].Load() == int64(v); tries++ {
					if tries%100 == 0 {
						runtime.Gosched()
					}
					if ctx.Err() != nil {
						return ctx.Err()
					}
				}
			}
			return nil
		}
	}
	for of, err := range merge.Merge(ctx, handing(0), handing(1)) {
		if err != nil {
			t.Fatalf("%d and %d came through: %v", seen[0].Load(), seen[1].Load(), err)
		}
		seen[of].Add(1)
	}
}

// FuzzMerge merges sources of any lengths and paces: each comes through whole and in order, or as far as it was cut.
func FuzzMerge(f *testing.F) {
	f.Add([]byte{3, 0, 9}, uint8(0), uint64(1), uint16(1000), uint16(1000))
	f.Add([]byte{30, 7, 9, 200}, uint8(2), uint64(1<<33-7), uint16(1000), uint16(20))
	f.Add([]byte{255, 1}, uint8(1), uint64(0), uint16(100), uint16(1000))
	f.Fuzz(func(t *testing.T, lengths []byte, ahead uint8, delays uint64, leaveAt, failAt uint16) {
		lengths = lengths[:min(len(lengths), 9)]
		synctest.Test(t, func(t *testing.T) {
			var sources []source
			for i, n := range lengths {
				sources = append(sources, func(_ context.Context, emit func(int) bool) error {
					for v := range int(n) {
						if i == 0 && v == int(failAt) {
							return errGone
						}
						if delays>>((v+7*i)%64)&1 == 1 {
							time.Sleep(time.Duration(v%5) * time.Second)
						}
						if !emit(i<<8 | v) {
							return errors.New("not wanted any more")
						}
					}
					return nil
				})
			}
			seen, all := make([]int, len(lengths)), 0
			var err error
			for v, e := range merge.Ahead(t.Context(), int(ahead%20), sources...) {
				if err = e; err != nil {
					continue
				}
				if of, at := v>>8, v&255; seen[of] != at {
					t.Fatalf("element %d of source %d came, want %d", at, of, seen[of])
				}
				seen[v>>8]++
				if all++; all > int(leaveAt) {
					return
				}
			}
			if fails := len(lengths) > 0 && int(failAt) < int(lengths[0]); fails {
				if err != errGone || seen[0] != int(failAt) {
					t.Fatalf("error %v after %d elements", err, seen[0])
				}
				return
			}
			for i, n := range lengths {
				if seen[i] != int(n) || err != nil {
					t.Fatalf("%d elements of source %d, want %d; error %v", seen[i], i, n, err)
				}
			}
		})
	})
}
