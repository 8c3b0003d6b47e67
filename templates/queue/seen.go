package queue

import (
	"context"
	"sync"
)

// seen is the keys of a queue that takes each of them once and whose puts may wait: of the items that have come in, and
// of those that are on their way.
type seen[D comparable] struct {
	mu      sync.Mutex
	settled sync.Cond  // an item has come in, or will not
	in      map[D]bool // by key; false: on its way
}

// newSeen returns a seen without keys.
func newSeen[D comparable]() *seen[D] {
	s := &seen[D]{in: map[D]bool{}}
	s.settled.L = &s.mu
	return s
}

// put calls put with an item of that key, unless one has come in before: then again is true. While one is on its way it
// waits, since that may fail; once ctx is done it waits no longer, and the error is its cause.
func (s *seen[D]) put(ctx context.Context, key D, put func() error) (again bool, err error) {
	again, err = s.claim(ctx, key)
	if again || err != nil {
		return again, err
	}
	in := false
	defer func() { s.settle(key, in) }()
	err = put()
	in = err == nil
	return false, err
}

// claim waits until no item of that key is on its way, and reports whether one has come in. If not, the caller's is on
// its way.
func (s *seen[D]) claim(ctx context.Context, key D) (again bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in, again := s.in[key]
	if again && !in {
		stop := context.AfterFunc(ctx, s.lookAgain)
		defer stop()
	}
	for again && !in {
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		s.settled.Wait()
		in, again = s.in[key]
	}
	if !again {
		s.in[key] = false
	}
	return again, nil
}

// settle notes whether an item has come in that was on its way.
func (s *seen[D]) settle(key D, in bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.in[key] = in; !in {
		delete(s.in, key)
	}
	s.settled.Broadcast()
}

// lookAgain lets those that wait see whether their contexts are done.
func (s *seen[D]) lookAgain() {
	s.mu.Lock()
	s.settled.Broadcast()
	s.mu.Unlock()
}
