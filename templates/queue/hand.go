package queue

// hasKeys is an option: whether items of one key are handled one at a time, so that a key has to be let go.
const hasKeys = true

// hand is what one taker has taken and not settled yet.
type hand[T any] struct {
	pop    func() (T, bool) // of the queue, as settle
	settle func(outcome)
	free   func(T) // lets the key of an item go
	items  []T
	gone   bool // the item that was taken last is settled
}

// next settles what is in hand as handled, and takes an item. ok is false at the end, and after abort.
func (h *hand[T]) next() (v T, ok bool) {
	h.handled()
	return h.more()
}

// more takes an item beside those in hand.
func (h *hand[T]) more() (v T, ok bool) {
	if v, ok = h.pop(); ok {
		h.items, h.gone = append(h.items, v), false
	}
	return v, ok
}

// held returns what is in hand.
func (h *hand[T]) held() []T { return h.items }

// handled settles all that is in hand.
func (h *hand[T]) handled() {
	if len(h.items) == 0 {
		return
	}
	h.settle(outcome{handled: int64(len(h.items))})
	h.drop(0)
}

// failed settles the item that was taken last, unless it is: a call on it has failed, or on another part of it.
func (h *hand[T]) failed() {
	if h.gone {
		return
	}
	h.settle(outcome{failed: 1})
	h.drop(len(h.items) - 1)
}

// allFailed settles all that is in hand: a call on all of it has failed.
func (h *hand[T]) allFailed() {
	h.settle(outcome{failed: int64(len(h.items))})
	h.drop(0)
}

// drop lets go what is in hand from the given place on.
func (h *hand[T]) drop(from int) {
	if hasKeys {
		for _, v := range h.items[from:] {
			h.free(v)
		}
	}
	clear(h.items[from:]) // so that the hand keeps nothing alive
	h.items, h.gone = h.items[:from], true
}

// leave settles what is in hand of a taker that goes: it has failed, or if the taker was cut short it is undelivered,
// and returned.
func (h *hand[T]) leave(cutShort bool) (undelivered []T) {
	n := int64(len(h.items))
	switch {
	case n == 0:
		return nil
	case !cutShort:
		h.settle(outcome{failed: n})
		return nil
	}
	h.settle(outcome{undelivered: n})
	return h.items
}

// most is how many items a taker that only computes takes under one lock.
const most = 64

// share is what one taker has taken at once. It settles a share when it takes the next one.
type share[T any] struct {
	take   func(hand []T) ([]T, error) // of the queue, as settle
	settle func(outcome)
	items  []T // as many as it may take at once; nil: most
	at     int // the one that is being handled
}

// next goes on to the next item. ok is false at the end, and after abort.
func (s *share[T]) next() (v T, ok bool) {
	s.at++
	if s.at < len(s.items) {
		return s.items[s.at], true
	}
	return s.refill()
}

// refill settles the share as handled, and takes another.
func (s *share[T]) refill() (v T, ok bool) {
	if s.items == nil {
		s.items = make([]T, 0, most)
	}
	s.at = 0
	s.items, _ = s.take(s.items) // after abort there is nothing either
	if len(s.items) == 0 {
		return v, false
	}
	return s.items[0], true
}

// leave settles what is in hand of a taker that goes. The item that is being handled has failed, or if the taker was
// cut short it is undelivered, as those behind it are. The undelivered ones are returned.
func (s *share[T]) leave(cutShort bool) (undelivered []T) {
	if s.at >= len(s.items) {
		return nil
	}
	o := outcome{handled: int64(s.at)}
	undelivered = s.items[s.at:]
	if !cutShort {
		o.failed = 1
		undelivered = undelivered[1:]
	}
	o.undelivered = int64(len(undelivered))
	s.settle(o)
	return undelivered
}
