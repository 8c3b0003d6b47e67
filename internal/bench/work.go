package main

import (
	"context"
	"time"
)

// Square is the first stage of W1, and the work of W2 at its tiniest.
func Square(v int) int { return v * v }

// Even is the second stage of W1.
func Even(v int) bool { return v%2 == 0 }

// Square100 makes a number of v in about 100 ns.
func Square100(v int) int { return churn(v, 100) }

// Even100 takes as long.
func Even100(v int) bool { return churn(v, 100)%2 == 0 }

// Square1000 makes a number of v in about 1 µs.
func Square1000(v int) int { return churn(v, 1000) }

// churn keeps a core busy for about as many nanoseconds: each step waits for the one before (xorshift64, Marsaglia 2003).
//
//go:noinline
func churn(v, nanoseconds int) int {
	x := uint64(v) + 1
	for range nanoseconds * 3 / 5 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return int(x >> 33)
}

// Same hands a time on.
func Same(v time.Time) time.Time { return v }

// Then folds v behind what came before: another order gives another number.
func Then(acc, v int) int { return acc*31 + v }

// Sampled tells which elements a taker keeps: few, so that the queue is measured, not the memory.
func Sampled(v int) bool { return v%1024 == 0 }

// FetchPage returns page, counted from 1, after latency; behind the last it returns none, at once.
func FetchPage(ctx context.Context, latency time.Duration, page, last int) ([]int, error) {
	if page > last {
		return nil, nil
	}
	time.Sleep(latency)
	return []int{page}, ctx.Err()
}

// Number is a resource that costs nothing.
type Number struct{ n int }

// Open returns a new Number.
func Open() *Number { return new(Number) }

// Close releases it.
func (v *Number) Close() { v.n = 0 }

// Shut releases it too.
func (v *Number) Shut(ctx context.Context) error {
	v.n = 0
	return ctx.Err()
}

// Check tells that it is good.
func (v *Number) Check() error { return nil }
