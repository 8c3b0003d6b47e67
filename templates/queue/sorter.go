package queue

import (
	"context"
	"slices"
	"sync"
	"time"
)

// sorter hands out what comes out of a funnel to several takers so that the items of one key are in one hand at a time,
// in order. What comes while its key is in a hand waits in the line of that key. When there is most of that in all,
// nothing more is taken out of the funnel.
type sorter[T any, K comparable] struct {
	from *funnel[T]
	key  func(T) K
	most int

	mu       sync.Mutex
	changed  chan struct{}     // closed when it is worth while to look again; nil: nobody waits for that
	lines    map[K]*line[T, K] // of the keys that are in a hand or ready
	ready    []*line[T, K]     // those of keys that are in no hand
	waiting  int               // how many items are in the lines
	unsorted []poured[T]       // what has come out of the funnel, while its key is asked for
	pulling  bool              // somebody waits at the funnel
	ended    bool              // nothing comes out of the funnel any more
}

// line is the items of one key that wait, and how many of them are in a hand.
type line[T any, K comparable] struct {
	key     K
	by      *grasp[T, K] // whose hand that is; nil: in none
	inHand  int
	waiting []poured[T]
}

// newSorter returns a sorter of what comes out of a funnel, of which at most the given number of items wait.
func newSorter[T any, K comparable](from *funnel[T], most int, key func(T) K) *sorter[T, K] {
	return &sorter[T, K]{from: from, key: key, most: most, lines: map[K]*line[T, K]{}}
}

// grasp is what one taker has in hand of a sorter. It may take more of the keys that are there.
type grasp[T any, K comparable] struct {
	from  *sorter[T, K]
	lines []*line[T, K] // of the keys in hand, and of some that have been let go since
}

// take returns an item whose key is in no other hand, and waits while there is none. ok is false at the end, and when
// ctx is done; late is true where due sends something before.
func (g *grasp[T, K]) take(ctx context.Context, due <-chan time.Time) (item poured[T], ok, late bool) {
	s := g.from
	s.mu.Lock()
	defer s.mu.Unlock()
	for ctx.Err() == nil && !late {
		if l := g.next(); l != nil {
			return g.hold(l), true, false
		}
		if s.ended && s.waiting == 0 {
			return item, false, false
		}
		late = s.wait(ctx, due)
	}
	return item, false, late
}

// next returns a line of which an item may be taken: of a key that is in this hand, or in none; nil if there is none.
func (g *grasp[T, K]) next() *line[T, K] {
	g.lines = slices.DeleteFunc(g.lines, func(l *line[T, K]) bool { return l.by != g })
	for _, l := range g.lines {
		if len(l.waiting) > 0 {
			return l
		}
	}
	s := g.from
	if len(s.ready) == 0 {
		return nil
	}
	l := s.ready[0]
	s.ready = s.ready[1:]
	return l
}

// hold takes the first item of a line in hand.
func (g *grasp[T, K]) hold(l *line[T, K]) poured[T] {
	s, item := g.from, l.waiting[0]
	l.waiting = l.waiting[1:]
	l.inHand++
	s.waiting--
	if s.ended || s.waiting == s.most-1 {
		s.look() // it may have been the last, and there is room for another
	}
	if l.by != g {
		l.by = g
		g.lines = append(g.lines, l)
	}
	settle := item.settle
	item.settle = func(o outcome) {
		settle(o)
		if !o.ends { // else those of its key are not to be handled
			s.free(l)
		}
	}
	return item
}

// pass says that all that was in hand is settled, or on its way to another goroutine.
func (g *grasp[T, K]) pass() {
	clear(g.lines)
	g.lines = g.lines[:0]
}

// wait waits until it is worth while to look again or, unless somebody else does already, for what comes out of the
// funnel. It reports whether due sends something before.
func (s *sorter[T, K]) wait(ctx context.Context, due <-chan time.Time) (late bool) {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	changed := s.changed
	var out chan poured[T]
	pulls := !s.ended && !s.pulling && s.waiting < s.most
	if pulls {
		s.pulling, out = true, s.from.out
	}
	var item poured[T]
	came, ok := false, false
	s.mu.Unlock()
	select {
	case item, ok = <-out:
		came = true
	case <-changed:
	case <-ctx.Done():
	case <-due:
		late = true
	}
	s.mu.Lock()
	if pulls {
		s.pulling = false
		s.look()
	}
	if ok {
		s.sort(item)
	}
	s.ended = s.ended || came && !ok
	return late
}

// sort puts an item into the line of its key.
func (s *sorter[T, K]) sort(item poured[T]) {
	s.unsorted = append(s.unsorted, item) // it is not lost where key panics
	key := s.key(item.v)
	s.unsorted = s.unsorted[:len(s.unsorted)-1]
	l := s.lines[key]
	if l == nil {
		l = &line[T, K]{key: key}
		s.lines[key] = l
		s.ready = append(s.ready, l)
	}
	l.waiting = append(l.waiting, item)
	s.waiting++
}

// look lets all takers that wait look again.
func (s *sorter[T, K]) look() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// free lets go the key of one item. When it is in no hand any more, anybody may take what waits for it.
func (s *sorter[T, K]) free(l *line[T, K]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.inHand--
	if l.inHand > 0 {
		return
	}
	l.by = nil
	if len(l.waiting) == 0 {
		delete(s.lines, l.key)
		return
	}
	s.ready = append(s.ready, l)
	s.look()
}

// drain settles what nobody has taken as undelivered.
func (s *sorter[T, K]) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, item := range s.unsorted {
		item.undelivered()
	}
	for _, l := range s.lines {
		for _, item := range l.waiting {
			item.undelivered()
		}
	}
	clear(s.lines)
	s.unsorted, s.ready, s.waiting = nil, nil, 0
}
