package queue

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var errFirst = errors.New("the first fails")

// TestSeen puts items of one key while the first of them is on its way: they wait for what becomes of that.
func TestSeen(t *testing.T) {
	for name, test := range map[string]struct {
		first     func() error
		in, again int64 // of three others
	}{
		"comes in": {func() error { return nil }, 0, 3},
		"fails":    {func() error { return errFirst }, 1, 2},
		"panics":   {func() error { panic(errFirst) }, 1, 2},
		"leaves":   {func() error { runtime.Goexit(); return nil }, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSeen[string]()
				go func() {
					defer func() { _ = recover() }()
					_, _ = s.put(t.Context(), "a", func() error { time.Sleep(time.Second); return test.first() })
				}()
				synctest.Wait()
				if again, err := s.put(t.Context(), "b", func() error { return nil }); again || err != nil {
					t.Errorf("another key: %v, %v", again, err)
				}
				var in, dropped atomic.Int64
				for range 3 {
					go func() {
						again, err := s.put(t.Context(), "a", func() error { in.Add(1); time.Sleep(time.Second); return nil })
						if err != nil {
							t.Error(err)
						}
						if again {
							dropped.Add(1)
						}
					}()
				}
				synctest.Wait()
				if in.Load()+dropped.Load() > 0 {
					t.Error("one has not waited")
				}
				time.Sleep(time.Minute)
				if in.Load() != test.in || dropped.Load() != test.again {
					t.Errorf("%d have come in, %d were dropped; want %d, %d", in.Load(), dropped.Load(), test.in, test.again)
				}
			})
		})
	}
}

// TestSeenCancelled has one that waits for another's item leave with its context's cause.
func TestSeenCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSeen[int]()
		room := make(chan struct{})
		go func() { _, _ = s.put(t.Context(), 7, func() error { <-room; return nil }) }()
		synctest.Wait()
		gone := errors.New("gone")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, gone)
		defer cancel()
		begin := time.Now()
		if again, err := s.put(ctx, 7, func() error { t.Error("put"); return nil }); again || err != gone || time.Since(begin) != time.Second {
			t.Errorf("%v, %v after %v", again, err, time.Since(begin))
		}
		close(room)
		if again, err := s.put(t.Context(), 7, func() error { t.Error("put"); return nil }); !again || err != nil {
			t.Errorf("%v, %v", again, err)
		}
	})
}
