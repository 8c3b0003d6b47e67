package late_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/asyncgen/asyncgen/templates/late"
)

var (
	errBody   = errors.New("body")
	errOther  = errors.New("other")
	errJams   = errors.New("jams")
	errSticks = errors.New("sticks")
)

func TestJoin(t *testing.T) {
	several := fmt.Errorf("%w, %w", errBody, errOther)
	both := errors.Join(errBody, errors.Join(errJams, errSticks))
	for _, test := range []struct {
		name       string
		kept, body error
		loop       error
		want       string
	}{
		{"nothing", nil, nil, nil, "<nil>"},
		{"a release", errJams, nil, nil, "jams"},
		{"two releases", errors.Join(errJams, errSticks), nil, nil, "jams\nsticks"},
		{"a body that nobody needed", errBody, errBody, nil, "<nil>"},
		{"its releases", both, errBody, nil, "jams\nsticks"},
		{"another error", errJams, nil, errOther, "other\njams"},
		{"told already", errJams, nil, errJams, "jams"},
		{"told with more", both, errBody, both, "body\njams\nsticks"},
		{"the body was suppressed", errJams, errBody, nil, "jams"},
		{"a body of several", errors.Join(several, errJams), several, nil, "jams"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := late.Join(func(l *late.Late) error {
				if got := l.Keep(t.Context(), test.kept, &test.body); got != test.kept {
					t.Errorf("Keep returns %v, want %v", got, test.kept)
				}
				return test.loop
			})
			if got := text(err); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return "<nil>"
	}
	return err.Error()
}

// TestKeepLate has an acquire that succeeds when ctx is done.
func TestKeepLate(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errOther)
	for _, test := range []struct {
		kept, want error
	}{
		{errOther, nil},
		{errBody, nil}, // of the acquire
		{errors.Join(errOther, errJams), errJams},
	} {
		if err := late.Join(func(l *late.Late) error { _ = l.Keep(ctx, test.kept, nil); return nil }); err != test.want {
			t.Errorf("%v: got %v, want %v", test.kept, err, test.want)
		}
	}
}

// TestKeepNothing has an acquire that fails, and nobody who keeps.
func TestKeepNothing(t *testing.T) {
	if err := late.Join(func(l *late.Late) error { _ = l.Keep(t.Context(), errJams, nil); return nil }); err != nil {
		t.Errorf("got %v, want nothing of what was not acquired", err)
	}
	var none *late.Late
	var body error
	if err := none.Keep(t.Context(), errJams, &body); err != errJams {
		t.Errorf("got %v, want %v", err, errJams)
	}
}

func TestKeepAtOnce(t *testing.T) {
	err := late.Join(func(l *late.Late) error {
		var running sync.WaitGroup
		for _, kept := range []error{errJams, errSticks} {
			running.Go(func() {
				var body error
				_ = l.Keep(t.Context(), kept, &body)
			})
		}
		running.Wait()
		return errBody
	})
	for _, want := range []error{errBody, errJams, errSticks} {
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v in it", err, want)
		}
	}
}
