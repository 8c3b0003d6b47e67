package main_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var command string // the path of what TestMain has built

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "crawler")
	if err != nil {
		panic(err)
	}
	command = filepath.Join(folder, "crawler")
	if out, err := exec.Command("go", "build", "-o", command, ".").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%v\n%s", err, out))
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// pages is a site whose first page leads to 50 others. Those are not answered before free is closed.
type pages struct {
	*httptest.Server
	begun chan string // the paths of those that wait
	free  chan struct{}

	mu    sync.Mutex
	asked []string
}

func newPages(t *testing.T) *pages {
	p := &pages{begun: make(chan string, 100), free: make(chan struct{})}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *pages) serve(out http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.URL.Path)
	p.mu.Unlock()
	out.Header().Set("Content-Type", "text/html")
	if r.URL.Path == "/" {
		for n := range 50 {
			fmt.Fprintf(out, "<a href=%d>", n)
		}
		return
	}
	p.begun <- r.URL.Path
	select {
	case <-p.free:
	case <-r.Context().Done():
	}
	if r.URL.Path == "/13" {
		http.NotFound(out, r)
	}
}

// crawl is the command while it runs.
type crawl struct {
	*exec.Cmd
	out, err bytes.Buffer // what it has written, to be read behind wait
	lines    chan string  // of standard error
	read     chan struct{}
}

func start(t *testing.T, args ...string) *crawl {
	c := &crawl{Cmd: exec.Command(command, args...), lines: make(chan string, 1000), read: make(chan struct{})}
	c.Stdout = &c.out
	pipe, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	go func() {
		defer close(c.read)
		for lines := bufio.NewScanner(io.TeeReader(pipe, &c.err)); lines.Scan(); {
			c.lines <- lines.Text()
		}
	}()
	return c
}

// terminate sends SIGTERM.
func (c *crawl) terminate(t *testing.T) {
	t.Helper()
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// wait returns the exit code.
func (c *crawl) wait() int {
	<-c.read
	_ = c.Wait()
	return c.ProcessState.ExitCode()
}

func sorted(text, prefix string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), prefix); ok {
			all = append(all, rest)
		}
	}
	slices.Sort(all)
	return all
}

func TestAll(t *testing.T) {
	p := newPages(t)
	close(p.free)
	c := start(t, p.URL)
	if code := c.wait(); code != 1 { // since one is not found
		t.Errorf("exit code %d, want 1", code)
	}
	if got := sorted(c.out.String(), p.URL); len(got) != 50 || slices.Contains(got, "/13") {
		t.Errorf("printed %q", got)
	}
	want := "failed: " + p.URL + "/13: 404 Not Found (attempts: 1)\n50 pages fetched, 1 failed, 0 left, in "
	if !strings.HasPrefix(c.err.String(), want) {
		t.Errorf("told %q, want %q", &c.err, want)
	}
	if c := start(t, p.URL+"/7"); c.wait() != 0 || c.out.String() != p.URL+"/7\n" {
		t.Errorf("exit code %v, want 0; printed %q", c.ProcessState, &c.out)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"a", "b"}, {"example.com"}, {"-host", "x", "http://localhost"}} {
		if c := start(t, args...); c.wait() != 2 || c.err.Len() == 0 || c.out.Len() > 0 {
			t.Errorf("%q: %v, told %q, printed %q", args, c.ProcessState, &c.err, &c.out)
		}
	}
}

// TestTerminated sends SIGTERM in the middle: what has begun is finished and told of, and all else is left.
func TestTerminated(t *testing.T) {
	p := newPages(t)
	c := start(t, "-host", "3", "-drain", "1m", p.URL)
	begun := []string{<-p.begun, <-p.begun, <-p.begun}
	c.terminate(t)
	if said := <-c.lines; !strings.HasPrefix(said, "finishing") {
		t.Errorf("told %q", said)
	}
	close(p.free)
	if code := c.wait(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	if len(p.asked) != 4 {
		t.Errorf("fetched %q, want no other than the first page and %q", p.asked, begun)
	}
	fetched := append(begun, "/")
	slices.Sort(fetched)
	if slices.Contains(fetched, "/13") {
		t.Errorf("%q: the case wants others", fetched)
	}
	if got := sorted(c.out.String(), p.URL); !slices.Equal(got, fetched) {
		t.Errorf("printed %q, want %q", got, fetched)
	}
	left := sorted(c.err.String(), "left: "+p.URL)
	if len(left) != 47 || len(slices.Compact(slices.Clone(left))) != 47 {
		t.Errorf("left %q, want 47 pages", left)
	}
	for _, path := range left {
		if slices.Contains(fetched, path) {
			t.Errorf("%s is fetched and left", path)
		}
	}
	if !strings.Contains(c.err.String(), "\n4 pages fetched, 0 failed, 47 left, in ") {
		t.Errorf("told %q", &c.err)
	}
}

// TestTerminatedTwice sends another SIGTERM, with pages that do not end: it ends at once.
func TestTerminatedTwice(t *testing.T) {
	p := newPages(t)
	c := start(t, "-drain", "1m", p.URL)
	<-p.begun
	began := time.Now()
	c.terminate(t)
	<-c.lines
	c.terminate(t)
	if code := c.wait(); code != 1 || time.Since(began) > 30*time.Second {
		t.Errorf("exit code %d after %v, want 1 at once", code, time.Since(began))
	}
	if got := sorted(c.err.String(), "left: "); len(got) != 50 || c.out.String() != p.URL+"/\n" {
		t.Errorf("left %q, printed %q", got, &c.out)
	}
	if !strings.Contains(c.err.String(), "\ncrawler: a second signal\n1 pages fetched, 0 failed, 50 left, in ") {
		t.Errorf("told %q", &c.err)
	}
}

// TestNotDrained sends one SIGTERM, with pages that do not end: it ends after the time that it has.
func TestNotDrained(t *testing.T) {
	p := newPages(t)
	c := start(t, "-drain", "100ms", p.URL)
	<-p.begun
	began := time.Now()
	c.terminate(t)
	if code := c.wait(); code != 1 || time.Since(began) < 100*time.Millisecond || time.Since(began) > 30*time.Second {
		t.Errorf("exit code %d after %v, want 1 after 100ms", code, time.Since(began))
	}
	if got := sorted(c.err.String(), "left: "); len(got) != 50 || !strings.Contains(c.err.String(), "not drained in time") {
		t.Errorf("left %q, told %q", got, &c.err)
	}
}
