package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// contest is several ways to do the same. The first is asyncgen's: ratios are to it.
type contest struct {
	title string
	unit  string // what the nanoseconds are for, such as "an element"
	ways  []way
}

// way is one of a contest. measure does all of it once, checks what came out, and returns the nanoseconds for one unit.
type way struct {
	name    string
	measure func() (nanoseconds float64, err error)
}

// least is how long a measurement takes: what is done sooner is done again.
const least = 5 * time.Millisecond

// checked returns a way that does n units of work and comes to want.
func checked(name string, n, want int, run func() (int, error)) way {
	return way{name, func() (float64, error) {
		start := time.Now()
		for units := n; ; units += n {
			got, err := run()
			if err == nil && got != want {
				err = fmt.Errorf("it came to %d, want %d", got, want)
			}
			if took := time.Since(start); err != nil || took >= least {
				return float64(took.Nanoseconds()) / float64(units), err
			}
		}
	}}
}

// spread is the least, the middle and the greatest of what was measured in all rounds.
type spread struct{ least, median, most float64 }

func spreadOf(values []float64) spread {
	values = slices.Sorted(slices.Values(values))
	return spread{values[0], values[len(values)/2], values[len(values)-1]}
}

// score is what came of a way.
type score struct {
	contest *contest
	name    string
	cost    spread // nanoseconds
	ratio   spread // this way's time by asyncgen's of the same round
}

// interleave measures every way once a round, so that whatever else the machine does meets all alike; a round begins
// a contest one way later than the round before.
func interleave(contests []*contest, rounds int, progress func(round int)) ([]score, error) {
	costs := make(map[*contest][][]float64)
	for round := range rounds {
		progress(round)
		for _, c := range contests {
			costs[c] = append(costs[c], make([]float64, len(c.ways)))
			for i := range c.ways {
				at := (i + round) % len(c.ways)
				runtime.GC()
				cost, err := c.ways[at].measure()
				if err != nil {
					return nil, fmt.Errorf("%s: %s: %w", c.title, c.ways[at].name, err)
				}
				costs[c][round][at] = cost
			}
		}
	}
	var scores []score
	for _, c := range contests {
		for at, w := range c.ways {
			var own, ratios []float64
			for _, round := range costs[c] {
				own = append(own, round[at])
				ratios = append(ratios, round[at]/round[0])
			}
			scores = append(scores, score{c, w.name, spreadOf(own), spreadOf(ratios)})
		}
	}
	return scores, nil
}
