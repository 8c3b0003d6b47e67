// Package crawler crawls web sites: crawler.async.yaml says how the functions below are connected, and asyncgen wrote the
// queues, the workers and the shutdown in crawler_async.go.
package crawler

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
)

// Page is a page that was fetched. One that is somewhere else now has the link to there.
type Page struct {
	URL   string
	Links []string // addresses on the hosts of the site
}

// Dead is a page that could not be fetched.
type Dead struct {
	URL      string
	Err      error
	Attempts int
}

// Site is what is crawled. Its funcs are called by several goroutines; nil ones are not called.
type Site struct {
	Client    *http.Client // nil: http.DefaultClient
	Hosts     []string     // whose pages are fetched, as in a URL: example.com, localhost:8080
	PerHost   int          // requests to a host at a time; less than 1 counts as 1
	OnPage    func(Page)   // is told of each page that was fetched
	OnDead    func(Dead)   // of each that could not be fetched
	OnLeft    func(url string)
	UserAgent string

	stopped atomic.Bool
}

// most is how many bytes of a page are read.
const most = 4 << 20

// statusError is an answer that is no page.
type statusError int

func (e statusError) Error() string {
	return fmt.Sprintf("%d %s", int(e), http.StatusText(int(e)))
}

// Stop lets no more page be fetched: what has begun goes on, and of all others Left tells.
func (s *Site) Stop() { s.stopped.Store(true) }

// Wants reports whether a page is to be fetched, and tells of it where it is not.
func (s *Site) Wants(address string) bool {
	if s.stopped.Load() {
		s.Left(address)
		return false
	}
	return true
}

// Lane is where the pages of an address are fetched one at a time; each host has as many as it may have requests.
func (s *Site) Lane(address string) string {
	hash := fnv.New32a()
	io.WriteString(hash, address)
	return fmt.Sprint(hash.Sum32()%uint32(max(1, s.PerHost)), " of ", Host(address))
}

// Fetch gets a page and finds its links. The error is one of the request, or tells of a status that is no page.
func (s *Site) Fetch(ctx context.Context, address string) (Page, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Page{}, err
	}
	if s.UserAgent != "" {
		request.Header.Set("User-Agent", s.UserAgent)
	}
	answer, err := s.client().Do(request)
	if err != nil {
		return Page{}, err
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode/100 == 3 && answer.Header.Get("Location") != "":
		return Page{URL: address, Links: s.links(request.URL, answer.Header.Get("Location"))}, nil
	case answer.StatusCode != http.StatusOK:
		return Page{}, statusError(answer.StatusCode)
	case !strings.Contains(answer.Header.Get("Content-Type"), "html"):
		return Page{URL: address}, nil
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, most))
	if err != nil {
		return Page{}, err
	}
	return Page{URL: address, Links: s.links(request.URL, targets(body)...)}, nil
}

// client returns the client of the site. It goes nowhere by itself: what an answer leads to is a page of its own, so that
// it is fetched once, and counts for its host.
func (s *Site) client() *http.Client {
	client := *http.DefaultClient
	if s.Client != nil {
		client = *s.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

// Fetched tells of a page.
func (s *Site) Fetched(p Page) {
	if s.OnPage != nil {
		s.OnPage(p)
	}
}

// Buried tells of a page that could not be fetched.
func (s *Site) Buried(d Dead) {
	if s.OnDead != nil {
		s.OnDead(d)
	}
}

// Left tells of a page that will not be fetched.
func (s *Site) Left(address string) {
	if s.OnLeft != nil {
		s.OnLeft(address)
	}
}

var href = regexp.MustCompile(`(?i)<a\s[^>]*href\s*=\s*["']?([^"'\s>]+)`)

// targets returns what the links in body say.
func targets(body []byte) []string {
	var all []string
	for _, match := range href.FindAllSubmatch(body, -1) {
		all = append(all, html.UnescapeString(string(match[1])))
	}
	return all
}

// links returns the addresses that targets on the page base lead to, each once.
func (s *Site) links(base *url.URL, targets ...string) []string {
	var all []string
	for _, target := range targets {
		to, err := base.Parse(target)
		if err != nil || !isWeb(to) || !slices.Contains(s.Hosts, strings.ToLower(to.Host)) {
			continue
		}
		if address := plain(to); !slices.Contains(all, address) {
			all = append(all, address)
		}
	}
	return all
}

// Address returns an address in the form in which pages are told apart. The error says why it is none of the web.
func Address(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", err
	}
	if !isWeb(u) || u.Host == "" {
		return "", fmt.Errorf("%s: want an address like https://example.com/", text)
	}
	return plain(u), nil
}

func isWeb(u *url.URL) bool { return u.Scheme == "http" || u.Scheme == "https" }

// plain writes an address without what makes no other page of it.
func plain(u *url.URL) string {
	u.Host, u.Fragment, u.RawFragment = strings.ToLower(u.Host), "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

// Host returns the host of an address; the whole address where that has none.
func Host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}

// IsTemporary reports whether another attempt may help: the server is busy, or there was trouble on the way.
func IsTemporary(err error) bool {
	var status statusError
	if errors.As(err, &status) {
		return status >= 500 || status == http.StatusTooManyRequests
	}
	return true
}
