package world

import (
	"math/rand/v2"
	"slices"
	"testing/synctest"
)

// looks looks at the counts from time to time.
func (d *driver) looks(rnd *rand.Rand) {
	last := d.t.Stats()
	for range rnd.IntN(20) {
		d.pause(rnd, 5)
		if d.fake {
			synctest.Wait()
		}
		now := d.t.Stats()
		d.idle(now)
		for i, c := range now {
			d.counted(i, c)
			was := last[i]
			if c.Put < was.Put || c.Handled < was.Handled || c.Failed < was.Failed || c.Dropped < was.Dropped || c.Undelivered < was.Undelivered {
				d.wrongly("%s: goes back from %+v to %+v", d.Queues[i].Name, was, c)
			}
			if q := d.Queues[i]; q.Capacity > 0 && q.Broadcast == 0 && c.Depth > int64(q.Capacity) {
				d.wrongly("%s: %d deep, want %d at most", q.Name, c.Depth, q.Capacity)
			}
		}
		last = now
	}
}

// idle looks for an item that waits although a copy of its consumer does, at a moment at which nothing goes on.
func (d *driver) idle(now []Count) {
	d.mu.Lock()
	ending := d.stopped.what != "" || d.timeout || d.unsure || !d.closed.IsZero() && d.Drain > 0 || d.mayFail() || d.books.ended.Load()
	d.mu.Unlock()
	if !d.fake || ending {
		return
	}
	for i, c := range now {
		if q := &d.Queues[i]; c.Depth == 0 || q.Delay > 0 || q.Broadcast > 0 || q.Partly {
			continue
		}
		copies := 0
		for w := range d.Workers {
			if slices.Contains(d.Workers[w].From, i) {
				copies += d.ready(&d.Workers[w], w)
			}
		}
		if c.InFlight < int64(copies) {
			d.wrongly("%s: %d items wait, %d are in the hands of %d copies", d.Queues[i].Name, c.Depth, c.InFlight, copies)
		}
	}
}

// ready returns how many copies of a consumer wait for items of a queue, unless they have one in hand.
func (d *driver) ready(w *Worker, number int) int {
	if len(w.From) > 1 || w.Keyed || w.Split || w.Own {
		return 0
	}
	return d.copies(number)
}

// mayFail reports whether the topology may end since it finds a queue full, or more than one element.
func (d *driver) mayFail() bool {
	for _, q := range d.Queues {
		if q.OnFull == "error" && q.Filled {
			return true
		}
	}
	for _, w := range d.Workers {
		if w.Collects == "one" {
			return true
		}
	}
	return false
}
