package pool

import (
	"context"
	"time"
)

// looks is into how many steps maxIdle is divided: what becomes idle is seen within one of them.
const looks = 1000

// tick sees to it that the timer finds what has become idle now. It asks for the time once a step. The lock is held.
func (p *Pool[T]) tick() {
	if !p.ticking {
		p.ticking = true
		p.arm(time.Now().Add(p.step()))
	}
}

// step is how long after it has become idle a resource is seen at the latest.
func (p *Pool[T]) step() time.Duration { return max(p.maxIdle/looks, time.Millisecond) }

// arm sees to it that sweep is called at the given time or earlier. The lock is held.
func (p *Pool[T]) arm(at time.Time) {
	armed := !p.due.IsZero()
	if armed && !at.Before(p.due) || p.closing {
		return
	}
	if armed && !p.timer.Stop() {
		return // it fires just now, and looks at everything
	}
	p.due = at
	if p.timer == nil {
		p.timer = time.AfterFunc(time.Until(at), p.sweep)
		return
	}
	p.timer.Reset(time.Until(at))
}

// sweep releases the resources that have been idle for too long, or are too old.
// It runs in the goroutine of the timer, for which Close waits.
func (p *Pool[T]) sweep() {
	p.mu.Lock()
	p.due = time.Time{}
	if p.closing {
		p.free() // Close has counted this call
		p.mu.Unlock()
		return
	}
	expired := p.expire(time.Now())
	p.mu.Unlock()
	p.dropExpired(expired)
}

// expire takes out what is to be released now, and arms the timer for the rest. The lock is held.
func (p *Pool[T]) expire(now time.Time) []*member[T] {
	var expired []*member[T]
	kept := p.idle[:0]
	for _, m := range p.idle {
		if p.expires(m, now) {
			expired = append(expired, m)
		} else {
			kept = append(kept, m)
		}
	}
	clear(p.idle[len(kept):])
	p.idle = kept
	p.busy += len(expired)
	if hasMaxIdle {
		p.ticking = false
		if len(kept) > 0 {
			p.arm(kept[0].expires) // the first to become idle
		}
	}
	if hasMaxLifetime {
		for _, m := range p.all {
			m.old = !m.dies.After(now)
			if !m.old {
				p.arm(m.dies)
			}
		}
	}
	return expired
}

// expires reports whether m, which is idle, is to be released now.
func (p *Pool[T]) expires(m *member[T], now time.Time) bool {
	if hasMaxLifetime && !m.dies.After(now) {
		return true
	}
	if hasMaxIdle {
		if m.seen {
			return !m.expires.After(now)
		}
		m.seen = true
		m.expires = now.Add(p.maxIdle - p.step()) // it may be idle for a step already
	}
	return false
}

// dropExpired releases all of expired, even if one of the releases panics.
func (p *Pool[T]) dropExpired(expired []*member[T]) {
	if len(expired) == 0 {
		return
	}
	defer p.dropExpired(expired[1:])
	defer p.notePanic()
	p.note(p.drop(context.Background(), expired[0], nil))
}
