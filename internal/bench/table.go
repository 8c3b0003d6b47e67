package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// table is the one table of all ratios, as Markdown. A ratio below 1 is bold: that way is faster than asyncgen.
func table(scores []score) string {
	var out strings.Builder
	out.WriteString("| workload | way | median (min–max) | × asyncgen, min | median | max |\n")
	out.WriteString("| --- | --- | ---: | ---: | ---: | ---: |\n")
	title := ""
	for _, s := range scores {
		shown := ""
		if s.contest.title != title {
			title = s.contest.title
			shown = title + ": " + s.contest.unit
		}
		fmt.Fprintf(&out, "| %s | %s | %s (%s–%s) |", shown, s.name, span(s.cost.median), span(s.cost.least), span(s.cost.most))
		if s.name == s.contest.ways[0].name {
			out.WriteString(" | 1 | |\n")
			continue
		}
		median := brief(s.ratio.median)
		if s.ratio.median < 1 {
			median = "**" + median + "**"
		}
		fmt.Fprintf(&out, " %s | %s | %s |\n", brief(s.ratio.least), median, brief(s.ratio.most))
	}
	return out.String()
}

// brief shows two or three digits that count.
func brief(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

// span shows so many nanoseconds.
func span(v float64) string {
	switch {
	case v >= 1e6:
		return brief(v/1e6) + " ms"
	case v >= 1e4:
		return brief(v/1e3) + " µs"
	default:
		return brief(v) + " ns"
	}
}

// page is docs/performance.md.
func page(scores []score, rounds int) string {
	return strings.Join([]string{
		"<!-- Written by make bench. DO NOT EDIT. -->",
		"",
		"# Performance",
		"",
		"What asyncgen generates, beside Go written by hand and beside libraries of the same trade. The spec of what is measured is",
		"[internal/bench/bench.async.yaml](../internal/bench/bench.async.yaml); everything else is in that folder too.",
		"",
		"![Nanoseconds for an element, on a log scale](performance.svg)",
		"",
		"## How it is measured",
		"",
		fmt.Sprintf("- On %s, %s, %s/%s, GOMAXPROCS=%d.", processor(), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0)),
		fmt.Sprintf("- %d rounds in one process. Each round runs every way once, or as often as 5 ms have room for, in turns, with a collection of garbage before each.", rounds),
		"- × asyncgen is a way's time by asyncgen's **of the same round**: above 1, asyncgen is faster. The rows that it loses are bold.",
		"- What comes out is checked in every run: the sum where the order is free, a fold that tells the order where it is not.",
		"- asyncgen's ways handle ctx, errors and panics. Of the others, those that say so do; most do not.",
		"- Workers are as many as GOMAXPROCS. Read no difference of less than a third as one, and below 2 ns none below half.",
		fmt.Sprintf("- Of the machine there was this much to be had: 1 µs of work, split by hand between %d workers, ran %s times as fast as by one.\n"+
			"  Far below %[1]d other programs ran, and rows about several workers tell little: run it again on a quiet machine.",
			runtime.GOMAXPROCS(0), brief(speedUp(scores))),
		"",
		"To run it: `make bench`. It takes a few minutes, and writes this page and its chart.",
		"",
		"## Targets",
		"",
		"These were set before it was built. A target that is missed stays here until it is met.",
		"",
		targetTable(scores),
		"## All of it",
		"",
		table(scores),
	}, "\n")
}

// speedUp is how much faster work split by hand is than the sequential loop: how much of the machine there was to be had.
func speedUp(scores []score) float64 {
	board := boards(scores)["W2 parallel map, 1 µs, unordered"]
	return board["sequential loop"].ratio.median / board["split by hand"].ratio.median
}

// processor says what this machine is, as far as Linux tells.
func processor() string {
	model := "an unnamed processor"
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return model
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%s, %d cores", model, runtime.NumCPU())
}
