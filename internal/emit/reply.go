package emit

import (
	"fmt"

	"github.com/asyncgen/asyncgen/internal/model"
)

// itemType returns the type of what a queue holds: of one with a reply, an item and who waits for what becomes of it.
func (t *topology) itemType(q *queue) string {
	if q.Answer == nil {
		return t.g.typ(q.Elem)
	}
	return t.queueOwn(q, "asked")
}

// value returns the code of what a queue's item is to its consumers and in the spec.
func (q *queue) value(item string) string {
	if q.Answer == nil {
		return item
	}
	return item + ".v"
}

// unanswered returns the statement that tells who asks, of an item that was there before, that nobody will answer. A
// put of such an item is no error.
func (t *topology) unanswered(q *queue, item, ctx string) string {
	if q.Answer == nil || ctx == "" {
		return ""
	}
	return ifThen(item+".reply != nil", "return "+t.ErrName("Dropped")+" // it will not be answered")
}

// wrapped returns the code of an item for which nobody waits.
func (t *topology) wrapped(q *queue, v string) string {
	return t.itemType(q) + "{v: " + v + "}"
}

// asking adds the methods with which the program puts an item into a queue with a reply.
func (t *topology) asking(m *model.Queue, doc, v, body string) {
	q := t.queues[m]
	name := model.FieldName(m.Name)
	enter := t.members.pick("enter"+name, "admit"+name)
	ctx := "ctx " + t.imports.std("context.Context")
	elem, answer := t.g.typ(m.Elem), t.g.typ(m.Answer)
	t.method(comment(enter+" puts an item into "+m.Name+"."), enter, ctx+", "+v+" "+t.itemType(q), "error", body)
	t.method(doc, "Put"+name, ctx+", "+v+" "+elem, "error", fmt.Sprintf("return %s.%s(ctx, %s)", t.recv, enter, t.wrapped(q, v)))
	q.needs("asked.answer", "asked.wait")
	asked := t.local("asked", "question")
	again := choice(m.Distinct != nil, " Where its key was there before, the error is "+t.ErrName("Dropped")+".")
	said := wrapped("Ask" + name + " puts an item into " + m.Name + " like Put" + name + ", and waits for what becomes of it. The error is that of the call, ctx's cause, or what ended the topology." + again)
	t.method(said, "Ask"+name, ctx+", "+v+" "+elem, "("+answer+", error)", lines(
		fmt.Sprintf("%s := %s(%s)", asked, t.queueOwn(q, "newAsked"), v),
		ifThen(fmt.Sprintf("err := %s.%s(ctx, %s); err != nil", t.recv, enter, asked), "return "+t.g.zero(m.Answer)+", err"),
		fmt.Sprintf("return %s.wait(ctx, %s)", asked, t.member("crew.ctx"))))
}

// taking returns the variable that a consumer's loop takes an item of a queue with a reply into, and its body.
func (k *sinks) taking(v, body string) (string, string) {
	if v == "_" {
		return k.asked, body
	}
	return k.asked, lines(v+" := "+k.asked+".v", body)
}

// answering has the end of a consumer tell whoever waits for its items.
func (t *topology) answering(g *function, w *model.Worker, end *workerEnd) {
	k := g.sinks
	if k == nil || k.asked == "" {
		return
	}
	q := t.queues[k.queue]
	inner := end.down.elem
	end.down.terminal = false
	if !gathers(w) {
		end.down.elem = func(v string, at place) string {
			return lines(k.one(g)+".answer("+g.use(v)+", nil)", inner(v, at))
		}
		return
	}
	if g.carrier == nil {
		q.needs(either(funnels(w), "catch.held", "hand.held"))
	}
	zero := g.zero(k.queue.Answer)
	end.down.elem = func(v string, at place) string {
		all, i := g.locals.pick("all", "askers"), g.locals.pick("i", "n")
		v = g.use(v)
		wrong := fmt.Sprintf("%s(%q, len(%s), len(%s))", g.std("fmt.Errorf"), w.Name+": %d answers for a batch of %d", v, all)
		return lines(
			fmt.Sprintf("if %s := %s; len(%s) == len(%s) {", all, k.held(g), v, all),
			fmt.Sprintf("for %s, %s := range %s {\n%s.answer(%s[%s], nil)\n}", i, k.asked, all, k.asked, v, i),
			"} else {",
			g.err+" := "+wrong,
			fmt.Sprintf("for _, %s := range %s {\n%s.answer(%s, %s)\n}", k.asked, all, k.asked, zero, g.err),
			k.hand+".failAll()",
			"}", inner(v, at))
	}
}

// held returns the code of the items that are in hand.
func (k *sinks) held(g *function) string {
	if g.carrier == nil {
		return k.hand + ".held()"
	}
	return g.carrier.held()
}

// one returns the code of the only item in hand.
func (k *sinks) one(g *function) string {
	if c := g.carrier; c != nil && c.hand != c.feed {
		return c.held() + "[0]"
	}
	return k.asked
}

// refusal returns the statements that give a call's error to whoever waits. Where nobody does, it ends the topology
// unless on_error says otherwise.
func (k *sinks) refusal(g *function, s *stage, o *model.OnError, d *down, at place) string {
	zero := g.zero(k.queue.Answer)
	if !k.many[s.Stage] {
		answer := fmt.Sprintf("%s.answer(%s, %s)", k.one(g), zero, g.err)
		if o.Reply {
			return ifThen("!"+answer, d.fail(g.err, at))
		}
		return answer
	}
	answer := fmt.Sprintf("%s.answer(%s, %s)", k.asked, zero, g.err)
	if !o.Reply {
		return fmt.Sprintf("for _, %s := range %s {\n%s\n}", k.asked, k.held(g), answer)
	}
	waited := g.locals.pick("waited", "anybody")
	return lines(waited+" := false",
		fmt.Sprintf("for _, %s := range %s {\n%s = %s || %s\n}", k.asked, k.held(g), waited, answer, waited),
		ifThen("!"+waited, d.fail(g.err, at)))
}
