package queue

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
)

// flight is what one taker has taken out of a funnel and not settled yet, while several goroutines work on it.
type flight[T any] struct {
	funnel *funnel[T]
	hand   load  // of the loop that takes
	taken  int64 // how many items it has taken

	mu   sync.Mutex
	open map[*ticket]poured[T]
}

// newFlight returns a flight of which nothing is taken yet.
func newFlight[T any](f *funnel[T]) *flight[T] {
	return &flight[T]{funnel: f, open: map[*ticket]poured[T]{}}
}

// next says that the item in hand is done with, and takes another. ok is false at the end, and when ctx is done.
func (f *flight[T]) next(ctx context.Context) (v T, ok bool) {
	f.hand.handled()
	return f.more(ctx)
}

// more takes an item beside those in hand.
func (f *flight[T]) more(ctx context.Context) (v T, ok bool) {
	if ctx.Err() != nil {
		return v, false
	}
	select {
	case item, ok := <-f.funnel.out:
		if ok {
			f.take(item)
		}
		return item.v, ok
	case <-ctx.Done():
		return v, false
	}
}

// take gives an item its ticket.
func (f *flight[T]) take(item poured[T]) {
	var t *ticket
	t = newTicket(f.taken, func(failed bool) {
		f.mu.Lock()
		delete(f.open, t)
		f.mu.Unlock()
		if failed {
			item.settle(outcome{failed: 1})
			return
		}
		item.settle(outcome{handled: 1})
	})
	f.taken++
	f.mu.Lock()
	f.open[t] = item
	f.mu.Unlock()
	f.hand.hold([]*ticket{t})
}

// leave settles what is left of a taker that goes, when all its goroutines have ended. What they were at has failed, or
// if the taker was cut short it is undelivered, as all that was on its way between them is.
func (f *flight[T]) leave(cutShort bool) {
	left := slices.SortedFunc(maps.Keys(f.open), func(a, b *ticket) int { return cmp.Compare(a.number, b.number) })
	for _, t := range left {
		item := f.open[t]
		if t.bad.Load() || t.held.Load() > 0 && !cutShort {
			item.settle(outcome{failed: 1, ends: true})
			continue
		}
		item.undelivered()
	}
}
