package world

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"time"
)

var (
	errAborted   = errors.New("aborted by the soak")
	errCancelled = errors.New("cancelled by the soak")
)

// ending is how a run has ended.
type ending struct {
	got      []Collected
	err      error
	panicked any
	exited   bool
	at       time.Time
}

func (e *ending) clean() bool { return e.err == nil && e.panicked == nil && !e.exited }

// await returns how wait ends.
func await(wait func() ([]Collected, error)) *ending {
	e := &ending{exited: true}
	done := make(chan struct{})
	go func() { // it might leave by Goexit
		defer close(done)
		defer func() {
			e.panicked = recover()
			e.at = time.Now()
		}()
		e.got, e.err = wait()
		e.exited = false
	}()
	<-done
	e.exited = e.exited && e.panicked == nil
	return e
}

// judge looks at what came of a run: whether it ended as it had to, and whether everything is accounted for.
func (r *Run) judge(e *ending, counts []Count) {
	r.why(e)
	r.when(e)
	for i, c := range counts {
		r.counted(i, c)
		r.accounted(e, i, c)
	}
	r.collected(e)
	r.mu.Lock()
	defer r.mu.Unlock()
	for h, times := range r.held {
		if times != 1 {
			r.wrong = append(r.wrong, "what site "+r.siteName(h.site)+" acquired was not released once")
		}
	}
}

func (r *Run) siteName(site int) string {
	if w := r.Sites[site].Worker; w >= 0 {
		return r.Workers[w].Name
	}
	return "of the topology"
}

// why looks at the reason of an end.
func (r *Run) why(e *ending) {
	switch {
	case e.exited:
		r.wrongly("Wait left by Goexit")
	case e.panicked == nil && len(r.panicked) > 0:
		r.wrongly("%d calls have panicked, and Wait returns %v", len(r.panicked), e.err)
	case e.panicked != nil:
		var f *Fault
		if err, ok := e.panicked.(error); !ok || !errors.As(err, &f) || !r.panicked[f] {
			r.wrongly("Wait panics: %v", e.panicked)
		} else if !strings.Contains(err.Error(), "world.(*Run).panics") {
			r.wrongly("Wait panics without the stack: %v", err)
		}
	case e.err == nil && r.sure != "":
		r.wrongly("no error, after %s", r.sure)
	case e.err != nil:
		for _, err := range leaves(e.err) {
			if !r.allowed(err) {
				r.wrongly("Wait returns %v: nothing has failed with that", err)
			}
		}
	}
}

// leaves returns the errors that are joined in one.
func leaves(err error) []error {
	var all []error
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			all = append(all, leaves(err)...)
		}
		return all
	}
	return []error{err}
}

// allowed reports whether Wait may return an error. Time is not told from time where it is real.
func (r *Run) allowed(err error) bool {
	var f *Fault
	if errors.As(err, &f) {
		at, ok := r.faults[f]
		if ok && r.fake && !r.flushes && f.Of != "release" && r.stopped.what != "" && at.After(r.stopped.at) && at.After(r.deaf) {
			r.wrongly("Wait returns %v, but the first was %s", err, r.stopped.what)
		}
		return ok
	}
	mayBeFull, one := false, false
	for _, q := range r.Queues {
		mayBeFull = mayBeFull || q.OnFull == "error"
	}
	for _, w := range r.Workers {
		one = one || w.Collects == "one"
	}
	switch {
	case errors.Is(err, errAborted), errors.Is(err, errCancelled):
		return strings.Contains(r.stopped.what, err.Error()) || !r.fake || r.flushes || r.sure != ""
	case errors.Is(err, r.Full):
		return mayBeFull
	case errors.Is(err, context.DeadlineExceeded):
		return r.timeout
	case strings.HasSuffix(err.Error(), "not drained in time"):
		return r.Drain > 0 && !r.closed.IsZero()
	case isCount(err):
		return one
	}
	return r.exited && strings.Contains(err.Error(), "Goexit")
}

// isCount reports whether an error says that there is not exactly one element.
func isCount(err error) bool { return err != nil && strings.HasSuffix(err.Error(), "want exactly one") }

// late reports whether what ended a run may have come when all items were handled: what is counted or released at the end.
func (r *Run) late(e *ending) bool {
	var f *Fault
	if panicked, ok := e.panicked.(error); ok {
		return errors.As(panicked, &f) && r.Sites[f.Site].Closing
	}
	for _, err := range leaves(e.err) {
		if !isCount(err) && (!errors.As(err, &f) || f.Of != "release") {
			return false
		}
	}
	return e.err != nil
}

// when looks at how long an end has taken: nothing but calls that do not heed their context may delay it.
func (r *Run) when(e *ending) {
	if !r.fake || r.flushes {
		return
	}
	limit := func(at time.Time, why string) {
		if at.Before(r.deaf) {
			at = r.deaf
		}
		if e.at.After(at) {
			r.wrongly("ended %v after %s", e.at.Sub(at), why)
		}
	}
	if r.stopped.what != "" {
		limit(r.stopped.at, r.stopped.what)
	} else if r.Drain > 0 && !r.closed.IsZero() {
		limit(r.closed.Add(r.Drain), "its time to drain")
	}
}

// counted looks at whether a count adds up.
func (r *Run) counted(queue int, c Count) {
	if c.Put != c.Handled+c.Failed+c.Dropped+c.Undelivered+c.Depth+c.InFlight || min(c.Put, c.Handled, c.Failed, c.Dropped, c.Undelivered, c.Depth, c.InFlight) < 0 {
		r.wrongly("%s: does not add up: %+v", r.Queues[queue].Name, c)
	}
}

// accounted looks at what became of the items of a queue.
func (r *Run) accounted(e *ending, queue int, c Count) {
	q, b := &r.Queues[queue], &r.books
	b.mu.Lock()
	defer b.mu.Unlock()
	wrongly := func(what string, want int64) {
		r.wrongly("%s: %s: %d; %+v; ended with %v", q.Name, what, want, c, e.err)
	}
	if c.Depth != 0 || c.InFlight != 0 {
		wrongly("something is left", 0)
	}
	seen, told, either := int64(0), int64(0), int64(len(b.took[queue]))
	for _, n := range b.took[queue] {
		seen += int64(n)
	}
	for id, n := range b.told[queue] {
		told += int64(n)
		if b.took[queue][id] == 0 {
			either++
		}
	}
	alive := c.Put - c.Dropped
	switch {
	case seen > alive:
		wrongly("more items were taken", seen)
	case e.clean() && seen != alive && !q.Partly:
		wrongly("not all items were taken", seen)
	case e.clean() && c.Undelivered != 0:
		wrongly("ended well, with items undelivered", 0)
	case q.Undelivered && told != c.Undelivered:
		wrongly("told of others than are undelivered", told)
	case q.Undelivered && q.Broadcast == 0 && either != alive && (!q.Partly || either > alive):
		wrongly("neither taken nor told of, or more than were put", either)
	case seen+c.Undelivered < alive && !q.Partly:
		wrongly("neither taken nor undelivered", seen)
	}
	if put := int64(max(1, q.Broadcast) * (len(b.given[queue]) - len(b.refused[queue]))); !q.Raw && !b.partly[queue] {
		if c.Put > put {
			wrongly("more were put than given", put)
		}
		if c.Put != put && e.clean() && (r.closed.IsZero() || !r.produces()) {
			wrongly("fewer were put than given", put)
		}
	}
	if q.Distinct != "" && q.OnFull != "drop_new" && q.OnFull != "drop_oldest" && !q.Raw && !q.Partly && !b.partly[queue] && e.clean() && (r.closed.IsZero() || !r.produces()) {
		r.keys(queue)
	}
	r.failures(e, queue, c, wrongly)
}

// keys looks at whether an item of each key has come into a queue that takes each key once.
func (r *Run) keys(queue int) {
	q, b := &r.Queues[queue], &r.books
	came := map[uint64]bool{}
	for id := range b.took[queue] {
		came[q.keyOf(id)] = true
	}
	for id := range b.given[queue] {
		if !b.refused[queue][id] && !came[q.keyOf(id)] {
			r.wrongly("%s: nothing has come in of the key of item %x", q.Name, id)
		}
	}
}

// produces reports whether there are producers, which Close stops.
func (r *Run) produces() bool {
	for _, w := range r.Workers {
		if !w.Consumer {
			return true
		}
	}
	return false
}

// failures looks at how many items have failed.
func (r *Run) failures(e *ending, queue int, c Count, wrongly func(string, int64)) {
	if !e.clean() {
		return
	}
	failed, exact := int64(0), true
	for i, w := range r.Workers {
		if !w.Consumer || w.From[0] != queue && len(w.From) == 1 {
			continue
		}
		if len(w.From) > 1 || r.answers(i) {
			return
		}
		failed += int64(len(r.books.failed[i]))
		exact = exact && !w.Batched && !w.Split && !w.Soft
		for _, s := range r.Sites {
			exact = exact && (s.Worker != i || !s.Timed)
		}
	}
	if c.Failed < failed || exact && c.Failed != failed {
		wrongly("failed calls", failed)
	}
}

// collected looks at what was collected.
func (r *Run) collected(e *ending) {
	for _, c := range e.got {
		kept, name := r.books.kept[c.Worker], r.Workers[c.Worker].Name
		if !e.clean() {
			if len(c.IDs) > 0 || c.N != 0 || c.OK {
				r.wrongly("%s: a result beside an error", name)
			}
			continue
		}
		known := map[uint64]bool{}
		for _, id := range c.IDs {
			if !kept[id] || known[id] {
				r.wrongly("%s: collected %x, which it has not given, or twice", name, id)
			}
			known[id] = true
		}
		switch r.Workers[c.Worker].Collects {
		case "first", "last":
			if c.OK != (len(kept) > 0) {
				r.wrongly("%s: collected %v of %d", name, c.OK, len(kept))
			}
		default:
			if c.N != len(kept) {
				r.wrongly("%s: collected %d of %d", name, c.N, len(kept))
			}
		}
	}
}

// left looks for goroutines of the topology that have not ended.
func (r *Run) left(before int) {
	for turn := 0; runtime.NumGoroutine() > before; turn++ {
		if !r.fake && turn < 1000 {
			time.Sleep(time.Millisecond)
			continue
		}
		stacks := make([]byte, 1<<20)
		for stack := range strings.SplitSeq(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
			if strings.Contains(stack, "/soak/t") {
				r.wrongly("a goroutine is left:\n%s", stack)
			}
		}
		return // others are those of the runtime, or have ended
	}
}
