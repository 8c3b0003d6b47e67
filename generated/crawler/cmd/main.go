// Command cmd crawls a web site.
//
//	go run ./generated/crawler/cmd [-workers 16] [-host 4] [-also HOST,HOST] [-drain 10s] URL
//
// It prints the address of each page that it has fetched; on standard error, each that could not be fetched and why, and
// at the end how many there were. At an interrupt or SIGTERM it finishes the pages that it has begun and tells which are
// left. Those that take longer than -drain are left too; at a second signal, all are.
//
// The exit code is 0 if all could be fetched, 1 if not, and 2 where it could not begin.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/asyncgen/asyncgen/generated/crawler"
)

func main() {
	workers := flag.Int("workers", 16, "how many pages to fetch at a time")
	perHost := flag.Int("host", 4, "how many requests a host gets at a time")
	also := flag.String("also", "", "other hosts whose pages are fetched: HOST,HOST")
	drain := flag.Duration("drain", 10*time.Second, "how long the pages that have begun may take after a signal")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: crawler [FLAGS] URL")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	seed, err := crawler.Address(flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, "crawler:", err)
		os.Exit(2)
	}
	hosts := []string{crawler.Host(seed)}
	if *also != "" {
		hosts = append(hosts, strings.Split(strings.ToLower(*also), ",")...)
	}
	site := &crawler.Site{Hosts: hosts, PerHost: *perHost, UserAgent: "asyncgen-crawler"}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !run(context.Background(), site, seed, *workers, *drain, signals) {
		os.Exit(1)
	}
}

var errSignal = errors.New("a second signal")

// run crawls and tells of it. It reports whether all pages could be fetched.
func run(ctx context.Context, site *crawler.Site, seed string, workers int, drain time.Duration, signals <-chan os.Signal) bool {
	began := time.Now()
	var told report
	site.OnPage = func(p crawler.Page) { told.line(os.Stdout, &told.pages, p.URL) }
	site.OnDead = func(d crawler.Dead) {
		told.line(os.Stderr, &told.dead, fmt.Sprintf("failed: %s: %v (attempts: %d)", d.URL, d.Err, d.Attempts))
	}
	site.OnLeft = func(address string) { told.line(os.Stderr, &told.left, "left: "+address) }
	crawl, err := crawler.StartCrawl(ctx, site, seed, workers, drain)
	if err == nil {
		ended := make(chan struct{})
		var watch sync.WaitGroup
		watch.Go(func() { obey(site, crawl, signals, ended) })
		_, err = crawl.Wait()
		close(ended)
		watch.Wait()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "crawler:", err)
	}
	fmt.Fprintf(os.Stderr, "%d pages fetched, %d failed, %d left, in %v\n", told.pages, told.dead, told.left, time.Since(began).Round(time.Millisecond))
	return err == nil && told.dead == 0 && told.left == 0
}

// obey has what has begun finished at the first signal, and aborts at the second.
func obey(site *crawler.Site, crawl *crawler.Crawl, signals <-chan os.Signal, ended <-chan struct{}) {
	for again := false; ; again = true {
		select {
		case <-signals:
		case <-ended:
			return
		}
		if again {
			crawl.Abort(errSignal)
			continue
		}
		site.Stop()
		crawl.Close()
		fmt.Fprintln(os.Stderr, "finishing the pages that have begun; another signal leaves them too")
	}
}

// report counts what it tells.
type report struct {
	mu                sync.Mutex // for whole lines
	pages, dead, left int
}

func (r *report) line(out io.Writer, count *int, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*count++
	fmt.Fprintln(out, text)
}
