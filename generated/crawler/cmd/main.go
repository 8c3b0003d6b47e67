// Command cmd crawls a web site, and prints the address of each page that it has fetched.
//
//	go run ./generated/crawler/cmd [-workers 16] [-drain 10s] URL
//
// An interrupt or SIGTERM gives it that long to finish; a second one ends it at once. It tells of the pages that were left
// and of those that could not be fetched, and then fails.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/asyncgen/asyncgen/generated/crawler"
)

func main() {
	workers := flag.Int("workers", 16, "how many pages to fetch at a time")
	drain := flag.Duration("drain", 10*time.Second, "how long it may take after a signal")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if err := run(context.Background(), flag.Arg(0), *workers, *drain, signals); err != nil {
		fmt.Fprintln(os.Stderr, "crawler:", err)
		os.Exit(1)
	}
}

var errSignal = errors.New("ended by a signal")

func run(ctx context.Context, seed string, workers int, drain time.Duration, signals <-chan os.Signal) error {
	var mu sync.Mutex // for whole lines
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Printf(format+"\n", args...)
	}
	site := &crawler.Site{
		Hosts:  []string{crawler.Host(seed)},
		OnPage: func(p crawler.Page) { say("%s", p.URL) },
		OnLeft: func(address string) { say("left: %s", address) },
	}
	crawl, err := crawler.StartCrawl(ctx, site, seed, workers, drain)
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() { obey(crawl, signals, ended) })
	got, err := crawl.Wait()
	close(ended)
	watch.Wait()
	for _, dead := range got.Bury {
		say("dead: %s after %d: %v", dead.URL, dead.Attempts, dead.Err)
	}
	if err == nil && len(got.Bury) > 0 {
		err = fmt.Errorf("%d pages could not be fetched", len(got.Bury))
	}
	return err
}

// obey closes at the first signal, and aborts at the second.
func obey(crawl *crawler.Crawl, signals <-chan os.Signal, ended <-chan struct{}) {
	for n := 0; ; n++ {
		select {
		case <-signals:
		case <-ended:
			return
		}
		if n == 0 {
			crawl.Close()
			continue
		}
		crawl.Abort(errSignal)
	}
}
