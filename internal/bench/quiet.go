package main

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"syscall"
	"time"
)

// quiet is what concurrent stages and queues cost where there is little to do: an element that comes alone, a loop that
// is left at once, and nothing at all.
func quiet(ctx context.Context, elements int) []*contest {
	const gap = 200 * time.Microsecond
	left := &contest{title: "W2 left after one element, 8 workers", unit: "a loop", ways: []way{
		checked("asyncgen", elements, elements, func() (int, error) {
			return elements, repeat(elements, func() error { return leave(Numbered(ctx, 1<<40, 8)) })
		}),
		checked("channels by hand", elements, elements, func() (int, error) {
			return elements, repeat(elements, func() error { return leave(numbered(ctx, 1<<40, 8)) })
		}),
	}}
	alone := &contest{title: "W2 an element that comes alone", unit: "of delay", ways: []way{
		{"asyncgen", func() (float64, error) {
			var late lateness
			for sent, err := range Passed(ctx, clock(elements, gap), 4) {
				if err != nil {
					return 0, err
				}
				late = append(late, time.Since(sent))
			}
			return late.median(elements)
		}},
		{"two channels by hand", func() (float64, error) { return hops(clock(elements, gap), 2).median(elements) }},
	}}
	overChannel := func() (float64, error) { return hops(clock(elements, 20*time.Microsecond), 1).median(elements) }
	paced := &contest{title: "W3 queue, an item every 20 µs", unit: "of delay", ways: []way{
		{"asyncgen", func() (float64, error) {
			result, err := RunPaced(ctx, clock(elements, 20*time.Microsecond))
			if err != nil {
				return 0, err
			}
			return lateness(result.Late[0]).median(elements)
		}},
		{"channel", overChannel},
		{"channel, once more", overChannel}, // what is no difference here
	}}
	idle := &contest{title: "W2 and W3 idle for a second", unit: "of CPU", ways: []way{
		{"asyncgen, stage of 8 workers", func() (float64, error) {
			return idling(func(silence iter.Seq[time.Time]) error {
				for _, err := range Passed(ctx, silence, 8) {
					return err
				}
				return nil
			})
		}},
		{"asyncgen, queue", func() (float64, error) {
			return idling(func(silence iter.Seq[time.Time]) error {
				_, err := RunPaced(ctx, silence)
				return err
			})
		}},
		{"channel", func() (float64, error) {
			return idling(func(silence iter.Seq[time.Time]) error {
				hops(silence, 1)
				return nil
			})
		}},
	}}
	return []*contest{left, alone, paced, idle}
}

// lateness is how late each of some elements was.
type lateness []time.Duration

// median returns the middle one's nanoseconds; all n are to be there.
func (l lateness) median(n int) (float64, error) {
	if len(l) != n {
		return 0, errors.New("elements are missing")
	}
	return float64(slices.Sorted(slices.Values(l))[n/2].Nanoseconds()), nil
}

// clock yields the time n times, after a gap each.
func clock(n int, gap time.Duration) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for range n {
			time.Sleep(gap)
			if !yield(time.Now()) {
				return
			}
		}
	}
}

// hops sends the times through so many channels, with a goroutine between two.
func hops(times iter.Seq[time.Time], channels int) lateness {
	first := make(chan time.Time, 128)
	go func() {
		defer close(first)
		for t := range times {
			first <- t
		}
	}()
	last := first
	for range channels - 1 {
		from, to := last, make(chan time.Time, 128)
		go func() {
			defer close(to)
			for t := range from {
				to <- t
			}
		}()
		last = to
	}
	var late lateness
	for t := range last {
		late = append(late, time.Since(t))
	}
	return late
}

func repeat(n int, run func() error) error {
	for range n {
		if err := run(); err != nil {
			return err
		}
	}
	return nil
}

func leave(loop iter.Seq2[int, error]) error {
	for _, err := range loop {
		return err
	}
	return errors.New("nothing came")
}

// numbered is Numbered by hand, without its order. When it is left, its goroutines have ended.
func numbered(parent context.Context, n, workers int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		ctx, cancel := context.WithCancel(parent)
		in, out := make(chan int), make(chan int)
		var group sync.WaitGroup
		group.Go(func() {
			defer close(in)
			for v := range n {
				select {
				case in <- v:
				case <-ctx.Done():
					return
				}
			}
		})
		for range workers {
			group.Go(func() {
				for v := range in {
					select {
					case out <- Square(v):
					case <-ctx.Done():
						return
					}
				}
			})
		}
		for yield(<-out, nil) {
		}
		cancel()
		group.Wait()
	}
}

// idling returns the nanoseconds of CPU that this process takes in a second in which wait has nothing to do.
func idling(wait func(silence iter.Seq[time.Time]) error) (float64, error) {
	began, end, failed := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		failed <- wait(func(func(time.Time) bool) {
			close(began)
			<-end
		})
	}()
	<-began
	time.Sleep(10 * time.Millisecond)
	before, err := cpuTime()
	if err != nil {
		return 0, err
	}
	time.Sleep(time.Second)
	after, err := cpuTime()
	close(end)
	return float64((after - before).Nanoseconds()), errors.Join(err, <-failed)
}

func cpuTime() (time.Duration, error) {
	var used syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), err
}
