package parallel

import (
	"context"
	"iter"
	"slices"
)

// Keyed is Calls with one call of a key at a time, in the order of the source; the calls of other keys go on beside it.
//
// key is called in the goroutine of the source.
func Keyed[K comparable, T, R any](
	ctx context.Context, workers int, ordered bool,
	source func(ctx context.Context, emit func(T) bool) error,
	key func(T) K,
	call func(ctx context.Context, worker int, v T, out []R) ([]R, error),
) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		inner, cancel := context.WithCancelCause(ctx)
		k := &keyer[K, T, R]{call: call, later: make(map[K][]keyed[K, T])}
		k.init(workers, 2*workers, ordered, cancel)
		emit := func(v T) bool { return k.push(key(v), v) }
		k.start(
			func() error { return source(inner, emit) },
			func(worker int) { k.work(inner, worker) },
		)
		k.loop(ctx, yield)
	}
}

// keyed is an element with its key and its place in the source.
type keyed[K comparable, T any] struct {
	number int
	key    K
	v      T
}

// keyer knows which keys are in a worker's hand, or free to be.
type keyer[K comparable, T, R any] struct {
	window[R]
	call   func(ctx context.Context, worker int, v T, out []R) ([]R, error)
	pushed int
	now    []keyed[K, T]       // elements that may be called, oldest first; one of a key
	later  map[K][]keyed[K, T] // a key that is in now or in a worker's hand: its other elements
}

// push hands v to the workers. It returns false when no more is wanted.
func (k *keyer[K, T, R]) push(key K, v T) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.pushed < k.bound && k.pushed-k.taken == len(k.slots) {
		k.full.Wait()
	}
	if k.pushed >= k.bound {
		return false
	}
	queue, busy := k.later[key] // this panics where a key cannot be hashed: v is not counted by then
	element := keyed[K, T]{number: k.pushed, key: key, v: v}
	k.pushed++
	if busy {
		k.later[key] = append(queue, element)
		return true
	}
	k.later[key] = nil
	k.now = append(k.now, element)
	k.wake()
	return true
}

// work claims elements until none is left.
func (k *keyer[K, T, R]) work(ctx context.Context, worker int) {
	var element keyed[K, T]
	var out chunk[R]
	defer k.guard(&out)
	for k.claim(&element, &out) {
		if ctx.Err() != nil {
			out.failed.err = context.Cause(ctx)
		} else {
			out.items, out.failed.err = k.call(ctx, worker, element.v, out.items)
		}
		if out.failed.err != nil {
			k.fail(&out)
			return
		}
	}
}

// claim delivers out, if it is done: the outcome of element. Then it takes the next element, and returns false where
// none is left.
func (k *keyer[K, T, R]) claim(element *keyed[K, T], out *chunk[R]) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if out.done {
		k.free(element.key)
		*element = keyed[K, T]{}
		k.deliver(out)
	}
	for k.bound > 0 {
		if len(k.now) > 0 {
			*element, k.now[0] = k.now[0], keyed[K, T]{}
			k.now = k.now[1:]
			if element.number >= k.bound {
				continue // what stands before it has failed
			}
			k.number(out)
			out.number = element.number
			return true
		}
		if k.ended && k.delivered == k.pushed {
			k.finish()
			return false
		}
		k.sleeping++
		k.idle.Wait()
	}
	return false
}

// free lets the next element of a key be called, before those that came behind it: with ordered that one is needed although
// they fail, and a worker goes with each failure.
func (k *keyer[K, T, R]) free(key K) {
	queue := k.later[key]
	if len(queue) == 0 {
		delete(k.later, key)
		return
	}
	at, _ := slices.BinarySearchFunc(k.now, queue[0].number, func(e keyed[K, T], number int) int { return e.number - number })
	k.now = slices.Insert(k.now, at, queue[0])
	k.later[key] = queue[1:]
	k.wake()
}
