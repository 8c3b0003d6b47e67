package prefetch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/templates/prefetch"
)

var errGone = errors.New("gone")

const latency = time.Second

// store is a paginated source that takes latency for a page.
type store struct {
	sizes                []int // of its pages
	fail                 map[int]error
	running, most, calls atomic.Int64
}

// starts returns where the pages begin, and where the last one ends.
func (s *store) starts() []int {
	starts := []int{0}
	for _, size := range s.sizes {
		starts = append(starts, starts[len(starts)-1]+size)
	}
	return starts
}

func (s *store) items(page int) (items []int) {
	for i := range s.sizes[page] {
		items = append(items, s.starts()[page]+i)
	}
	return items
}

// fetch returns the page that begins at offset, which may be in the midst of one.
func (s *store) fetch(ctx context.Context, offset int) ([]int, error) {
	s.calls.Add(1)
	s.most.Store(max(s.most.Load(), s.running.Add(1)))
	defer s.running.Add(-1)
	select {
	case <-time.After(latency):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := s.fail[offset]; err != nil {
		return nil, err
	}
	starts := s.starts()
	for page := range s.sizes {
		if offset < starts[page+1] {
			return s.items(page)[offset-starts[page]:], nil
		}
	}
	return nil, nil
}

func (s *store) byOffset(ahead int, until func(int) bool) *prefetch.Pages[int, int] {
	return prefetch.NewPages(ahead, 0,
		func(ctx context.Context, offset int) ([]int, int, bool, error) {
			page, err := s.fetch(ctx, offset)
			return page, offset + len(page), len(page) > 0, err
		},
		func(offset, size int) (int, bool) { return offset + size, size > 0 },
		until)
}

func (s *store) byPage(ahead int) *prefetch.Pages[int, int] {
	return prefetch.NewPages(ahead, 1,
		func(ctx context.Context, page int) ([]int, int, bool, error) {
			items, err := s.fetch(ctx, s.starts()[min(page-1, len(s.sizes))])
			return items, page + 1, len(items) > 0, err
		},
		func(page, _ int) (int, bool) { return page + 1, true },
		nil)
}

func (s *store) byCursor(ahead int) *prefetch.Pages[string, int] {
	return prefetch.NewPages(ahead, "",
		func(ctx context.Context, cursor string) ([]int, string, bool, error) {
			offset := len(cursor)
			page, err := s.fetch(ctx, offset)
			next := ""
			if offset+len(page) < s.starts()[len(s.sizes)] {
				next = strings.Repeat("x", offset+len(page))
			}
			return page, next, next != "", err
		}, nil, nil)
}

type pager interface {
	Next(ctx context.Context) ([]int, bool, error)
	Close() error
}

func all(ctx context.Context, p pager) (items []int, err error) {
	for {
		page, ok, err := p.Next(ctx)
		if !ok || err != nil {
			return items, err
		}
		items = append(items, page...)
	}
}

func numbers(n int) (items []int) {
	for i := range n {
		items = append(items, i)
	}
	return items
}

func TestPagesComeInOrder(t *testing.T) {
	for _, sizes := range [][]int{nil, {1}, {5}, {3, 3, 3, 3, 3, 3, 3}, {3, 3, 3, 3, 1}, {4, 1, 3, 3, 7, 7, 7, 2, 9}, {1, 2, 3, 4}} {
		for _, ahead := range []int{1, 2, 4, 16} {
			s := &store{sizes: sizes}
			want := numbers(s.starts()[len(sizes)])
			for name, p := range map[string]pager{"offset": s.byOffset(ahead, nil), "page": s.byPage(ahead), "cursor": s.byCursor(ahead)} {
				t.Run(fmt.Sprint(name, sizes, ahead), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s.most.Store(0)
						got, err := all(t.Context(), p)
						if diff := cmp.Diff(want, got); diff != "" || err != nil {
							t.Error(diff, err)
						}
						if _, ok, err := p.Next(t.Context()); ok || err != nil {
							t.Errorf("after the end: %v, %v", ok, err)
						}
						if n := s.most.Load(); n > int64(ahead) {
							t.Errorf("%d fetches at a time, want at most %d", n, ahead)
						}
						if n := s.running.Load(); n != 0 {
							t.Errorf("%d fetches outlive the end", n)
						}
					})
				})
			}
		}
	}
}

// With ahead fetches in flight a page takes the latency divided by ahead.
func TestPagesTakeTheirShareOfTheLatency(t *testing.T) {
	const pages, ahead = 400, 8
	s := &store{sizes: slices.Repeat([]int{2}, pages)}
	for name, p := range map[string]pager{"offset": s.byOffset(ahead, nil), "page": s.byPage(ahead)} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			if _, err := all(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			ideal := pages * latency / ahead
			if took := time.Since(start); took > ideal*11/10 {
				t.Errorf("%s: took %v, want about %v", name, took, ideal)
			}
		})
	}
}

func TestUntilIsAskedBeforeEachFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{sizes: []int{5, 5, 5, 5, 5, 5}}
		got, err := all(t.Context(), s.byOffset(4, func(offset int) bool { return offset >= 15 }))
		if diff := cmp.Diff(numbers(15), got); diff != "" || err != nil {
			t.Error(diff, err)
		}
		if n := s.calls.Load(); n != 3 {
			t.Errorf("%d fetches, want 3", n)
		}
	})
}

func TestNothingIsFetchedBeforeNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{sizes: []int{5, 5}}
		p := s.byOffset(4, nil)
		synctest.Wait()
		if n := s.calls.Load(); n != 0 {
			t.Errorf("%d fetches", n)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
}

// An error comes at its place, and the next call tries again.
func TestPagesError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{sizes: []int{5, 5, 5, 5}, fail: map[int]error{10: errGone, 15: errors.New("later")}}
		p := s.byOffset(4, nil)
		got, err := all(t.Context(), p)
		if diff := cmp.Diff(numbers(10), got); diff != "" || err != errGone {
			t.Error(diff, err)
		}
		s.fail = nil
		rest, err := all(t.Context(), p)
		if diff := cmp.Diff(numbers(20), append(got, rest...)); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}

// Speculation past the end neither fails nor panics.
func TestPagesPastTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{sizes: []int{5, 5, 5}}
		p := prefetch.NewPages(4, 0,
			func(ctx context.Context, offset int) ([]int, int, bool, error) {
				if offset > 15 {
					panic("past the end")
				}
				page, err := s.fetch(ctx, offset)
				return page, offset + len(page), len(page) > 0, err
			},
			func(offset, size int) (int, bool) { return offset + size, size > 0 }, nil)
		got, err := all(t.Context(), p)
		if diff := cmp.Diff(numbers(15), got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}

func TestPagesContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{sizes: []int{5, 5, 5, 5}}
		p := s.byOffset(2, nil)
		first, _, err := p.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeoutCause(t.Context(), latency/2, errGone)
		defer cancel()
		if _, ok, err := p.Next(ctx); ok || err != errGone {
			t.Errorf("%v, %v", ok, err)
		}
		if n := s.running.Load(); n != 0 {
			t.Errorf("%d fetches outlive their context", n)
		}
		if _, ok, err := p.Next(ctx); ok || err != errGone {
			t.Errorf("%v, %v", ok, err)
		}
		rest, err := all(t.Context(), p)
		if diff := cmp.Diff(numbers(20), append(first, rest...)); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}

// A context that is done once its Next has returned does not touch what is fetched ahead.
func TestPagesOutliveTheContextOfNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{sizes: []int{5, 5, 5, 5}}
		p := s.byOffset(2, nil)
		for {
			ctx, cancel := context.WithCancel(t.Context())
			_, ok, err := p.Next(ctx)
			cancel()
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
		}
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{sizes: []int{5, 5, 5, 5}}
		p := s.byOffset(4, nil)
		if _, _, err := p.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
		if n := s.running.Load(); n != 0 {
			t.Errorf("%d fetches outlive Close", n)
		}
		if _, ok, err := p.Next(t.Context()); ok || err != nil {
			t.Errorf("after Close: %v, %v", ok, err)
		}
	})
}

// A page that was fetched ahead has panicked, and nobody asks for it any more.
func TestPagesPanicWhenLeft(t *testing.T) {
	for name, leave := range map[string]func(p *prefetch.Pages[int, int]){
		"Close": func(p *prefetch.Pages[int, int]) { _ = p.Close() },
		"Pause": func(p *prefetch.Pages[int, int]) { p.Pause() },
	} {
		for _, at := range []int{5, 10} {
			synctest.Test(t, func(t *testing.T) {
				p := prefetch.NewPages(3, 0,
					func(_ context.Context, offset int) ([]int, int, bool, error) {
						if offset == at {
							explode()
						}
						return numbers(5), offset + 5, true, nil
					},
					func(offset, size int) (int, bool) { return offset + max(size, 5), true }, nil)
				if _, ok, err := p.Next(t.Context()); !ok || err != nil {
					t.Fatal(ok, err)
				}
				synctest.Wait()
				defer func() {
					if p, ok := recover().(*prefetch.Panic); !ok || p.Value != any(errGone) {
						t.Errorf("%s: raised %v of the page at %d", name, p, at)
					}
					if leave(p); name == "Close" { // twice is once
						if _, ok, err := p.Next(t.Context()); ok != false || err != nil {
							t.Errorf("after Close: %v, %v", ok, err)
						}
					}
				}()
				leave(p)
			})
		}
	}
}

// A page that was fetched ahead has exited, and nobody asks for it any more.
func TestPagesExitWhenLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := prefetch.NewPages(3, 0,
			func(_ context.Context, offset int) ([]int, int, bool, error) {
				if offset == 5 {
					goexit()
				}
				return numbers(5), offset + 5, true, nil
			},
			func(offset, size int) (int, bool) { return offset + max(size, 5), true }, nil)
		if _, ok, err := p.Next(t.Context()); !ok || err != nil {
			t.Fatal(ok, err)
		}
		synctest.Wait()
		ended := make(chan bool)
		go func() {
			returned := false
			defer func() { ended <- returned }()
			_ = p.Close()
			returned = true
		}()
		if <-ended {
			t.Error("it was closed as if nothing had been")
		}
	})
}

// A page fails, and one behind it panics: nobody knows that it is none.
func TestPagesPanicBehindAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := prefetch.NewPages(3, 0,
			func(_ context.Context, offset int) ([]int, int, bool, error) {
				switch offset {
				case 5:
					return nil, 0, false, errors.New("failed")
				case 10:
					explode()
				}
				return numbers(5), offset + 5, true, nil
			},
			func(offset, size int) (int, bool) { return offset + max(size, 5), true }, nil)
		if _, ok, err := p.Next(t.Context()); !ok || err != nil {
			t.Fatal(ok, err)
		}
		synctest.Wait()
		defer func() {
			if p, ok := recover().(*prefetch.Panic); !ok || p.Value != any(errGone) {
				t.Errorf("raised %v", p)
			}
		}()
		_, ok, err := p.Next(t.Context())
		t.Errorf("%v, %v", ok, err)
	})
}

func TestPagesPanicAndExit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failing := func(fail func()) *prefetch.Pages[int, int] {
			return prefetch.NewPages(2, 0,
				func(context.Context, int) ([]int, int, bool, error) { fail(); return nil, 0, false, nil }, nil, nil)
		}
		raised := func() (raised any) {
			defer func() { raised = recover() }()
			_, _, _ = failing(explode).Next(t.Context())
			return nil
		}()
		if p, ok := raised.(*prefetch.Panic); !ok || p.Value != any(errGone) || !strings.Contains(p.Error(), "explode") {
			t.Errorf("raised %v", raised)
		}
		ended := make(chan bool)
		go func() {
			returned := false
			defer func() { ended <- returned }()
			_, _, _ = failing(goexit).Next(t.Context())
			returned = true
		}()
		if <-ended {
			t.Error("Next returned")
		}
	})
}
