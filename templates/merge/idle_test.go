//go:build unix

package merge_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/templates/merge"
)

// Silent sources, and one that waits for a slow loop, cost no time of the processor.
func TestIdle(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	measure := func() {
		time.Sleep(100 * time.Millisecond)
		before := used(t)
		time.Sleep(400 * time.Millisecond)
		spent := used(t) - before
		t.Logf("%v of CPU in 400ms", spent)
		if spent > 40*time.Millisecond {
			t.Errorf("%v of CPU in 400ms", spent)
		}
	}
	silent := func(ctx context.Context, _ func(int) bool) error { <-ctx.Done(); return ctx.Err() }
	for range merge.Merge(t.Context(), silent, silent, func(_ context.Context, emit func(int) bool) error {
		measure()
		emit(1)
		emit(2)
		return nil
	}) {
		measure()
		break
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
