package pool

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOnError fails a body in each way: onError hears of it before the release, which sees the body's own error, and
// only the body's is forgotten.
func TestOnError(t *testing.T) {
	errReport := errors.New("report failed")
	tests := []struct {
		name        string
		body        func() error
		onErrorErr  error
		onErrorPanc any
		wantTold    []error
		wantErr     []error
		wantPanic   any
		wantIdle    int
	}{
		{name: "returns", body: func() error { return nil }, onErrorErr: errReport, wantIdle: 1},
		{name: "fails", body: func() error { return errBody }, wantTold: []error{errBody}, wantErr: []error{errBody}, wantIdle: 1},
		{name: "fails twice", body: func() error { return errBody }, onErrorErr: errReport, wantTold: []error{errBody}, wantErr: []error{errBody, errReport}, wantIdle: 1},
		{name: "is forgotten", body: func() error { return errForgotten }, wantTold: []error{errForgotten}, wantIdle: 1},
		{name: "is forgotten, not the report", body: func() error { return errForgotten }, onErrorErr: errReport, wantTold: []error{errForgotten}, wantErr: []error{errReport}, wantIdle: 1},
		{name: "fails, then panics", body: func() error { return errBody }, onErrorPanc: "report", wantTold: []error{errBody}, wantPanic: "report"},
		{name: "panics", body: func() error { panic("body") }, wantTold: []error{errLeft}, wantPanic: "body"},
		{name: "panics twice", body: func() error { panic("body") }, onErrorPanc: "report", wantTold: []error{errLeft}, wantPanic: "body"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var told []error
			b := &bank{onErrorBy: func(ctx context.Context, _ *conn, bodyErr error) error {
				told = append(told, bodyErr)
				if _, bounded := ctx.Deadline(); ctx.Err() != nil || !bounded {
					t.Errorf("onError has ctx with error %v, bounded %v", ctx.Err(), bounded)
				}
				if tt.onErrorPanc != nil {
					panic(tt.onErrorPanc)
				}
				return tt.onErrorErr
			}}
			p := b.pool(1)
			ctx, cancel := context.WithCancel(t.Context())
			panicked, err := tried(func() error {
				return p.With(ctx, func(context.Context, *conn) error {
					cancel()
					return tt.body()
				})
			})
			if diff := cmp.Diff(tt.wantPanic, panicked); diff != "" {
				t.Errorf("panic (-want +got):\n%s", diff)
			}
			if len(told) != len(tt.wantTold) || len(told) == 1 && told[0] != tt.wantTold[0] {
				t.Errorf("told %v, want %v", told, tt.wantTold)
			}
			for _, want := range tt.wantErr {
				if !errors.Is(err, want) {
					t.Errorf("error %v, want %v in it", err, want)
				}
			}
			if len(tt.wantErr) == 0 && err != nil {
				t.Errorf("error %v, want none", err)
			}
			if s := p.Stats(); s.Idle != tt.wantIdle || s.InUse != 0 {
				t.Errorf("%d idle and %d in use, want %d and 0", s.Idle, s.InUse, tt.wantIdle)
			}
			if err := p.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if s := p.Stats(); s.Released != 1 {
				t.Errorf("%d released, want 1", s.Released)
			}
		})
	}
}

func tried(f func() error) (panicked any, err error) {
	defer func() { panicked = recover() }()
	return nil, f()
}

// TestAbandoned leaves a body by a panic and by Goexit, and has the release fail in each way: the release sees an
// error, and what left the body goes on.
func TestAbandoned(t *testing.T) {
	for name, release := range map[string]func() error{
		"returns": func() error { return nil },
		"fails":   func() error { return errRelease },
		"panics":  func() error { panic("release") },
	} {
		t.Run(name, func(t *testing.T) {
			var saw []error
			b := &bank{releaseBy: func(_ context.Context, _ *conn, bodyErr error) error {
				saw = append(saw, bodyErr)
				return release()
			}}
			p := b.pool(1)
			panicked, _ := tried(func() error {
				return p.With(t.Context(), func(context.Context, *conn) error { panic("body") })
			})
			if panicked != "body" {
				t.Errorf("the body panics, and With with %v", panicked)
			}
			done, back := make(chan any), false
			go func() {
				defer func() { done <- recover() }()
				_ = p.With(t.Context(), func(context.Context, *conn) error { runtime.Goexit(); return nil })
				back = true
			}()
			raised := <-done
			if back || (raised != nil) != (name == "panics") {
				t.Errorf("the body ends its goroutine; With comes back: %v, raised: %v", back, raised)
			}
			if len(saw) != 2 || saw[0] == nil || saw[1] == nil {
				t.Errorf("the releases saw %v, want an error each", saw)
			}
			if s := p.Stats(); s.InUse != 0 || s.Idle != 0 {
				t.Errorf("%d in use, %d idle, want none", s.InUse, s.Idle)
			}
		})
	}
}
