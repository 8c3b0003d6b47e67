package emit

import (
	"fmt"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// methodName returns what a producer's or consumer's method is called.
func (t *topology) methodName(w *model.Worker) string {
	if t.methods[w] == "" {
		t.methods[w] = t.members.pick(lowerFirst(w.Name), "run"+model.UpperFirst(w.Name))
	}
	return t.methods[w]
}

// runs returns the statements that start a worker's goroutines.
func (t *topology) runs(w *model.Worker) string {
	method := t.methodName(w)
	ctx := t.member("crew.ctx")
	if !w.Consumer {
		ctx = t.member("crew.intake")
	}
	number := ""
	switch {
	case numbered(w) && w.Copies != nil:
		number = t.g.locals.pick("worker", "copy")
	case numbered(w):
		number = "0"
	}
	call := fmt.Sprintf("%s.%s(%s)", t.recv, method, strings.Join(nonEmpty(ctx, number), ", "))
	if len(w.With) > 0 || t.g.file.lateness().endsLate(&w.Flow) {
		call = t.member("crew.released") + "(" + call + ")"
	}
	leaves := t.leaves(w)
	run := fmt.Sprintf("%s(%s)", t.member("crew.run"), strings.Join(append([]string{"func() error { return " + call + " }"}, leaves...), ", "))
	if !w.Consumer {
		run = lines(t.recv+".work.begin()", run)
	}
	grow := ""
	if w.EachOwn {
		field := t.recv + ".result." + model.FieldName(w.Name)
		grow = fmt.Sprintf("%s = make([]%s, %s)", field, t.g.typ(w.Collect.Type), t.copies(w))
	}
	if c := w.Collect; c != nil && (c.Kind == model.CollectSet && w.Copies != nil || c.Kind == model.CollectMap) {
		grow = fmt.Sprintf("%s.result.%s = make(%s)", t.recv, model.FieldName(w.Name), t.g.typ(c.Type))
	} else if c != nil && c.Kind == model.CollectReduce && !isZeroOf(c.Type, c.Init) {
		grow = fmt.Sprintf("%s.result.%s = %s", t.recv, model.FieldName(w.Name), t.g.expr(c.Init, t.env))
	}
	switch {
	case w.Copies == nil:
	case number != "":
		run = fmt.Sprintf("for %s := range %s {\n%s\n}", number, t.copies(w), run)
	default:
		run = fmt.Sprintf("for range %s {\n%s\n}", t.copies(w), run)
	}
	return lines(grow, run)
}

func nonEmpty(all ...string) []string {
	var kept []string
	for _, s := range all {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// leaves returns what is called when one of a worker's goroutines ends: the queues that it fills lose one that fills them.
func (t *topology) leaves(w *model.Worker) []string {
	var all []string
	if !w.Consumer {
		all = append(all, t.recv+".work.end")
	}
	if t.Join {
		return all
	}
	for _, target := range w.Targets() {
		for _, m := range target.Physical() {
			q := t.queues[m]
			if alone(m) {
				all = append(all, t.recv+"."+q.field+".close")
				continue
			}
			all = append(all, t.recv+"."+t.closer(q)+".leave")
		}
	}
	return all
}

// alone reports whether a single goroutine fills a queue: it closes it.
func alone(q *model.Queue) bool {
	return !q.Open && len(q.Fillers) == 1 && q.Fillers[0].Copies == nil
}

// closer returns the field that counts those that fill a queue.
func (t *topology) closer(q *queue) string {
	if q.closer == "" {
		q.closer = t.field(q.Name+"Fillers", "*"+t.part("fillers.leave")+" // the last to leave closes "+q.Name)
	}
	return q.closer
}

// fillers returns the statements that count those that fill the queues.
func (t *topology) fillers() string {
	var all []string
	for _, m := range t.Physical() {
		q := t.queues[m]
		if t.Join || alone(m) {
			continue
		}
		n := t.copiesOf(m.Fillers)
		if m.Open {
			if n = strings.TrimPrefix(n+"+1", "0+"); len(m.Fillers) == 0 {
				n = "1"
			}
		}
		all = append(all, fmt.Sprintf("%s.%s = %s(%s, %s.%s.close)", t.recv, t.closer(q), t.part("newFillers"), n, t.recv, q.field))
	}
	return lines(all...)
}

// runsJoin returns the statement that starts the goroutine which closes all queues when there is nothing left to do.
func (t *topology) runsJoin() string {
	var closes []string
	for _, m := range t.Physical() {
		closes = append(closes, t.recv+"."+t.queues[m].field+".close()")
	}
	wait := ""
	if t.hasOpen() {
		wait = fmt.Sprintf("select {\ncase <-%s.closing:\ncase <-%s.Done():\nreturn nil // the queues end with its cause\n}", t.recv, t.member("crew.ctx"))
	}
	join := ifThen(fmt.Sprintf("err := %s.work.join(%s); err != nil", t.recv, t.member("crew.ctx")), "return err")
	return lines("// When nothing is queued or in hand and nothing more is put, all ends.",
		fmt.Sprintf("%s(func() error {\n%s\n})", t.member("crew.run"), lines(wait, join, lines(closes...), "return nil")))
}

// worker adds a worker's method.
func (t *topology) worker(w *model.Worker) {
	e := t.env.clone()
	g, number := t.workerFunction(w, e)
	result := "nil" // what the worker returns at its end
	if g.writer != "" {
		result = g.writer + ".flush()"
	}
	at := place{leave: "return " + result, stop: "return " + result, fail: returnErr}
	again := t.newRestart(g, w)
	var end *workerEnd
	flow := func(e *env) string {
		p := g.flow(&w.Flow, e, "", "", at, func(name string, e *env) *down {
			end = t.workerEnd(g, w, name, e, number)
			return end.down
		})
		if again != nil {
			return t.toTheEnd(g, w, p, at, again.ended+" = true")
		}
		return t.toTheEnd(g, w, p, at, end.after)
	}
	if loop := flow; g.file.lateness().leavesLate(&w.Flow) {
		flow = func(e *env) string { return "return " + g.scope(nil, &w.Flow, e, "error", loop) }
	}
	code := ""
	switch {
	case again != nil:
		code = lines(again.rounds(e, flow), end.after, at.leave)
	case len(w.With) > 0:
		code = "return " + g.within(w.With, e, g.passing, flow)
	default:
		code = flow(e)
	}
	name, results, params := t.methodName(w), "error", []param{g.ctxParam()}
	if w.Consumer {
		results = "(" + g.err + " error)"
	}
	if number != "" {
		params = append(params, param{number, "int"})
	}
	t.method(wrapped(name+" "+t.workerSays(w)), name, writeParams(params), results, lines(lines(end.before...), t.inHand(g, w), code))
}

// workerFunction returns the function of a worker's method, and the local with the number of the copy, "" where nothing
// needs it, of which it tells e.
func (t *topology) workerFunction(w *model.Worker, e *env) (g *function, number string) {
	g = t.newFunction(&t.Definition)
	g.locals.taken[t.recv] = true
	g.passing = t.g.passing
	g.closes = flowCaptures(&w.Flow)
	if numbered(w) {
		number = g.locals.pick("worker", "copyNumber")
	}
	if w.Number != nil {
		e.vars[w.Number] = either(number != "", number, "0")
	}
	if t.writes(w) {
		g.writer = g.locals.pick(lowerFirst(w.Into.Name), "writer", lowerFirst(w.Into.Name)+"Writer")
	}
	g.sinks, g.keeper = t.newSinks(g, w), t.newKeeper(w)
	g.carrier = t.newCarrier(g, w)
	g.collected = endExprs(w)
	g.shares = w.Consumer && t.computes(w)
	if w.Every != nil {
		g.every = g.durationIn(w.Every, e)
	}
	return g, number
}

// numbered reports whether the method of a worker is given the number of its copy.
func numbered(w *model.Worker) bool { return w.Number != nil && w.Copies != nil || w.EachOwn }

// toTheEnd returns the code of a worker's flow, and of what it does when its source has ended, with after behind that.
func (t *topology) toTheEnd(g *function, w *model.Worker, p *part, at place, after string) string {
	open := lines(g.carrier.hands(), p.open())
	if endsInLoop(open) {
		return open
	}
	last := ""
	switch {
	case len(g.pending) == 0:
	case g.carrier != nil:
		last = g.carrier.handled()
	case g.takings != "":
		last = g.takings + ".handled()"
	}
	finish := at
	if w.Consumer {
		finish.stop = "" // what it has collected is yet to come together
	}
	return lines(open, t.lastLook(g, w, p), p.first.finish(finish), last, after, at.leave)
}

// endExprs returns the expressions of what becomes of a worker's elements.
func endExprs(w *model.Worker) []*model.Expr {
	var all []*model.Expr
	for _, way := range w.Route {
		all = append(all, way.When)
	}
	return append(all, w.Collect.Exprs()...)
}

// lastLook returns the statement that keeps a worker from its last calls where it was cancelled.
func (t *topology) lastLook(g *function, w *model.Worker, p *part) string {
	if !w.Consumer || p.first.finish(place{fail: func(string) string { return "" }}) == "" {
		return ""
	}
	return g.lookAtCtx("", "return "+g.cause())
}

func (t *topology) workerSays(w *model.Worker) string {
	from := ""
	if f, ok := w.Source.(*model.Feed); ok {
		from = "takes from " + queueNames(f.Queues, " and ")
	} else {
		from = "goes through " + sourceText(w.Source)
	}
	switch to := w.Targets(); {
	case len(to) > 0:
		return from + " and puts into " + queueNames(to, " or ") + "."
	case w.Collect != nil:
		return from + " and collects."
	}
	return from + "."
}

// workerEnd is what becomes of a worker's elements.
type workerEnd struct {
	before []string
	down   *down
	after  string
}

func (t *topology) workerEnd(g *function, w *model.Worker, name string, e *env, number string) *workerEnd {
	end := &workerEnd{down: &down{
		elem: func(string, place) string { return "" },
		fail: failAt, observed: true, terminal: true,
	}}
	defer t.answering(g, w, end)
	switch {
	case g.writer != "":
		t.writing(g, w, end)
	case w.Into != nil:
		end.down.elem = func(v string, at place) string {
			look := ""
			if q := t.queues[w.Into]; q == nil || q.design != "single" || flowWaits(&w.Flow) {
				look = t.look(g, w, end.down, at) // else put looks often enough
			}
			return lines(look, t.put(g, w.Into, g.use(v), at))
		}
		end.down.terminal, end.down.looks = false, !w.Consumer
	case len(w.Route) > 0:
		end.down.elem = func(v string, at place) string {
			return lines(t.look(g, w, end.down, at), t.route(g, w, g.use(v), e, end.down, at))
		}
		end.down.terminal, end.down.looks = false, !w.Consumer
	case w.Collect != nil:
		t.collect(g, w, e, name, end, number)
	}
	return end
}

// look returns the look at ctx of a producer, which stops on close.
func (t *topology) look(g *function, w *model.Worker, d *down, at place) string {
	if w.Consumer {
		return ""
	}
	return g.lookAtCtx("", d.fail(g.cause(), at))
}

// put returns the statement that puts an element into a queue.
func (t *topology) put(g *function, m *model.Queue, v string, at place) string {
	return ifThen(fmt.Sprintf("%s := %s; %s != nil", g.err, t.putCall(m, v), g.err), at.fail(g.err))
}

// putCall returns the call that puts an element into a queue.
func (t *topology) putCall(m *model.Queue, v string) string {
	if m.Each != nil {
		return fmt.Sprintf("%s.%s(%s)", t.recv, t.putEach(m), v)
	}
	q := t.queues[m]
	if q.put != "" {
		return fmt.Sprintf("%s.%s(%s)", t.recv, q.put, v)
	}
	q.needs(q.design + ".put")
	if q.Answer != nil {
		v = t.wrapped(q, v)
	}
	if q.design == "single" {
		v = "ctx, " + v
	}
	return fmt.Sprintf("%s.%s.put(%s)", t.recv, q.field, v)
}

// route returns the statements that put an element into the queue of the first way whose condition holds.
func (t *topology) route(g *function, w *model.Worker, v string, e *env, d *down, at place) string {
	var before, all []string
	for i, way := range w.Route {
		put := t.put(g, way.Into, v, at)
		if way.When == nil {
			if i == 0 {
				return put
			}
			all = append(all, "default:\n"+put)
			continue
		}
		e := e.clone()
		e.vars[way.V] = v
		cond := g.expr(way.When, e)
		if way.When.Fails || way.When.Effect {
			local := g.locals.pick("goes", "chosen")
			before = append(before, g.try(local, way.When, e, d, at))
			cond = local
		}
		all = append(all, "case "+cond+":\n"+put)
	}
	return lines(lines(before...), "switch {\n"+strings.Join(all, "\n")+"\n}")
}
