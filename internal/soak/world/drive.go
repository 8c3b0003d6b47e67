package world

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing/synctest"
	"time"
)

// drive runs a topology once, and returns what was wrong.
func drive(c *Case, seed uint64, fake bool) []string {
	r := newRun(c, seed, fake)
	d := &driver{Run: r, rnd: r.random(1)}
	defer d.watch().Stop()
	d.ctx, d.cancel = context.WithCancelCause(context.Background())
	defer d.cancel(nil)
	before := runtime.NumGoroutine()
	if d.rnd.IntN(6) == 0 {
		d.whole()
	} else {
		d.parts()
	}
	if fake {
		synctest.Wait()
	}
	r.left(before)
	return r.wrong
}

// driver is the program around a topology.
type driver struct {
	*Run
	t       *Running
	rnd     *rand.Rand
	ctx     context.Context
	cancel  context.CancelCauseFunc
	players sync.WaitGroup
	putting sync.WaitGroup
	over    chan struct{} // closed when Wait has returned
	reasons []error       // what has ended it, as puts were told
}

// watch ends the program if a run hangs.
func (d *driver) watch() *time.Timer {
	long := time.Minute
	if d.fake {
		long = time.Hour
	}
	return time.AfterFunc(long, func() {
		stacks := make([]byte, 1<<20)
		fmt.Printf("it hangs; ended: %v; stopped by: %v; wrong so far: %q\n%s\n", d.books.ended.Load(), d.stopped, d.wrong, stacks[:runtime.Stack(stacks, true)])
		os.Exit(3)
	})
}

// whole runs a topology to its end in one call.
func (d *driver) whole() {
	stop := d.ending(func() {}, d.stopper(errCancelled, d.cancel))
	e := await(func() ([]Collected, error) { return d.Case.Run(d.ctx, d.Run, d.N, d.Size) })
	d.books.ended.Store(true)
	stop()
	d.judge(e, nil)
}

// stopper returns a func that stops the topology.
func (d *driver) stopper(cause error, stop func(error)) func() {
	return func() {
		d.stops(cause.Error())
		stop(cause)
	}
}

// ending has something happen to the topology, at a time or in a call. What it returns is called when it is over.
func (d *driver) ending(all ...func()) (over func()) {
	do := all[d.rnd.IntN(len(all))]
	var once sync.Once
	switch d.rnd.IntN(4) {
	case 0:
		done := make(chan struct{})
		timer := time.AfterFunc(time.Duration(d.rnd.IntN(60))*d.unit, func() {
			defer close(done)
			once.Do(do)
		})
		return func() {
			if !timer.Stop() {
				<-done
			}
		}
	case 1:
		at := int64(1 + d.rnd.IntN(30))
		d.mu.Lock()
		defer d.mu.Unlock()
		d.calls = func(n int64) {
			if n == at {
				once.Do(do)
			}
		}
	}
	return func() {}
}

// parts starts a topology, plays with it, and waits for its end.
func (d *driver) parts() {
	ready := make(chan struct{})
	started := func() bool {
		select {
		case <-ready:
			return true
		default:
			return false
		}
	}
	stop := d.ending(
		func() {},
		func() {
			if started() {
				d.close()
			}
		},
		d.stopper(errCancelled, d.cancel),
		func() {
			if started() {
				d.stopper(errAborted, d.t.Abort)()
			}
		},
	)
	e := await(func() (_ []Collected, err error) {
		d.t, err = d.Case.Start(d.ctx, d.Run, d.N, d.Size)
		if err == nil {
			close(ready)
		}
		return nil, err
	})
	if !e.clean() {
		d.books.ended.Store(true)
		stop()
		d.judge(e, nil)
		return
	}
	d.play()
	e = await(d.t.Wait)
	if d.active > 0 {
		d.wrongly("%d calls are under way behind the end", d.active)
	}
	d.books.ended.Store(true)
	close(d.over)
	stop()
	d.players.Wait()
	d.after(e)
	d.judge(e, d.t.Stats())
}

// close closes the topology.
func (d *driver) close() {
	d.mu.Lock()
	if d.closed.IsZero() {
		d.closed = time.Now()
	}
	d.mu.Unlock()
	d.t.Close()
}

// play has goroutines put, ask, join and look.
func (d *driver) play() {
	d.over = make(chan struct{})
	open := false
	for i, q := range d.Queues {
		if !q.Open {
			continue
		}
		open = true
		for range d.rnd.IntN(4) {
			d.putting.Add(1)
			d.player(func(rnd *rand.Rand, number int) {
				defer d.putting.Done()
				d.puts(rnd, i, number)
			})
		}
	}
	for range d.rnd.IntN(3) {
		d.player(func(rnd *rand.Rand, _ int) { d.joins(rnd) })
	}
	if d.rnd.IntN(2) == 0 {
		d.player(func(rnd *rand.Rand, _ int) { d.looks(rnd) })
	}
	if open {
		d.player(func(*rand.Rand, int) {
			d.putting.Wait()
			d.close()
		})
	}
}

// player starts a goroutine of the program.
func (d *driver) player(play func(rnd *rand.Rand, number int)) {
	number := d.rnd.IntN(1 << 30)
	rnd := rand.New(rand.NewPCG(d.Seed, uint64(number)))
	d.players.Go(func() { play(rnd, number) })
}

// pause waits, or until the topology is over.
func (d *driver) pause(rnd *rand.Rand, most int) {
	timer := time.NewTimer(time.Duration(rnd.IntN(most)) * d.unit)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-d.over:
	}
}

// puts puts items into a queue.
func (d *driver) puts(rnd *rand.Rand, queue, number int) {
	for seq := range rnd.IntN(20) {
		if rnd.IntN(3) == 0 {
			d.pause(rnd, 8)
		}
		ctx, cancel := d.patience(rnd)
		v := d.give(Item{}, mix(d.Seed, uint64(number), uint64(seq)), -1-number, queue)
		var err error
		if ask := d.t.Ask[queue]; ask != nil && rnd.IntN(3) > 0 {
			err = d.asks(ctx, ask, v)
		} else {
			err = d.t.Put[queue](ctx, v)
			d.put(ctx, v, err)
		}
		cancel()
		if err != nil && !errors.Is(err, d.Full) && !errors.Is(err, d.Dropped) && ctx.Err() == nil && rnd.IntN(8) > 0 {
			return
		}
	}
}

// patience returns a context of a caller.
func (d *driver) patience(rnd *rand.Rand) (context.Context, context.CancelFunc) {
	if rnd.IntN(4) > 0 {
		return context.WithCancel(context.Background())
	}
	return context.WithTimeout(context.Background(), time.Duration(rnd.IntN(6))*d.unit)
}

// put notes what came of a put.
func (d *driver) put(ctx context.Context, v Item, err error) {
	q, b := &d.Queues[v.To], &d.books
	b.mu.Lock()
	if err == nil {
		b.put = append(b.put, v)
	}
	b.mu.Unlock()
	if err == nil || errors.Is(err, d.Dropped) {
		if err != nil && q.OnFull != "drop_new" {
			d.wrongly("%s: dropped a new one", q.Name)
		}
		return
	}
	b.mu.Lock()
	if q.Broadcast > 0 {
		b.partly[v.To] = true
	} else {
		b.refused[v.To][v.ID] = true
		if b.took[v.To][v.ID] > 0 {
			d.wrongly("%s: item %x was taken, and its put has failed: %v", q.Name, v.ID, err)
		}
	}
	b.mu.Unlock()
	d.refusal(ctx, q, err)
}

// refusal looks at why nothing was put.
func (d *driver) refusal(ctx context.Context, q *Queue, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
	case errors.Is(err, d.Full) && q.OnFull == "error":
	case errors.Is(err, d.Closed) && !d.closed.IsZero():
	default: // what has ended it
		d.reasons = append(d.reasons, fmt.Errorf("%s: put: %w", q.Name, err))
	}
}

// asks puts an item in, and looks at the answer.
func (d *driver) asks(ctx context.Context, ask func(context.Context, Item) (Item, error), v Item) error {
	got, err := ask(ctx, v)
	var f *Fault
	switch {
	case err == nil:
		if got.Root != v.ID && got.Parent != v.ID {
			d.wrongly("%s: asked about %x, and got an answer about %x", d.Queues[v.To].Name, v.ID, got.Root)
		}
	case errors.As(err, &f):
		return nil // the call has failed
	default:
		d.books.mu.Lock()
		taken := d.books.took[v.To][v.ID] > 0
		d.books.mu.Unlock()
		if !taken { // it may still be queued
			d.books.mu.Lock()
			d.books.partly[v.To] = true
			d.books.mu.Unlock()
		}
	}
	return err
}

// joins waits until all is handled that was put.
func (d *driver) joins(rnd *rand.Rand) {
	d.pause(rnd, 40)
	b := &d.books
	b.mu.Lock()
	put := slices.Clone(b.put)
	b.mu.Unlock()
	ctx, cancel := d.patience(rnd)
	defer cancel()
	if err := d.t.Join(ctx); err != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, v := range put {
		if q := d.Queues[v.To]; b.took[v.To][v.ID] == 0 && q.Distinct == "" && !q.Partly && q.OnFull != "drop_oldest" {
			d.wrongly("%s: joined before item %x was taken", q.Name, v.ID)
		}
	}
}

// after looks at what a topology does that has ended.
func (d *driver) after(e *ending) {
	ctx := context.Background()
	for i, put := range d.t.Put {
		if put == nil {
			continue
		}
		if err := put(ctx, Item{}); err == nil || errors.Is(err, d.Full) || errors.Is(err, d.Dropped) {
			d.wrongly("%s: put behind the end: %v", d.Queues[i].Name, err)
		}
		if ask := d.t.Ask[i]; ask != nil {
			if _, err := ask(ctx, Item{}); err == nil {
				d.wrongly("%s: answered behind the end", d.Queues[i].Name)
			}
		}
	}
	if err := d.t.Join(ctx); (err == nil) != e.clean() && !d.late(e) {
		d.wrongly("Join behind the end: %v, Wait: %v%v", err, e.err, e.panicked)
	}
	for _, told := range d.reasons {
		cause := errors.Unwrap(told)
		panicked, _ := e.panicked.(error)
		if e.clean() || !errors.Is(e.err, cause) && !errors.Is(panicked, cause) && (panicked == nil || !d.allowed(cause)) {
			d.wrongly("%v, and Wait gives %v%v", told, e.err, e.panicked)
		}
	}
	d.t.Close()
	d.t.Abort(errAborted)
	again := await(d.t.Wait)
	if (again.err == nil) != (e.err == nil) || (again.panicked == nil) != (e.panicked == nil) {
		d.wrongly("Wait gives %v%v, then %v%v", e.err, e.panicked, again.err, again.panicked)
	}
}
