// Package crawler crawls web sites: crawler.async.yaml says how the functions below are connected, and asyncgen wrote the
// queues, the workers and the shutdown in crawler_async.go.
package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Page is a page that was fetched.
type Page struct {
	URL   string
	Links []string // absolute, without fragments, on the hosts of the site
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
	OnPage    func(Page)   // is told of each page that was fetched
	OnLeft    func(url string)
	UserAgent string
}

// most is how many bytes of a page are read.
const most = 4 << 20

// statusError is an answer other than 200.
type statusError int

func (e statusError) Error() string {
	return fmt.Sprintf("%d %s", int(e), http.StatusText(int(e)))
}

// Fetch gets a page and finds its links. The error is one of the request, or tells of a status that is not 200.
func (s *Site) Fetch(ctx context.Context, address string) (Page, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Page{}, err
	}
	if s.UserAgent != "" {
		request.Header.Set("User-Agent", s.UserAgent)
	}
	client := s.Client
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(request)
	if err != nil {
		return Page{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return Page{}, statusError(answer.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, most))
	if err != nil {
		return Page{}, err
	}
	return Page{URL: address, Links: s.links(answer.Request.URL, string(body))}, nil
}

// Fetched tells of a page.
func (s *Site) Fetched(p Page) {
	if s.OnPage != nil {
		s.OnPage(p)
	}
}

// Left tells of a page that will not be fetched.
func (s *Site) Left(address string) {
	if s.OnLeft != nil {
		s.OnLeft(address)
	}
}

var href = regexp.MustCompile(`(?i)<a\s[^>]*href\s*=\s*["']?([^"'\s>]+)`)

// links returns where a page leads, each once.
func (s *Site) links(base *url.URL, body string) []string {
	var all []string
	for _, match := range href.FindAllStringSubmatch(body, -1) {
		to, err := base.Parse(strings.ReplaceAll(match[1], "&amp;", "&"))
		if err != nil || to.Scheme != "http" && to.Scheme != "https" || !slices.Contains(s.Hosts, to.Host) {
			continue
		}
		to.Fragment = ""
		if address := to.String(); !slices.Contains(all, address) {
			all = append(all, address)
		}
	}
	return all
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
