package notebook

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// TestCrunchFails has a consumer fail: the notebook's cell 11 waits in queue.join() for ever then, and its cell 12 ends
// without the error. Here the error comes back, and nothing is lost in silence.
func TestCrunchFails(t *testing.T) {
	gone := errors.New("gone")
	synctest.Test(t, func(t *testing.T) {
		c, err := startCrunch(t.Context(), 100, Pause, func(ctx context.Context, item int) (int, error) {
			if item == 7 {
				return 0, gone
			}
			return Process(ctx, item)
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Wait(); err != gone {
			t.Errorf("got %v, want %v", err, gone)
		}
		if err := c.Join(t.Context()); err != gone {
			t.Errorf("Join: got %v, want %v", err, gone)
		}
		s := c.Stats().Jobs
		if s.Failed != 1 || s.Put != s.Handled+s.Failed+s.Undelivered || s.Depth != 0 || s.InFlight != 0 {
			t.Errorf("items are lost: %+v", s)
		}
	})
}
