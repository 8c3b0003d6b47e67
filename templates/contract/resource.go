package contract

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

var (
	errBody    = errors.New("the body fails")
	errRelease = errors.New("the release fails")
)

// none is where a ledger's fault stands if there is none.
const none = -1

// Ledger keeps the accounts of one run of a resource's func, and puts faults into its acquires and releases. The
// resources of the func are numbered from the outermost, 0.
type Ledger struct {
	failAcquire, lateAcquire               int // the acquire that fails; that succeeds when ctx is done
	failRelease, panicRelease, hangRelease int
	hangs                                  time.Duration // how long the release that hangs may take; 0: that is not known
	cancel                                 context.CancelCauseFunc

	held     []int // acquired and not yet released
	acquired []int
	released []int
	told     []error // the faults that were handed out
	stopped  bool    // one of them keeps the body from running
	panicked bool    // a release did
	wrong    []string
	lent     []func() int // loans of pools that are out
}

// Lend counts the loans of a pool: inUse says how many are out.
func (l *Ledger) Lend(inUse func() int) { l.lent = append(l.lent, inUse) }

// Acquire counts an acquire, and returns what it is to fail with.
func (l *Ledger) Acquire(i int) error {
	if i == l.failAcquire {
		l.told, l.stopped = append(l.told, errFault), true
		return errFault
	}
	l.Acquired(i)
	return nil
}

// Acquired counts an acquire that cannot fail.
func (l *Ledger) Acquired(i int) {
	l.acquired = append(l.acquired, i)
	l.held = append(l.held, i)
}

// Late ends ctx in an acquire that is given it, and that succeeds all the same.
func (l *Ledger) Late(i int) {
	if i == l.lateAcquire {
		l.told, l.stopped = append(l.told, errCancel), true
		l.cancel(errCancel)
	}
}

// Release counts a release, and returns what it is to fail with. ctx is context.Background() where the release has none.
func (l *Ledger) Release(ctx context.Context, i int) error {
	if ctx.Err() != nil {
		l.wrong = append(l.wrong, fmt.Sprintf("release %d has a ctx that is done", i))
	}
	l.Released(i)
	if i == l.hangRelease {
		since := time.Now()
		<-ctx.Done()
		if took := time.Since(since); l.hangs > 0 && took != l.hangs {
			l.wrong = append(l.wrong, fmt.Sprintf("release %d has %v, want %v", i, took, l.hangs))
		}
		l.told = append(l.told, context.DeadlineExceeded)
		return ctx.Err()
	}
	if i == l.failRelease {
		l.told = append(l.told, errRelease)
		return errRelease
	}
	return nil
}

// Released counts a release that cannot fail.
func (l *Ledger) Released(i int) {
	l.released = append(l.released, i)
	if n := len(l.held); n == 0 || l.held[n-1] != i {
		l.wrong = append(l.wrong, fmt.Sprintf("release %d, and held are %v: it comes twice or out of order", i, l.held))
	}
	l.held = slices.DeleteFunc(l.held, func(h int) bool { return h == i })
	if i == l.panicRelease {
		l.panicked = true
		panic(errRelease)
	}
}

// exits are the ways out of a body.
var exits = []string{"return", "error", "panic", "goexit", "cancel"}

// CheckResource holds a resource's func to its contract: whatever way the body is left and whichever acquire or
// release fails, what was acquired is released once, in reverse order, before the func comes back. run calls the func
// with the ledger's effects in their place. n is how many resources it acquires, bounded are those of which a release
// has only so much time (0 where that is not known), and suppresses says that errors of the body may be.
func CheckResource(t *testing.T, n int, bounded map[int]time.Duration, suppresses bool, run func(ctx context.Context, l *Ledger, use func(ctx context.Context) error) error) {
	check := func(name, exit string, l *Ledger) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { checkRun(t, exit, l, suppresses, run) })
		})
	}
	for _, exit := range exits {
		check(exit, exit, fresh())
		for i := range n {
			at := fmt.Sprintf("%s/%d", exit, i)
			l := fresh()
			l.failRelease = i
			check(at+" fails to release", exit, l)
			l = fresh()
			l.panicRelease = i
			check(at+" panics in release", exit, l)
			if most, ok := bounded[i]; ok {
				l = fresh()
				l.hangRelease, l.hangs = i, most
				check(at+" hangs in release", exit, l)
			}
		}
	}
	for i := range n {
		l := fresh()
		l.failAcquire = i
		check(fmt.Sprintf("%d fails to acquire", i), "return", l)
		l = fresh()
		l.lateAcquire = i
		check(fmt.Sprintf("%d is acquired late", i), "return", l)
		l = fresh()
		l.lateAcquire, l.failRelease = i, i
		check(fmt.Sprintf("%d is acquired late, and fails to release", i), "return", l)
		l = fresh()
		l.lateAcquire, l.panicRelease = i, i
		check(fmt.Sprintf("%d is acquired late, and panics in release", i), "return", l)
	}
	t.Run("cancelled before", func(t *testing.T) { checkBefore(t, run) })
}

// checkBefore calls a resource's func with ctx done: nothing is acquired.
func checkBefore(t *testing.T, run func(ctx context.Context, l *Ledger, use func(ctx context.Context) error) error) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errCancel)
	l := fresh()
	err := run(ctx, l, func(context.Context) error {
		t.Error("the body runs")
		return nil
	})
	if !errors.Is(err, errCancel) {
		t.Errorf("the error is %v, want ctx's cause", err)
	}
	if len(l.acquired) > 0 {
		t.Errorf("acquired %v, want nothing", l.acquired)
	}
}

func fresh() *Ledger {
	return &Ledger{failAcquire: none, lateAcquire: none, failRelease: none, panicRelease: none, hangRelease: none}
}

// outcome is how a resource's func came back.
type outcome struct {
	err      error
	panicked any
	returned bool
	ran      bool // the body
}

// checkRun runs a resource's func once, and looks at the accounts.
func checkRun(t *testing.T, exit string, l *Ledger, suppresses bool, run func(ctx context.Context, l *Ledger, use func(ctx context.Context) error) error) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	l.cancel = cancel
	var out outcome
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { out.panicked = recover() }()
		out.err = run(ctx, l, func(ctx context.Context) error {
			out.ran = true
			return leave(ctx, exit, cancel)
		})
		out.returned = true
	}()
	<-done
	for _, w := range l.wrong {
		t.Error(w)
	}
	if len(l.held) > 0 {
		t.Errorf("acquired %v, released %v: %v is never released", l.acquired, l.released, l.held)
	}
	for _, inUse := range l.lent {
		if n := inUse(); n != 0 {
			t.Errorf("%d loans are out", n)
		}
	}
	judge(t, exit, l, out, suppresses)
}

// CheckPool holds a pool to its contract: whatever way a loan ends, what was acquired is released once, by Close at the
// latest. run makes a pool with the ledger's effects in their place, and returns its With and its Close.
func CheckPool(t *testing.T, fails bool, run func(l *Ledger) (lend func(ctx context.Context, use func(ctx context.Context) error) error, shut func(ctx context.Context) error)) {
	for _, exit := range exits {
		t.Run(exit, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := fresh()
				lend, shut := run(l)
				for range 2 {
					loan(t, exit, lend)
				}
				if err := shut(t.Context()); err != nil {
					t.Errorf("Close: %v", err)
				}
				l.balanced(t)
				err := lend(t.Context(), func(context.Context) error {
					t.Error("a closed pool lends")
					return nil
				})
				if err == nil {
					t.Error("a closed pool gives no error")
				}
			})
		})
	}
	if fails {
		t.Run("fails to release", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := fresh()
				l.failRelease = 0
				lend, shut := run(l)
				loan(t, "return", lend)
				if err := shut(t.Context()); !errors.Is(err, errRelease) {
					t.Errorf("Close: %v, want %v", err, errRelease)
				}
				l.balanced(t)
			})
		})
	}
}

// loan borrows once, and ends that in one of the ways.
func loan(t *testing.T, exit string, lend func(ctx context.Context, use func(ctx context.Context) error) error) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	ran := false
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		_ = lend(ctx, func(ctx context.Context) error {
			ran = true
			return leave(ctx, exit, cancel)
		})
	}()
	<-done
	if !ran {
		t.Error("the pool lends nothing")
	}
}

// balanced wants each acquire to have its release.
func (l *Ledger) balanced(t *testing.T) {
	t.Helper()
	for _, w := range l.wrong {
		t.Error(w)
	}
	if len(l.acquired) == 0 || len(l.acquired) != len(l.released) || len(l.held) > 0 {
		t.Errorf("%d acquired, %d released, want as many", len(l.acquired), len(l.released))
	}
}

// leave leaves a body in one of the ways.
func leave(ctx context.Context, exit string, cancel context.CancelCauseFunc) error {
	switch exit {
	case "error":
		return errBody
	case "panic":
		panic(errBody)
	case "goexit":
		runtime.Goexit()
	case "cancel":
		cancel(errCancel)
		return context.Cause(ctx)
	}
	return nil
}

// judge compares how the func came back with the way its body was left.
func judge(t *testing.T, exit string, l *Ledger, out outcome, suppresses bool) {
	if l.stopped && out.ran {
		t.Error("the body ran without its resource, or with ctx done before it")
	}
	switch {
	case exit == "panic" && out.panicked != error(errBody):
		t.Errorf("the body panics with %v, and the func with %v", errBody, out.panicked)
	case exit != "panic" && l.panicked && out.panicked != error(errRelease):
		t.Errorf("a release panics with %v, and the func with %v", errRelease, out.panicked)
	case exit == "goexit" && (out.returned || out.panicked != nil && !l.panicked):
		t.Errorf("the body ends its goroutine, and the func comes back: %v, %v", out.err, out.panicked)
	}
	if !out.returned || suppresses {
		return
	}
	want := slices.Clone(l.told)
	if out.ran && exit == "error" {
		want = append(want, errBody)
	}
	if out.ran && exit == "cancel" {
		want = append(want, errCancel)
	}
	for _, w := range want {
		if !errors.Is(out.err, w) {
			t.Errorf("the error is %v, want %v in it", out.err, w)
		}
	}
	if len(want) == 0 && out.err != nil {
		t.Errorf("the error is %v, want none", out.err)
	}
}
