package pool

import (
	"context"
	"time"
)

// lifetime returns the age at which a resource that is idle from age on is to be released.
func (p *Pool[T]) lifetime(age time.Duration) time.Duration {
	if hasMaxIdle && hasMaxLifetime {
		return min(age+p.maxIdle, p.maxLifetime)
	}
	if hasMaxIdle {
		return age + p.maxIdle
	}
	return p.maxLifetime
}

// arm sees to it that expire is called at the given time or earlier. The lock is held.
func (p *Pool[T]) arm(at time.Time) {
	armed := !p.due.IsZero()
	if armed && !at.Before(p.due) || p.closing {
		return
	}
	if armed && !p.timer.Stop() {
		return // it fires just now, and will see to all that are idle
	}
	p.due = at
	if p.timer == nil {
		p.timer = time.AfterFunc(time.Until(at), p.expire)
		return
	}
	p.timer.Reset(time.Until(at))
}

// expire releases the resources that have been idle for too long, or are too old.
// It runs in the goroutine of the timer, for which Close waits.
func (p *Pool[T]) expire() {
	p.mu.Lock()
	p.due = time.Time{}
	if p.closing {
		p.free() // Close has counted this call
		p.mu.Unlock()
		return
	}
	now := time.Now()
	var expired []member[T]
	kept := p.idle[:0]
	for _, m := range p.idle {
		if m.expires.After(now) {
			kept = append(kept, m)
		} else {
			expired = append(expired, m)
		}
	}
	clear(p.idle[len(kept):])
	p.idle = kept
	p.busy += len(expired)
	for _, m := range p.idle {
		p.arm(m.expires)
	}
	p.mu.Unlock()
	p.dropExpired(expired)
}

// dropExpired releases all of expired, even if one of the releases panics.
func (p *Pool[T]) dropExpired(expired []member[T]) {
	if len(expired) == 0 {
		return
	}
	defer p.dropExpired(expired[1:])
	defer p.notePanic()
	p.note(p.drop(context.Background(), expired[0], nil))
}
