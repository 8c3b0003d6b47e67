package world

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"
)

// Item is what goes through a topology. It is another item behind each queue.
type Item struct {
	ID     uint64
	Parent uint64 // the item that it was made of
	Root   uint64 // the item that was taken out of the queue
	Key    int
	Hops   int // queues that it and those before it have been in
	From   int // the worker that gave it; -1-N: a goroutine of the program
	To     int // the queue
	Seq    int64
	At     time.Time // when it was given
}

// Run is one run of a topology: how its calls go, and what came of it.
type Run struct {
	*Case
	Seed  uint64
	N     int // copies, where the run says
	Size  int // capacity, where the run says
	unit  time.Duration
	fake  bool // time is
	mood  mood
	start time.Time

	calls    func(n int64) // is told of each call
	books    books
	mu       sync.Mutex // guards what follows
	made     int64      // calls
	wrong    []string
	deaf     time.Time // until then calls are not to be cancelled
	stopped  event     // the first thing that is to end it before its time
	sure     string    // something that ends it for sure
	flushes  bool      // an error has let a batch go on before it ends the topology: nobody knows when
	closed   time.Time // when it was closed first; zero: it was not
	faults   map[*Fault]time.Time
	panicked map[*Fault]bool
	unsure   bool // an error may have ended it
	timeout  bool // a call took too long
	exited   bool // a goroutine left by Goexit
	active   int  // calls
	at       map[int]int
	held     map[*Held]int // releases
}

// event is something that ends a topology.
type event struct {
	at   time.Time
	what string
}

// mood says how often calls go wrong, in thousandths.
type mood struct{ fails, panics, exits, sleeps, deaf, late int }

var moods = []mood{
	{},
	{sleeps: 300},
	{sleeps: 500, deaf: 100},
	{fails: 30, sleeps: 200},
	{fails: 200, sleeps: 100, late: 100},
	{fails: 5, panics: 10, sleeps: 300, deaf: 50, late: 50},
	{fails: 300, sleeps: 500, deaf: 200, late: 200},
	{fails: 10, exits: 5, panics: 2, sleeps: 100},
}

// newRun returns a run that goes as seed says.
func newRun(c *Case, seed uint64, fake bool) *Run {
	r := &Run{
		Case: c, Seed: seed, fake: fake, unit: 20 * time.Microsecond, start: time.Now(), N: 1 + int(mix(seed, 1)%4), Size: 1 + int(mix(seed, 2)%5),
		mood: moods[mix(seed, 3)%uint64(len(moods))], faults: map[*Fault]time.Time{}, panicked: map[*Fault]bool{}, at: map[int]int{}, held: map[*Held]int{},
	}
	if fake {
		r.unit = time.Millisecond
	}
	r.books.open(len(c.Queues), len(c.Workers))
	return r
}

// mix makes a number of several.
func mix(all ...uint64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, n := range all {
		h = (h ^ n) * 0xbf58476d1ce4e5b9
		h ^= h >> 29
		h *= 0x94d049bb133111eb
		h ^= h >> 32
	}
	return h
}

// random returns a source of what the run does for a purpose.
func (r *Run) random(purpose uint64) *rand.Rand { return rand.New(rand.NewPCG(r.Seed, purpose)) }

// Fault is an error that a plan has put in.
type Fault struct {
	Site  int
	Item  uint64
	Try   int
	Worth bool // another attempt
	Of    string
}

func (f *Fault) Error() string {
	return fmt.Sprintf("%s of site %d, item %x, try %d", f.Of, f.Site, f.Item, f.Try)
}

// wrongly notes that something is not as it has to be.
func (r *Run) wrongly(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.wrong) < 12 {
		r.wrong = append(r.wrong, fmt.Sprintf("%v: ", time.Since(r.start))+fmt.Sprintf(format, args...))
	}
}

// ends notes what ends the topology before its time.
func (r *Run) ends(format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	r.stops(what)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sure = what
}

// stops notes what ends the topology unless it has ended.
func (r *Run) stops(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped.what == "" {
		r.stopped = event{time.Now(), what}
	}
}

// call is a call from a site on some items: it goes as planned.
func (r *Run) call(ctx context.Context, site int, items ...Item) error {
	id := uint64(len(items))
	for _, v := range items {
		id = mix(id, v.ID)
	}
	defer r.enter(site, items)()
	try := r.books.try(site, id)
	plan := mix(r.Seed, uint64(site), id, uint64(try))
	chance := func(thousandths int) bool {
		plan = mix(plan)
		return int(plan%1000) < thousandths
	}
	if chance(r.mood.sleeps) {
		plan = mix(plan)
		d := time.Duration(plan%10) * r.unit
		if !r.sleep(ctx, d, chance(r.mood.deaf)) && !chance(r.mood.late) {
			r.mu.Lock()
			r.timeout = r.timeout || r.Sites[site].Timed
			r.mu.Unlock()
			if chance(500) {
				return context.Cause(ctx)
			}
			return ctx.Err()
		}
	}
	s := &r.Sites[site]
	f := &Fault{Site: site, Item: id, Try: try, Worth: chance(700), Of: "failure"}
	if s.Opening || s.Given {
		f.Of = "refusal"
	}
	switch {
	case chance(r.mood.panics):
		r.panics(s, f)
	case chance(r.mood.exits):
		r.mu.Lock()
		r.exited = true
		r.mu.Unlock()
		r.endsBy(s, fmt.Sprintf("Goexit in site %d", site))
		runtime.Goexit()
	case chance(r.mood.fails):
		r.fails(ctx, s, f, items)
		return f
	}
	return nil
}

// panics panics with a fault.
func (r *Run) panics(s *Site, f *Fault) {
	f.Of = "panic"
	r.mu.Lock()
	r.panicked[f] = true
	r.flushes = r.flushes || s.Flushes
	r.mu.Unlock()
	r.ends("%v", f)
	panic(f)
}

// explode panics where the mood says so, that many times as often as a call does.
func (r *Run) explode(site int, id uint64, times int) {
	f := &Fault{Site: site, Item: id, Try: r.books.try(site, id)}
	if int(mix(r.Seed, uint64(site), id, uint64(f.Try), 23)%1000) < times*r.mood.panics {
		r.panics(&r.Sites[site], f)
	}
}

// fails notes an error.
func (r *Run) fails(ctx context.Context, s *Site, f *Fault, items []Item) {
	r.mu.Lock()
	r.faults[f] = time.Now()
	r.mu.Unlock()
	last := f.Try >= s.Attempts || !f.Worth
	if !last || ctx.Err() != nil {
		r.mu.Lock()
		r.unsure = r.unsure || ctx.Err() != nil
		r.mu.Unlock()
		return
	}
	if !s.Stops {
		r.books.fails(s.Worker, items)
		return
	}
	if s.Worker >= 0 && r.answers(s.Worker) {
		r.mu.Lock()
		r.unsure = true
		r.mu.Unlock()
		return
	}
	if s.Worker >= 0 && r.Workers[s.Worker].Soft && Soft(f) {
		r.books.fails(s.Worker, items)
		return
	}
	r.endsBy(s, f.Error())
}

// Soft reports whether what a consumer holds suppresses an error: that of a call on what it has in hand.
func Soft(err error) bool {
	var f *Fault
	return errors.As(err, &f) && f.Of == "failure"
}

// endsBy notes that something in a call is to end the topology.
func (r *Run) endsBy(s *Site, what string) {
	if s.Flushes {
		r.mu.Lock()
		r.flushes = true
		r.mu.Unlock()
		if w := r.Workers[s.Worker]; (w.Split || w.Enough) && !w.Consumer {
			r.stops(what) // unless it ends before it has come so far: a stage may run ahead, or have had enough
			return
		}
	}
	r.ends("%s", what)
}

// answers reports whether a consumer's errors go to whoever asks.
func (r *Run) answers(worker int) bool {
	w := &r.Workers[worker]
	return w.Consumer && r.Queues[w.From[0]].Reply
}

// sleep waits for d. It reports whether that was not cut short by the end of ctx, which a deaf one does not heed.
func (r *Run) sleep(ctx context.Context, d time.Duration, deaf bool) bool {
	if deaf {
		r.mu.Lock()
		if until := time.Now().Add(d); until.After(r.deaf) {
			r.deaf = until
		}
		r.mu.Unlock()
		time.Sleep(d)
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// enter notes that a call has begun. What it returns is called at its end.
func (r *Run) enter(site int, items []Item) func() {
	s := &r.Sites[site]
	r.mu.Lock()
	r.made++
	made := r.made
	r.active++
	r.at[site]++
	many := r.at[site]
	stopped, closed, now := r.stopped, r.closed, time.Now()
	late := stopped.what != "" && now.After(stopped.at) && now.After(r.deaf) && !r.flushes
	r.mu.Unlock()
	if s.Worker >= 0 && !s.Shared && many > r.copies(s.Worker) {
		r.wrongly("site %d: %d calls at a time", site, many)
	}
	if r.fake && !s.Closing && late {
		r.wrongly("site %d: called although it was ended before, by %s", site, stopped.what)
	}
	if r.fake && !s.Closing && s.Worker >= 0 && !r.Workers[s.Worker].Consumer && !closed.IsZero() && now.After(closed) {
		r.wrongly("site %d: called although it was closed before", site)
	}
	if ended := r.books.ended.Load(); ended && !s.Closing {
		r.wrongly("site %d: called behind the end", site)
	}
	if r.calls != nil {
		r.calls(made)
	}
	keyed := s.Worker >= 0 && r.Workers[s.Worker].oneOfAKey() && !s.Given && items[0].Root != 0
	if keyed {
		r.books.hold(r, s.Worker, items, 1)
	}
	return func() {
		if keyed {
			r.books.hold(r, s.Worker, items, -1)
		}
		r.mu.Lock()
		r.active--
		r.at[site]--
		r.mu.Unlock()
	}
}

// copies returns how many copies a worker has.
func (r *Run) copies(worker int) int {
	if n := r.Workers[worker].Copies; n > 0 {
		return n
	}
	return r.N
}
