package queue

import (
	"sync"
	"time"
)

// sorter hands out what comes out of a funnel to several takers so that the items of one key are in one hand at a time,
// in order. What comes while its key is in a hand waits in the line of that key: that hand may take it too. When there
// is most of that in all, nothing more is taken out of the funnel.
type sorter[T any, K comparable] struct {
	from *funnel[T]
	key  func(T) K
	most int

	mu       sync.Mutex
	changed  chan struct{}               // closed when it is worth while to look again
	lines    map[K]*line[T, K]           // of the keys that are in a hand or ready
	ready    []*line[T, K]               // those of keys that are in no hand
	hands    map[*catch[T]][]*line[T, K] // by the items in a hand, their lines
	waiting  int                         // how many items are in the lines
	unsorted []poured[T]                 // what has come out of the funnel, while its key is asked for
	pulling  bool                        // somebody waits at the funnel
	ended    bool                        // nothing comes out of the funnel any more
}

// line is the items of one key that wait, and how many of them are in a hand.
type line[T any, K comparable] struct {
	key     K
	inHand  int
	waiting []poured[T]
}

// newSorter returns a sorter of what comes out of a funnel, of which at most the given number of items wait.
func newSorter[T any, K comparable](from *funnel[T], most int, key func(T) K) *sorter[T, K] {
	return &sorter[T, K]{
		from: from, key: key, most: most,
		changed: make(chan struct{}), lines: map[K]*line[T, K]{}, hands: map[*catch[T]][]*line[T, K]{},
	}
}

// take returns an item whose key is in no other hand than c, and waits while there is none. ok is false at the end, and
// after abort; late is true where due sends something before.
func (s *sorter[T, K]) take(c *catch[T], due <-chan time.Time) (item poured[T], ok, late bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.from.ctx.Err() == nil && !late {
		if l := s.next(c); l != nil {
			return s.hand(c, l), true, false
		}
		switch {
		case s.ended:
			return item, false, false
		case s.pulling || s.waiting >= s.most:
			late = s.pause(due)
		default:
			late = s.pull(due)
		}
	}
	return item, false, late
}

// next returns a line of which c may take an item: of a key that it has in hand, or that nobody has; nil if there is none.
func (s *sorter[T, K]) next(c *catch[T]) *line[T, K] {
	for _, l := range s.hands[c] {
		if len(l.waiting) > 0 {
			return l
		}
	}
	if len(s.ready) == 0 {
		return nil
	}
	l := s.ready[0]
	s.ready = s.ready[1:]
	return l
}

// hand gives c the first item of a line.
func (s *sorter[T, K]) hand(c *catch[T], l *line[T, K]) poured[T] {
	item := l.waiting[0]
	l.waiting = l.waiting[1:]
	l.inHand++
	s.waiting--
	s.hands[c] = append(s.hands[c], l)
	return item
}

// pause waits until it is worth while to look again, and reports whether due sends something before.
func (s *sorter[T, K]) pause(due <-chan time.Time) (late bool) {
	changed := s.changed
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-changed:
	case <-s.from.ctx.Done():
	case <-due:
		return true
	}
	return false
}

// pull takes an item out of the funnel into the line of its key. It reports whether due sends something before.
func (s *sorter[T, K]) pull(due <-chan time.Time) (late bool) {
	item, ok, late := s.receive(due)
	switch {
	case late:
		return true
	case !ok:
		s.ended = true
		return false
	}
	s.unsorted = append(s.unsorted, item) // it is not lost where key panics
	key := s.key(item.v)
	s.unsorted = s.unsorted[:0]
	l := s.lines[key]
	if l == nil {
		l = &line[T, K]{key: key}
		s.lines[key] = l
		s.ready = append(s.ready, l)
	}
	l.waiting = append(l.waiting, item)
	s.waiting++
	return false
}

// receive waits at the funnel, without the lock.
func (s *sorter[T, K]) receive(due <-chan time.Time) (item poured[T], ok, late bool) {
	s.pulling = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.pulling = false
		s.look()
	}()
	select {
	case item, ok = <-s.from.out:
		return item, ok, false
	case <-due:
		return item, false, true
	}
}

// look lets all takers that wait look again.
func (s *sorter[T, K]) look() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// free lets go the keys of all that c has in hand. What waits for a key that is in no hand any more may be taken by
// anybody.
func (s *sorter[T, K]) free(c *catch[T]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := s.hands[c]
	for _, l := range mine {
		l.inHand--
		switch {
		case l.inHand > 0:
		case len(l.waiting) > 0:
			s.ready = append(s.ready, l)
		default:
			delete(s.lines, l.key)
		}
	}
	clear(mine)
	s.hands[c] = mine[:0]
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
