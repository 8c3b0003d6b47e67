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
	slow  time.Duration // how long host 0 takes for a page

	mu    sync.Mutex
	asked map[int]int    // how often a page was asked for
	moved int            // requests that were sent elsewhere
	busy  map[string]int // requests to a host at this moment
	most  int            // requests to a host at a time
}

func newWeb(t *testing.T, pages, hosts int) *web {
	w := &web{pages: pages, slow: 100 * time.Microsecond, asked: map[int]int{}, busy: map[string]int{}}
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
	if _, err := fmt.Sscanf(r.URL.Path, "/old/%d", &n); err == nil {
		w.mu.Lock()
		w.moved++
		w.mu.Unlock()
		http.Redirect(out, r, w.address(n), http.StatusMovedPermanently)
		return
	}
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
		time.Sleep(w.slow)
	}
	switch {
	case dead(n):
		http.Error(out, "gone", http.StatusNotFound)
		return
	case late(n) && attempt < 3:
		http.Error(out, "busy", http.StatusServiceUnavailable)
		return
	}
	out.Header().Set("Content-Type", "text/html; charset=utf-8")
	if n%1000 == 7 {
		fmt.Fprintf(out, "<a href=/old/%d>moved</a>", n/2)
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

// TestCrawl fetches 5,000 pages: each once, those that are busy three times, with two requests to a host at a time.
func TestCrawl(t *testing.T) {
	w := newWeb(t, 5000, 8)
	site := w.site()
	site.PerHost = 2
	var mu sync.Mutex
	fetched, buried := map[string]int{}, map[string]Dead{}
	site.OnPage = func(p Page) {
		mu.Lock()
		defer mu.Unlock()
		fetched[p.URL]++
	}
	site.OnDead = func(d Dead) {
		mu.Lock()
		defer mu.Unlock()
		buried[d.URL] = d
	}
	site.OnLeft = func(address string) { t.Errorf("%s is left", address) }
	c, err := StartCrawl(t.Context(), site, w.address(0), 32, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Wait(); err != nil {
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
		switch d := buried[w.address(n)]; {
		case !dead(n) && fetched[w.address(n)] != 1:
			t.Errorf("page %d was told of %d times", n, fetched[w.address(n)])
		case dead(n) && (d.Attempts != 1 || !strings.Contains(d.Err.Error(), "404")):
			t.Errorf("page %d is buried as %+v", n, d)
		}
	}
	if w.moved != 5 || len(buried) != 50 || len(fetched) != 4950+w.moved {
		t.Errorf("%d pages, %d dead ones, %d moved, want 4955, 50 and 5", len(fetched), len(buried), w.moved)
	}
	if w.most != 2 {
		t.Errorf("%d requests to a host at a time, want 2", w.most)
	}
}

// TestCrawlSlowHost has one host that answers slowly, which holds up no other.
func TestCrawlSlowHost(t *testing.T) {
	w := newWeb(t, 40, 4)
	w.slow = 50 * time.Millisecond
	site := w.site()
	var mu sync.Mutex
	last := map[string]int{} // the place of a host's last page among all
	told := 0
	site.OnPage = func(p Page) {
		mu.Lock()
		defer mu.Unlock()
		last[Host(p.URL)] = told
		told++
	}
	if _, err := RunCrawl(t.Context(), site, w.address(1), 8, time.Minute); err != nil {
		t.Fatal(err)
	}
	for n := 1; n < 4; n++ {
		if quick, slow := last[Host(w.address(n))], last[Host(w.address(0))]; quick > slow-3 {
			t.Errorf("host %d was done at page %d, and the slow one at %d", n, quick, slow)
		}
	}
}

// TestCrawlStopped stops in the middle: what has begun is told of, and the rest is left, each page once.
func TestCrawlStopped(t *testing.T) {
	w := newWeb(t, 5000, 4)
	site := w.site()
	var mu sync.Mutex
	told := map[string]int{}
	site.OnPage = func(p Page) {
		mu.Lock()
		defer mu.Unlock()
		told[p.URL]++
		if len(told) == 100 {
			site.Stop()
		}
	}
	left := 0
	site.OnLeft = func(address string) {
		mu.Lock()
		defer mu.Unlock()
		told[address]++
		left++
	}
	site.OnDead = func(d Dead) {
		mu.Lock()
		defer mu.Unlock()
		told[d.URL]++
	}
	c, err := StartCrawl(t.Context(), site, w.address(0), 8, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Wait(); err != nil {
		t.Error(err)
	}
	balanced(t, c.Stats())
	for address, n := range told {
		if n != 1 {
			t.Errorf("told of %s %d times", address, n)
		}
	}
	if len(w.asked) > 120 || left == 0 {
		t.Errorf("%d pages were asked for and %d left, though it stopped behind 100", len(w.asked), left)
	}
}

func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		"http://Example.com":        "http://example.com/",
		"https://example.com/a?b#c": "https://example.com/a?b",
		"example.com":               "",
		"ftp://example.com/":        "",
		"http:///a":                 "",
	} {
		if got, err := Address(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", text, got, err, want)
		}
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
