// Package world is what stands around a topology that is soaked: the calls that it makes, which go as a plan made from
// a seed says, and the books that are kept of its items. Its source is copied beside what is generated.
package world

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Shape says of a topology what its books have to know.
type Shape struct {
	Seed    uint64
	Queues  []Queue
	Workers []Worker
	Sites   []Site
	Drain   time.Duration // 0: Close lets it take as long as it takes
}

// Unbounded is the capacity of a queue that grows as needed.
const Unbounded = -1

// BySize is the capacity of a queue that is as deep as the run says.
const BySize = -2

// Queue says what becomes of the items of a queue.
type Queue struct {
	Name        string
	Capacity    int
	OnFull      string
	Ranked      bool          // items overtake each other
	Delay       time.Duration // 0: none
	Distinct    string        // the key, as the spec has it; "": none
	Undelivered bool          // what is left is told
	Open, Reply bool
	Broadcast   int  // how many consumers get each item; 0: each goes to one
	Raw         bool // it is given items as they are when their calls fail, which the books do not see
	Filled      bool // by producers or consumers
	Partly      bool // a consumer lets items go unseen, once it has had enough
}

// keyOf returns the key of an item.
func (q *Queue) keyOf(id uint64) uint64 {
	switch q.Distinct {
	case "v.ID":
		return id
	case "v.ID % 30":
		return id % 30
	}
	return uint64(keyOf(id))
}

// Worker says what a producer or consumer does with items.
type Worker struct {
	Name     string
	Consumer bool
	From     []int // queues
	Copies   int   // 0: as many as the run says
	Keyed    bool  // one item of a key at a time
	Batched  bool
	Own      bool  // each copy holds something of its own
	Soft     bool  // and that suppresses errors
	Split    bool  // its stages have goroutines of their own
	Enough   bool  // a stage behind a batch may end it, before an error that hands the batch on
	Targets  []int // the queues that its elements go to, by their way
	Collects string
	Fails    bool // a failed call leaves its item out
}

// Alone reports whether what a worker does is in one order.
func (w *Worker) Alone() bool { return w.Copies == 1 && !w.Split }

// oneOfAKey reports whether no two items of a key are in calls of a worker at a time: those of one batch may be, where its
// stages have goroutines of their own.
func (w *Worker) oneOfAKey() bool { return w.Keyed && !(w.Split && w.Batched) }

// Site is a place of the spec from which a call is made.
type Site struct {
	Worker   int  // -1: of the topology
	Stops    bool // an error ends the topology
	Attempts int
	Timed    bool // a call that takes too long has failed
	Flushes  bool // what came before goes on before its error ends the topology
	Shared   bool // more calls at a time than its worker has copies
	Given    bool // it is about what the worker gives, and not about what it took
	Opening  bool // what is to be released is acquired
	Closing  bool // made at or behind the end: a release, an undelivered item
}

// Count is what became of the items of a queue.
type Count struct{ Put, Handled, Failed, Dropped, Undelivered, Depth, InFlight int64 }

// Case is a topology that can be started.
type Case struct {
	Shape
	Start func(ctx context.Context, r *Run, n, size int) (*Running, error)
	Run   func(ctx context.Context, r *Run, n, size int) ([]Collected, error)
	// What a put gets.
	Closed, Full, Dropped error
}

// Running is a topology that has been started.
type Running struct {
	Put   []func(ctx context.Context, v Item) error // by queue; nil: it is not open
	Ask   []func(ctx context.Context, v Item) (Item, error)
	Join  func(ctx context.Context) error
	Close func()
	Abort func(cause error)
	Wait  func() ([]Collected, error)
	Stats func() []Count
}

// Collected is what a consumer has collected: the items, or how many.
type Collected struct {
	Worker int
	IDs    []uint64
	N      int
	OK     bool
}

// cases are the topologies of the program.
var cases []*Case

// Register adds a topology.
func Register(c *Case) { cases = append(cases, c) }

// Of is a slice that was collected.
func Of(worker int, all ...Item) Collected {
	c := Collected{Worker: worker, N: len(all)}
	for _, v := range all {
		c.IDs = append(c.IDs, v.ID)
	}
	return c
}

// Set is a set that was collected.
func Set(worker int, all map[Item]struct{}) Collected {
	return Of(worker, slices.Collect(maps.Keys(all))...)
}

// Map is a map that was collected.
func Map(worker int, all map[uint64]Item) Collected {
	return Of(worker, slices.Collect(maps.Values(all))...)
}

// Maybe is an item that was collected, where there is one.
func Maybe(worker int, v Item, ok bool) Collected {
	if !ok {
		return Collected{Worker: worker}
	}
	c := Of(worker, v)
	c.OK = true
	return c
}
