package main

import (
	"fmt"
	"math"
	"runtime"
	"strings"
)

// target is what asyncgen is to reach in a contest: value is at most limit.
type target struct {
	what    string
	contest string
	limit   float64
	value   func(contest scoreboard) float64
}

// scoreboard is the scores of one contest, by the names of the ways.
type scoreboard map[string]score

// targets are those that were set for concurrent stages and for queues.
func targets() []target {
	all := []target{
		{"the time of the loop by hand", "W1 pipeline, tiny", 1.05, timesOf("loop by hand")},
		{"concurrent stages, × one goroutine", "W1 pipeline, 2 × 100 ns", 1, func(c scoreboard) float64 {
			return c["asyncgen, concurrent stages"].ratio.median
		}},
		{"ns", "W2 parallel map, tiny, unordered", 15, nanoseconds},
		{"ns", "W2 parallel map, tiny, ordered", 20, nanoseconds},
		{"× the best of pond, errgroup + channels", "W2 parallel map, tiny, unordered", 1. / 12, timesOf("alitto/pond", "errgroup + channels")},
		{"× conc iter.Map", "W2 parallel map, tiny, slice", 1. / 3, timesOf("conc iter.Map")},
		{"× the ideal", "W2 parallel map, 1 µs, unordered", 1.15, timesIdeal},
		{"× the ideal", "W2 parallel map, 1 µs, ordered", 1.2, timesIdeal},
		{"µs", "W2 left after one element, 8 workers", 100, func(c scoreboard) float64 { return nanoseconds(c) / 1e3 }},
		{"× two channels", "W2 an element that comes alone", 1.5, timesOf("two channels by hand")},
		{"× the slower of two channels", "W3 queue, an item every 20 µs", 1, func(c scoreboard) float64 { // they are alike: no worse is within their difference
			return 1 / max(c["channel"].ratio.median, c["channel, once more"].ratio.median)
		}},
		{"ms, stage of 8 workers", "W2 and W3 idle for a second", 1, func(c scoreboard) float64 { return c["asyncgen, stage of 8 workers"].cost.median / 1e6 }},
		{"ms, queue", "W2 and W3 idle for a second", 1, func(c scoreboard) float64 { return c["asyncgen, queue"].cost.median / 1e6 }},
	}
	for _, ahead := range []int{1, 4, 16} {
		all = append(all, target{"× latency ÷ K", fmt.Sprintf("W4 pages of 2ms, prefetch %d", ahead), 1.1, timesOf("latency ÷ K (parts side by side)")})
	}
	for _, q := range []struct {
		edge                string
		capacity            int
		ofChannel, ofSelect float64
	}{
		{"1 → 1", 5, 0.7, 0.45},
		{"1 → 1", 128, 0.3, 0.1},
		{"1 → 1", 1024, 0.3, 0.1},
		{"1 → 2", 5, 0.95, 0.45},
		{"1 → 2", 128, 0.3, 0.1},
		{"1 → 2", 1024, 0.3, 0.1},
		{"4 → 4", 5, math.Inf(1), 0.45},
		{"4 → 4", 128, 0.5, 0.2},
		{"4 → 4", 1024, 0.5, 0.2},
	} {
		contest := fmt.Sprintf("W3 queue %s, capacity %d", q.edge, q.capacity)
		if !math.IsInf(q.ofChannel, 1) {
			all = append(all, target{"× channel", contest, q.ofChannel, timesOf("channel")})
		}
		all = append(all, target{"× channel with select", contest, q.ofSelect, timesOf("channel, select on ctx")})
	}
	return all
}

func nanoseconds(c scoreboard) float64 { return c["asyncgen"].cost.median }

// timesOf returns a function for asyncgen's time by that of the fastest of the ways named.
func timesOf(names ...string) func(scoreboard) float64 {
	return func(c scoreboard) float64 {
		best := math.Inf(1)
		for _, name := range names {
			best = min(best, c[name].ratio.median)
		}
		return 1 / best
	}
}

// timesIdeal is asyncgen's time by that of the sequential loop, were its work spread over all workers at no cost.
func timesIdeal(c scoreboard) float64 {
	return float64(runtime.GOMAXPROCS(0)) / c["sequential loop"].ratio.median
}

func boards(scores []score) map[string]scoreboard {
	all := map[string]scoreboard{}
	for _, s := range scores {
		board := all[s.contest.title]
		if board == nil {
			board = scoreboard{}
			all[s.contest.title] = board
		}
		board[s.name] = s
	}
	return all
}

// targetTable tells of each target whether it is met, as Markdown.
func targetTable(scores []score) string {
	byContest := boards(scores)
	var out strings.Builder
	out.WriteString("| workload | asyncgen's | at most | is | |\n| --- | --- | ---: | ---: | --- |\n")
	for _, t := range targets() {
		board, ok := byContest[t.contest]
		if !ok {
			continue
		}
		value, verdict := t.value(board), "met"
		if value > t.limit {
			verdict = "**missed**"
		}
		fmt.Fprintf(&out, "| %s | %s | %.3g | %s | %s |\n", t.contest, t.what, t.limit, brief(value), verdict)
	}
	return out.String()
}
