package queue

import (
	"runtime"
	"sync"
)

// yields is how often one that waits lets others run before it parks: parking and waking cost several times as much.
const yields = 2

// pollers is how many do so at a time; more would only take the lock from those that have work.
const pollers = 2

// gate is where goroutines wait for one thing, an item or room. The mutex behind cond guards it.
//
// Those that look for it again (they poll, or a signal is on its way to them) are told from those that are parked. One
// that looks will find what there is, so nobody else need be woken; whoever has found it and leaves some over wakes
// the next. Thus it holds whenever the mutex is free: if there is something and one is parked, another looks.
type gate struct {
	cond    sync.Cond
	looking int
	parked  int
}

// enter counts the caller among those that look.
func (g *gate) enter() { g.looking++ }

// leave takes back an enter.
func (g *gate) leave() { g.looking-- }

// pause lets go of the mutex for a moment, or until a wake. The caller counts its turns from 0.
func (g *gate) pause(turn int) {
	if turn < yields && g.looking <= pollers {
		g.cond.L.Unlock()
		runtime.Gosched()
		g.cond.L.Lock()
		return
	}
	g.looking--
	g.parked++
	g.cond.Wait()
}

// wake lets one that is parked look again, unless one looks already.
func (g *gate) wake() {
	if g.parked > 0 && g.looking == 0 {
		g.signal()
	}
}

// signal counts one that is parked as looking, and wakes it. It stays a call, which makes wake cheap to inline.
//
//go:noinline
func (g *gate) signal() {
	g.parked--
	g.looking++
	g.cond.Signal()
}

// wakeAll lets all look again.
func (g *gate) wakeAll() {
	g.looking += g.parked
	g.parked = 0
	g.cond.Broadcast()
}
