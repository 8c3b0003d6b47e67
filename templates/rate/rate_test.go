package rate_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/templates/rate"
)

var errGone = errors.New("gone")

func TestSpacing(t *testing.T) {
	const ms = time.Millisecond
	cases := []struct {
		name   string
		n      int
		unit   time.Duration
		pauses []time.Duration // before each Wait
		at     []time.Duration // of each token
	}{
		{"the first does not wait", 10, time.Second, []time.Duration{70 * ms, 0}, []time.Duration{70 * ms, 170 * ms}},
		{"even", 10, time.Second, []time.Duration{0, 0, 0, 0}, []time.Duration{0, 100 * ms, 200 * ms, 300 * ms}},
		{"work counts", 10, time.Second, []time.Duration{0, 30 * ms, 30 * ms}, []time.Duration{0, 100 * ms, 200 * ms}},
		{"nothing is made up for", 10, time.Second, []time.Duration{0, 350 * ms, 0, 190 * ms, 0}, []time.Duration{0, 350 * ms, 450 * ms, 640 * ms, 740 * ms}},
		{"rounded up", 3, 10, []time.Duration{0, 0, 0, 0}, []time.Duration{0, 4, 8, 12}},
		{"by the minute", 2, time.Minute, []time.Duration{0, 0}, []time.Duration{0, 30 * time.Second}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limiter, start := rate.New(c.n, c.unit), time.Now()
				var at []time.Duration
				for _, pause := range c.pauses {
					time.Sleep(pause)
					if err := limiter.Wait(t.Context()); err != nil {
						t.Fatal(err)
					}
					at = append(at, time.Since(start))
				}
				if diff := cmp.Diff(c.at, at); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestSharedByGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiter, start := rate.New(10, time.Second), time.Now()
		var mu sync.Mutex
		seen := map[time.Duration]int{}
		var group sync.WaitGroup
		for range 5 {
			group.Go(func() {
				for range 4 {
					if err := limiter.Wait(t.Context()); err != nil {
						t.Error(err)
					}
					mu.Lock()
					seen[time.Since(start)]++
					mu.Unlock()
				}
			})
		}
		group.Wait()
		want := map[time.Duration]int{}
		for i := range 20 {
			want[time.Duration(i)*100*time.Millisecond] = 1
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Error(diff)
		}
	})
}

func TestContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errGone)
		defer cancel()
		limiter, start := rate.New(1, time.Hour), time.Now()
		if err := limiter.Wait(ctx); err != nil {
			t.Fatal(err)
		}
		if err := limiter.Wait(ctx); err != errGone || time.Since(start) != time.Second {
			t.Errorf("error %v after %v, want the cause after a second", err, time.Since(start))
		}
		if err := rate.New(1, time.Hour).Wait(ctx); err != errGone {
			t.Errorf("error %v, want the cause", err)
		}
	})
}

// By the real clock, whose timers are late, it is not faster either.
func TestNeverFaster(t *testing.T) {
	const n = 20
	limiter, start := rate.New(100, time.Second), time.Now()
	for range n {
		if err := limiter.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if took, least := time.Since(start), (n-1)*10*time.Millisecond; took < least {
		t.Errorf("took %v, want %v at least", took, least)
	}
}

func BenchmarkWait(b *testing.B) {
	limiter := rate.New(1_000_000_000, time.Second)
	for b.Loop() {
		if err := limiter.Wait(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
