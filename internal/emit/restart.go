package emit

import (
	"fmt"
	"slices"

	"github.com/asyncgen/asyncgen/internal/model"
)

// restart is how a consumer goes on when what it holds has suppressed an error: what was in hand has failed, and it acquires
// again.
type restart struct {
	*topology
	g     *function
	w     *model.Worker
	ended string // tells that it has come to its end
	begun string // tells that all was acquired; "" where a suppressed error cannot be of that
}

// restarts reports whether a consumer goes on behind an error.
func restarts(w *model.Worker) bool { return w.Consumer && model.Suppress(w.With) }

// newRestart returns how a worker goes on behind an error, nil if it does not.
func (t *topology) newRestart(g *function, w *model.Worker) *restart {
	if !restarts(w) {
		return nil
	}
	r := &restart{topology: t, g: g, w: w, ended: g.locals.pick("ended", "finished")}
	if _, hides := hidesAcquire(w.With, false); hides {
		r.begun = g.locals.pick("begun", "acquired")
	}
	return r
}

// hidesAcquire reports whether one of some resources, which are acquired in order, suppresses errors, or one before did;
// and whether an error of a later acquire would be suppressed.
func hidesAcquire(all []*model.With, suppressed bool) (suppresses, hides bool) {
	for _, w := range all {
		r := w.Resource
		suppressed, hides = hidesAcquire(r.With, suppressed)
		if hides || suppressed && (w.Pool != nil || r.Acquire.Fails) {
			return true, true
		}
		suppressed = suppressed || r.Suppress != nil
	}
	return suppressed, false
}

// rounds returns the loop in which a consumer acquires what it holds, and does what flow says.
func (r *restart) rounds(e *env, flow func(e *env) string) string {
	g, f := r.g, r.w.Source.(*model.Feed)
	q, hand, ctx, kind := r.queues[f.Queues[0]], g.handName(f), "", "hand"
	switch {
	case g.carrier != nil:
		ctx, kind = "ctx", "flight"
	case funnels(r.w):
		kind = "catch"
	}
	q.needs(kind + ".forfeit")
	held := g.within(r.w.With, e, g.passing, func(e *env) string {
		return lines(choice(r.begun != "", r.begun+" = true"), flow(e))
	})
	begins, skips := "", ""
	if r.begun != "" {
		q.needs(kind + ".next")
		ok := g.locals.pick("ok", "more")
		begins = r.begun + " := false"
		skips = ifThen("!"+r.begun, "// Nobody can handle the next item: it fails as well.\n"+ifThen(fmt.Sprintf("_, %s := %s.next(%s); !%s", ok, hand, ctx, ok), "break"))
	}
	return lines(
		wrapped("When "+r.suppressor()+" suppresses an error, what is in hand has failed, and it is acquired anew for what is left."),
		fmt.Sprintf("for %s := false; !%s; %s.forfeit() {", r.ended, r.ended, hand),
		begins,
		ifThen(fmt.Sprintf("%s := %s; %s != nil", g.err, held, g.err), "return "+g.err),
		g.lookAtCtx("", "return "+g.cause()),
		skips,
		"}")
}

// suppressor returns the name of the resource that suppresses errors.
func (r *restart) suppressor() string {
	i := slices.IndexFunc(r.w.With, func(w *model.With) bool { return w.Resource.Suppresses() })
	return r.w.With[i].Resource.Name
}
