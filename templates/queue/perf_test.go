//go:build unix

package queue

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var targets = flag.Bool("targets", false, "measure against plain channels, and fail where a target is missed")

// edge is a queue with those that put and take.
type edge struct{ capacity, putters, takers int }

func (e edge) String() string { return fmt.Sprintf("%dto%d/cap%d", e.putters, e.takers, e.capacity) }

// edges are those that the targets are about.
var edges = []edge{{5, 1, 1}, {128, 1, 1}, {1024, 1, 1}, {5, 1, 2}, {128, 1, 2}, {1024, 1, 2}, {5, 4, 4}, {128, 4, 4}, {1024, 4, 4}}

// movers are the ways to move the numbers below n over an edge; each returns their sum.
var movers = []struct {
	name string
	move func(e edge, n int) int64
}{{"shares", moveShares}, {"chan", moveChan}, {"select", moveSelect}, {"pop", movePop}}

// moveShares takes shares from the queue that the edge gets.
func moveShares(e edge, n int) int64 {
	if e.capacity < 16 && e.putters == 1 && e.takers == 1 {
		return moveSingle(e, n)
	}
	return moveBounded(e, n, func(q *bounded[int]) (sum int64, err error) {
		hand := make([]int, 0, 64)
		for {
			if hand, err = q.take(hand); len(hand) == 0 {
				return sum, err
			}
			for _, v := range hand {
				sum += int64(v)
			}
		}
	})
}

// moveSingle takes all that there is from a single.
func moveSingle(e edge, n int) (sum int64) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	q := newSingle[int](e.capacity, new(work))
	stop := context.AfterFunc(ctx, func() { q.abort(context.Cause(ctx)) })
	defer stop()
	var putter sync.WaitGroup
	putter.Go(func() {
		defer q.close()
		for i := range n {
			if err := q.put(ctx, i); err != nil {
				cancel(err)
				return
			}
		}
	})
	for hand, _ := q.take(make([]int, 0, 64)); len(hand) > 0; hand, _ = q.take(hand) {
		for _, v := range hand {
			sum += int64(v)
		}
	}
	putter.Wait()
	return sum
}

// movePop takes one item at a time from a bounded queue.
func movePop(e edge, n int) int64 {
	return moveBounded(e, n, func(q *bounded[int]) (sum int64, err error) {
		for v, ok := q.pop(); ok; v, ok = q.pop() {
			sum += int64(v)
			q.settle(outcome{handled: 1})
		}
		return sum, nil
	})
}

// moveBounded is a bounded queue as a topology has it, with cancellation, errors and the count.
func moveBounded(e edge, n int, takeAll func(*bounded[int]) (int64, error)) int64 {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	var w work
	q := newBounded[int](e.capacity, &w).sharedBy(e.takers)
	stop := context.AfterFunc(ctx, func() { q.abort(context.Cause(ctx)) })
	defer stop()
	var puts, takes sync.WaitGroup
	var total atomic.Int64
	for p := range e.putters {
		puts.Go(func() {
			for i := p; i < n; i += e.putters {
				if err := q.put(i); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	for range e.takers {
		takes.Go(func() {
			sum, err := takeAll(q)
			if err != nil {
				cancel(err)
			}
			total.Add(sum)
		})
	}
	puts.Wait()
	q.close()
	takes.Wait()
	return total.Load()
}

// moveChan is a plain channel: no cancellation, no errors.
func moveChan(e edge, n int) int64 {
	q := make(chan int, e.capacity)
	var puts, takes sync.WaitGroup
	var total atomic.Int64
	for p := range e.putters {
		puts.Go(func() {
			for i := p; i < n; i += e.putters {
				q <- i
			}
		})
	}
	for range e.takers {
		takes.Go(func() {
			var sum int64
			for v := range q {
				sum += int64(v)
			}
			total.Add(sum)
		})
	}
	puts.Wait()
	close(q)
	takes.Wait()
	return total.Load()
}

// moveSelect is a channel as careful people use it.
func moveSelect(e edge, n int) int64 {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	q := make(chan int, e.capacity)
	var puts, takes sync.WaitGroup
	var total atomic.Int64
	for p := range e.putters {
		puts.Go(func() {
			for i := p; i < n; i += e.putters {
				select {
				case q <- i:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	for range e.takers {
		takes.Go(func() {
			var sum int64
		loop:
			for {
				select {
				case v, ok := <-q:
					if !ok {
						break loop
					}
					sum += int64(v)
				case <-ctx.Done():
					return
				}
			}
			total.Add(sum)
		})
	}
	puts.Wait()
	close(q)
	takes.Wait()
	return total.Load()
}

func BenchmarkMove(b *testing.B) {
	for _, e := range edges {
		for _, m := range movers {
			b.Run(e.String()+"/"+m.name, func(b *testing.B) {
				b.ReportAllocs()
				m.move(e, b.N)
			})
		}
	}
}

// TestAllocs: an item costs no allocation. A run costs a few, for goroutines and buffers.
func TestAllocs(t *testing.T) {
	for _, e := range []edge{{128, 1, 2}, {5, 1, 1}} {
		for _, m := range movers {
			if got := testing.AllocsPerRun(3, func() { m.move(e, 20_000) }); got > 100 {
				t.Errorf("%s %s: %v allocations for 20000 items", e, m.name, got)
			}
		}
	}
}

// limitOf is how much of a channel's time, and of the channel's with select, shares may take.
func limitOf(e edge) (ofChan, ofSelect float64) {
	switch {
	case e.capacity == 5 && e.takers == 1:
		return 0.7, 0.45
	case e.capacity == 5 && e.takers == 2:
		return 0.95, 0.45
	case e.capacity == 5:
		return 10, 0.45 // no target beside the plain channel
	case e.putters == 4:
		return 0.5, 0.2
	default:
		return 0.3, 0.1
	}
}

// TestTargets measures in rounds that take turns, and compares medians.
func TestTargets(t *testing.T) {
	if !*targets {
		t.Skip("-targets not given")
	}
	const n, rounds = 1_000_000, 7
	for _, e := range edges {
		times := make([][]float64, len(movers))
		for range rounds {
			for i, m := range movers {
				begin := time.Now()
				if got := m.move(e, n); got != n*(n-1)/2 {
					t.Fatalf("%s %s: sum %d", e, m.name, got)
				}
				times[i] = append(times[i], float64(time.Since(begin))/n)
			}
		}
		shares, plain, careful, pop := median(times[0]), median(times[1]), median(times[2]), median(times[3])
		ofChan, ofSelect := limitOf(e)
		line := fmt.Sprintf("%-12s shares %5.1f  pop %5.1f  chan %5.1f  select %5.1f ns: %.2f C (<= %.2f)  %.2f S (<= %.2f)",
			e, shares, pop, plain, careful, shares/plain, ofChan, shares/careful, ofSelect)
		if shares > ofChan*plain || shares > ofSelect*careful {
			t.Error("missed:", line)
		} else {
			t.Log(line)
		}
	}
	trips := [2][]float64{}
	paced := [2][]float64{}
	for range 5 {
		trips[0] = append(trips[0], tripBounded(200_000))
		trips[1] = append(trips[1], tripChan(200_000))
		paced[0] = append(paced[0], pacedBounded(2000))
		paced[1] = append(paced[1], pacedChan(2000))
	}
	compare(t, "round trip, ns", median(trips[0]), median(trips[1]), 0.9)
	compare(t, "paced p50, ns", median(paced[0]), median(paced[1]), 1.1)
	compare(t, "2 s blocked, ms CPU", blocked(), 2, 1)
}

// compare checks a figure against limit times another.
func compare(t *testing.T, what string, got, other, limit float64) {
	t.Helper()
	t.Logf("%s: %.1f beside %.1f (<= %.2f of it)", what, got, other, limit)
	if got > limit*other {
		t.Errorf("%s: missed", what)
	}
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

// tripBounded is the time for an item to go to another goroutine and back, over two queues of capacity 1.
func tripBounded(n int) float64 {
	var w work
	there, back := newBounded[int](1, &w).sharedBy(1), newBounded[int](1, &w).sharedBy(1)
	return trip(n, func(v int) { there.put(v) }, func() int { v, _ := back.pop(); return v }, func() {
		for v, ok := there.pop(); ok; v, ok = there.pop() {
			back.put(v)
		}
	}, there.close)
}

// tripChan is tripBounded over unbuffered channels.
func tripChan(n int) float64 {
	there, back := make(chan int), make(chan int)
	return trip(n, func(v int) { there <- v }, func() int { return <-back }, func() {
		for v := range there {
			back <- v
		}
	}, func() { close(there) })
}

func trip(n int, put func(int), pop func() int, echo, end func()) float64 {
	var other sync.WaitGroup
	other.Go(echo)
	begin := time.Now()
	for v := range n {
		put(v)
		if pop() != v {
			panic("another item came back")
		}
	}
	took := float64(time.Since(begin)) / float64(n)
	end()
	other.Wait()
	return took
}

// pacedBounded is the median time from put to take where an item comes every 20 microseconds.
func pacedBounded(n int) float64 {
	q := newBounded[time.Time](128, new(work)).sharedBy(1)
	return pace(n, func(at time.Time) { q.put(at) }, q.close, func(see func(time.Time)) {
		hand := make([]time.Time, 0, 64)
		for {
			if hand, _ = q.take(hand); len(hand) == 0 {
				return
			}
			for _, at := range hand {
				see(at)
			}
		}
	})
}

// pacedChan is pacedBounded over a channel.
func pacedChan(n int) float64 {
	q := make(chan time.Time, 128)
	return pace(n, func(at time.Time) { q <- at }, func() { close(q) }, func(see func(time.Time)) {
		for at := range q {
			see(at)
		}
	})
}

func pace(n int, put func(time.Time), end func(), takeAll func(see func(time.Time))) float64 {
	var late []float64
	var taker sync.WaitGroup
	taker.Go(func() { takeAll(func(at time.Time) { late = append(late, float64(time.Since(at))) }) })
	for range n {
		time.Sleep(20 * time.Microsecond)
		put(time.Now())
	}
	end()
	taker.Wait()
	return median(late)
}

// blocked is the CPU time in ms that the process spends in 2 s while a taker and a putter wait.
func blocked() float64 {
	empty, full := newBounded[int](5, new(work)).sharedBy(1), newBounded[int](1, new(work)).sharedBy(1)
	full.put(1)
	var both sync.WaitGroup
	both.Go(func() { empty.pop() })
	both.Go(func() { full.put(2) })
	time.Sleep(10 * time.Millisecond)
	before := cpu()
	time.Sleep(2 * time.Second)
	used := cpu() - before
	empty.close()
	full.close()
	both.Wait()
	return float64(used) / float64(time.Millisecond)
}

// cpu is the time that this process has run on a processor.
func cpu() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		panic(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
