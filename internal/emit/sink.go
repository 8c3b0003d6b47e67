package emit

import (
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// sinks is what a topology does with an element whose call has failed and that is left out.
type sinks struct {
	t     *topology
	hand  string                // of a consumer: what it has taken, to be settled; "" for a producer
	asked string                // the local of an item for which somebody waits; "" where nobody does
	queue *model.Queue          // whose items those are
	whole map[*model.Stage]bool // the stages behind a batch: their calls are on all that is in hand
	many  map[*model.Stage]bool // the stages whose calls are each on several items
}

func (t *topology) newSinks(g *function, w *model.Worker) *sinks {
	k := &sinks{t: t, whole: map[*model.Stage]bool{}, many: map[*model.Stage]bool{}}
	if f, ok := w.Source.(*model.Feed); ok {
		k.hand = g.handName(f)
		if f.Queues[0].Answer != nil {
			k.asked, k.queue = g.locals.pick("asked", "question"), f.Queues[0]
		}
	}
	behind, many := false, false
	for _, s := range w.Stages {
		behind = behind && !s.Beside()
		k.whole[s], k.many[s] = behind, many
		behind = behind || s.Kind == spec.Batch && !s.Beside()
		many = many || s.Kind == spec.Batch
	}
	return k
}

// flushes reports whether a batch of a consumer is handed on before the error of a call on an item, which alone has failed
// then. Not so behind another batch, where nobody knows how many items the call was on.
func (k *sinks) flushes(s *stage) bool { return k != nil && k.hand != "" && !k.whole[s.Stage] }

// onError returns the statements that put what on_error says into a queue or tell of it, and settle the item as failed.
func (k *sinks) onError(g *function, s *stage, d *down, at place) string {
	o := s.Calls.OnError
	told := ""
	e := s.env.clone()
	e.vars[o.Err], e.vars[o.Attempts] = g.err, either(s.tries != "", s.tries, "1")
	switch {
	case o.Into != nil:
		v := g.use(s.in)
		if o.Put != nil {
			v = g.expr(o.Put, e)
		}
		told = k.t.put(g, o.Into, v, at)
	case o.Call != nil:
		looked := g.looked
		g.looked = true
		told = g.call(o.Call, e, d, at)
		g.looked = looked
	}
	if k.hand == "" {
		return told
	}
	if k.asked != "" {
		told = lines(told, k.refusal(g, s, o, d, at))
	}
	settle := k.hand + ".fail()"
	if k.whole[s.Stage] {
		settle = k.hand + ".failAll()"
	}
	return lines(told, settle)
}

// countTries returns the declaration of the local that counts a stage's calls for an element, where something asks.
func (g *function) countTries(s *stage) string {
	o := s.Calls.OnError
	if s.Calls.Retry == nil || o == nil || !o.Put.Mentions(o.Attempts) && !o.Call.Mentions(o.Attempts) {
		return ""
	}
	s.tries = g.locals.pick("attempts", "tries")
	return s.tries + " := 0"
}
