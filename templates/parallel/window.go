package parallel

import (
	"context"
	"math"
	"runtime"
	"sync"
)

// window holds the chunks that are under way: claimed by a worker, and not yet through the loop.
//
// Chunks are numbered from 0: with ordered by their claim, else by their delivery. The loop takes them by number. At
// most len(slots) are under way, so the slot of a number is empty when its chunk is delivered.
type window[R any] struct {
	ordered bool
	workers int
	cancel  context.CancelCauseFunc // of the context that the source and the calls are given
	group   sync.WaitGroup

	mu        sync.Mutex
	idle      sync.Cond // workers sleep here until there is something to claim
	full      sync.Cond // the source sleeps here until there is room
	ready     sync.Cond // the loop sleeps here until its next chunk is delivered
	slots     []chunk[R]
	claimed   int
	delivered int
	taken     int  // chunks that the loop is through with
	waiting   bool // the loop sleeps
	sleeping  int  // workers that nobody has woken
	bound     int  // chunks from this number on are not to be claimed: one has failed, or the loop was left
	finished  bool // nothing is left to be claimed
	ended     bool // the source has ended
	end       failure
	worst     failure // of all, that no panic or exit is lost
}

// chunk is the outcome of a claim: what was made of it, up to the failure.
type chunk[R any] struct {
	number int
	items  []R
	failed failure
	done   bool
}

func (w *window[R]) init(workers, size int, ordered bool, cancel context.CancelCauseFunc) {
	w.ordered, w.workers, w.cancel = ordered, workers, cancel
	w.idle.L, w.full.L, w.ready.L = &w.mu, &w.mu, &w.mu
	w.slots = make([]chunk[R], size)
	w.bound = math.MaxInt
}

// start runs source, if there is one, and the workers in goroutines of their own.
func (w *window[R]) start(source func() error, work func(worker int)) {
	if source != nil {
		w.group.Go(func() { w.feed(source) })
	}
	for worker := range w.workers {
		w.group.Go(func() { work(worker) })
	}
}

// feed runs source, and keeps how it ended.
func (w *window[R]) feed(source func() error) {
	end := failure{}
	returned := false
	defer func() {
		if !returned {
			end = caught(recover())
		}
		w.mu.Lock()
		w.ended, w.end = true, end
		w.keep(end)
		w.wakeAll()
		w.mu.Unlock()
	}()
	end.err = source()
	returned = true
}

// open reports whether another chunk may be under way.
func (w *window[R]) open() bool { return w.claimed-w.taken < len(w.slots) }

// closed reports whether no new chunk is to be claimed.
func (w *window[R]) closed() bool { return w.claimed >= w.bound }

// number numbers a chunk that is claimed.
func (w *window[R]) number(c *chunk[R]) {
	c.number, c.done = w.claimed, true
	w.claimed++
}

// wake wakes one worker.
func (w *window[R]) wake() {
	if w.sleeping > 0 {
		w.sleeping--
		w.idle.Signal()
	}
}

func (w *window[R]) wakeAll() {
	w.sleeping = 0
	w.idle.Broadcast()
}

// finish says that nothing is left to be claimed.
func (w *window[R]) finish() {
	if !w.finished {
		w.finished = true
		w.wakeAll()
		w.ready.Signal()
	}
}

// stop keeps all from claiming chunks from number on, and the source from going on.
func (w *window[R]) stop(number int) {
	w.bound = min(w.bound, number)
	w.wakeAll()
	w.full.Signal()
}

// pause lets the others run.
func (w *window[R]) pause() {
	w.mu.Unlock()
	runtime.Gosched()
	w.mu.Lock()
}

// deliver puts c into its slot, and gives c the slot's old memory for the next chunk. It reports whether that woke the
// loop.
func (w *window[R]) deliver(c *chunk[R]) (woke bool) {
	if !w.ordered {
		c.number = w.delivered
	}
	w.delivered++
	slot := &w.slots[c.number%len(w.slots)]
	*slot, *c = *c, chunk[R]{items: slot.items[:0]}
	if !w.waiting || slot.number != w.taken {
		return false
	}
	w.waiting = false
	w.ready.Signal()
	return true
}

// fail delivers c, which has failed. With ordered, the calls on what stands before c go on.
func (w *window[R]) fail(c *chunk[R]) {
	bound, cause := 0, c.failed.err
	if w.ordered {
		bound = c.number
	}
	w.mu.Lock()
	w.stop(bound)
	w.keep(c.failed)
	w.deliver(c)
	w.mu.Unlock()
	if !w.ordered {
		w.cancel(cause)
	}
}

// keep remembers f if it is the worst so far. No panic or exit is lost, though the loop may be left before its place.
func (w *window[R]) keep(f failure) {
	if f.worse(w.worst) {
		w.worst = f
	}
}

// guard is deferred by a worker. c is what the worker holds.
func (w *window[R]) guard(c *chunk[R]) {
	if c.done {
		c.items, c.failed = c.items[:0], caught(recover())
		w.fail(c)
	}
}

// next waits for the chunk after the last one. ok is false at the end.
func (w *window[R]) next() (c *chunk[R], ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c = &w.slots[w.taken%len(w.slots)]
	for !c.done {
		if w.finished && w.claimed == w.taken {
			return nil, false
		}
		w.waiting = true
		w.ready.Wait()
	}
	return c, true
}

// release empties the slot of a chunk that the loop is through with.
func (w *window[R]) release(c *chunk[R]) {
	clear(c.items)
	w.mu.Lock()
	defer w.mu.Unlock()
	c.done = false
	if !w.open() {
		w.wake()
	}
	w.taken++
	w.full.Signal()
}

// leave is deferred: it stops the source and the workers, waits for them, and raises a panic or exit of theirs.
func (w *window[R]) leave() {
	w.mu.Lock()
	w.stop(0)
	w.mu.Unlock()
	w.cancel(nil)
	w.group.Wait()
	if w.worst.unwinds() {
		w.worst.unwind(recover())
	}
}

// loop yields the chunks, and the failure that ended them last, when all goroutines have ended.
func (w *window[R]) loop(ctx context.Context, yield func([]R, error) bool) {
	if err := w.chunks(ctx, yield).raise(ctx); err != nil {
		yield(nil, err)
	}
}

// chunks yields the chunks, and returns the failure that ended them.
func (w *window[R]) chunks(ctx context.Context, yield func([]R, error) bool) failure {
	defer w.leave()
	if ctx.Err() != nil {
		return failure{err: context.Cause(ctx)}
	}
	for {
		c, ok := w.next()
		if !ok {
			return w.end
		}
		if ctx.Err() != nil && !c.failed.some() {
			return failure{err: context.Cause(ctx)}
		}
		if len(c.items) > 0 && !yield(c.items, nil) {
			return failure{}
		}
		if c.failed.some() {
			return c.failed
		}
		w.release(c)
	}
}
