package emit

import (
	"fmt"

	"github.com/asyncgen/asyncgen/internal/model"
)

// shortest is the capacity below which a queue gets its items one at a time from all that put into it.
const shortest = 16

// writes reports whether a producer puts its items several at a time: it only computes, so none waits for it meanwhile,
// and it cannot fail behind one that is not put yet.
func (t *topology) writes(w *model.Worker) bool {
	return !w.Consumer && w.Into != nil && len(w.With) == 0 && t.writable(w.Into) &&
		!flowWaits(&w.Flow) && !w.Fails()
}

// writable reports whether several items can be put into a queue at once.
func (t *topology) writable(m *model.Queue) bool {
	if m.Each != nil || t.queues[m].put != "" || m.Answer != nil {
		return false
	}
	n, constant := m.Capacity.Int()
	return m.Capacity == nil || !constant || n >= shortest
}

// writing gives a worker that writes its writer.
func (t *topology) writing(g *function, w *model.Worker, end *workerEnd) {
	q := t.queues[w.Into]
	q.needs(q.design+".writer", "writer.write", "writer.flush")
	end.before = append(end.before, fmt.Sprintf("%s := %s.%s.writer(ctx) // it only computes: %s are put several at a time", g.writer, t.recv, q.field, q.Name))
	end.down.elem = func(v string, at place) string {
		return ifThen(fmt.Sprintf("%s := %s.write(%s); %s != nil", g.err, g.writer, g.use(v), g.err), at.fail(g.err))
	}
	end.down.terminal, end.down.looks = false, true // it looks with each put
}
