//go:build unix

package parallel_test

import (
	"context"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/templates/parallel"
)

// A pipeline whose source is silent costs no time of the processor.
func TestIdle(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			silent := func(_ context.Context, emit func(int) bool) error {
				time.Sleep(100 * time.Millisecond)
				before := used(t)
				time.Sleep(500 * time.Millisecond)
				if spent := used(t) - before; spent > 50*time.Millisecond {
					t.Errorf("%v of CPU in 500ms", spent)
				}
				return nil
			}
			if _, err := collect(s.loop(t.Context(), 8, true, silent, same)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// used returns the processor time that the process has used.
func used(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Skip(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// What is allocated does not grow with the elements.
func TestConstantMemory(t *testing.T) {
	n := 100_000_000
	if testing.Short() || raceEnabled {
		n = 1_000_000
	}
	for _, ordered := range []bool{true, false} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		count := 0
		for chunk, err := range parallel.Map(t.Context(), 4, ordered, upTo(n),
			func(_ context.Context, _ int, in, out []int) ([]int, error) { return append(out, in...), nil }) {
			if err != nil {
				t.Fatal(err)
			}
			count += len(chunk)
		}
		runtime.ReadMemStats(&after)
		if count != n {
			t.Errorf("%d elements, want %d", count, n)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 256<<10 {
			t.Errorf("%d bytes allocated", grown)
		}
	}
}
