package queue

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync/atomic"
)

// ticket stands for an item that is in hand of several goroutines, or on its way between them.
type ticket struct {
	number int64
	parts  atomic.Int64 // what came of the item and is under way; when it is none, the item is settled
	held   atomic.Int64 // how many of those are in the hand of a loop or a call
	bad    atomic.Bool  // a call on one of them has failed
	settle func(failed bool)
}

// newTicket returns the ticket of an item in one part. settle is called once, when that is done.
func newTicket(number int64, settle func(failed bool)) *ticket {
	t := &ticket{number: number, settle: settle}
	t.parts.Store(1)
	return t
}

// done counts one part less, which was in hand.
func (t *ticket) done() {
	t.held.Add(-1)
	if t.parts.Add(-1) == 0 {
		t.settle(t.bad.Load())
	}
}

// load is what one loop or call has in hand.
type load struct {
	tickets []*ticket
	last    int         // how many of them came last, with one element
	waits   func() bool // whether a batch that is not full holds some of it; nil: there is no batch
}

// hold adds an element that is made of the items of tickets.
func (l *load) hold(tickets []*ticket) {
	for _, t := range tickets {
		t.held.Add(1)
	}
	l.tickets = append(l.tickets, tickets...)
	l.last = len(tickets)
}

// share returns the tickets of what is handed on: it is made of all that is in hand.
func (l *load) share() []*ticket {
	for _, t := range l.tickets {
		t.parts.Add(1)
	}
	return slices.Clone(l.tickets)
}

// handled says that all that is in hand is done with.
func (l *load) handled() {
	for _, t := range l.tickets {
		t.done()
	}
	l.drop()
}

// drop lets go what is in hand.
func (l *load) drop() {
	clear(l.tickets) // so that nothing is kept alive
	l.tickets, l.last = l.tickets[:0], 0
}

// next says that an element is done with, unless it is in a batch.
func (l *load) next() {
	if l.waits == nil || !l.waits() {
		l.handled()
	}
}

// fail notes that a call on the element that came last has failed.
func (l *load) fail() { l.spoil(l.tickets[len(l.tickets)-l.last:]) }

// failAll notes that a call on all that is in hand has failed.
func (l *load) failAll() { l.spoil(l.tickets) }

func (l *load) spoil(tickets []*ticket) {
	for _, t := range tickets {
		t.bad.Store(true)
	}
}

// leave lets go what is in hand of a loop or call that ends with err, before it is done with that. It has failed, unless
// err only says that ctx is done.
func (l *load) leave(ctx context.Context, err error) {
	if err != nil && !(ctx.Err() != nil && (errors.Is(err, context.Cause(ctx)) || errors.Is(err, ctx.Err()))) {
		l.failAll()
	}
	for _, t := range l.tickets {
		t.held.Add(-1)
	}
	l.drop()
}

// parcel is an element on its way from one goroutine to another, with the tickets of the items that it is made of.
type parcel[V any] struct {
	v       V
	tickets []*ticket
}

// sent returns source as one that hands on parcels. hand is what it has in hand.
func sent[V any](hand *load, source func(ctx context.Context, emit func(V) bool) error) func(ctx context.Context, emit func(parcel[V]) bool) error {
	return func(ctx context.Context, emit func(parcel[V]) bool) error {
		err := source(ctx, func(v V) bool { return emit(parcel[V]{v, hand.share()}) })
		hand.leave(ctx, err)
		return err
	}
}

// called returns call as one on parcels.
func called[V, W any](call func(ctx context.Context, hand *load, v V, out []W) ([]W, error)) func(ctx context.Context, worker int, in parcel[V], out []parcel[W]) ([]parcel[W], error) {
	return func(ctx context.Context, _ int, in parcel[V], out []parcel[W]) ([]parcel[W], error) {
		var hand load
		hand.hold(in.tickets)
		made, err := call(ctx, &hand, in.v, nil)
		for _, w := range made {
			out = append(out, parcel[W]{w, hand.share()})
		}
		if err != nil {
			hand.leave(ctx, err)
			return out, err
		}
		hand.handled()
		return out, nil
	}
}

// keyOf returns key as that of a parcel.
func keyOf[V any, W comparable](key func(V) W) func(parcel[V]) W {
	return func(p parcel[V]) W { return key(p.v) }
}

// opened yields the elements of parcels. Each is in hand until its turn of the loop is over, or a batch with it.
func opened[V any](hand *load, parcels iter.Seq2[parcel[V], error]) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		for p, err := range parcels {
			hand.last = 0 // an error is about nothing that is in hand
			if err == nil {
				hand.hold(p.tickets)
			}
			if !yield(p.v, err) {
				return
			}
			hand.next()
		}
	}
}

// openedChunks is opened for parcels that come several at a time.
func openedChunks[V any](hand *load, chunks iter.Seq2[[]parcel[V], error]) iter.Seq2[V, error] {
	return opened(hand, func(yield func(parcel[V], error) bool) {
		for chunk, err := range chunks {
			if err != nil {
				yield(parcel[V]{}, err)
				return
			}
			for _, p := range chunk {
				if !yield(p, nil) {
					return
				}
			}
		}
	})
}

// openedBatches is opened for batches of parcels: a batch is one element.
func openedBatches[V any](hand *load, batches iter.Seq2[[]parcel[V], error]) iter.Seq2[[]V, error] {
	return opened(hand, func(yield func(parcel[[]V], error) bool) {
		for batch, err := range batches {
			var all parcel[[]V]
			for _, p := range batch {
				all.v = append(all.v, p.v)
				all.tickets = append(all.tickets, p.tickets...)
			}
			if !yield(all, err) {
				return
			}
		}
	})
}
