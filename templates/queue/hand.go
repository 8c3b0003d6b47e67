package queue

// hasKeys is an option: whether items of one key are handled one at a time, so that a key has to be let go.
const hasKeys = true

// hand is what one taker has taken and not settled yet.
type hand[T any] struct {
	pop    func() (T, bool) // of the queue, as settle
	settle func(outcome)
	free   func(n int) // lets go the keys of the n items that were taken last
	items  []T
	failed []T  // settled with the others: the taker may still be at what else came of them
	gone   bool // the item that was taken last is among them
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
	if len(h.items)+len(h.failed) == 0 {
		return
	}
	h.settle(outcome{handled: int64(len(h.items)), failed: int64(len(h.failed))})
	h.items, h.failed = h.drop(h.items), h.drop(h.failed)
}

// fail notes that a call on the item that was taken last has failed, or on a part of it.
func (h *hand[T]) fail() {
	if !h.gone {
		h.failFrom(len(h.items) - 1)
	}
}

// skip settles the item that was taken last as handled: nothing of it goes on, and the others wait in a batch.
func (h *hand[T]) skip() {
	if h.gone {
		return
	}
	last := len(h.items) - 1
	h.settle(outcome{handled: 1})
	h.drop(h.items[last:])
	h.items, h.gone = h.items[:last], true
}

// failAll notes that a call on all that is in hand has failed.
func (h *hand[T]) failAll() { h.failFrom(0) }

func (h *hand[T]) failFrom(first int) {
	h.failed = append(h.failed, h.items[first:]...)
	clear(h.items[first:]) // so that the hand keeps nothing alive
	h.items, h.gone = h.items[:first], true
}

// forfeit settles what is in hand as failed. The taker goes on without it.
func (h *hand[T]) forfeit() {
	h.failAll()
	h.handled()
}

// drop lets go what was in hand: all of it, or what was taken last.
func (h *hand[T]) drop(items []T) []T {
	if hasKeys {
		h.free(len(items))
	}
	clear(items) // so that the hand keeps nothing alive
	return items[:0]
}

// leave settles what is in hand of a taker that goes: it has failed, or if the taker was cut short it is undelivered,
// and returned.
func (h *hand[T]) leave(cutShort bool) (undelivered []T) {
	if !cutShort {
		h.failAll()
	}
	if len(h.items)+len(h.failed) > 0 {
		h.settle(outcome{undelivered: int64(len(h.items)), failed: int64(len(h.failed)), ends: true})
	}
	return h.items
}

// hasPeers is an option: whether a taker that only computes has others beside it, and takes its fair share only.
const hasPeers = true

// most is how many items a taker that only computes takes under one lock.
const most = 64

// sharer is a queue that hands out several items at once.
type sharer[T any] interface {
	take(hand []T) ([]T, error)
	settle(outcome)
}

// share is what one taker has taken at once. It settles a share when it takes the next one.
type share[T any, S sharer[T]] struct {
	queue S
	items []T // its capacity is how many it may take at once
	at    int // the one that is being handled
}

// next goes on to the next item. ok is false at the end, and after abort.
func (s *share[T, S]) next() (v T, ok bool) {
	s.at++
	if s.at >= len(s.items) && len(s.refill()) == 0 {
		return v, false
	}
	return s.items[s.at], true
}

// refill settles the share as handled, and takes another. That is empty at the end, and after abort.
func (s *share[T, S]) refill() []T {
	s.at = 0
	s.items, _ = s.queue.take(s.items)
	return s.items
}

// leave settles what is in hand of a taker that goes. The item that is being handled has failed, or if the taker was
// cut short it is undelivered, as those behind it are. The undelivered ones are returned.
func (s *share[T, S]) leave(cutShort bool) (undelivered []T) {
	if s.at >= len(s.items) {
		return nil
	}
	o := outcome{handled: int64(s.at), ends: true}
	undelivered = s.items[s.at:]
	if !cutShort {
		o.failed = 1
		undelivered = undelivered[1:]
	}
	o.undelivered = int64(len(undelivered))
	s.queue.settle(o)
	return undelivered
}
