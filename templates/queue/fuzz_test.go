package queue

import (
	"errors"
	"slices"
	"testing"
)

// FuzzModel does what the bytes say to every design and to the model, one operation after another.
func FuzzModel(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 1, 0, 2, 1, 1, 1})
	f.Add([]byte{0, 3, 0, 4, 0, 5, 0, 0, 0, 0, 0, 0, 1, 3, 4, 5, 1, 1, 1, 2})
	f.Add(slices.Repeat([]byte{0, 0, 0, 1, 0, 1, 0, 0, 4, 5}, 40))
	f.Add(append(slices.Repeat([]byte{0}, 100), slices.Repeat([]byte{1}, 110)...))
	f.Fuzz(func(t *testing.T, script []byte) {
		for _, d := range designs() {
			if d.limit != 0 {
				play(t, d, script)
			}
		}
	})
}

// play is one script on one design. An operation that would wait by the model is left out.
func play(t *testing.T, d design, script []byte) {
	q := d.make(new(work))
	m := &model{limit: d.limit, next: d.order}
	var dropped, popped int64
	for v, op := range script {
		before := len(m.queued)
		switch op % 6 {
		case 0:
			if err, ends := m.put(v); ends {
				same(t, d, q.put(v), err)
			}
		case 1:
			if v, ok, ends := m.pop(); ends {
				if got, gotOK := q.pop(); got != v || gotOK != ok {
					t.Fatalf("%s: popped %d %t, want %d %t", d.name, got, gotOK, v, ok)
				}
				popped += int64(before - len(m.queued))
			}
		case 2:
			if op > 200 {
				q.close()
				m.closed = true
			}
		case 3:
			if q, can := q.(interface{ putOrFail(int) error }); can {
				err, ends := m.put(v)
				if !ends {
					err = ErrFull
				}
				same(t, d, q.putOrFail(v), err)
			}
		case 4:
			if q, can := q.(interface{ putOrDrop(int) error }); can {
				err, ends := m.put(v)
				if !ends {
					err = ErrDropped
					dropped++
				}
				same(t, d, q.putOrDrop(v), err)
			}
		case 5:
			if q, can := q.(interface {
				putOver(int) (int, bool, error)
			}); can {
				var oldest int
				full := !m.closed && m.limit == before
				if full {
					oldest, m.queued = m.queued[0], m.queued[1:]
					dropped++
				}
				want, _ := m.put(v)
				got, drops, err := q.putOver(v)
				same(t, d, err, want)
				if got != oldest || drops != full {
					t.Fatalf("%s: dropped %d %t, want %d %t", d.name, got, drops, oldest, full)
				}
			}
		}
		s := q.stats()
		if s.Depth != int64(len(m.queued)) || s.settled().dropped != dropped || s.InFlight != popped || s.Put != s.Depth+dropped+popped {
			t.Fatalf("%s: %+v; %d queued, %d dropped, %d popped", d.name, s, len(m.queued), dropped, popped)
		}
	}
	q.abort(errStop)
	left := q.drain()
	slices.Sort(left)
	slices.Sort(m.queued)
	if !slices.Equal(left, m.queued) {
		t.Fatalf("%s: drained %v, want %v", d.name, left, m.queued)
	}
}

// same compares two results of a put.
func same(t *testing.T, d design, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("%s: put: %v, want %v", d.name, got, want)
	}
}
