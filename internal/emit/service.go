package emit

import (
	"fmt"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// public adds the methods of a topology: those that the language page names, and what they lean on.
func (t *topology) public() {
	ctx := "ctx " + t.imports.std("context.Context")
	for _, m := range t.Queues {
		if m.Open {
			t.putFrom(m)
		}
	}
	t.method(wrapped("Join waits until all that was put is handled and the producers have ended; it closes nothing. The error is what ended the topology before that, or ctx's cause."),
		"Join", ctx, "error", lines(t.failed(), fmt.Sprintf("return %s.work.join(ctx)", t.recv)))
	t.closing()
	t.method(wrapped("Abort ends it now, with cause as the error of Wait: calls are cancelled, and what is queued is not handled. After the end it does nothing."),
		"Abort", "cause error", "", t.member("crew.abort")+"(cause)")
	result := t.Name + "Result"
	wait := fmt.Sprintf("return %s{}, %s()", result, t.member("crew.wait"))
	if len(t.results) > 0 {
		wait = lines(ifThen(fmt.Sprintf("err := %s(); err != nil", t.member("crew.wait")), fmt.Sprintf("return %s{}, err", result)),
			"return "+t.recv+".result, nil")
	}
	t.method(wrapped("Wait waits for the end, and returns what was collected. The error is the first of a call in it, or what it was aborted with; then there is no result. A panic in one of its goroutines is raised again, as a *"+t.part("Panic")+"."),
		"Wait", "", "("+result+", error)", wait)
	t.stats()
	t.stopping()
	t.settling()
}

// putFrom adds the method with which the program puts an item into an open queue.
func (t *topology) putFrom(q *model.Queue) {
	e := t.env.clone()
	v := t.local(t.queues[q.Physical()[0]].noun, "item")
	e.vars[q.V] = t.queues[q.Physical()[0]].value(v)
	said := "puts an item into " + q.Name
	switch {
	case q.Capacity == nil:
		said += ", which is never full"
	case q.OnFull == model.FullBlocks:
		said += ", and waits while that is full, until ctx is done"
	case q.OnFull == model.FullDropsNew:
		said += "; where that is full, the item is dropped, and the error is " + t.ErrName("Dropped")
	case q.OnFull == model.FullDropsOld:
		said += "; where that is full, the oldest in it is dropped"
	default:
		said += "; where that is full, the error is " + t.ErrName("Full")
	}
	doc := wrapped("Put" + model.FieldName(q.Name) + " " + said + ". After Close the error is " + t.ErrName("Closed") + ", and after an end before that, what ended it.")
	begin := lines(t.recv+".work.begin() // so that nothing ends while this is on its way", fmt.Sprintf("defer %s.work.end()", t.recv))
	closed := fmt.Sprintf("select {\ncase <-%s.closing:\nreturn %s\ndefault:\n}", t.recv, t.ErrName("Closed"))
	look := ifThen("ctx.Err() != nil", "return "+t.imports.std("context.Cause")+"(ctx)")
	if q.Answer != nil {
		t.asking(q, doc, v, lines(begin, look, closed, t.failed(), t.puttingAll(q, v, e)))
		return
	}
	t.method(doc, "Put"+model.FieldName(q.Name), "ctx "+t.imports.std("context.Context")+", "+v+" "+t.g.typ(q.Elem), "error",
		lines(begin, look, closed, t.failed(), t.puttingAll(q, v, e)))
}

// failed returns the statement that returns what ends the topology before its time: its queues are yet to learn of that.
func (t *topology) failed() string {
	return ifThen("err := "+t.member("crew.failure")+"(); err != nil", "return err")
}

// closing adds Close.
func (t *topology) closing() {
	producers := ""
	said := "Close ends the input: no more is put in, "
	if len(t.Producers) > 0 {
		producers = t.member("crew.close") + "()"
		said += "the producers stop where they are, "
	}
	said += "and what is queued is handled."
	drain := ""
	if t.Drain != nil {
		said += fmt.Sprintf(" What takes longer than %s is aborted.", durationText(t.Drain))
		e := newEnv()
		for v, name := range t.env.vars {
			e.vars[v] = name
		}
		long := t.g.durationIn(t.Drain, e)
		late := t.g.newError(t.Name + ": not drained in time")
		drain = fmt.Sprintf("%s(%s, %s)", t.member("crew.abortAfter"), long, late)
	}
	shut := ""
	if t.hasOpen() {
		shut = t.recv + ".shut()"
		t.shutting()
	}
	t.method(wrapped(said), "Close", "", "", lines(producers, shut, drain))
}

// shutting adds the method that ends the input of the program.
func (t *topology) shutting() {
	leave := []string{"close(" + t.recv + ".closing)"}
	for _, m := range t.Queues {
		for _, each := range m.Physical() {
			if m.Open && !t.Join {
				leave = append(leave, t.recv+"."+t.closer(t.queues[each])+".leave()")
			}
		}
	}
	t.method("// shut ends what the program puts in.", "shut", "", "",
		fmt.Sprintf("%s.shutOnce.Do(func() {\n%s\n})", t.recv, lines(leave...)))
}

// stats adds Stats.
func (t *topology) stats() {
	var fields []string
	together := false
	for _, m := range t.Queues {
		var sum []string
		for i, each := range m.Physical() {
			count := fmt.Sprintf("%sQueueStats(%s.%s.stats())", t.Name, t.recv, t.queues[each].field)
			if i > 0 {
				count, together = "plus("+count+")", true
			}
			sum = append(sum, count)
		}
		fields = append(fields, fmt.Sprintf("%s: %s,", model.FieldName(m.Name), strings.Join(sum, ".")))
	}
	if together {
		t.plus()
	}
	t.method("// Stats returns the counts of this moment.", "Stats", "", t.Name+"Stats",
		fmt.Sprintf("return %sStats{\n%s\n}", t.Name, strings.Join(fields, "\n")))
}

// stopping adds the method that lets the end reach everybody that waits.
func (t *topology) stopping() {
	var all []string
	for _, m := range t.Physical() {
		all = append(all, fmt.Sprintf("%s.%s.abort(cause)", t.recv, t.queues[m].field))
	}
	for _, m := range t.Physical() {
		for _, keyed := range t.queues[m].keyed {
			all = append(all, keyed+".stop()")
		}
	}
	all = append(all, t.recv+".work.fail(cause)")
	t.method("// stop lets the end before time reach everybody that waits at a queue.", "stop", "cause error", "", lines(all...))
}

// settling adds the method that sees to what nobody will handle.
func (t *topology) settling() {
	var all, tell []string // what is counted comes first, whatever becomes of the calls
	detached := false
	for _, sorter := range t.sorters {
		all = append(all, sorter+".drain()")
	}
	for _, m := range t.Physical() {
		q := t.queues[m]
		q.needs(q.design + ".drain")
		left := fmt.Sprintf("%s.%s.drain()", t.recv, q.field)
		if len(q.keyed) > 0 {
			q.needs("core.settle")
			waiting := t.local(lowerFirst(m.Name)+"Waiting", "waiting")
			drained := q.keyed[0] + ".drain()"
			for _, keyed := range q.keyed[1:] {
				drained = fmt.Sprintf("append(%s, %s.drain()...)", drained, keyed)
			}
			all = append(all, waiting+" := "+drained,
				fmt.Sprintf("%s.%s.settle(%s{undelivered: int64(len(%s))})", t.recv, q.field, t.queuePart("outcome"), waiting))
			if m.Undelivered != nil {
				left = fmt.Sprintf("append(%s, %s...)", waiting, left)
			}
		}
		if m.Undelivered == nil {
			all = append(all, left)
			continue
		}
		e := t.env.clone()
		v := t.local(q.noun, "item")
		e.vars[m.V] = q.value(v)
		name, i := t.local(lowerFirst(m.Name)+"Left", "left"), t.local(either(v == "i", "n", "i"), "number")
		all = append(all, fmt.Sprintf("%s := append(%s.%s, %s...)", name, t.recv, q.left, left))
		tell = append(tell, fmt.Sprintf("%s(len(%s), func(%s int) error {\n%s\n})", t.member("crew.tell"), name, i,
			lines(fmt.Sprintf("%s := %s[%s]", v, name, i), returningError(m.Undelivered, t.g.expr(m.Undelivered, e)))))
		if m.Undelivered.Effect && !detached {
			detached = true
			all = append([]string{fmt.Sprintf("ctx := %s(%s)", t.imports.std("context.WithoutCancel"), t.member("crew.ctx"))}, all...)
		}
	}
	said := "settle counts what is left in the queues, which nobody will handle"
	if len(t.checks) > 0 {
		said += ", and looks at what was collected"
	}
	all = append(append(all, tell...), t.checks...)
	t.method(wrapped(said+"."), "settle", "", "error", lines(lines(all...), "return nil"))
}

// returningError returns the statements that make a call of which only the error is wanted, and return that.
func returningError(e *model.Expr, call string) string {
	blanks := strings.Repeat("_, ", e.Values)
	switch {
	case e.Fails && e.Values == 0:
		return "return " + call
	case e.Fails:
		return lines(blanks+"err := "+call, "return err")
	case e.Values > 0:
		call = strings.TrimSuffix(blanks, ", ") + " = " + call
	}
	return lines(call, "return nil")
}
