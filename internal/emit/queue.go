package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// queue is a queue in the making.
type queue struct {
	*model.Queue
	field  string // of the topology
	design string // of the stock part queue
	noun   string // one of its items
	why    string // why that design
	takers string // how many goroutines take from it, as code
	keep   map[string]bool
	seen   string   // the field with the keys that were there; "" where it is not distinct
	put    string   // the method of the topology that puts an item; "" where the queue's own does
	left   string   // the field with the items in hand that were left; "" where nothing is told of them
	keyed  []string // the code of what hands its items out by key: one for each consumer that has partition_by
	closer string   // the field that counts those that fill it, and closes it; "" where one does so by itself
}

// newQueue chooses the design of a queue.
func (t *topology) newQueue(m *model.Queue) *queue {
	q := &queue{Queue: m, keep: map[string]bool{}, noun: singular(m.Name)}
	if q.noun == "" {
		q.noun = "item"
	}
	switch {
	case m.Delay != nil:
		q.design, q.why = "delayed", "by time"
	case m.Priority != nil:
		q.design, q.why = "priority", "by rank"
	case m.Capacity == nil:
		q.design, q.why = "unbounded", "it grows as needed"
	case m.HandsOver():
		q.design, q.why = "handover", "from hand to hand"
	case t.single(m):
		q.design, q.why = "single", "a ring without a lock, since one puts and one takes"
	default:
		q.design, q.why = "bounded", "a ring"
	}
	q.takers = t.copiesOf(m.Takers)
	q.field = t.members.pick(lowerFirst(m.Name), lowerFirst(m.Name)+"Queue")
	t.queues[m] = q
	t.fields = append(t.fields, param{q.field, "*" + t.queueOwn(q, q.design) + " // " + t.queueSays(q)})
	t.keysSeen(q)
	if m.Distinct != nil || m.Priority != nil || m.Delay != nil || m.Capacity != nil && m.OnFull != model.FullBlocks {
		q.put = t.members.pick("put"+model.UpperFirst(m.Name), "enqueue"+model.UpperFirst(m.Name))
	}
	if m.Undelivered != nil {
		q.left = t.field(m.Name+"Left", "[]"+t.itemType(q)+" // in hand when it was aborted; guarded by "+m.Name+"LeftMu")
		t.field(m.Name+"LeftMu", t.imports.std("sync.Mutex"))
	}
	return q
}

// single reports whether one goroutine puts into a queue, and waits when it is full, and one takes from it that only
// computes. It is not for a queue of which several items can be put at a time: that is cheaper still.
func (t *topology) single(m *model.Queue) bool {
	if n, constant := m.Capacity.Int(); !constant || n >= shortest {
		return false
	}
	if !alone(m) || !slices.Contains(t.Queues, m) || m.OnFull != model.FullBlocks || m.Distinct != nil || m.Answer != nil || len(m.Takers) != 1 {
		return false
	}
	for _, s := range m.Fillers[0].Stages {
		if o := s.Calls.OnError; o != nil && o.Into != nil && slices.Contains(o.Into.Physical(), m) {
			return false // workers of the stage put, too
		}
	}
	return m.Takers[0].Copies == nil && t.computes(m.Takers[0])
}

// owner returns the stock part's type that has what a queue shares with most: its own, where it shares nothing.
func (q *queue) owner() string {
	if q.design == "single" {
		return q.design
	}
	return "core"
}

// queueSays tells in a line what was chosen for a queue, and why.
func (t *topology) queueSays(q *queue) string {
	deep := "any number of items"
	if q.Capacity != nil {
		deep = oneLine(q.Capacity.Text) + " deep"
	}
	full := map[model.Full]string{
		model.FullBlocks: "blocks when full", model.FullDropsNew: "drops what comes when full",
		model.FullDropsOld: "drops the oldest when full", model.FullIsAnError: "an error when full",
	}[q.OnFull]
	if q.Capacity == nil {
		full = "never full"
	}
	return fmt.Sprintf("%s: %s, %s; %s", q.why, deep, full, t.takersSay(q))
}

// takersSay tells how those that take from a queue do so.
func (t *topology) takersSay(q *queue) string {
	var all []string
	for _, w := range q.Takers {
		all = append(all, w.Name+" "+t.takerSays(q, w))
	}
	return strings.Join(all, "; ")
}

func (t *topology) takerSays(q *queue, w *model.Worker) string {
	switch {
	case t.computes(w) && q.takers != "1":
		return "only computes, and takes a fair share at once"
	case t.computes(w):
		return "only computes, and takes all at once"
	case callsWait(w):
		return "takes one at a time, since its calls may block"
	case slices.ContainsFunc(w.Targets(), (*model.Queue).Blocks):
		return "takes one at a time, since its puts may block"
	}
	return "takes one at a time"
}

// copiesOf returns the code of how many goroutines workers have together.
func (t *topology) copiesOf(all []*model.Worker) string {
	constant := int64(0)
	var parts []string
	for _, w := range all {
		if n, ok := w.Copies.Int(); ok || w.Copies == nil {
			constant += max(1, n)
			continue
		}
		parts = append(parts, t.copies(w))
	}
	if constant > 0 || len(parts) == 0 {
		parts = append(parts, fmt.Sprint(constant))
	}
	return strings.Join(parts, "+")
}

// copies returns the code of how many goroutines a worker has.
func (t *topology) copies(w *model.Worker) string {
	if w.Copies == nil {
		return "1"
	}
	if n, ok := w.Copies.Int(); ok {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("max(1, %s)", t.g.expr(w.Copies, t.env))
}

// makeQueue returns the statement that makes a queue.
func (t *topology) makeQueue(q *queue) string {
	capacity := ""
	if q.Capacity != nil && q.design != "handover" {
		capacity = t.g.expr(q.Capacity, t.env)
		if q.Capacity.Value == nil {
			capacity = "max(1, " + capacity + ")"
		}
	}
	if capacity == "" {
		capacity = "0"
	}
	work := "&" + t.recv + ".work"
	args := map[string]string{
		"single": capacity + ", " + work, "bounded": capacity + ", " + work, "unbounded": work, "handover": work,
		"priority": capacity + ", " + work, "delayed": capacity + ", " + work,
	}[q.design]
	shared := ""
	if t.hasPeers(q) {
		q.needs(q.design + ".sharedBy")
		shared = ".sharedBy(" + q.takers + ")"
	}
	return fmt.Sprintf("%s.%s = %s(%s)%s", t.recv, q.field, t.queueOwn(q, "new"+model.UpperFirst(q.design)), args, shared)
}

// putMethod adds the method with which workers put an item into a queue, where that is more than the queue's own.
func (t *topology) putMethod(q *queue) {
	if q.put == "" || len(q.Fillers) == 0 {
		return
	}
	e := t.env.clone()
	item := t.local(q.noun, "item")
	e.vars[q.V] = item
	body := t.putting(q, item, e, "")
	doc := comment(q.put + " puts an item into " + q.Name + ".")
	t.method(doc, q.put, item+" "+t.g.typ(q.Elem), "error", body)
}

// putting returns the statements that put an item as the queue is told to. ctx is that of a caller from outside, or "".
func (t *topology) putting(q *queue, item string, e *env, ctx string) string {
	if q.Answer != nil && ctx == "" {
		item = t.wrapped(q, item)
	}
	args := []string{item}
	if q.design == "priority" || q.design == "delayed" {
		rank := "0"
		if q.Priority != nil {
			rank = t.g.expr(q.Priority, e)
		}
		args = append(args, rank)
	}
	if q.design == "delayed" {
		args = append(args, t.g.durationIn(q.Delay, e))
	}
	verb := map[model.Full]string{
		model.FullBlocks: "put", model.FullDropsNew: "putOrDrop", model.FullDropsOld: "putOver", model.FullIsAnError: "putOrFail",
	}[q.OnFull]
	if q.Capacity == nil {
		verb = "put"
		if q.design != "unbounded" && ctx != "" {
			verb = "putContext"
		}
	} else if verb == "put" && ctx != "" {
		verb = "putContext"
	}
	if verb == "putContext" {
		args = append([]string{ctx}, args...)
	}
	q.needs(q.design + "." + verb)
	call := fmt.Sprintf("%s.%s.%s(%s)", t.recv, q.field, verb, strings.Join(args, ", "))
	if q.Distinct == nil {
		return t.putOnly(verb, call, ctx)
	}
	return t.puttingOnce(q, verb, call, item, t.g.expr(q.Distinct, e), ctx)
}

// putOnly returns the statements that return what a put returns.
func (t *topology) putOnly(verb, call, ctx string) string {
	switch {
	case verb == "putOver":
		return lines("_, _, err := "+call, "return err")
	case verb == "putOrDrop" && ctx == "":
		return lines("err := "+call, t.dropped(verb, ctx), "return err")
	}
	return "return " + call
}

// dropped returns the statement that forgives an item that was dropped: it is counted, and only a caller from outside
// is told.
func (t *topology) dropped(verb, ctx string) string {
	if verb != "putOrDrop" || ctx != "" {
		return ""
	}
	return ifThen(t.imports.std("errors.Is")+"(err, "+t.ErrName("Dropped")+")", "return nil // it is counted")
}

// local returns a name for a local of a method that has few.
func (t *topology) local(names ...string) string {
	g := t.newFunction(&t.Definition)
	g.locals.taken[t.recv] = true
	return g.locals.pick(names...)
}

// hasKeys reports whether a consumer of a queue has partition_by.
func hasKeys(q *queue) bool {
	for _, w := range q.Takers {
		if w.Key != nil {
			return true
		}
	}
	return false
}

// keys returns the field with what hands out the items of a queue by key to a consumer.
func (t *topology) keys(q *queue, w *model.Worker) string {
	if t.keyed[w] == "" {
		t.keyed[w] = t.field(w.Name+"Keys", fmt.Sprintf("*%s // one item of a key at a time", t.queueOwn(q, "keyed")))
		q.keyed = append(q.keyed, t.recv+"."+t.keyed[w])
	}
	return t.keyed[w]
}

// keyType returns the type of the keys of a queue's consumers: any, where that of each is another.
func (t *topology) keyType(q *queue) string {
	typ := ""
	for _, w := range q.Takers {
		if w.Key == nil {
			continue
		}
		if other := t.g.typ(w.Key.Type); typ == "" || typ == other {
			typ = other
			continue
		}
		return "any"
	}
	return typ
}

// waitingForKeys is how many items of a queue may wait for their keys at most.
const waitingForKeys = 256

// makeKeys returns the statement that makes what hands out the items of a consumer's queue by key.
func (t *topology) makeKeys(w *model.Worker) string {
	q := t.queues[w.Source.(*model.Feed).Queues[0]]
	q.needs(q.design + ".pop")
	return fmt.Sprintf("%s.%s = %s(%d, %s.%s.pop, %s)", t.recv, t.keys(q, w), t.queueOwn(q, "newKeyed"),
		waitingForKeys, t.recv, q.field, t.keyFunc(q, w))
}

// makeSorter returns the statement that makes what hands out what comes out of a consumer's funnel by key.
func (t *topology) makeSorter(q *queue, w *model.Worker) string {
	t.keyed[w] = t.field(w.Name+"Sorter", "*"+t.queueOwn(q, "sorter")+" // the items of a key are in one hand at a time")
	t.sorters = append(t.sorters, t.recv+"."+t.keyed[w])
	q.needs("sorter.drain")
	return fmt.Sprintf("%s.%s = %s(%s.%s, %d, %s)", t.recv, t.keyed[w], t.queueOwn(q, "newSorter"),
		t.recv, t.funnels[w], waitingForKeys, t.keyFunc(q, w))
}

// keyFunc returns the code of a func that gives the key of an item.
func (t *topology) keyFunc(q *queue, w *model.Worker) string {
	e := t.env.clone()
	v := t.local(q.noun, "item")
	e.vars[w.V] = q.value(v)
	bindName(e, w.As, q.value(v))
	return fmt.Sprintf("func(%s %s) %s { return %s }", v, t.itemType(q), t.keyType(q), t.g.expr(w.Key, e))
}

// hasPeers reports whether a queue is shared among takers of which one takes several items at once.
func (t *topology) hasPeers(q *queue) bool {
	return q.takers != "1" && (q.design == "bounded" || q.design == "unbounded") && slices.ContainsFunc(q.Takers, t.computes)
}
