package queue

import "sync"

// keyed hands out the items of a queue to several takers so that those of one key are in one hand at a time, in order.
// Items whose key is in a hand wait in a line of their own; when there are most of them in all, nothing more is taken.
type keyed[T any, K comparable] struct {
	pop  func() (T, bool)
	key  func(T) K
	most int

	mu      sync.Mutex
	changed sync.Cond
	lines   map[K][]T    // by each key that is in a hand: the items that wait for it
	ready   []turn[T, K] // items whose turn has come
	unread  []T          // what has come out of the queue, while its key is asked for
	waiting int          // how many items are in the lines
	popping bool         // somebody waits at the queue
	ended   bool         // nothing comes out of the queue any more
	stopped bool         // nothing is handed out any more
}

// turn is an item and its key, which is asked for once: what is done with an item may change it.
type turn[T any, K comparable] struct {
	v   T
	key K
}

// newKeyed returns a keyed of what pop gives, of which at most the given number of items wait for their keys.
func newKeyed[T any, K comparable](most int, pop func() (T, bool), key func(T) K) *keyed[T, K] {
	k := &keyed[T, K]{pop: pop, key: key, most: most, lines: map[K][]T{}}
	k.changed.L = &k.mu
	return k
}

// take returns an item whose key is in no hand, and waits while there is none. ok is false at the end, and after stop.
func (k *keyed[T, K]) take() (t turn[T, K], ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for !k.stopped {
		switch {
		case len(k.ready) > 0:
			t = k.ready[0]
			k.ready = k.ready[1:]
			return t, true
		case k.ended && k.waiting == 0:
			return t, false
		case k.ended || k.popping || k.waiting >= k.most:
			k.changed.Wait()
		default:
			if t, ok = k.fetch(); ok {
				return t, true
			}
		}
	}
	return t, false
}

// fetch takes an item out of the queue. ok is false where it has to wait for its key, and at the end.
func (k *keyed[T, K]) fetch() (t turn[T, K], ok bool) {
	k.popping = true
	k.mu.Unlock()
	v, ok := k.pop()
	k.mu.Lock()
	k.popping = false
	k.changed.Broadcast()
	if !ok {
		k.ended = true
		return t, false
	}
	k.unread = append(k.unread, v) // it is not lost where key panics
	key := k.key(v)
	k.unread = k.unread[:len(k.unread)-1]
	line, busy := k.lines[key]
	if busy {
		k.lines[key] = append(line, v)
		k.waiting++
		return t, false
	}
	k.lines[key] = nil
	return turn[T, K]{v, key}, true
}

// free lets a key go: the next item of it may be taken.
func (k *keyed[T, K]) free(key K) {
	k.mu.Lock()
	defer k.mu.Unlock()
	line := k.lines[key]
	if len(line) == 0 {
		delete(k.lines, key)
	} else {
		k.ready = append(k.ready, turn[T, K]{line[0], key})
		k.lines[key] = line[1:]
		k.waiting--
	}
	k.changed.Broadcast()
}

// stop ends it before its time. What nobody has taken stays for drain.
func (k *keyed[T, K]) stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = true
	k.changed.Broadcast()
}

// drain returns the items that nobody has taken. They are yet to be settled.
func (k *keyed[T, K]) drain() []T {
	k.mu.Lock()
	defer k.mu.Unlock()
	left := k.unread
	for _, t := range k.ready {
		left = append(left, t.v)
	}
	for _, line := range k.lines {
		left = append(left, line...)
	}
	k.unread, k.ready, k.waiting = nil, nil, 0
	clear(k.lines)
	return left
}

// grip is the keys of what one taker has in hand.
type grip[T any, K comparable] struct {
	from *keyed[T, K]
	keys []K
}

// take is that of the keyed.
func (g *grip[T, K]) take() (v T, ok bool) {
	t, ok := g.from.take()
	if ok {
		g.keys = append(g.keys, t.key)
	}
	return t.v, ok
}

// free lets go the keys of the n items that were taken last.
func (g *grip[T, K]) free(n int) {
	rest := len(g.keys) - n
	for _, key := range g.keys[rest:] {
		g.from.free(key)
	}
	clear(g.keys[rest:]) // so that the grip keeps nothing alive
	g.keys = g.keys[:rest]
}
