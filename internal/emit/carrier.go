package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// carrier is how the items of a consumer are accounted for where its stages run in several goroutines: what crosses from
// one to another is a parcel, which has the tickets of its items with it. A nil carrier is a flow where nothing is to be
// accounted for.
type carrier struct {
	t     *topology
	q     *queue   // that its items are taken from
	taken string   // what the consumer has taken
	feed  string   // what the loop over the items has in hand
	hand  string   // what the code that is being made has in hand
	call  string   // what the call that is being made has in hand; "" elsewhere
	loads []string // what the loops behind the splits have in hand
}

// carries reports whether a consumer's stages run in several goroutines.
func carries(w *model.Worker) bool {
	return w.Consumer && slices.ContainsFunc(w.Stages, (*model.Stage).Beside)
}

// newCarrier returns the carrier of a worker, nil where one goroutine does all of it.
func (t *topology) newCarrier(g *function, w *model.Worker) *carrier {
	if !carries(w) {
		return nil
	}
	f := w.Source.(*model.Feed)
	c := &carrier{t: t, q: t.queues[f.Queues[0]], taken: g.handName(f)}
	c.feed = c.taken + ".hand"
	c.at(g, c.feed)
	return c
}

// part returns what something of the stock part queue is called.
func (c *carrier) part(name string) string {
	c.q.needs(name)
	return c.t.queuePart(name)
}

// at says what the code that is made next has in hand.
func (c *carrier) at(g *function, hand string) {
	c.hand = hand
	g.sinks.hand = hand
}

// held returns the code of the items that are in hand.
func (c *carrier) held() string {
	c.q.needs("flight.itemsOf")
	return fmt.Sprintf("%s.itemsOf(%s)", c.taken, either(c.hand == c.call, c.hand, "&"+c.hand))
}

// behind says that the code behind a split is made next.
func (c *carrier) behind(g *function) {
	if c == nil {
		return
	}
	name := g.locals.pick("arrived", "inHand")
	c.loads = append(c.loads, name)
	c.at(g, name)
}

// waits returns the statement that tells what is in hand behind a split of the batches there.
func (c *carrier) waits(batches []string) string {
	if c == nil || len(batches) == 0 {
		return ""
	}
	cond := ""
	for _, batch := range batches {
		cond += " || len(" + batch + ") > 0"
	}
	return fmt.Sprintf("%s.waits = func() bool { return %s }", c.hand, cond[len(" || "):])
}

// source returns the code of the func that runs the stages before a split, as one that hands on parcels.
func (c *carrier) source(g *function, code func() string) string {
	if c == nil {
		return code()
	}
	pending, behind := g.pending, c.hand
	g.pending = nil
	c.at(g, c.feed)
	source, before := code(), c.hand
	g.pending = pending
	c.at(g, behind)
	return fmt.Sprintf("%s(&%s, %s)", c.part("sent"), before, source)
}

// segment returns the code of the loop before a split.
func (c *carrier) segment(g *function, p *part, at place) string {
	if c == nil {
		return p.code(at)
	}
	at.stop = "" // what is in hand is yet to be settled
	finish, look, last := p.first.finish(at), "", ""
	if finish != "" {
		look = g.lookAtCtx("", at.fail(g.cause()))
	}
	if len(g.pending) > 0 {
		last = c.handled()
	}
	return lines(p.open(), look, finish, last)
}

// takes notes how items are taken: one by one, or, where some wait in a batch, beside others, which may be due.
func (c *carrier) takes(batched, timed bool) {
	switch {
	case !batched:
		c.q.needs("flight.next")
	case timed:
		c.q.needs("flight.handled", "flight.moreBefore")
	default:
		c.q.needs("flight.handled", "flight.more")
	}
}

// handled returns the statement that settles all that is in hand.
func (c *carrier) handled() string {
	if c.hand == c.feed {
		return c.taken + ".handled()"
	}
	c.part("load.handled")
	return c.hand + ".handled()"
}

// opened returns the code of the sequence of what parcels bring.
func (c *carrier) opened(how, parcels string) string {
	if c == nil {
		return parcels
	}
	return fmt.Sprintf("%s(&%s, %s)", c.part(how), c.hand, parcels)
}

// hands returns the declaration of the hands of what stands behind the splits.
func (c *carrier) hands() string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("var %s %s // in the hand of what stands behind a stage that runs beside it", strings.Join(c.loads, ", "), c.part("load"))
}

// declared returns the statements that give a consumer what it has taken, and see to that when it goes.
func (c *carrier) declared(g *function, w *model.Worker, name string) string {
	c.q.needs("flight", "flight.leave", "newTicket", "load.fail", "load.failAll", "load.handled")
	grasp, keys := c.t.grasp(g, c.q, w)
	if keys != "" {
		keys = fmt.Sprintf("%s.take, %s.pass = %s.take, %s.pass", name, name, keys, keys)
	}
	return lines(grasp,
		fmt.Sprintf("%s := %s(%s.%s)", name, c.t.queueOwn(c.q, "newFlight"), c.t.recv, c.t.funnels[w]), keys,
		deferred(c.t.leaving(g, name)))
}

// carriedCalls returns the call that runs a run of concurrent stages, and what has to be declared before it.
func (g *function) carriedCalls(f *model.Flow, outer, e *env, names []string, first, last int, in, out *cargo, source string) (before []string, call string) {
	c, calls := g.carrier, f.Stages[last].Calls
	behind := c.hand
	c.call = g.locals.pick("hand", "load")
	c.at(g, c.call)
	before, body := g.callFunc(f, outer, e, names, first, last, in, out)
	c.at(g, behind)
	args := append(g.workersArgs(f, outer, last), source)
	root := "Calls"
	if calls.Key != nil {
		root = "Keyed"
		args = append(args, c.part("keyOf")+"("+g.keyFunc(f.Stages[last], e, names[first], in)+")")
	}
	args = append(args, fmt.Sprintf("%s(%s)", c.part("called"), body))
	return before, c.opened("openedChunks", callOf(g.file.stockName(root), args))
}
