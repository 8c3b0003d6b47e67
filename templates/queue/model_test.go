package queue

import "slices"

// model is what a queue is, told one operation after another.
type model struct {
	limit  int
	next   func(queued []int) int // the index of the item that a pop returns
	queued []int                  // in the order put
	closed bool
}

// put tells whether a put ends at once, and with what.
func (m *model) put(v int) (err error, ends bool) {
	switch {
	case m.closed:
		return ErrClosed, true
	case m.limit >= 0 && len(m.queued) >= m.limit:
		return nil, false
	}
	m.queued = append(m.queued, v)
	return nil, true
}

// pop tells whether a pop ends at once, and with what.
func (m *model) pop() (v int, ok, ends bool) {
	if len(m.queued) == 0 {
		return 0, false, m.closed
	}
	i := m.next(m.queued)
	v = m.queued[i]
	m.queued = slices.Delete(m.queued, i, i+1)
	return v, true, true
}

// clone returns a copy that shares nothing.
func (m *model) clone() *model {
	c := *m
	c.queued = slices.Clone(m.queued)
	return &c
}

// oldest is the order of a first-in, first-out queue.
func oldest([]int) int { return 0 }

// rank is the priority of the items in these tests.
func rank(v int) int { return v % 3 }

// highest is the order of a priority queue: the first put of the highest rank.
func highest(queued []int) int {
	best := 0
	for i, v := range queued {
		if rank(v) > rank(queued[best]) {
			best = i
		}
	}
	return best
}
