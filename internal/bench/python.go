package main

import (
	"context"
	_ "embed"
	"fmt"
	"os/exec"
	"strconv"
)

//go:embed python.py
var script string

// pythons is W6: the pipeline of W1 as Python's asynchronous generators, and a queue of W3 as asyncio.Queue. Where there is
// no python3 there is no W6.
func pythons(ctx context.Context, n int) []*contest {
	if _, err := exec.LookPath("python3"); err != nil {
		return nil
	}
	pipeline := &contest{title: "W6 pipeline in Python", unit: "an element", ways: []way{
		checked("asyncgen", n, sumByHand(n), func() (int, error) { return SumOfEvenSquares(ctx, n) }),
		python(ctx, "Python asynchronous generators", sumByHand(n/10), "generators", n/10),
	}}
	all := []*contest{pipeline}
	for _, capacity := range []int{5, 1024} {
		e := edge{n: n, capacity: capacity, putters: 1, takers: 1}
		c := e.contest(ctx)
		c.title = fmt.Sprintf("W6 queue in Python, capacity %d", capacity)
		e.n /= 10
		c.ways = append(c.ways[:1], python(ctx, "Python asyncio.Queue", e.want().number(), "queue", e.n, capacity))
		all = append(all, c)
	}
	return all
}

// python is a way that python3 times itself: its start is not counted.
func python(ctx context.Context, name string, want int, what string, numbers ...int) way {
	return way{name, func() (nanoseconds float64, err error) {
		args := []string{"-c", script, what}
		for _, number := range numbers {
			args = append(args, strconv.Itoa(number))
		}
		out, err := exec.CommandContext(ctx, "python3", args...).Output()
		if err != nil {
			return 0, fmt.Errorf("python3: %w", err)
		}
		var got int
		if _, err := fmt.Sscan(string(out), &nanoseconds, &got); err != nil {
			return 0, fmt.Errorf("python3 says %q: %w", out, err)
		}
		if got != want {
			err = fmt.Errorf("it came to %d, want %d", got, want)
		}
		return nanoseconds, err
	}}
}
