package batch_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncgen/asyncgen/templates/batch"
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

// Whatever way the loop is left, and wherever the source is then, it does not run afterwards.
func TestLeavingWaits(t *testing.T) {
	ways := map[string]func(){"break": func() {}, "panic": func() { panic("left") }, "exit": runtime.Goexit}
	sources := map[string]source{
		"waits for room":  endless,
		"waits for input": at(nil, 1, 2, 3, 1_000_000),
		"is slow to end": func(ctx context.Context, emit func(int) bool) error {
			emit(1)
			emit(2)
			<-ctx.Done()
			time.Sleep(time.Hour)
			return ctx.Err()
		},
	}
	for name, leave := range ways {
		for where, source := range sources {
			t.Run(name+", source "+where, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var running atomic.Bool
					raised, returned := ending(func() {
						defer func() {
							if running.Load() {
								t.Error("the source still runs")
							}
						}()
						for range batch.Batches(t.Context(), 2, time.Minute, func(ctx context.Context, emit func(int) bool) error {
							running.Store(true)
							defer running.Store(false)
							return source(ctx, emit)
						}) {
							time.Sleep(10 * time.Second)
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
}

// A panic comes after what has been gathered, or when the loop is left, whatever way that is: its own panic comes first.
func TestPanicIsRaisedAgain(t *testing.T) {
	for name, leave := range map[string]func(){"no": nil, "break": func() {}, "exit": runtime.Goexit, "panic": func() { panic("left") }} {
		synctest.Test(t, func(t *testing.T) {
			seen := 0
			raised, _ := ending(func() {
				for items, err := range batch.Batches(t.Context(), 2, time.Hour, func(ctx context.Context, emit func(int) bool) error {
					emit(1)
					emit(2)
					emit(3)
					explode()
					return nil
				}) {
					seen += len(items)
					if synctest.Wait(); err != nil {
						break
					}
					if leave != nil {
						leave()
						break
					}
				}
			})
			if want := map[bool]int{false: 3, true: 2}[leave != nil]; seen != want {
				t.Errorf("%s: %d seen, want %d", name, seen, want)
			}
			if name == "panic" {
				if raised != any("left") {
					t.Errorf("raised %v", raised)
				}
				return
			}
			p, ok := raised.(*batch.Panic)
			if !ok || p.Value != any(errGone) || !errors.Is(p, errGone) || !strings.Contains(p.Error(), "explode") {
				t.Errorf("%s: raised %v", name, raised)
			}
		})
	}
}

// It comes after what has been gathered, or when the loop is left.
func TestGoexitIsRaisedAgain(t *testing.T) {
	for _, leave := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			seen := 0
			raised, returned := ending(func() {
				for items := range batch.Batches(t.Context(), 2, time.Hour, func(_ context.Context, emit func(int) bool) error {
					emit(1)
					emit(2)
					emit(3)
					runtime.Goexit()
					return nil
				}) {
					seen += len(items)
					if synctest.Wait(); leave {
						break
					}
				}
			})
			if want := map[bool]int{false: 3, true: 2}[leave]; raised != nil || returned || seen != want {
				t.Errorf("left %v: raised %v, returned %v, seen %d", leave, raised, returned, seen)
			}
		})
	}
}

// patience is how long a test goes on that makes many rounds; on a busy machine they are fewer.
const patience = 5 * time.Second

// The source waits until the loop has seen its slice, which is full or due about when it looks, so a wake-up that is
// lost is a deadlock.
func TestNoWakeUpIsLost(t *testing.T) {
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var seen, pause atomic.Int64
	sent, begin := 0, time.Now()
	for items, err := range batch.Batches(ctx, 2, 5*time.Microsecond, func(ctx context.Context, emit func(int) bool) error {
		for v := 0; v < rounds && time.Since(begin) < patience; v++ {
			emit(v)
			sent++
			for range v % 499 {
				pause.Add(1)
			}
			if v%3 != 0 {
				continue // full at times, due at others
			}
			for tries := 1; seen.Load() <= int64(v); tries++ {
				if tries%100 == 0 {
					runtime.Gosched()
				}
				if ctx.Err() != nil {
					return ctx.Err()
				}
			}
		}
		return nil
	}) {
		if err != nil {
			t.Fatalf("%d came through: %v", seen.Load(), err)
		}
		seen.Add(int64(len(items)))
	}
	if n := seen.Load(); n != int64(sent) {
		t.Errorf("%d came through, want %d", n, sent)
	}
}

// FuzzBatches gathers an uneven source in front of an uneven loop: all elements come once and in order, no slice is too
// long, and while the loop waits none comes late.
func FuzzBatches(f *testing.F) {
	f.Add(uint8(3), uint8(4), uint16(100), uint64(0x9e3779b97f4a7c15), uint64(0), uint16(1000))
	f.Add(uint8(0), uint8(4), uint16(500), uint64(0x123456789abcdef), uint64(1<<60-3), uint16(1000))
	f.Add(uint8(1), uint8(0), uint16(30), uint64(7), uint64(7), uint16(17))
	f.Fuzz(func(t *testing.T, size, every uint8, n uint16, pauses, bodies uint64, leaveAt uint16) {
		n %= 1000
		synctest.Test(t, func(t *testing.T) {
			period := time.Duration(every) * time.Second
			came := make([]time.Time, n)
			next := 0
			free := time.Now() // since when the loop waits
			for items, err := range batch.Batches(t.Context(), int(size), period, func(_ context.Context, emit func(int) bool) error {
				for v := range int(n) {
					if pauses>>(v%64)&1 == 1 {
						time.Sleep(time.Duration(v%7) * time.Second)
					}
					came[v] = time.Now()
					if !emit(v) {
						return nil
					}
				}
				return errGone
			}) {
				if err != nil {
					if err != errGone || next != int(n) {
						t.Fatalf("error %v after %d", err, next)
					}
					return
				}
				if len(items) == 0 || size > 0 && len(items) > int(size) {
					t.Fatalf("%d items, want at most %d", len(items), size)
				}
				begun := came[items[0]]
				if free.After(begun) {
					begun = free
				}
				if late := time.Since(begun) - period; period > 0 && late > 0 {
					t.Fatalf("%d came %v late", items[0], late)
				}
				for _, v := range items {
					if v != next {
						t.Fatalf("%d came, want %d", v, next)
					}
					next++
				}
				if next > int(leaveAt) {
					return
				}
				if bodies>>(next%64)&1 == 1 {
					time.Sleep(time.Duration(next%11) * time.Second)
				}
				free = time.Now()
			}
			if n > 0 {
				t.Fatalf("ended after %d without the error", next)
			}
		})
	})
}
