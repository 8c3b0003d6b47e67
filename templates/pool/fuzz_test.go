package pool

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// FuzzPool runs operations that data spells, one at a time, and compares the pool with a model after each.
func FuzzPool(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 1, 1, 4, 0})
	f.Add([]byte{0, 1, 5, 2, 0, 3, 0, 0, 0, 6, 1, 1, 1})
	f.Add([]byte{0, 0, 2, 0, 0, 7, 1, 0, 8, 1, 0, 4, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 200 {
			data = data[:200]
		}
		synctest.Test(t, func(t *testing.T) { play(t, data) })
	})
}

// loan is one that the model knows to be out, or in line.
type loan struct {
	end    chan bool // ends the body: whether by a panic
	conn   *conn     // nil as long as it waits
	err    error
	over   bool
	cancel context.CancelFunc
}

// model is what a pool of size holds, as far as the outside can tell.
type model struct {
	size     int
	idle     []*conn // the most recently used last
	out      []*loan
	line     []*loan
	released map[*conn]bool
}

// play runs the operations and the model side by side.
func play(t *testing.T, data []byte) {
	var b bank
	p := b.pool(3)
	p.maxIdle, p.maxLifetime = time.Hour, 1000*time.Hour
	m := &model{size: 3, released: map[*conn]bool{}}
	for _, op := range data {
		which := int(op / 8)
		switch op % 8 {
		case 0, 1:
			m.borrow(t, p)
		case 2, 3:
			m.giveBack(t, which, false)
		case 4:
			m.giveBack(t, which, true)
		case 5:
			m.abandon(t, which)
		case 6:
			if len(m.idle) > 0 {
				m.idle[which%len(m.idle)].bad = true
			}
		case 7:
			time.Sleep(2 * time.Hour)
			synctest.Wait()
			m.expire()
		}
		m.compare(t, &b, p)
	}
	for len(m.out) > 0 {
		m.giveBack(t, 0, false)
		m.compare(t, &b, p)
	}
	closed(t, p)
	b.wantReleased(t)
}

// borrow starts a loan: of the idle one used last that is good, of a new one, or in line.
func (m *model) borrow(t *testing.T, p *Pool[*conn]) {
	ctx, cancel := context.WithCancel(context.Background())
	l := &loan{end: make(chan bool), cancel: cancel}
	waits := len(m.out) == m.size
	go func() {
		defer cancel()
		defer func() { _ = recover(); l.over = true }()
		l.err = p.With(ctx, func(_ context.Context, c *conn) error {
			l.conn = c
			if <-l.end {
				panic(errBody)
			}
			return nil
		})
	}()
	synctest.Wait()
	if waits {
		m.line = append(m.line, l)
		return
	}
	if l.conn == nil {
		t.Fatalf("no loan although %d of %d are out: %v", len(m.out), m.size, l.err)
	}
	for len(m.idle) > 0 && m.idle[len(m.idle)-1].bad {
		m.released[m.idle[len(m.idle)-1]] = true
		m.idle = m.idle[:len(m.idle)-1]
	}
	if n := len(m.idle); n > 0 {
		if l.conn != m.idle[n-1] {
			t.Errorf("lent conn %d, want %d", l.conn.id, m.idle[n-1].id)
		}
		m.idle = m.idle[:n-1]
	}
	m.out = append(m.out, l)
}

// giveBack ends a loan, by a panic or not. What comes back, or the room for another, is the first's in line.
func (m *model) giveBack(t *testing.T, which int, panics bool) {
	if len(m.out) == 0 {
		return
	}
	i := which % len(m.out)
	l := m.out[i]
	m.out = append(m.out[:i], m.out[i+1:]...)
	l.end <- panics
	synctest.Wait()
	m.released[l.conn] = panics
	if len(m.line) > 0 {
		if next := m.line[0]; !panics && next.conn != l.conn {
			t.Error("what came back was not handed to the first in line")
		}
		m.out = append(m.out, m.line[0])
		m.line = m.line[1:]
	} else if !panics {
		m.idle = append(m.idle, l.conn)
	}
}

// abandon cancels one that waits.
func (m *model) abandon(t *testing.T, which int) {
	if len(m.line) == 0 {
		return
	}
	i := which % len(m.line)
	l := m.line[i]
	m.line = append(m.line[:i], m.line[i+1:]...)
	l.cancel()
	synctest.Wait()
	if !l.over || !errors.Is(l.err, context.Canceled) {
		t.Errorf("a waiter that was cancelled: over %v, error %v", l.over, l.err)
	}
}

func (m *model) expire() {
	for _, c := range m.idle {
		m.released[c] = true
	}
	m.idle = nil
}

// compare checks that the pool is as the model says, and that each loan has what the model gave it.
func (m *model) compare(t *testing.T, b *bank, p *Pool[*conn]) {
	t.Helper()
	s := p.Stats()
	if s.Idle != len(m.idle) || s.InUse != len(m.out) || s.Waiting != len(m.line) {
		t.Fatalf("idle %d, in use %d, waiting %d; want %d, %d, %d", s.Idle, s.InUse, s.Waiting, len(m.idle), len(m.out), len(m.line))
	}
	held := map[*conn]bool{}
	for _, l := range m.out {
		if l.conn == nil || l.over || held[l.conn] {
			t.Fatal("a loan that is out has no conn of its own")
		}
		held[l.conn] = true
	}
	for _, l := range m.line {
		if l.conn != nil || l.over {
			t.Fatal("one that is in line was served")
		}
	}
	for _, c := range b.conns {
		if m.released[c] != (c.released == 1) {
			t.Fatalf("conn %d: released %d times, want %v", c.id, c.released, m.released[c])
		}
	}
	if int(s.Acquired) != len(b.conns) || s.Acquired-s.Released != int64(s.Idle+s.InUse) {
		t.Fatalf("the books do not balance: %+v", s)
	}
}
