package emit

import (
	"fmt"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// makeFunnel returns the statements that make what brings the items of a consumer's several queues together, and those
// that start it.
func (t *topology) makeFunnel(w *model.Worker) (made, pours string) {
	from := w.Source.(*model.Feed).Queues
	q := t.queues[from[0]]
	name := t.field(w.Name+"Funnel", "*"+t.queueOwn(q, "funnel")+" // what comes out of "+queueNames(from, " and "))
	t.funnels[w] = name
	q.needs("funnel.close", "funnel.pour")
	funnel := t.recv + "." + name
	fillers := t.g.locals.pick(lowerFirst(w.Name)+"Fillers", "fillers")
	made = fmt.Sprintf("%s = %s(%s)", funnel, t.queueOwn(q, "newFunnel"), t.member("crew.ctx"))
	if w.Key != nil {
		made = lines(made, t.makeSorter(q, w))
	}
	all := []string{fmt.Sprintf("%s := %s(%d, %s.close)", fillers, t.part("newFillers"), len(from), funnel)}
	t.part("fillers.leave")
	for _, m := range from {
		q := t.queues[m]
		q.needs(q.design+".pop", "core.settle")
		left := "nil"
		if q.left != "" {
			v := t.local(q.noun, "item")
			left = fmt.Sprintf("func(%s %s) {\n%s\n}", v, t.itemType(q), t.keepingLeft(q, v))
		}
		all = append(all, fmt.Sprintf("%s(func() error {\n%s.pour(%s.%s.pop, %s.%s.settle, %s)\nreturn nil\n}, %s.leave)",
			t.member("crew.run"), funnel, t.recv, q.field, t.recv, q.field, left, fillers))
	}
	return made, lines(all...)
}

// inHand returns the statements that give a consumer its hand, and see to what is in it when the consumer goes.
func (t *topology) inHand(g *function, w *model.Worker) string {
	f, ok := w.Source.(*model.Feed)
	if !ok {
		return ""
	}
	q := t.queues[f.Queues[0]]
	hand := g.handName(f)
	if g.carrier != nil {
		return g.carrier.declared(g, w, hand)
	}
	if funnels(w) {
		return t.inCatch(g, w, q, hand)
	}
	var keys, made string
	switch {
	case g.shares:
		q.needs("most", "share.refill")
		made = t.share(g, q, t.queuePart("most"))
	case onlyOne(w):
		q.needs("share.next")
		made = t.share(g, q, "1")
	default:
		keys, made = t.hand(g, q, w)
	}
	q.needs(q.owner() + ".settle")
	leave := t.leaving(g, hand)
	if q.left != "" {
		leave = t.keepingLeft(q, leave+"...")
	}
	return lines(keys, hand+" := "+made, deferred(leave))
}

// share returns what a consumer holds that takes several items at once, as many as size says.
func (t *topology) share(g *function, q *queue, size string) string {
	q.needs("share.leave", q.design+".take")
	return fmt.Sprintf("&%s{queue: %s.%s, items: make([]%s, 0, %s)}", t.queueOwn(q, "share"), t.recv, q.field, g.typ(q.Elem), size)
}

// hand returns what a consumer holds that takes one item at a time, and what it takes them by, where they have keys.
func (t *topology) hand(g *function, q *queue, w *model.Worker) (keys, made string) {
	q.needs(q.design+".pop", "hand.next", "hand.more", "hand.handled", "hand.fail", "hand.failAll", "hand.leave")
	if g.skips {
		q.needs("hand.skip")
	}
	from := t.recv + "." + q.field
	pop, free := from+".pop", ""
	switch {
	case w.Key != nil:
		q.needs("grip.take", "grip.free", "keyed.stop", "keyed.drain")
		grip := g.locals.pick("keys", "grip")
		keys = fmt.Sprintf("%s := &%s{from: %s}", grip, t.queueOwn(q, "grip"), t.member(t.keys(q, w)))
		pop, free = grip+".take", ", free: "+grip+".free"
	case hasKeys(q):
		free = ", free: func(int) {}"
	}
	return keys, fmt.Sprintf("&%s{pop: %s, settle: %s.settle%s}", t.queueOwn(q, "hand"), pop, from, free)
}

// leaving returns the call with which a consumer goes: it settles what is in hand.
func (t *topology) leaving(g *function, hand string) string {
	return fmt.Sprintf("%s.leave(%s(%s))", hand, t.member("crew.cutShort"), g.err)
}

// keepingLeft returns the statements that keep items which were in hand at an abort.
func (t *topology) keepingLeft(q *queue, items string) string {
	left := t.recv + "." + q.left
	return lines(left+"Mu.Lock()", fmt.Sprintf("%s = append(%s, %s)", left, left, items), left+"Mu.Unlock()")
}

// grasp returns the statement that gives a copy of a consumer what it has in hand by key, and the local that has it; ""
// where the items of a funnel are taken as they come.
func (t *topology) grasp(g *function, q *queue, w *model.Worker) (made, name string) {
	if w.Key == nil {
		return "", ""
	}
	q.needs("grasp.take", "grasp.pass")
	name = g.locals.pick("keys", "grasp")
	return fmt.Sprintf("%s := &%s{from: %s}", name, t.queueOwn(q, "grasp"), t.member(t.keyed[w])), name
}

// inCatch is inHand for a consumer that takes out of a funnel.
func (t *topology) inCatch(g *function, w *model.Worker, q *queue, hand string) string {
	if w.Every != nil {
		q.needs("catch.moreBefore")
	}
	if g.skips {
		q.needs("catch.skip")
	}
	q.needs("catch", "catch.next", "catch.more", "catch.handled", "catch.fail", "catch.failAll", "catch.leave")
	grasp, keys := t.grasp(g, q, w)
	if keys != "" {
		keys = fmt.Sprintf(", take: %s.take, pass: %s.pass", keys, keys)
	}
	return lines(grasp,
		fmt.Sprintf("%s := &%s{funnel: %s.%s%s}", hand, t.queueName(q, "catch"), t.recv, t.funnels[w], keys),
		deferred(t.leaving(g, hand)))
}

// onlyOne reports whether a consumer that may wait has one item in hand at a time and handles it in full: then it settles
// that under the lock under which it takes the next.
func onlyOne(w *model.Worker) bool {
	for _, s := range w.Stages {
		if s.Calls.OnError != nil {
			return false
		}
	}
	return w.Key == nil && !gathers(w) && !restarts(w) && canTake(w.Source.(*model.Feed).Queues[0])
}

// canTake reports whether several items can be taken out of a queue under one lock.
func canTake(q *model.Queue) bool {
	return q.Priority == nil && q.Delay == nil && q.Answer == nil && !q.HandsOver()
}

// funnels reports whether a consumer takes out of a funnel: it has several queues, waits for something else beside, or
// may have several items of a key.
func funnels(w *model.Worker) bool {
	return len(w.Source.(*model.Feed).Queues) > 1 || w.Every != nil || carries(w) || w.Key != nil && gathers(w)
}

// handName returns the local that holds what a consumer has taken.
func (g *function) handName(f *model.Feed) string {
	if g.takings == "" {
		name := choice(len(f.Queues) == 1, lowerFirst(f.Queues[0].Name))
		g.takings = g.locals.pick(name, choice(name != "", name+"Taken"), "taken", "caught")
	}
	return g.takings
}

// feed loops over what comes out of a queue.
func (g *function) feed(f *model.Feed, d *down, name string, at place) *part {
	p := &part{first: d}
	in := g.inLoop(name, at)
	in.stop = in.next // the queue is emptied, whatever the stages take
	hand := g.handName(f)
	if len(g.pending) > 0 && g.carrier == nil {
		in.skip = func() string {
			g.skips = true
			return hand + ".skip()"
		}
	}
	body := d.elem(name, in)
	body = lines(g.keeper.pass(g.flushed(d, in)), body)
	ok := g.locals.pick("ok", "more")
	ctx := ""
	if c := g.carrier; c != nil {
		ctx = "ctx"
		c.takes(len(g.pending) > 0, g.every != "")
	}
	v := name
	if !g.used[name] {
		v = "_"
	}
	if g.sinks.asked != "" {
		v, body = g.sinks.taking(v, body)
	}
	switch next := hand + ".next(" + ctx + ")"; {
	case len(g.pending) > 0 && g.every != "":
		due := g.locals.pick("due", "deadline")
		p.before = []string{fmt.Sprintf("var %s <-chan %s // when the batch is handed on, full or not", due, g.std("time.Time"))}
		p.loop = g.timedLoop(d, v, ok, hand, strings.Join(nonEmpty(ctx, due), ", "), due, body, in)
	case len(g.pending) > 0:
		p.loop = g.batchedLoop(v, ok, hand, ctx, body)
	case g.shares:
		p.loop = g.sharedLoop(v, hand, body, in)
		return p
	default:
		p.loop = fmt.Sprintf("for %s, %s := %s; %s; %s, %s = %s {\n%s\n}", v, ok, next, ok, v, ok, next, body)
	}
	p.loop = in.label.before(p.loop)
	return p
}

// sharedLoop returns the loops of a consumer that takes several items at once.
func (g *function) sharedLoop(v, hand, body string, in place) string {
	at := g.locals.pick("at", "index")
	each := at
	if v != "_" {
		each += ", " + v
	}
	items := g.locals.pick("items", "share")
	loop := fmt.Sprintf("for %s := range %s {\n%s.at = %s\n%s\n}", each, items, hand, at, body)
	return fmt.Sprintf("for %s := %s.refill(); len(%s) > 0; %s = %s.refill() {\n%s\n}", items, hand, items, items, hand, in.label.before(loop))
}

// batchedLoop returns the loop of a consumer whose batches are handed on when they are full.
func (g *function) batchedLoop(v, ok, hand, ctx, body string) string {
	var empty []string
	for _, batch := range g.pending {
		empty = append(empty, "len("+batch+") == 0")
	}
	return fmt.Sprintf("for {\n%s\n%s, %s := %s.more(%s)\n%s\n%s\n}",
		ifThen(strings.Join(empty, " && "), hand+".handled() // nothing that was taken is in a batch"), v, ok, hand, ctx, ifThen("!"+ok, "break"), body)
}

// flushed returns the statements that hand on what a consumer's batches have gathered, full or not.
func (g *function) flushed(d *down, in place) string {
	in.next, in.stop = "", "" // what has been gathered is gone in any case
	flush := d.finish(in)
	for _, batch := range g.pending {
		flush = lines(flush, batch+" = nil")
	}
	return flush
}

// timedLoop returns the loop of a consumer whose batch is handed on when it is due.
func (g *function) timedLoop(d *down, v, ok, hand, until, due, body string, in place) string {
	late := g.locals.pick("late", "expired")
	batch := g.pending[0]
	return fmt.Sprintf(`for {
switch {
case len(%s) == 0:
%s, %s = nil, nil
%s.handled() // nothing that was taken is in a batch
case %s == nil:
%s = %s(%s)
}
%s, %s, %s := %s.moreBefore(%s)
if %s {
%s
continue
}
%s
%s
}`, batch, batch, due, hand, due, due, g.std("time.After"), g.every, v, ok, late, hand, until, late, g.flushed(d, in), ifThen("!"+ok, "break"), body)
}
