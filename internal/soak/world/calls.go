package world

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"time"
)

// What follows is called in specs. A site is the place from which it is called.

// Source returns the items that a producer begins with.
func (r *Run) Source(worker, copy int) []Item {
	all := make([]Item, mix(r.Seed, uint64(worker), uint64(copy))%12)
	for i := range all {
		id := mix(r.Seed, 11, uint64(worker), uint64(copy), uint64(i))
		all[i] = Item{ID: id, Root: id, Key: int(id % 5)}
	}
	return all
}

// Lines yields the items that a producer begins with, and waits between them.
func (r *Run) Lines(ctx context.Context, site, worker, copy int) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for _, v := range r.Source(worker, copy) {
			if ctx.Err() != nil {
				return
			}
			if err := r.call(ctx, site, v); err != nil {
				yield(Item{}, err)
				return
			}
			if !yield(v, nil) {
				return
			}
		}
	}
}

// Numbered returns the item of a producer that counts.
func (r *Run) Numbered(i, worker, copy int) Item {
	id := mix(r.Seed, 12, uint64(worker), uint64(copy), uint64(i))
	return Item{ID: id, Root: id, Key: int(id % 5)}
}

// Took is what a consumer does first.
func (r *Run) Took(v Item, worker int) { r.take(v, worker) }

// Give makes the item that a worker puts or collects of one.
func (r *Run) Give(v Item, worker int) Item {
	w, b := &r.Workers[worker], &r.books
	id := mix(v.ID, 13, uint64(worker))
	if len(w.Targets) == 0 {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.kept[worker][id] = true
		v.Parent, v.ID, v.Root = v.Root, id, id
		return v
	}
	return r.give(v, id, worker, w.Targets[Way(id, len(w.Targets))])
}

// Way says which of n ways an item goes.
func Way(id uint64, n int) int { return int(id % uint64(n)) }

// Goes says whether an item goes one of n ways.
func (r *Run) Goes(ctx context.Context, v Item, n, way, site int) (bool, error) {
	return Way(v.ID, n) == way, r.call(ctx, site, v)
}

// Map is a call for one item.
func (r *Run) Map(ctx context.Context, v Item, site int) (Item, error) {
	return v, r.call(ctx, site, v)
}

// Check is a call that fails and does not wait.
func (r *Run) Check(v Item, site int) (Item, error) {
	f := &Fault{Site: site, Item: v.ID, Try: r.books.try(site, v.ID), Of: "failure"}
	plan := mix(r.Seed, uint64(site), v.ID, uint64(f.Try))
	f.Worth = plan%10 > 3
	if int(mix(plan)%1000) >= r.mood.fails {
		return v, nil
	}
	r.fails(context.Background(), &r.Sites[site], f, []Item{v})
	return v, f
}

// Tap is a call that gives nothing.
func (r *Run) Tap(ctx context.Context, v Item, site int) error { return r.call(ctx, site, v) }

// Keep says whether an item is kept.
func (r *Run) Keep(ctx context.Context, v Item, site int) (bool, error) {
	return v.ID%4 != 0, r.call(ctx, site, v)
}

// KeyOf returns the key of an item, in a place that can only panic.
func (r *Run) KeyOf(v Item, site int) int {
	r.explode(site, v.ID, 1)
	return v.Key
}

// Plain says whether an item is kept, in a place that can only panic.
func (r *Run) Plain(v Item, site int) bool {
	r.explode(site, v.ID, 1)
	return v.ID%5 != 0
}

// Rated returns the priority of an item, in a place that can only panic.
func (r *Run) Rated(v Item, site int) int {
	r.explode(site, v.ID, 1)
	return v.Rank()
}

// More says whether an item may go round once more.
func (r *Run) More(v Item) bool { return v.Hops < 4 }

// Twins returns two items of one, or none.
func (r *Run) Twins(v Item) []Item {
	if v.ID%3 == 0 || v.Hops > 5 {
		return nil
	}
	all := []Item{v, v}
	all[0].ID, all[1].ID = mix(v.ID, 17), mix(v.ID, 18)
	return all
}

// Children is Twins, by a call.
func (r *Run) Children(ctx context.Context, v Item, site int) ([]Item, error) {
	return r.Twins(v), r.call(ctx, site, v)
}

// Walk yields the Twins, each by a call.
func (r *Run) Walk(ctx context.Context, v Item, site int) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for _, twin := range r.Twins(v) {
			if ctx.Err() != nil {
				return
			}
			if err := r.call(ctx, site, twin); err != nil {
				yield(Item{}, err)
				return
			}
			if !yield(twin, nil) {
				return
			}
		}
	}
}

// Sum makes one item of a batch.
func (r *Run) Sum(ctx context.Context, all []Item, site int) (Item, error) {
	return all[len(all)-1], r.call(ctx, site, all...)
}

// Each is a call for a batch, item by item.
func (r *Run) Each(ctx context.Context, all []Item, site int) ([]Item, error) {
	return all, r.call(ctx, site, all...)
}

// Both makes one item of what two calls gave.
func (r *Run) Both(a, b Item) Item {
	if a.ID != b.ID {
		r.wrongly("gathered of different items: %x and %x", a.ID, b.ID)
	}
	return a
}

// Worth says whether an error is worth another attempt.
func (r *Run) Worth(err error) bool {
	var f *Fault
	return !errors.As(err, &f) || f.Worth
}

// Told is told of an error that is left out.
func (r *Run) Told(ctx context.Context, v any, err error, site int) error {
	var f *Fault
	if !errors.As(err, &f) && !errors.Is(err, context.DeadlineExceeded) {
		r.wrongly("site %d: told of %v, which no call has failed with", site, err)
	}
	if v, ok := v.(Item); ok {
		return r.call(ctx, site, v)
	}
	return r.call(ctx, site, v.([]Item)...)
}

// Dead makes the item that is put for one whose call has failed.
func (r *Run) Dead(v Item, err error, attempts, worker, queue int) Item {
	var f *Fault
	switch {
	case errors.Is(err, context.DeadlineExceeded):
	case !errors.As(err, &f):
		r.wrongly("%s: %v, which no call has failed with", r.Workers[worker].Name, err)
	case attempts != f.Try && r.Sites[f.Site].Attempts > 1 && !r.Sites[f.Site].Timed:
		r.wrongly("site %d: %d attempts are told of the %d.", f.Site, attempts, f.Try)
	}
	return r.give(v, mix(v.ID, 19, uint64(worker), uint64(queue)), worker, queue)
}

// DeadBatch is Dead for a batch.
func (r *Run) DeadBatch(all []Item, err error, attempts, worker, queue int) Item {
	return r.Dead(all[0], err, attempts, worker, queue)
}

// Into is a call at the end of a consumer.
func (r *Run) Into(ctx context.Context, v Item, site int) error { return r.call(ctx, site, v) }

// Left is told of an item that nobody will handle.
func (r *Run) Left(v Item, queue, site int) {
	r.untold(v, queue)
	r.explode(site, v.ID, 10)
}

// Leave is Left, by a call.
func (r *Run) Leave(ctx context.Context, v Item, queue, site int) error {
	r.Left(v, queue, site)
	if ctx.Err() != nil {
		r.wrongly("told of an item with a context that is done")
	}
	if int(mix(r.Seed, uint64(site), v.ID, 29)%1000) < 10*r.mood.exits {
		r.mu.Lock()
		r.exited = true
		r.mu.Unlock()
		runtime.Goexit()
	}
	return nil
}

// Rank is the priority of an item.
func (v Item) Rank() int { return int(v.ID % 7) }

// Held is something that was acquired.
type Held struct {
	r    *Run
	site int
}

// Acquire gives something that is to be released.
func (r *Run) Acquire(ctx context.Context, site int) (*Held, error) {
	id := mix(uint64(site), uint64(r.books.try(site, 1)))
	if err := r.call(ctx, site, Item{ID: id}); err != nil {
		return nil, err
	}
	h := &Held{r, site}
	r.mu.Lock()
	r.held[h] = 0
	r.mu.Unlock()
	return h, nil
}

// Use is a call of something that was acquired.
func (h *Held) Use(ctx context.Context, v Item, site int) error {
	h.unreleased()
	defer h.unreleased()
	return h.r.call(ctx, site, v)
}

func (h *Held) unreleased() {
	h.r.mu.Lock()
	released := h.r.held[h]
	h.r.mu.Unlock()
	if released > 0 {
		h.r.wrongly("site %d: used behind its release", h.site)
	}
}

// Release releases what was acquired.
func (h *Held) Release(ctx context.Context, site int) error {
	h.r.mu.Lock()
	h.r.held[h]++
	times := h.r.held[h]
	h.r.mu.Unlock()
	if times > 1 {
		h.r.wrongly("site %d: released for the %d. time", h.site, times)
	}
	if ctx.Err() != nil {
		h.r.wrongly("site %d: released with a context that is done", site)
	}
	plan := mix(h.r.Seed, uint64(site), uint64(h.r.books.try(site, 2)))
	if int(plan%1000) < h.r.mood.sleeps {
		h.r.sleep(ctx, time.Duration(mix(plan)%5)*h.r.unit, true)
	}
	h.r.explode(site, plan, 10)
	if int(mix(plan, 1)%1000) >= h.r.mood.fails/3 {
		return nil
	}
	f := &Fault{Site: site, Item: plan, Of: "release"}
	h.r.mu.Lock()
	h.r.faults[f] = time.Now()
	h.r.mu.Unlock()
	h.r.ends("%v", f)
	return f
}
