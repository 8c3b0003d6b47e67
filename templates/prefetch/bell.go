package prefetch

import "sync/atomic"

// bell lets one goroutine sleep until another one wakes it.
//
// The sleeper says that it sleeps and then looks again; the waker changes what is looked at and then looks whether
// somebody sleeps: one of the two sees the other.
type bell struct {
	asleep atomic.Bool
	rung   chan struct{} // capacity 1
}

func newBell() bell { return bell{rung: make(chan struct{}, 1)} }

// sleep returns when ready reports true, or after a wake.
func (b *bell) sleep(ready func() bool) {
	b.asleep.Store(true)
	if ready() && b.asleep.CompareAndSwap(true, false) {
		return
	}
	<-b.rung
}

// wake wakes the sleeper, if it sleeps.
func (b *bell) wake() {
	if b.asleep.Load() && b.asleep.CompareAndSwap(true, false) {
		b.rung <- struct{}{}
	}
}
