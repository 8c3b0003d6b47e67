package queue

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

var errStop = errors.New("stop")

// TestNothingLost puts and pops from many goroutines and ends the queue at a random moment: every put that returned
// nil is popped or drained once, no other is, and the count agrees.
func TestNothingLost(t *testing.T) {
	for _, d := range designs() {
		t.Run(d.name, func(t *testing.T) {
			for seed := range uint64(60) {
				churn(t, d, rand.New(rand.NewPCG(seed, 1)))
			}
		})
	}
}

// churn is one run of TestNothingLost.
func churn(t *testing.T, d design, r *rand.Rand) {
	t.Helper()
	const each = 300
	putters, takers := d.goroutines(1+r.IntN(4)), d.goroutines(1+r.IntN(4))
	abort, patience, after := r.IntN(3) > 0, r.IntN(2) > 0, r.IntN(each*putters)

	var w work
	q := d.make(&w)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	put := make([][]int, putters)
	var popped [][]int
	var mu sync.Mutex
	var puts, pops sync.WaitGroup
	for p := range putters {
		puts.Go(func() {
			for i := range each {
				v := p*each + i
				if err := putEither(ctx, q, v, patience); err != nil {
					if !abort || !errors.Is(err, errStop) {
						t.Errorf("put: %v", err)
					}
					return
				}
				put[p] = append(put[p], v)
			}
		})
	}
	for range takers {
		pops.Go(func() {
			var mine []int
			for v, ok := q.pop(); ok; v, ok = q.pop() {
				mine = append(mine, v)
				q.settle(outcome{handled: 1})
				if len(mine)%16 == 0 {
					runtime.Gosched()
				}
			}
			mu.Lock()
			popped = append(popped, mine)
			mu.Unlock()
		})
	}
	if abort {
		for int(q.stats().Put) < after {
			runtime.Gosched()
		}
		q.abort(errStop)
	}
	puts.Wait()
	q.close()
	pops.Wait()
	left := q.drain()

	all := append(slices.Concat(popped...), left...)
	slices.Sort(all)
	want := slices.Concat(put...)
	slices.Sort(want)
	if !slices.Equal(all, want) {
		t.Fatalf("%d put, %d popped or drained", len(want), len(all))
	}
	if !abort && len(left) > 0 {
		t.Fatalf("%d left after the end", len(left))
	}
	n := int64(len(want))
	if got, want := q.stats(), (stats{Put: n, Handled: n - int64(len(left)), Undelivered: int64(len(left))}); got != want {
		t.Fatalf("stats %+v, want %+v", got, want)
	}
	if err := w.join(ctx); err != nil {
		t.Fatalf("join: %v", err)
	}
	if d.fifo {
		inOrder(t, popped, each)
	}
}

// putEither puts with a context of the caller's own where the queue can.
func putEither(ctx context.Context, q queue, v int, own bool) error {
	if c, can := q.(contextPutter); own && can {
		return c.putContext(ctx, v)
	}
	return q.put(v)
}

// inOrder checks that each taker got what one putter put in the order in which it was put.
func inOrder(t *testing.T, popped [][]int, each int) {
	t.Helper()
	for _, mine := range popped {
		last := map[int]int{}
		for _, v := range mine {
			if before, seen := last[v/each]; seen && v <= before {
				t.Fatalf("%d after %d", v, before)
			}
			last[v/each] = v
		}
	}
}

// TestShares is TestNothingLost for takers of shares.
func TestShares(t *testing.T) {
	for _, takers := range []int{1, 2, 5} {
		t.Run(fmt.Sprint(takers), func(t *testing.T) {
			const n = 20_000
			var w work
			q := newBounded[int](32, &w).sharedBy(takers)
			var mu sync.Mutex
			var all []int
			var group sync.WaitGroup
			for range takers {
				group.Go(func() {
					hand := make([]int, 0, 8)
					for {
						var err error
						if hand, err = q.take(hand); err != nil {
							t.Error(err)
						}
						if len(hand) == 0 {
							return
						}
						mu.Lock()
						all = append(all, hand...)
						mu.Unlock()
					}
				})
			}
			for v := range n {
				if err := q.put(v); err != nil {
					t.Fatal(err)
				}
			}
			q.close()
			group.Wait()
			slices.Sort(all)
			for v := range n {
				if all[v] != v {
					t.Fatalf("item %d: %d", v, all[v])
				}
			}
			if got, want := q.stats(), (stats{Put: n, Handled: n}); len(all) != n || got != want {
				t.Fatalf("%d items, stats %+v", len(all), got)
			}
		})
	}
}
