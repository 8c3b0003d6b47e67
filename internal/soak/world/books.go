package world

import (
	"sync"
	"sync/atomic"
	"time"
)

// books are kept of the items of a run.
type books struct {
	mu      sync.Mutex
	given   []map[uint64]bool // by queue: what was to be put in
	refused []map[uint64]bool // by queue: what could not be put in, as the program was told
	put     []Item            // what the program has put in
	partly  []bool            // by queue: a put that failed may have reached some of its consumers
	took    []map[uint64]int  // by queue: how many consumers have had an item
	told    []map[uint64]int  // by queue: how often it was told that an item is undelivered
	kept    []map[uint64]bool // by worker: what was to be collected
	failed  []map[uint64]bool // by worker: what it has left out since a call failed
	seq     int64             // how many items were given
	orders  map[order]int64
	tries   map[[2]uint64]int
	holding map[[2]int]*holder
	ended   atomic.Bool // Wait has returned
}

// order is a way on which items do not overtake each other.
type order struct{ from, queue, taker, key int }

// holder is what has a key, an item or a batch, and how many calls are about it.
type holder struct {
	who   uint64
	calls int
}

func (b *books) open(queues, workers int) {
	for range queues {
		b.given, b.refused = append(b.given, map[uint64]bool{}), append(b.refused, map[uint64]bool{})
		b.took, b.told = append(b.took, map[uint64]int{}), append(b.told, map[uint64]int{})
	}
	for range workers {
		b.kept, b.failed = append(b.kept, map[uint64]bool{}), append(b.failed, map[uint64]bool{})
	}
	b.partly = make([]bool, queues)
	b.orders, b.tries, b.holding = map[order]int64{}, map[[2]uint64]int{}, map[[2]int]*holder{}
}

// try counts the calls of a site about an item.
func (b *books) try(site int, id uint64) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := [2]uint64{uint64(site), id}
	b.tries[key]++
	return b.tries[key]
}

// fails notes that a worker leaves items out.
func (b *books) fails(worker int, items []Item) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, v := range items {
		b.failed[worker][v.Root] = true
	}
}

// give notes an item that goes to a queue, and returns it with what it is to be known by.
func (r *Run) give(v Item, id uint64, from, to int) Item {
	v.Parent, v.ID, v.Root = v.Root, id, id
	v.Key = keyOf(id)
	v.Hops++
	v.From, v.To, v.At = from, to, time.Now()
	b := &r.books
	b.mu.Lock()
	b.seq++
	v.Seq = b.seq
	twice := b.given[to][id]
	b.given[to][id] = true
	b.mu.Unlock()
	if twice {
		r.wrongly("worker %d gives item %x twice", from, id)
	}
	return v
}

// keyOf returns the key of an item.
func keyOf(id uint64) int { return int(mix(id, 7) % 5) }

// take notes that a consumer has an item in hand.
func (r *Run) take(v Item, worker int) {
	w := &r.Workers[worker]
	to := v.To
	if len(w.From) == 1 {
		to = w.From[0]
	}
	q, b := &r.Queues[to], &r.books
	if b.ended.Load() {
		r.wrongly("%s takes item %x behind the end", w.Name, v.ID)
	}
	b.mu.Lock()
	known, refused := b.given[to][v.ID], b.refused[to][v.ID]
	b.took[to][v.ID]++
	times := b.took[to][v.ID]
	way := order{v.From, to, worker, -1}
	if w.Keyed {
		way.key = v.Key
	}
	last, any := b.orders[way]
	b.orders[way] = v.Seq
	b.mu.Unlock()
	switch {
	case !known && !q.Raw:
		r.wrongly("%s takes item %x out of %s, which was not put there", w.Name, v.ID, q.Name)
	case refused:
		r.wrongly("%s takes item %x out of %s, whose put has failed", w.Name, v.ID, q.Name)
	case times > max(1, q.Broadcast) && !q.Raw:
		r.wrongly("%s takes item %x out of %s: the %d. time", w.Name, v.ID, q.Name, times)
	case q.Delay > 0 && time.Since(v.At) < q.Delay && !q.Raw:
		r.wrongly("%s takes item %x out of %s after %v, want %v", w.Name, v.ID, q.Name, time.Since(v.At), q.Delay)
	}
	inOrder := (w.Alone() || w.Keyed) && !q.Ranked && q.Delay == 0 && !q.Raw
	if inOrder && any && v.Seq < last && (v.From < 0 || r.Workers[v.From].Alone()) {
		r.wrongly("%s takes item %x out of %s behind a later one", w.Name, v.ID, q.Name)
	}
}

// hold notes that a call about items has begun or, with -1, ended, where calls about others of their keys have to wait.
func (b *books) hold(r *Run, worker int, items []Item, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	who := items[0].Root
	if r.Workers[worker].Batched {
		who = mix(items[0].ID, uint64(len(items))) // the copy may have others of the key in hand
	}
	seen := map[int]bool{}
	for _, v := range items {
		if seen[v.Key] {
			continue
		}
		seen[v.Key] = true
		key := [2]int{worker, v.Key}
		h := b.holding[key]
		if h == nil {
			h = &holder{}
			b.holding[key] = h
		}
		if h.calls > 0 && h.who != who {
			r.wrongly("%s handles two items of key %d at a time, one of them %x", r.Workers[worker].Name, v.Key, v.Root)
		}
		h.who = who
		h.calls += n
	}
}

// untold notes that it was told that an item is undelivered.
func (r *Run) untold(v Item, queue int) {
	r.books.mu.Lock()
	defer r.books.mu.Unlock()
	r.books.told[queue][v.ID]++
	if times := r.books.told[queue][v.ID]; times > max(1, r.Queues[queue].Broadcast) {
		r.wrongly("%s: told of item %x for the %d. time", r.Queues[queue].Name, v.ID, times)
	}
	if !r.books.given[queue][v.ID] && !r.Queues[queue].Raw {
		r.wrongly("%s: told of item %x, which was not put there", r.Queues[queue].Name, v.ID)
	}
}
