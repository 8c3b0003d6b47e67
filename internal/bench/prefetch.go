package main

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/sourcegraph/conc/stream"
	"golang.org/x/sync/errgroup"
)

// book is W4: so many pages, each of which takes latency to fetch, and so many fetches at a time.
type book struct {
	latency time.Duration
	pages   int
	ahead   int
}

func prefetches(ctx context.Context, pages int) []*contest {
	var all []*contest
	const latency = 2 * time.Millisecond
	for _, ahead := range []int{0, 1, 4, 16} {
		all = append(all, book{latency, pages, ahead}.contest(ctx))
	}
	return all
}

func (b book) contest(ctx context.Context) *contest {
	want := 0
	for page := range b.pages {
		want = Then(want, page+1)
	}
	c := &contest{title: fmt.Sprintf("W4 pages of %v, prefetch %d", b.latency, b.ahead), unit: "a page"}
	add := func(name string, run func() (int, error)) {
		c.ways = append(c.ways, checked(name, b.pages, want, run))
	}
	if b.ahead == 0 {
		add("asyncgen", func() (int, error) { return fold(NewPages(b.latency, b.pages).All(ctx)) })
		add("loop by hand", func() (int, error) { return b.oneByOne(ctx) })
		return c
	}
	add("asyncgen", func() (int, error) {
		it := NewPagesAhead(b.latency, b.pages, b.ahead)
		defer it.Close()
		return fold(it.All(ctx))
	})
	add("latency ÷ K (parts side by side)", func() (int, error) { return b.sideBySide(ctx, want) })
	add("channel of channels by hand", func() (int, error) { return b.futures(ctx) })
	add("conc stream", func() (int, error) { return b.concStream(ctx) })
	return c
}

// fold tells the pages and their order.
func fold(pages iter.Seq2[[]int, error]) (int, error) {
	acc := 0
	for page, err := range pages {
		if err != nil {
			return 0, err
		}
		acc = Then(acc, page[0])
	}
	return acc, nil
}

func (b book) fetch(ctx context.Context, page int) ([]int, error) {
	return FetchPage(ctx, b.latency, page, b.pages)
}

func (b book) oneByOne(ctx context.Context) (int, error) {
	acc := 0
	for number := 1; ; number++ {
		page, err := b.fetch(ctx, number)
		if err != nil || len(page) == 0 {
			return acc, err
		}
		acc = Then(acc, page[0])
	}
}

// sideBySide is the ideal, if one knew how many pages there are: the parts of the book at the same time.
func (b book) sideBySide(ctx context.Context, want int) (int, error) {
	var group sync.WaitGroup
	for part := range b.ahead {
		group.Go(func() {
			for page := part; page < b.pages; page += b.ahead {
				b.fetch(ctx, page+1)
			}
		})
	}
	group.Wait()
	return want, ctx.Err()
}

// futures keeps ahead fetches in flight, and knows how many pages there are.
func (b book) futures(parent context.Context) (int, error) {
	group, ctx := errgroup.WithContext(parent)
	coming := make(chan chan int, b.ahead-1) // and the one that is waited for
	group.Go(func() error {
		defer close(coming)
		for number := range b.pages {
			page := make(chan int, 1)
			select {
			case coming <- page:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			group.Go(func() error {
				defer close(page)
				items, err := b.fetch(ctx, number+1)
				if err == nil {
					page <- items[0]
				}
				return err
			})
		}
		return nil
	})
	acc := 0
	for page := range coming {
		acc = Then(acc, <-page)
	}
	return acc, group.Wait()
}

// concStream knows how many pages there are too.
func (b book) concStream(ctx context.Context) (int, error) {
	acc := 0
	var failed error
	s := stream.New().WithMaxGoroutines(b.ahead)
	for number := range b.pages {
		s.Go(func() stream.Callback {
			page, err := b.fetch(ctx, number+1)
			return func() {
				if err != nil {
					failed = err
					return
				}
				acc = Then(acc, page[0])
			}
		})
	}
	s.Wait()
	return acc, failed
}
