// Package soak runs random topologies, each many times: they are started, filled, closed, cancelled and aborted at random
// moments, and their calls fail, panic and wait as a plan says. It looks at what became of every item.
package soak

import (
	"bytes"
	"embed"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/internal/build"
)

var (
	long = flag.Duration("soak", 0, "how long to soak, with topologies that are new each minute; 0: a few seconds with the same few")
	seed = flag.String("soak.seed", "", "the seed of the only topology, and of its only run, as a failure tells it: `TOPOLOGY[:RUN]`")
)

// TestSoak soaks topologies. A failure tells the seed with which it comes again, as far as goroutines take turns alike.
func TestSoak(t *testing.T) {
	b := batch{topologies: 12, each: 4 * time.Second}
	switch {
	case *seed != "":
		b.topologies, b.only = 1, strings.Contains(*seed, ":")
		if n, err := fmt.Sscanf(*seed, "%d:%d", &b.first, &b.run); n < 1 || b.only && err != nil {
			t.Fatalf("-soak.seed %s: %v", *seed, err)
		}
		b.each = max(b.each, *long)
		b.soak(t)
		b.race = true
		b.soak(t)
		return
	case *long > 0:
		b = batch{topologies: 60, each: time.Minute, first: uint64(time.Now().Unix()) * 1000}
	case testing.Short():
		b = batch{topologies: 4, each: time.Second}
	}
	for begin := time.Now(); ; b.first += uint64(b.topologies) {
		if *long > 0 {
			b.each = min(b.each, *long-time.Since(begin))
		}
		b.soak(t)
		if time.Since(begin) >= *long {
			return
		}
		b.race = !b.race
	}
}

// batch is topologies that are built together.
type batch struct {
	topologies int
	first      uint64 // the seed of the first topology
	run        uint64 // the seed of the first run
	only       bool   // there is no other
	each       time.Duration
	race       bool // with the race detector, and in real time: in that of a bubble the detector itself has crashed
}

// soak builds topologies, and runs them.
func (b *batch) soak(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "go.mod", "module example.com/soak\n\ngo 1.25\n")
	writeWorld(t)
	imports := ""
	for s := b.first; s < b.first+uint64(b.topologies); s++ {
		text, c := compose(s)
		dir := fmt.Sprintf("t%d", s)
		write(t, dir+"/soaked.async.yaml", text)
		write(t, dir+"/adapter.go", adapter(&c.Shape))
		imports += fmt.Sprintf("\t_ %q\n", "example.com/soak/"+dir)
	}
	write(t, "soak_test.go", "package soak\n\nimport (\n\t\"testing\"\n\n"+imports+"\t\"example.com/soak/world\"\n)\n\nfunc TestSoak(t *testing.T) { world.Soak(t) }\n")
	generate(t)
	args := []string{"test", "-c", "-o", "soak.test"}
	if b.race {
		args = append(args, "-race")
	}
	if out, err := exec.CommandContext(t.Context(), "go", append(args, ".")...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	b.execute(t)
}

// generate generates what the specs below the working directory ask for.
func generate(t *testing.T) {
	t.Helper()
	r, err := build.Run(t.Context(), []string{"./..."})
	if err != nil {
		t.Fatal(err)
	}
	if r.Refused() {
		var b bytes.Buffer
		r.Print(&b)
		t.Fatal(b.String())
	}
	if _, err := r.Plan.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// execute runs what was built.
func (b *batch) execute(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	progress := filepath.Join(here, "progress")
	cmd := exec.CommandContext(t.Context(), filepath.Join(here, "soak.test"), "-test.timeout=0", "-test.run=TestSoak",
		"-world.for="+b.each.String(), fmt.Sprintf("-world.first=%d", b.run), fmt.Sprintf("-world.only=%v", b.only), fmt.Sprintf("-world.real=%v", b.race), "-world.progress="+progress)
	cmd.Env = append(os.Environ(), "GOTRACEBACK=all")
	out, err := cmd.CombinedOutput()
	at, _ := os.ReadFile(progress)
	where, runs, _ := strings.Cut(strings.TrimSpace(string(at)), " ")
	t.Logf("topologies %d to %d: %s runs, with race %v", b.first, b.first+uint64(b.topologies)-1, strings.TrimSpace(runs), b.race)
	if err != nil {
		const most = 20000
		t.Errorf("%v; the last was -soak.seed %s\n%s", err, where, out[:min(len(out), most)])
		for s := b.first; s < b.first+uint64(b.topologies); s++ {
			if bytes.Contains(out, fmt.Appendf(nil, "FAILED %d:", s)) || strings.HasPrefix(where, fmt.Sprintf("%d:", s)) {
				text, _ := compose(s)
				t.Logf("topology %d is\n%s", s, text)
			}
		}
	}
}

//go:embed world/*.go
var worldFiles embed.FS

// writeWorld writes the package world.
func writeWorld(t *testing.T) {
	t.Helper()
	if err := os.CopyFS(".", worldFiles); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
