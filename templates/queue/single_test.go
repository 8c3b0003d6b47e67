package queue

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestSingleParks lets either side of a single come first, and wait for the other again and again.
func TestSingleParks(t *testing.T) {
	for _, test := range []struct {
		name          string
		putter, taker time.Duration // before each put, and each take
	}{{"empty", time.Second, 0}, {"full", 0, time.Second}, {"either", 2 * time.Second, 3 * time.Second}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const n = 40
				var w work
				q := newSingle[int](3, &w)
				w.begin()
				go func() {
					defer w.end()
					defer q.close()
					for v := range n {
						time.Sleep(test.putter)
						if err := q.put(t.Context(), v); err != nil {
							t.Error(err)
						}
						if s := q.stats(); s.Depth > 3 {
							t.Errorf("%d queued", s.Depth)
						}
					}
				}()
				next := 0
				for hand := make([]int, 0, 2); ; {
					time.Sleep(test.taker)
					if hand, _ = q.take(hand); len(hand) == 0 {
						break
					}
					for _, v := range hand {
						if v != next {
							t.Fatalf("took %d, want %d", v, next)
						}
						next++
					}
				}
				if got, want := q.stats(), (stats{Put: n, Handled: n}); got != want {
					t.Fatalf("stats %+v, want %+v", got, want)
				}
				if err := w.join(t.Context()); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

// TestSingleAborted aborts a single while either side waits, or none: what it held comes out of drain, once.
func TestSingleAborted(t *testing.T) {
	for _, test := range []struct {
		name        string
		puts, takes int
		held        int
	}{{"empty", 2, 3, 0}, {"full", 9, 1, 3}, {"between", 2, 0, 2}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				q := newSingle[int](3, new(work))
				stop := context.AfterFunc(ctx, func() { q.abort(context.Cause(ctx)) })
				defer stop()
				var put, taken atomic.Int64
				go func() {
					for v := range test.puts {
						if err := q.put(ctx, v); err != nil {
							if !errors.Is(err, errStop) {
								t.Error(err)
							}
							return
						}
						put.Add(1)
					}
				}()
				var taker sync.WaitGroup
				taker.Go(func() {
					hand := make([]int, 0, 1)
					for range test.takes {
						var err error
						if hand, err = q.take(hand); len(hand) == 0 {
							if !errors.Is(err, errStop) {
								t.Error(err)
							}
							return
						}
						taken.Add(1)
					}
					q.settle(outcome{handled: int64(len(hand))})
				})
				synctest.Wait()
				cancel(errStop)
				synctest.Wait()
				q.abort(errors.New("late"))
				synctest.Wait()
				taker.Wait()
				if hand, err := q.take(nil); len(hand) > 0 || err != errStop {
					t.Fatalf("took %v, %v after abort", hand, err)
				}
				if left := q.drain(); len(left) != test.held || int64(test.held) != put.Load()-taken.Load() {
					t.Fatalf("%d drained, want %d; %d put, %d taken", len(left), test.held, put.Load(), taken.Load())
				}
				want := stats{Put: put.Load(), Handled: taken.Load(), Undelivered: int64(test.held)}
				if diff := cmp.Diff(want, q.stats(), cmp.AllowUnexported(stats{})); diff != "" {
					t.Fatal(diff)
				}
				if left := q.drain(); len(left) != 0 {
					t.Fatalf("%d drained again", len(left))
				}
			})
		})
	}
}

// TestSingleKeepsPace runs the two sides at random paces: what is put is taken once, in order, and at each moment the
// count agrees.
func TestSingleKeepsPace(t *testing.T) {
	const n = 3000
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 2))
		q := newSingle[int](1+r.IntN(8), new(work))
		lag := [2]int{r.IntN(200), r.IntN(200)}
		var sides sync.WaitGroup
		sides.Go(func() {
			defer q.close()
			for v := range n {
				if err := q.put(t.Context(), v); err != nil {
					t.Error(err)
					return
				}
				dawdle(v, lag[0])
			}
		})
		sides.Go(func() {
			next := 0
			for hand := make([]int, 0, 1+r.IntN(8)); ; {
				if hand, _ = q.take(hand); len(hand) == 0 {
					break
				}
				for _, v := range hand {
					if v != next {
						t.Errorf("seed %d: took %d, want %d", seed, v, next)
					}
					next++
					dawdle(v, lag[1])
				}
			}
			if next != n {
				t.Errorf("seed %d: took %d of %d", seed, next, n)
			}
		})
		for q.stats().Put < n {
			if s := q.stats(); s.InFlight < 0 || s.Depth < 0 || s.settled().total()+s.InFlight+s.Depth != s.Put {
				t.Fatalf("seed %d: %+v", seed, s)
			}
			runtime.Gosched() // where there is one processor, it is for the sides
		}
		sides.Wait()
	}
}

// dawdle takes its time, now and then much.
func dawdle(v, lag int) {
	if v%(lag+1) == 0 {
		time.Sleep(time.Microsecond)
		return
	}
	linger(lag)
}

// TestSingleMeets has the two sides of many short singles meet at the first and the last item, where one of them may be
// about to park or to leave: no item is left behind, nobody waits, and a join behind the putter finds all settled.
func TestSingleMeets(t *testing.T) {
	for round := range 30_000 {
		var w work
		q := newSingle[int](1+round%2, &w)
		n := 1 + round%3
		w.begin()
		var putter sync.WaitGroup
		putter.Go(func() {
			defer w.end()
			defer q.close()
			for v := range n {
				linger(round / 3 % 400)
				if err := q.put(t.Context(), v); err != nil {
					t.Error(err)
				}
			}
		})
		if round%2 == 0 {
			putter.Go(func() {
				if err := w.join(t.Context()); err != nil {
					t.Error(err)
				}
				if s := q.stats(); s.settled().handled != int64(n) {
					t.Errorf("round %d: joined at %+v", round, s)
				}
			})
		}
		taken := 0
		for hand := make([]int, 0, 2); ; taken += len(hand) {
			linger(round % 7)
			if hand, _ = q.take(hand); len(hand) == 0 {
				break
			}
		}
		putter.Wait()
		if taken != n {
			t.Fatalf("round %d: took %d of %d", round, taken, n)
		}
	}
}

// linger lets some time pass, without letting others run.
func linger(turns int) {
	for range turns * 4 {
		idled.Load()
	}
}

var idled atomic.Int64
