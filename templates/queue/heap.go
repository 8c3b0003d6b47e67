package queue

// heap is a binary heap: its least item by before is at hand.
type heap[E any] struct {
	items  []E
	before func(a, b E) bool
}

// push adds e.
func (h *heap[E]) push(e E) {
	h.items = append(h.items, e)
	h.up(len(h.items) - 1)
}

// remove takes the item at i out; that at 0 is the least.
func (h *heap[E]) remove(i int) E {
	out, last := h.items[i], len(h.items)-1
	h.items[i] = h.items[last]
	clear(h.items[last:]) // so that the heap keeps nothing alive
	h.items = h.items[:last]
	if i < last {
		h.down(i)
		h.up(i)
	}
	return out
}

// up moves the item at i to the root's side as far as it belongs.
func (h *heap[E]) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !h.before(h.items[i], h.items[parent]) {
			return
		}
		h.items[i], h.items[parent] = h.items[parent], h.items[i]
		i = parent
	}
}

// down moves the item at i away from the root as far as it belongs.
func (h *heap[E]) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(h.items) {
			return
		}
		if child+1 < len(h.items) && h.before(h.items[child+1], h.items[child]) {
			child++
		}
		if !h.before(h.items[child], h.items[i]) {
			return
		}
		h.items[i], h.items[child] = h.items[child], h.items[i]
		i = child
	}
}
