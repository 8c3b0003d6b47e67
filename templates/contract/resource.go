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

// Account keeps the accounts of one run of a resource's func, and puts faults into its acquires and releases. The
// resources of the func are numbered from the outermost, 0.
type Account struct {
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
func (a *Account) Lend(inUse func() int) { a.lent = append(a.lent, inUse) }

// Acquire counts an acquire, and returns what it is to fail with.
func (a *Account) Acquire(i int) error {
	if i == a.failAcquire {
		a.told, a.stopped = append(a.told, errFault), true
		return errFault
	}
	a.Acquired(i)
	return nil
}

// Acquired counts an acquire that cannot fail.
func (a *Account) Acquired(i int) {
	a.acquired = append(a.acquired, i)
	a.held = append(a.held, i)
}

// Late ends ctx in an acquire that is given it, and that succeeds all the same.
func (a *Account) Late(i int) {
	if i == a.lateAcquire {
		a.told, a.stopped = append(a.told, errCancel), true
		a.cancel(errCancel)
	}
}

// Release counts a release, and returns what it is to fail with. ctx is context.Background() where the release has none.
func (a *Account) Release(ctx context.Context, i int) error {
	if ctx.Err() != nil {
		a.wrong = append(a.wrong, fmt.Sprintf("release %d has a ctx that is done", i))
	}
	a.Released(i)
	if i == a.hangRelease {
		since := time.Now()
		<-ctx.Done()
		if took := time.Since(since); a.hangs > 0 && took != a.hangs {
			a.wrong = append(a.wrong, fmt.Sprintf("release %d has %v, want %v", i, took, a.hangs))
		}
		a.told = append(a.told, context.DeadlineExceeded)
		return ctx.Err()
	}
	if i == a.failRelease {
		a.told = append(a.told, errRelease)
		return errRelease
	}
	return nil
}

// Released counts a release that cannot fail.
func (a *Account) Released(i int) {
	a.released = append(a.released, i)
	if n := len(a.held); n == 0 || a.held[n-1] != i {
		a.wrong = append(a.wrong, fmt.Sprintf("release %d, and held are %v: it comes twice or out of order", i, a.held))
	}
	a.held = slices.DeleteFunc(a.held, func(h int) bool { return h == i })
	if i == a.panicRelease {
		a.panicked = true
		panic(errRelease)
	}
}

// exits are the ways out of a body.
var exits = []string{"return", "error", "panic", "goexit", "cancel"}

// CheckResource holds a resource's func to its contract: whatever way the body is left and whichever acquire or
// release fails, what was acquired is released once, in reverse order, before the func comes back. run calls the func
// with the ledger's effects in their place. n is how many resources it acquires, bounded are those of which a release
// has only so much time (0 where that is not known), and suppresses says that errors of the body may be.
func CheckResource(t *testing.T, n int, bounded map[int]time.Duration, suppresses bool, run func(ctx context.Context, a *Account, use func(ctx context.Context) error) error) {
	check := func(name, exit string, a *Account) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { checkRun(t, exit, a, suppresses, run) })
		})
	}
	for _, exit := range exits {
		check(exit, exit, fresh())
		for i := range n {
			at := fmt.Sprintf("%s/%d", exit, i)
			a := fresh()
			a.failRelease = i
			check(at+" fails to release", exit, a)
			a = fresh()
			a.panicRelease = i
			check(at+" panics in release", exit, a)
			if most, ok := bounded[i]; ok {
				a = fresh()
				a.hangRelease, a.hangs = i, most
				check(at+" hangs in release", exit, a)
			}
		}
	}
	for i := range n {
		a := fresh()
		a.failAcquire = i
		check(fmt.Sprintf("%d fails to acquire", i), "return", a)
		a = fresh()
		a.lateAcquire = i
		check(fmt.Sprintf("%d is acquired late", i), "return", a)
		a = fresh()
		a.lateAcquire, a.failRelease = i, i
		check(fmt.Sprintf("%d is acquired late, and fails to release", i), "return", a)
		a = fresh()
		a.lateAcquire, a.panicRelease = i, i
		check(fmt.Sprintf("%d is acquired late, and panics in release", i), "return", a)
	}
	t.Run("cancelled before", func(t *testing.T) { checkBefore(t, run) })
}

// checkBefore calls a resource's func with ctx done: nothing is acquired.
func checkBefore(t *testing.T, run func(ctx context.Context, a *Account, use func(ctx context.Context) error) error) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errCancel)
	a := fresh()
	err := run(ctx, a, func(context.Context) error {
		t.Error("the body runs")
		return nil
	})
	if !errors.Is(err, errCancel) {
		t.Errorf("the error is %v, want ctx's cause", err)
	}
	if len(a.acquired) > 0 {
		t.Errorf("acquired %v, want nothing", a.acquired)
	}
}

func fresh() *Account {
	return &Account{failAcquire: none, lateAcquire: none, failRelease: none, panicRelease: none, hangRelease: none}
}

// ending is how a resource's func came back.
type ending struct {
	err      error
	panicked any
	returned bool
	ran      bool // the body
}

// checkRun runs a resource's func once, and looks at the accounts.
func checkRun(t *testing.T, exit string, a *Account, suppresses bool, run func(ctx context.Context, a *Account, use func(ctx context.Context) error) error) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	a.cancel = cancel
	var out ending
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { out.panicked = recover() }()
		out.err = run(ctx, a, func(ctx context.Context) error {
			out.ran = true
			return leave(ctx, exit, cancel)
		})
		out.returned = true
	}()
	<-done
	for _, w := range a.wrong {
		t.Error(w)
	}
	if len(a.held) > 0 {
		t.Errorf("acquired %v, released %v: %v is never released", a.acquired, a.released, a.held)
	}
	for _, inUse := range a.lent {
		if n := inUse(); n != 0 {
			t.Errorf("%d loans are out", n)
		}
	}
	judge(t, exit, a, out, suppresses)
}

// CheckPool holds a pool to its contract: whatever way a loan ends, what was acquired is released once, by Close at the
// latest. run makes a pool with the ledger's effects in their place, and returns its With and its Close.
func CheckPool(t *testing.T, fails bool, run func(a *Account) (lend func(ctx context.Context, use func(ctx context.Context) error) error, shut func(ctx context.Context) error)) {
	for _, exit := range exits {
		t.Run(exit, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := fresh()
				lend, shut := run(a)
				for range 2 {
					loan(t, exit, lend)
				}
				if err := shut(t.Context()); err != nil {
					t.Errorf("Close: %v", err)
				}
				a.balanced(t)
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
				a := fresh()
				a.failRelease = 0
				lend, shut := run(a)
				loan(t, "return", lend)
				if err := shut(t.Context()); !errors.Is(err, errRelease) {
					t.Errorf("Close: %v, want %v", err, errRelease)
				}
				a.balanced(t)
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
func (a *Account) balanced(t *testing.T) {
	t.Helper()
	for _, w := range a.wrong {
		t.Error(w)
	}
	if len(a.acquired) == 0 || len(a.acquired) != len(a.released) || len(a.held) > 0 {
		t.Errorf("%d acquired, %d released, want as many", len(a.acquired), len(a.released))
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
func judge(t *testing.T, exit string, a *Account, out ending, suppresses bool) {
	if a.stopped && out.ran {
		t.Error("the body ran without its resource, or with ctx done before it")
	}
	switch {
	case exit == "panic" && out.panicked != error(errBody):
		t.Errorf("the body panics with %v, and the func with %v", errBody, out.panicked)
	case exit != "panic" && a.panicked && out.panicked != error(errRelease):
		t.Errorf("a release panics with %v, and the func with %v", errRelease, out.panicked)
	case exit == "goexit" && (out.returned || out.panicked != nil && !a.panicked):
		t.Errorf("the body ends its goroutine, and the func comes back: %v, %v", out.err, out.panicked)
	}
	if !out.returned || suppresses {
		return
	}
	want := slices.Clone(a.told)
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
