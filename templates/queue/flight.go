package queue

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// flight is what one taker has taken out of a funnel and not settled yet, while several goroutines work on it.
type flight[T any] struct {
	funnel *funnel[T]
	take   func(ctx context.Context, due <-chan time.Time) (item poured[T], ok, late bool) // by key, as pass; nil: as they come
	pass   func()                                                                          // is told that nothing is in hand any more
	hand   load                                                                            // of the loop that takes
	taken  int64                                                                           // how many items it has taken

	mu   sync.Mutex
	open map[*ticket]poured[T]
}

// newFlight returns a flight of which nothing is taken yet.
func newFlight[T any](f *funnel[T]) *flight[T] {
	return &flight[T]{funnel: f, open: map[*ticket]poured[T]{}}
}

// next says that the item in hand is done with, and takes another. ok is false at the end, and when ctx is done.
func (f *flight[T]) next(ctx context.Context) (v T, ok bool) {
	f.handled()
	return f.more(ctx)
}

// handled says that all that is in hand is done with, or on its way to another goroutine.
func (f *flight[T]) handled() {
	f.hand.handled()
	if hasKeys && f.pass != nil {
		f.pass()
	}
}

// more takes an item beside those in hand.
func (f *flight[T]) more(ctx context.Context) (v T, ok bool) {
	if hasKeys && f.take != nil {
		v, ok, _ = f.sorted(ctx, nil)
		return v, ok
	}
	if ctx.Err() != nil {
		return v, false
	}
	select {
	case item, ok := <-f.funnel.out:
		if ok {
			f.admit(item)
		}
		return item.v, ok
	case <-ctx.Done():
		return v, false
	}
}

// moreBefore is more that gives up when due sends something: then late is true.
func (f *flight[T]) moreBefore(ctx context.Context, due <-chan time.Time) (v T, ok, late bool) {
	if hasKeys && f.take != nil {
		return f.sorted(ctx, due)
	}
	if ctx.Err() != nil {
		return v, false, false
	}
	select {
	case item, ok := <-f.funnel.out:
		if ok {
			f.admit(item)
		}
		return item.v, ok, false
	case <-due:
		return v, false, true
	case <-ctx.Done():
		return v, false, false
	}
}

// sorted is moreBefore of a taker whose items come by key.
func (f *flight[T]) sorted(ctx context.Context, due <-chan time.Time) (v T, ok, late bool) {
	item, ok, late := f.take(ctx, due)
	if ok {
		f.admit(item)
	}
	return item.v, ok, late
}

// admit gives an item its ticket.
func (f *flight[T]) admit(item poured[T]) {
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

// itemsOf returns the items that are in a hand, of which no call has failed.
func (f *flight[T]) itemsOf(hand *load) []T {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []T
	for _, t := range hand.tickets {
		if !t.bad.Load() {
			all = append(all, f.open[t].v)
		}
	}
	return all
}

// forfeit settles what is left as failed, when all its goroutines have ended. The taker goes on without it.
func (f *flight[T]) forfeit() {
	f.hand.drop()
	f.handled()
	for _, t := range f.left() {
		f.open[t].settle(outcome{failed: 1})
	}
	clear(f.open)
}

// left returns the tickets of what is not settled, in the order in which it was taken.
func (f *flight[T]) left() []*ticket {
	return slices.SortedFunc(maps.Keys(f.open), func(a, b *ticket) int { return cmp.Compare(a.number, b.number) })
}

// leave settles what is left of a taker that goes, when all its goroutines have ended. What they were at has failed, or
// if the taker was cut short it is undelivered, as all that was on its way between them is.
func (f *flight[T]) leave(cutShort bool) {
	for _, t := range f.left() {
		item := f.open[t]
		if t.bad.Load() || t.held.Load() > 0 && !cutShort {
			item.settle(outcome{failed: 1, ends: true})
			continue
		}
		item.undelivered()
	}
}
