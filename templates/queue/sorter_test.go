package queue

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// sorting is takers that handle what two queues give by key: v%7.
type sorting struct {
	t      *testing.T
	ctx    context.Context
	queues [2]*bounded[int]
	sorter *sorter[int, int]
	group  sync.WaitGroup
	mu     sync.Mutex
	busy   map[int]*catch[int]
	seen   map[int][]int // by key and queue
	left   []int
	out    int // items left out
}

func newSorting(t *testing.T, most int) (*sorting, context.CancelCauseFunc) {
	ctx, cancel := withCause(t)
	f := newFunnel[int](ctx)
	s := &sorting{t: t, ctx: ctx, sorter: newSorter(f, most, func(v int) int { return v % 7 }), busy: map[int]*catch[int]{}, seen: map[int][]int{}}
	var pours sync.WaitGroup
	for i := range s.queues {
		q := newBounded[int](5, new(work)).sharedBy(4)
		s.queues[i] = q
		context.AfterFunc(ctx, func() { q.abort(context.Cause(ctx)) })
		pours.Go(func() {
			f.pour(q.pop, q.settle, func(v int) {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.left = append(s.left, v)
			})
		})
	}
	s.group.Go(func() {
		pours.Wait()
		f.close()
	})
	return s, cancel
}

// takes has a taker handle batches of the given size, which it hands on after a millisecond at the latest where timed.
func (s *sorting) takes(size int, timed bool) {
	keys := &grasp[int, int]{from: s.sorter}
	c := &catch[int]{funnel: s.sorter.from, take: keys.take, pass: keys.pass}
	defer c.leave(true)
	var batch []int
	for {
		var due <-chan time.Time
		if len(batch) == 0 {
			c.handled()
		} else if timed {
			due = time.After(time.Millisecond)
		}
		v, ok, late := c.moreBefore(due)
		if s.ctx.Err() != nil {
			return
		}
		switch {
		case ok && len(batch) > 0 && v%3 == 0:
			s.leaveOut(c, v)
		case ok:
			batch = append(batch, v)
		}
		if len(batch) == size || late || !ok {
			s.handle(c, batch)
			batch = nil
		}
		if !ok && !late {
			c.handled()
			return
		}
	}
}

// leaveOut lets go of an item, while others are in hand.
func (s *sorting) leaveOut(c *catch[int], v int) {
	s.mu.Lock()
	if other := s.busy[v%7]; other != nil && other != c {
		s.t.Errorf("key %d is in two hands", v%7)
	}
	s.out++
	s.mu.Unlock()
	c.skip()
}

func (s *sorting) handle(c *catch[int], batch []int) {
	s.mu.Lock()
	for _, v := range batch {
		if other := s.busy[v%7]; other != nil && other != c {
			s.t.Errorf("key %d is in two hands", v%7)
		}
		s.busy[v%7] = c
		s.seen[v%7+10*(v/10000)] = append(s.seen[v%7+10*(v/10000)], v)
	}
	s.mu.Unlock()
	time.Sleep(rand.N(2 * time.Millisecond))
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range batch {
		s.busy[v%7] = nil
	}
}

// put puts n items into each queue and closes it.
func (s *sorting) put(n int) {
	for i, q := range s.queues {
		s.group.Go(func() {
			for v := range n {
				_ = q.put(v*v + 10003*7*i)
			}
			q.close()
		})
	}
}

// TestSorter has takers handle the items of two queues, one by one and in batches: those of a key in one hand at a time,
// those of a key and a queue in order. None waits for ever, although a batch may be of one key.
func TestSorter(t *testing.T) {
	for _, most := range []int{1, 3, 100} {
		for _, size := range []int{1, 2, 50} {
			for _, timed := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					s, _ := newSorting(t, most)
					for range 4 {
						s.group.Go(func() { s.takes(size, timed) })
					}
					s.put(90)
					s.group.Wait()
					n := s.out
					for key, all := range s.seen {
						n += len(all)
						if !slices.IsSorted(all) {
							t.Errorf("key %d: not in order: %v", key, all)
						}
					}
					if n != 180 || len(s.sorter.lines) != 0 || s.sorter.waiting != 0 {
						t.Errorf("most %d, size %d: %d items are handled, %d keys are kept", most, size, n, len(s.sorter.lines))
					}
				})
			}
		}
	}
}

// TestSorterAborted cuts takers short: what is queued, in a line, in a hand or on its way is undelivered, once.
func TestSorterAborted(t *testing.T) {
	for after := range 20 {
		synctest.Test(t, func(t *testing.T) {
			s, cancel := newSorting(t, 3)
			for range 3 {
				s.group.Go(func() { s.takes(4, true) })
			}
			s.put(90)
			time.Sleep(time.Duration(after) * time.Millisecond)
			cancel(errors.New("gone"))
			s.group.Wait()
			s.sorter.drain()
			undelivered := int64(0)
			for i, q := range s.queues {
				queued := len(q.drain())
				st := q.stats()
				undelivered += st.settled().undelivered - int64(queued)
				if st.Put != st.settled().handled+st.settled().undelivered || st.InFlight != 0 {
					t.Errorf("queue %d: %+v", i, st)
				}
			}
			if undelivered != int64(len(s.left)) {
				t.Errorf("%d are undelivered, %d are told of", undelivered, len(s.left))
			}
		})
	}
}

// TestSorterPanic has the key panic: the item is not lost, though another taker comes before the end.
func TestSorterPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, cancel := newSorting(t, 3)
		times, panicked := 0, make(chan struct{})
		s.sorter.key = func(n int) int {
			if times++; times == 1 {
				panic("no key")
			}
			return n
		}
		s.group.Go(func() {
			defer func() {
				if recover() == nil {
					t.Error("it does not panic")
				}
				close(panicked)
			}()
			s.takes(1, false)
		})
		s.group.Go(func() {
			<-panicked
			keys := &grasp[int, int]{from: s.sorter}
			c := &catch[int]{funnel: s.sorter.from, take: keys.take, pass: keys.pass}
			defer c.leave(true)
			if _, ok := c.more(); !ok {
				t.Error("another gets nothing")
			}
			cancel(errors.New("gone"))
		})
		s.put(3)
		s.group.Wait()
		s.sorter.drain()
		for i, q := range s.queues {
			q.drain()
			if st := q.stats(); st.Put != st.settled().undelivered || st.InFlight != 0 {
				t.Errorf("queue %d: %+v", i, st)
			}
		}
	})
}

// TestSorterOfFlights has each item worked on behind the taker, by goroutines of their own: the next one of its key is taken
// when that is done, although the taker waits at the queues meanwhile.
func TestSorterOfFlights(t *testing.T) {
	for _, most := range []int{1, 3, 100} {
		for takers := range 3 {
			synctest.Test(t, func(t *testing.T) {
				s, _ := newSorting(t, most)
				for range takers + 1 {
					s.group.Go(func() { s.flies() })
				}
				s.put(40)
				s.group.Wait()
				n := 0
				for key, all := range s.seen {
					n += len(all)
					if !slices.IsSorted(all) {
						t.Errorf("key %d: not in order: %v", key, all)
					}
				}
				if n != 80 || len(s.sorter.lines) != 0 {
					t.Errorf("most %d: %d items are handled, %d keys are kept", most, n, len(s.sorter.lines))
				}
				for i, q := range s.queues {
					if st := q.stats(); st.settled().handled != 40 || st.InFlight != 0 {
						t.Errorf("queue %d: %+v", i, st)
					}
				}
			})
		}
	}
}

// flies has a taker hand on each item to a goroutine.
func (s *sorting) flies() {
	keys := &grasp[int, int]{from: s.sorter}
	f := newFlight(s.sorter.from)
	f.take, f.pass = keys.take, keys.pass
	defer f.leave(false)
	var group sync.WaitGroup
	defer group.Wait()
	for v, ok := f.next(s.ctx); ok; v, ok = f.next(s.ctx) {
		one := &catch[int]{} // who has the key
		tickets := f.hand.share()
		group.Go(func() {
			var hand load
			hand.hold(tickets)
			s.handle(one, []int{v})
			hand.handled()
		})
	}
}

// TestSorterWakes lets go a key while its taker waits at the queues, into which nothing more is put.
func TestSorterWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newSorting(t, 3)
		s.group.Go(s.flies)
		for range 3 {
			if err := s.queues[0].put(7); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		s.mu.Lock()
		if n := len(s.seen[0]); n != 3 {
			t.Errorf("%d items are handled", n)
		}
		s.mu.Unlock()
		for _, q := range s.queues {
			q.close()
		}
		s.group.Wait()
	})
}
