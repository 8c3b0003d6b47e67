package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// scripted returns a way that measures these, one a round.
func scripted(name string, costs ...float64) way {
	round := -1
	return way{name, func() (float64, error) {
		round++
		return costs[round], nil
	}}
}

// TestContests sees that all ways come to what they should, on little; those that take seconds, not with -short.
func TestContests(t *testing.T) {
	*n = 5_000
	for _, c := range contests(t.Context()) {
		if testing.Short() && strings.Contains(c.title, "idle") {
			continue
		}
		for _, w := range c.ways {
			if cost, err := w.measure(); err != nil || cost <= 0 {
				t.Errorf("%s: %s: %v ns, %v", c.title, w.name, cost, err)
			}
		}
	}
}

func TestInterleave(t *testing.T) {
	c := &contest{title: "queue", unit: "an item", ways: []way{scripted("asyncgen", 10, 20, 10), scripted("other", 30, 20, 5)}}
	scores, err := interleave([]*contest{c}, 3, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := scores[1].cost, (spread{5, 20, 30}); got != want {
		t.Errorf("cost %v, want %v", got, want)
	}
	if got, want := scores[1].ratio, (spread{0.5, 1, 3}); got != want {
		t.Errorf("ratio %v, want %v: that of the same round", got, want)
	}
}

func TestInterleaveStops(t *testing.T) {
	wrong := checked("other", 1, 7, func() (int, error) { return 8, nil })
	_, err := interleave([]*contest{{title: "queue", ways: []way{wrong}}}, 1, func(int) {})
	if err == nil || !strings.Contains(err.Error(), "queue: other: it came to 8, want 7") {
		t.Errorf("got %v", err)
	}
}

func TestTable(t *testing.T) {
	c := &contest{title: "queue", unit: "an item", ways: []way{{name: "asyncgen"}}}
	got := table([]score{
		{c, "asyncgen", spread{9, 10, 11}, spread{1, 1, 1}},
		{c, "faster", spread{1, 2, 3}, spread{0.1, 0.2, 0.3}},
		{c, "slower", spread{1e6, 2e6, 3e6}, spread{1e5, 2e5, 3e5}},
	})
	for _, want := range []string{
		"| queue: an item | asyncgen | 10.0 ns (9.00 ns–11.0 ns) | | 1 | |",
		"|  | faster | 2.00 ns (1.00 ns–3.00 ns) | 0.10 | **0.20** | 0.30 |",
		"|  | slower | 2.00 ms (1.00 ms–3.00 ms) | 100000 | 200000 | 300000 |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestTargets(t *testing.T) {
	c := &contest{title: "W3 queue 1 → 1, capacity 5"}
	got := targetTable([]score{
		{c, "asyncgen", spread{}, spread{1, 1, 1}},
		{c, "channel", spread{}, spread{1, 1.25, 2}},
		{c, "channel, select on ctx", spread{}, spread{3, 4, 5}},
	})
	for _, want := range []string{"× channel | 0.7 | 0.80 | **missed** |", "× channel with select | 0.45 | 0.25 | met |"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// TestTargetsNameContests sees that no target is about something that is not measured.
func TestTargetsNameContests(t *testing.T) {
	measured := map[string]bool{}
	for _, c := range contests(t.Context()) {
		measured[c.title] = true
	}
	for _, target := range targets() {
		if !measured[target.contest] {
			t.Errorf("%s is not measured", target.contest)
		}
	}
}

func TestChart(t *testing.T) {
	c := &contest{title: charted[0]}
	for _, scores := range [][]score{nil, {{c, "asyncgen & <co>", spread{1, 2, 3}, spread{}}}} {
		decoder := xml.NewDecoder(strings.NewReader(chart(scores)))
		bars := 0
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if element, ok := token.(xml.StartElement); ok && element.Name.Local == "rect" {
				bars++
			}
		}
		if bars != len(scores)+1 {
			t.Errorf("%d rectangles for %d ways and the ground", bars, len(scores))
		}
	}
}

// A run that is too short to be measured is made again.
func TestCheckedRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		cost, err := checked("quick", 1000, 7, func() (int, error) {
			runs++
			time.Sleep(least / 4)
			return 7, nil
		}).measure()
		if each := float64(least.Nanoseconds()) / 4 / 1000; err != nil || runs != 4 || cost != each {
			t.Errorf("%v ns after %d runs, %v; want %v after 4", cost, runs, err, each)
		}
	})
}
