package world

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	long     = flag.Duration("world.for", time.Second, "how long to run")
	first    = flag.Uint64("world.first", 0, "the seed of the first run")
	allReal  = flag.Bool("world.real", false, "let time be real in all runs")
	only     = flag.Bool("world.only", false, "run the first seed, again and again")
	progress = flag.String("world.progress", "", "the file that says which run is under way, as TOPOLOGY:RUN")
)

// realEvery is how many runs go in fake time for one in real time.
const realEvery = 16

// tooMany is how many failed runs are enough.
const tooMany = 5

// Soak runs all topologies, each time with another seed, until the time is over.
func Soak(t *testing.T) {
	file, err := os.Create(*progress)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	runs, failed := 0, 0
	for begin, seed := time.Now(), *first; time.Since(begin) < *long && failed < tooMany; seed++ {
		for _, c := range cases {
			run := seed
			if *only {
				run = *first
			}
			runs++
			_, _ = file.WriteAt(fmt.Appendf(nil, "%d:%d %d %40s\n", c.Seed, run, runs, ""), 0)
			if wrong := once(t, c, run); len(wrong) > 0 {
				failed++
				fmt.Printf("FAILED %d:%d\n\t%s\n", c.Seed, run, strings.ReplaceAll(strings.Join(wrong, "\n"), "\n", "\n\t"))
			}
			if time.Since(begin) >= *long || failed >= tooMany {
				break
			}
		}
	}
	if failed > 0 {
		t.Errorf("%d of %d runs failed", failed, runs)
	}
}

// once runs a topology once, in time that is fake or real.
func once(t *testing.T, c *Case, seed uint64) (wrong []string) {
	if *allReal || seed%realEvery == realEvery-1 {
		return drive(c, seed, false)
	}
	synctest.Test(t, func(*testing.T) { wrong = drive(c, seed, true) })
	return wrong
}
