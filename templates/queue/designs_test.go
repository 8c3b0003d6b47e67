package queue

import "context"

// queue is what the tests ask of every design.
type queue interface {
	put(int) error
	pop() (int, bool)
	close()
	abort(error)
	drain() []int
	settle(outcome)
	stats() stats
}

// settled is what became of the items that were put.
func (s stats) settled() outcome {
	return outcome{handled: s.Handled, failed: s.Failed, dropped: s.Dropped, undelivered: s.Undelivered}
}

// contextPutter is a queue that may be full, and whose putters may have contexts of their own.
type contextPutter interface {
	queue
	putContext(context.Context, int) error
}

// design is one way to make a queue of ints.
type design struct {
	name  string
	limit int                    // how many puts succeed with no taker; -1: any number
	order func(queued []int) int // see model
	fifo  bool
	alone bool // one goroutine puts, and one takes
	make  func(*work) queue
}

// modelLimit is how many items may be queued while takersOfRecord goroutines pop.
func (d design) modelLimit() int {
	if d.limit == 0 {
		return takersOfRecord
	}
	return d.limit
}

// goroutines is how many may put, or take, of those that a test has.
func (d design) goroutines(n int) int {
	if d.alone {
		return 1
	}
	return n
}

// designs is the table that the tests of what all queues promise run over.
func designs() []design {
	return append(shared(),
		design{"single 1", 1, oldest, true, true, func(w *work) queue { return newPair(1, w) }},
		design{"single 5", 5, oldest, true, true, func(w *work) queue { return newPair(5, w) }})
}

// shared is those designs that any number of goroutines put into and take from.
func shared() []design {
	return []design{
		{"bounded 1", 1, oldest, true, false, func(w *work) queue { return newBounded[int](1, w).sharedBy(2) }},
		{"bounded 2", 2, oldest, true, false, func(w *work) queue { return newBounded[int](2, w).sharedBy(1) }},
		{"bounded 7", 7, oldest, true, false, func(w *work) queue { return newBounded[int](7, w).sharedBy(4) }},
		{"bounded 64", 64, oldest, true, false, func(w *work) queue { return newBounded[int](64, w).sharedBy(4) }},
		{"unbounded", -1, oldest, true, false, func(w *work) queue { return newUnbounded[int](w).sharedBy(2) }},
		{"handover", 0, oldest, true, false, func(w *work) queue { return newHandover[int](w) }},
		{"priority", -1, highest, false, false, func(w *work) queue { return ranking{newPriority[int, int](0, w)} }},
		{"priority 5", 5, highest, false, false, func(w *work) queue { return ranking{newPriority[int, int](5, w)} }},
		{"delayed", -1, highest, false, false, func(w *work) queue { return timing{newDelayed[int, int](0, w)} }},
		{"delayed 5", 5, highest, false, false, func(w *work) queue { return timing{newDelayed[int, int](5, w)} }},
		{"bounded 3, taken in shares", 3, oldest, true, false, func(w *work) queue { return &sharing{bounded: newBounded[int](3, w).sharedBy(2)} }},
	}
}

// sharing pops by take with a hand of one, which it settles itself.
type sharing struct{ *bounded[int] }

func (q *sharing) pop() (int, bool) {
	hand, err := q.take(make([]int, 0, 1))
	if err != nil || len(hand) == 0 {
		return 0, false
	}
	return hand[0], true
}

// pair is a single as the other designs are: what it pops is settled by whoever pops it, and who puts looks at the end.
type pair struct {
	*single[int]
	ctx    context.Context
	cancel context.CancelCauseFunc
}

func newPair(capacity int, w *work) *pair {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &pair{newSingle[int](capacity, w), ctx, cancel}
}

func (q *pair) put(v int) error {
	if q.ctx.Err() != nil {
		return context.Cause(q.ctx)
	}
	return q.single.put(q.ctx, v)
}

func (q *pair) pop() (int, bool) {
	hand, err := q.take(make([]int, 0, 1))
	if err != nil || len(hand) == 0 {
		return 0, false
	}
	return hand[0], true
}

func (q *pair) close() {
	q.cancel(ErrClosed)
	q.single.close()
}

func (q *pair) abort(cause error) {
	q.cancel(cause)
	q.single.abort(cause)
}

// ranking puts each item with its rank.
type ranking struct{ *priority[int, int] }

func (q ranking) put(v int) error       { return q.priority.put(v, rank(v)) }
func (q ranking) putOrFail(v int) error { return q.priority.putOrFail(v, rank(v)) }
func (q ranking) putOrDrop(v int) error { return q.priority.putOrDrop(v, rank(v)) }
func (q ranking) putOver(v int) (int, bool, error) {
	return q.priority.putOver(v, rank(v))
}

func (q ranking) putContext(ctx context.Context, v int) error {
	return q.priority.putContext(ctx, v, rank(v))
}

// timing puts each item with its rank, due at once.
type timing struct{ *delayed[int, int] }

func (q timing) put(v int) error       { return q.delayed.put(v, rank(v), 0) }
func (q timing) putOrFail(v int) error { return q.delayed.putOrFail(v, rank(v), 0) }
func (q timing) putOrDrop(v int) error { return q.delayed.putOrDrop(v, rank(v), 0) }
func (q timing) putOver(v int) (int, bool, error) {
	return q.delayed.putOver(v, rank(v), 0)
}

func (q timing) putContext(ctx context.Context, v int) error {
	return q.delayed.putContext(ctx, v, rank(v), 0)
}
