//go:build unix

package batch_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/templates/batch"
)

// A partial slice that is not due yet, and a source that waits for a slow loop, cost no time of the processor.
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
	for range batch.Batches(t.Context(), 2, time.Hour, func(_ context.Context, emit func(int) bool) error {
		emit(1)
		measure()
		for emit(2) {
		}
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
