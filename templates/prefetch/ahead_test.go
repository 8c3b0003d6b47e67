package prefetch_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/templates/prefetch"
)

func explode() { panic(errGone) }

func goexit() { runtime.Goexit() }

// upTo is the source of 0 to n-1, then err.
func upTo(n int, err error) func(context.Context, func(int) bool) error {
	return func(_ context.Context, emit func(int) bool) error {
		for v := range n {
			if !emit(v) {
				return errors.New("not wanted any more")
			}
		}
		return err
	}
}

func TestAhead(t *testing.T) {
	for _, n := range []int{1, 2, 3, 100} {
		for _, length := range []int{0, 1, 2, 5000} {
			for _, fail := range []error{nil, errGone} {
				t.Run(fmt.Sprint(n, length, fail), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						var got []int
						var err error
						for v, e := range prefetch.Ahead(t.Context(), n, upTo(length, fail)) {
							if err = e; err == nil {
								got = append(got, v)
							}
						}
						if diff := cmp.Diff(numbers(length), got); diff != "" || err != fail {
							t.Error(diff, err)
						}
					})
				})
			}
		}
	}
}

// At most n are ready, one in the hand of the source, one in the loop.
func TestAheadBound(t *testing.T) {
	for _, n := range []int{1, 2, 7} {
		synctest.Test(t, func(t *testing.T) {
			var pulled atomic.Int64
			endless := func(_ context.Context, emit func(int) bool) error {
				for v := 0; ; v++ {
					pulled.Add(1)
					if !emit(v) {
						return nil
					}
				}
			}
			for v := range prefetch.Ahead(t.Context(), n, endless) {
				synctest.Wait()
				if ahead := int(pulled.Load()) - v; ahead != n+2 {
					t.Errorf("%d pulled beyond %d, want %d", ahead, v, n+2)
				}
				if v == 50 {
					break
				}
			}
		})
	}
}

// The source's time and the loop's overlap.
func TestAheadOverlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		for range prefetch.Ahead(t.Context(), 1, func(_ context.Context, emit func(int) bool) error {
			for v := range 100 {
				time.Sleep(time.Second)
				emit(v)
			}
			return nil
		}) {
			time.Sleep(time.Second)
		}
		if took := time.Since(start); took != 101*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestAheadLeavingWaits(t *testing.T) {
	for _, way := range []string{"break", "panic", "exit"} {
		synctest.Test(t, func(t *testing.T) {
			var running atomic.Bool
			left := make(chan bool)
			go func() {
				defer func() { _ = recover(); left <- running.Load() }()
				for range prefetch.Ahead(t.Context(), 2, func(ctx context.Context, emit func(int) bool) error {
					running.Store(true)
					defer running.Store(false)
					emit(1)
					<-ctx.Done()
					time.Sleep(time.Hour)
					return ctx.Err()
				}) {
					switch way {
					case "panic":
						panic("left")
					case "exit":
						runtime.Goexit()
					}
					break
				}
			}()
			if <-left {
				t.Errorf("%s: the source still runs", way)
			}
		})
	}
}

func TestAheadContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { cancel(errGone) })
		var err error
		for _, err = range prefetch.Ahead(ctx, 2, func(ctx context.Context, emit func(int) bool) error {
			<-ctx.Done()
			return ctx.Err()
		}) {
		}
		if err != errGone {
			t.Errorf("error %v, want the cause", err)
		}
	})
}

func TestAheadPanicAndExit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		run := func(fail, leave func()) (seen int) {
			for range prefetch.Ahead(t.Context(), 2, func(_ context.Context, emit func(int) bool) error {
				emit(1)
				fail()
				return nil
			}) {
				seen++
				if leave != nil {
					synctest.Wait()
					leave()
					break
				}
			}
			return seen
		}
		for _, leave := range []func(){nil, func() {}, goexit} {
			ended := make(chan any)
			go func() {
				defer func() { ended <- recover() }()
				run(explode, leave)
			}()
			raised := <-ended
			if p, ok := raised.(*prefetch.Panic); !ok || p.Value != any(errGone) || !strings.Contains(p.Error(), "explode") {
				t.Errorf("raised %v", raised)
			}
		}
		for _, leave := range []func(){nil, func() {}} {
			ended := make(chan bool)
			go func() {
				returned := false
				defer func() { ended <- returned }()
				run(goexit, leave)
				returned = true
			}()
			if <-ended {
				t.Error("it went on behind the loop")
			}
		}
	})
}

func BenchmarkAhead(b *testing.B) {
	const n = 1_000_000
	for _, ready := range []int{1, 5, 128, 1024} {
		b.Run(fmt.Sprint("Ahead/", ready), func(b *testing.B) {
			for b.Loop() {
				count := 0
				for range prefetch.Ahead(b.Context(), ready, upTo(n, nil)) {
					count++
				}
				if count != n {
					b.Fatal(count)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/element")
		})
		b.Run(fmt.Sprint("channel/", ready), func(b *testing.B) {
			for b.Loop() {
				ctx, cancel := context.WithCancel(b.Context())
				out := make(chan int, ready)
				go func() {
					defer close(out)
					for v := range n {
						select {
						case out <- v:
						case <-ctx.Done():
							return
						}
					}
				}()
				count := 0
				for range out {
					count++
				}
				cancel()
				if count != n {
					b.Fatal(count)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/element")
		})
	}
}

// patience is how long a test goes on that makes many rounds; on a busy machine they are fewer.
const patience = 5 * time.Second

// The source waits until the loop has seen its element, so a wake-up that is lost is a deadlock. It does not sleep
// itself, so that it runs beside the loop.
func TestAheadLosesNoWakeUp(t *testing.T) {
	rounds := 100_000
	if testing.Short() {
		rounds = 5000
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var seen, pause atomic.Int64
	begin := time.Now()
	for v, err := range prefetch.Ahead(ctx, 1, func(ctx context.Context, emit func(int) bool) error {
		for v := 0; v < rounds && time.Since(begin) < patience; v++ {
			for range v % 499 {
				pause.Add(1)
			}
			emit(v)
			for tries := 1; seen.Load() == int64(v); tries++ {
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
			t.Fatalf("element %d did not come through: %v", v, err)
		}
		seen.Add(1)
	}
}
