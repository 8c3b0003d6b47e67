package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// web is a site of many pages on several hosts, with loops, errors, and a host that is slow. Page n is on host n modulo
// their number.
type web struct {
	pages int
	hosts []*httptest.Server

	mu    sync.Mutex
	asked map[int]int    // how often a page was asked for
	busy  map[string]int // requests to a host at this moment
	most  int            // requests to a host at a time
}

func newWeb(t *testing.T, pages, hosts int) *web {
	w := &web{pages: pages, asked: map[int]int{}, busy: map[string]int{}}
	for range hosts {
		server := httptest.NewServer(http.HandlerFunc(w.serve))
		t.Cleanup(server.Close)
		w.hosts = append(w.hosts, server)
	}
	return w
}

func (w *web) address(n int) string { return fmt.Sprintf("%s/%d", w.hosts[n%len(w.hosts)].URL, n) }

func (w *web) site() *Site {
	s := &Site{Client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4}}}
	for _, h := range w.hosts {
		s.Hosts = append(s.Hosts, Host(h.URL))
	}
	return s
}

// dead reports whether a page is never there, and late whether it is there at the third attempt.
func dead(n int) bool { return n > 0 && n%100 == 42 }
func late(n int) bool { return n%250 == 99 }

func (w *web) serve(out http.ResponseWriter, r *http.Request) {
	n := 0
	fmt.Sscanf(strings.TrimPrefix(r.URL.Path, "/"), "%d", &n)
	w.mu.Lock()
	w.asked[n]++
	attempt := w.asked[n]
	w.busy[r.Host]++
	w.most = max(w.most, w.busy[r.Host])
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.busy[r.Host]--
		w.mu.Unlock()
	}()
	if n%len(w.hosts) == 0 {
		time.Sleep(100 * time.Microsecond)
	}
	switch {
	case dead(n):
		http.Error(out, "gone", http.StatusNotFound)
		return
	case late(n) && attempt < 3:
		http.Error(out, "busy", http.StatusServiceUnavailable)
		return
	}
	for _, next := range []int{n + 1, 2*n + 1, 2*n + 2, n / 2, n} {
		if next < w.pages {
			fmt.Fprintf(out, "<a class=x href='%s#part'>%d</a>\n", w.address(next), next)
		}
	}
	fmt.Fprint(out, `<a href="mailto:nobody">`, `<a href="http://elsewhere.invalid/">`)
}

func balanced(t *testing.T, s CrawlStats) {
	t.Helper()
	for _, q := range []CrawlQueueStats{s.Urls, s.Pages, s.Dead} {
		if q.Put != q.Handled+q.Failed+q.Dropped+q.Undelivered || q.Depth != 0 || q.InFlight != 0 {
			t.Errorf("items are lost: %+v", q)
		}
	}
}

// TestCrawl fetches 5,000 pages: each once, those that are busy three times, with one request to a host at a time.
func TestCrawl(t *testing.T) {
	w := newWeb(t, 5000, 8)
	site := w.site()
	var mu sync.Mutex
	fetched := map[string]int{}
	site.OnPage = func(p Page) {
		mu.Lock()
		defer mu.Unlock()
		fetched[p.URL]++
	}
	site.OnLeft = func(address string) { t.Errorf("%s is left", address) }
	c, err := StartCrawl(t.Context(), site, w.address(0), 16, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Wait()
	if err != nil {
		t.Fatal(err)
	}
	balanced(t, c.Stats())
	for n := range w.pages {
		want := 1
		if late(n) {
			want = 3
		}
		if w.asked[n] != want {
			t.Errorf("page %d was asked for %d times, want %d", n, w.asked[n], want)
		}
		if !dead(n) && fetched[w.address(n)] != 1 {
			t.Errorf("page %d was told of %d times", n, fetched[w.address(n)])
		}
	}
	if len(got.Bury) != 50 || len(fetched) != 4950 {
		t.Errorf("%d pages and %d dead ones, want 4950 and 50", len(fetched), len(got.Bury))
	}
	for _, d := range got.Bury {
		if d.Attempts != 1 || !strings.Contains(d.Err.Error(), "404") {
			t.Errorf("dead: %+v", d)
		}
	}
	if w.most != 1 {
		t.Errorf("%d requests to a host at a time", w.most)
	}
}

// TestCrawlDrained closes in the middle: what is not done in time is told of, each page once, and nothing is lost.
func TestCrawlDrained(t *testing.T) {
	w := newWeb(t, 5000, 4)
	site := w.site()
	left := map[string]int{}
	site.OnLeft = func(address string) { left[address]++ }
	c, err := StartCrawl(t.Context(), site, w.address(0), 8, 20*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	c.Close()
	if _, err := c.Wait(); err == nil {
		t.Error("5,000 pages in no time")
	}
	s := c.Stats()
	balanced(t, s)
	if int(s.Urls.Undelivered) != len(left) || len(left) == 0 {
		t.Errorf("told of %d pages that are left, want %d", len(left), s.Urls.Undelivered)
	}
	for address, n := range left {
		if n != 1 {
			t.Errorf("told of %s %d times", address, n)
		}
	}
}

// TestCrawlCancelled cancels in the middle.
func TestCrawlCancelled(t *testing.T) {
	w := newWeb(t, 5000, 4)
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	c, err := StartCrawl(ctx, w.site(), w.address(0), 8, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond)
	cancel(enough)
	if _, err := c.Wait(); err != enough {
		t.Errorf("got %v, want ctx's cause", err)
	}
	balanced(t, c.Stats())
}
