package emit

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// method returns what a producer's or consumer's method is called.
func (t *topology) methodName(w *model.Worker) string {
	if t.methods[w] == "" {
		t.methods[w] = t.members.pick(lowerFirst(w.Name), "run"+upperFirst(w.Name))
	}
	return t.methods[w]
}

// computes reports whether a consumer only computes: nothing that it does can make it wait.
func (t *topology) computes(w *model.Worker) bool {
	for _, q := range w.Targets() {
		if q.Blocks() {
			return false
		}
	}
	if c := w.Collect; c != nil && (c.Kind == model.CollectInto || waits(c.Key) || waits(c.Value) || waits(c.Step)) || len(w.With) > 0 || w.Key != nil {
		return false
	}
	from := w.Source.(*model.Feed).Queues
	if q := from[0]; len(from) > 1 || q.Answer != nil || q.Priority != nil || q.Delay != nil || q.Capacity != nil && isZeroConst(q.Capacity) {
		return false
	}
	for _, s := range w.Stages {
		if stageWaits(s) {
			return false
		}
	}
	return !gathers(w)
}

// gathers reports whether a consumer has items in hand beside the one that it is at: those of a batch.
func gathers(w *model.Worker) bool {
	for _, s := range w.Stages {
		if s.Kind == "batch" {
			return true
		}
	}
	return false
}

// waits reports whether an expression may make its goroutine wait.
func waits(e *model.Expr) bool { return e != nil && e.Effect }

func stageWaits(s *model.Stage) bool {
	for _, e := range []*model.Expr{s.Expr, s.Init, s.Step, s.Size} {
		if waits(e) {
			return true
		}
	}
	if s.Kind == "gather" || s.Kind == "rate" || s.Kind == "prefetch" || s.Calls.Timeout != nil || s.Calls.Retry != nil || s.Calls.Workers != nil || s.Calls.OnError != nil {
		return true
	}
	return s.Inner != nil && sourceWaits(s.Inner)
}

// sourceWaits reports whether ranging over something may make its goroutine wait. A func that is ranged over might.
func sourceWaits(s model.Source) bool {
	r, ok := s.(*model.Range)
	if !ok {
		return true
	}
	switch r.Kind {
	case model.Int, model.Slice, model.Array, model.String:
		return waits(r.Expr)
	}
	return true
}

// runs returns the statements that start a worker's goroutines.
func (t *topology) runs(w *model.Worker) string {
	method := t.methodName(w)
	ctx := t.member("crew.ctx")
	if !w.Consumer {
		ctx = t.member("crew.intake")
	}
	number := ""
	if w.Number != nil && w.Copies != nil || w.EachOwn {
		number = t.g.locals.pick("worker", "copy")
	}
	call := fmt.Sprintf("%s.%s(%s)", t.recv, method, strings.Join(nonEmpty(ctx, number), ", "))
	leaves := t.leaves(w)
	run := fmt.Sprintf("%s(%s)", t.member("crew.run"), strings.Join(append([]string{"func() error { return " + call + " }"}, leaves...), ", "))
	if !w.Consumer {
		run = lines(t.recv+".work.begin()", run)
	}
	if t.users != "" {
		run = lines(t.users+".enter()", run)
	}
	grow := ""
	if w.EachOwn {
		field := t.recv + ".result." + model.FieldName(w.Name)
		grow = fmt.Sprintf("%s = make([]%s, %s)", field, t.g.typ(w.Collect.Type), t.copies(w))
	}
	if c := w.Collect; c != nil && (c.Kind == model.CollectSet || c.Kind == model.CollectMap) {
		grow = fmt.Sprintf("%s.result.%s = make(%s)", t.recv, model.FieldName(w.Name), t.g.typ(c.Type))
	} else if c != nil && c.Kind == model.CollectReduce {
		grow = fmt.Sprintf("%s.result.%s = %s", t.recv, model.FieldName(w.Name), t.g.expr(c.Init, t.env))
	}
	if w.Copies == nil {
		if number != "" {
			run = strings.ReplaceAll(run, ", "+number+")", ", 0)")
		}
		return lines(grow, run)
	}
	if number != "" {
		return lines(grow, fmt.Sprintf("for %s := range %s {\n%s\n}", number, t.copies(w), run))
	}
	return lines(grow, fmt.Sprintf("for range %s {\n%s\n}", t.copies(w), run))
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

// makeFunnel returns the statements that bring the items of a consumer's several queues together.
func (t *topology) makeFunnel(w *model.Worker) string {
	from := w.Source.(*model.Feed).Queues
	q := t.queues[from[0]]
	name := t.field(w.Name+"Funnel", "*"+t.queueType(q, "funnel")+" // what comes out of "+queueNames(from, " and "))
	t.funnels[w] = name
	for _, needed := range []string{"funnel.close", "funnel.pour"} {
		q.keep[needed] = true
	}
	funnel := t.recv + "." + name
	fillers := t.g.locals.pick(w.Name+"Fillers", "fillers")
	all := []string{
		fmt.Sprintf("%s = %s(%s)", funnel, t.queueFunc(q, "newFunnel"), t.member("crew.ctx")),
		fmt.Sprintf("%s := %s(%d, %s.close)", fillers, t.part("newFillers"), len(from), funnel),
	}
	t.part("fillers.leave")
	for _, m := range from {
		q := t.queues[m]
		q.keep[q.design+".pop"], q.keep["core.settle"] = true, true
		left := "nil"
		if q.left != "" {
			v := t.local(q.noun, "item")
			field := t.recv + "." + q.left
			left = fmt.Sprintf("func(%s %s) {\n%s\n}", v, t.g.typ(q.Elem), lines(field+"Mu.Lock()", fmt.Sprintf("%s = append(%s, %s)", field, field, v), field+"Mu.Unlock()"))
		}
		all = append(all, fmt.Sprintf("%s(func() error {\n%s.pour(%s.%s.pop, %s.%s.settle, %s)\nreturn nil\n}, %s.leave)",
			t.member("crew.run"), funnel, t.recv, q.field, t.recv, q.field, left, fillers))
	}
	return lines(all...)
}

// leaves returns what is called when one of a worker's goroutines ends: the queues that it fills lose one that fills them.
func (t *topology) leaves(w *model.Worker) []string {
	var all []string
	if t.users != "" {
		all = append(all, t.users+".leave")
	}
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
		wait = fmt.Sprintf("select {\ncase <-%s.closing:\ncase <-%s.Done():\n}", t.recv, t.member("crew.ctx"))
	}
	join := ifThen(fmt.Sprintf("err := %s.work.join(%s); err != nil", t.recv, t.member("crew.ctx")), "return err")
	return lines("// When nothing is queued or in hand and nothing more is put, all ends.",
		fmt.Sprintf("%s(func() error {\n%s\n})", t.member("crew.run"), lines(wait, join, lines(closes...), "return nil")))
}

// worker adds a worker's method.
func (t *topology) worker(w *model.Worker) {
	g := t.newFunction(&t.Definition)
	g.locals.taken[t.recv] = true
	g.passing = t.g.passing
	g.closes = flowCaptures(&w.Flow)
	e := t.env.clone()
	params := []param{g.ctxParam()}
	number := ""
	if w.Number != nil && w.Copies != nil {
		number = g.locals.pick("worker", "copyNumber")
		e.vars[w.Number] = number
	} else if w.Number != nil {
		e.vars[w.Number] = "0"
	}
	if w.EachOwn {
		number = g.locals.pick("worker", "copyNumber")
	}
	if number != "" {
		params = append(params, param{number, "int"})
	}
	at := place{leave: "return nil", stop: "return nil", fail: func(err string) string { return "return " + err }}
	g.sinks = t.newSinks(g, w)
	if w.Every != nil {
		g.every = g.durationIn(w.Every, e)
	}
	var end *workerEnd
	flow := func(e *env) string {
		p := g.flow(&w.Flow, e, "", "", at, func(name string, e *env) *down {
			end = t.workerEnd(g, w, name, e, number)
			return end.down
		})
		last := ""
		if len(g.pending) > 0 && g.takings != "" {
			last = g.takings + ".handled()"
		}
		return lines(p.open(), t.lastLook(g, w, p), p.first.finish(at), last, end.after, "return nil")
	}
	hand := t.inHand(g, w)
	body := flow
	if len(w.With) > 0 {
		body = func(e *env) string { return "return " + g.within(w.With, e, g.passing, flow) }
	}
	code := body(e)
	code = lines(lines(end.before...), hand, code)
	name, result := t.methodName(w), "error"
	if w.Consumer {
		result = "(" + g.err + " error)"
	}
	t.method(wrapped(name+" "+t.workerSays(w)), t.recv+" *"+t.Name, name, writeParams(params), result, code)
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

// inHand returns the statements that give a consumer its hand, and see to what is in it when the consumer goes.
func (t *topology) inHand(g *function, w *model.Worker) string {
	f, ok := w.Source.(*model.Feed)
	if !ok {
		return ""
	}
	q := t.queues[f.Queues[0]]
	hand := g.handName(f)
	if funnels(w) {
		if w.Every != nil {
			q.keep["catch.moreBefore"] = true
		}
		for _, name := range []string{"catch", "catch.next", "catch.more", "catch.handled", "catch.failed", "catch.allFailed", "catch.leave"} {
			q.keep[name] = true
		}
		return lines(
			fmt.Sprintf("%s := &%s{funnel: %s.%s}", hand, t.queueName(q, "catch"), t.recv, t.funnels[w]),
			fmt.Sprintf("defer func() {\n%s.leave(%s(%s))\n}()", hand, t.member("crew.cutShort"), g.err))
	}
	kind, taking := "hand", "pop"
	if t.computes(w) {
		kind, taking = "share", "take"
	}
	source := t.recv + "." + q.field + "." + taking
	free := ""
	switch {
	case w.Key != nil:
		q.keyed = t.member(t.keys(q, w))
		source, free = q.keyed+".take", ", free: "+q.keyed+".free"
		q.keep["keyed.take"], q.keep["keyed.free"], q.keep["keyed.leave"], q.keep["keyed.drain"] = true, true, true, true
	case kind == "hand" && hasKeys(q):
		free = fmt.Sprintf(", free: func(%s) {}", g.typ(q.Elem))
	}
	for _, name := range []string{kind, kind + ".next", kind + ".leave", q.design + "." + taking, "core.settle"} {
		q.keep[name] = true
	}
	if kind == "hand" {
		q.keep["hand.failed"], q.keep["hand.allFailed"], q.keep["hand.more"], q.keep["hand.handled"] = true, true, true, true
	}
	leave := fmt.Sprintf("%s.leave(%s(%s))", hand, t.member("crew.cutShort"), g.err)
	if q.left != "" {
		left := t.recv + "." + q.left
		leave = lines(left+"Mu.Lock()", fmt.Sprintf("%s = append(%s, %s...)", left, left, leave), left+"Mu.Unlock()")
	}
	if w.Key != nil {
		leave = lines(leave, q.keyed+".leave()")
	}
	return lines(
		fmt.Sprintf("%s := &%s{%s: %s, settle: %s.%s.settle%s}", hand, t.queueName(q, kind), taking, source, t.recv, q.field, free),
		fmt.Sprintf("defer func() {\n%s\n}()", leave))
}

// funnels reports whether a consumer takes out of a funnel: it has several queues, or a batch that waits for a time.
func funnels(w *model.Worker) bool {
	return len(w.Source.(*model.Feed).Queues) > 1 || w.Every != nil
}

// handName returns the local that holds what a consumer has taken.
func (g *function) handName(f *model.Feed) string {
	if g.takings == "" {
		g.takings = g.locals.pick(choice(len(f.Queues) == 1, f.Queues[0].Name), choice(len(f.Queues) == 1, f.Queues[0].Name+"Taken"), "taken", "caught")
	}
	return g.takings
}

// feed loops over what comes out of a queue.
func (g *function) feed(f *model.Feed, d *down, name string, at place) *part {
	p := &part{first: d}
	in := g.inLoop(name, at)
	body := d.elem(name, in)
	hand := g.handName(f)
	ok := g.locals.pick("ok", "more")
	v := name
	if !g.used[name] {
		v = "_"
	}
	if g.sinks.asked != "" {
		v, body = g.sinks.taking(v, body)
	}
	if len(g.pending) > 0 && g.every != "" {
		p.loop = in.label.before(g.timedLoop(d, v, ok, hand, body, in))
		return p
	}
	if len(g.pending) > 0 {
		var empty []string
		for _, batch := range g.pending {
			empty = append(empty, "len("+batch+") == 0")
		}
		p.loop = in.label.before(fmt.Sprintf("for {\n%s\n%s, %s := %s.more()\n%s\n%s\n}",
			ifThen(strings.Join(empty, " && "), hand+".handled() // nothing that was taken is in a batch"), v, ok, hand, ifThen("!"+ok, "break"), body))
		return p
	}
	p.loop = in.label.before(fmt.Sprintf("for %s, %s := %s.next(); %s; %s, %s = %s.next() {\n%s\n}", v, ok, hand, ok, v, ok, hand, body))
	return p
}

// timedLoop returns the loop of a consumer whose batch is handed on when it is due.
func (g *function) timedLoop(d *down, v, ok, hand, body string, in place) string {
	due, late := g.locals.pick("due", "deadline"), g.locals.pick("late", "expired")
	batch := g.pending[0]
	g.file.imports.std("time.Time")
	return fmt.Sprintf(`var %s <-chan %s // when the batch is handed on, full or not
for {
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
%s = nil
continue
}
%s
%s
}`, due, g.std("time.Time"), batch, batch, due, hand, due, due, g.std("time.After"), g.every, v, ok, late, hand, due, late, d.finish(in), batch, ifThen("!"+ok, "break"), body)
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
		fail: func(err string, at place) string { return at.fail(err) }, observed: true, terminal: true,
	}}
	defer t.answering(g, w, end)
	switch {
	case w.Into != nil:
		end.down.elem = func(v string, at place) string {
			return lines(t.look(g, w, end.down, at), t.put(g, w.Into, g.use(v), at))
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
	q.keep[q.design+".put"] = true
	if q.Answer != nil {
		v = t.wrapped(q, v)
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

// collect makes the end of a consumer that collects: each copy does so by itself, and adds it to the result at the end.
func (t *topology) collect(g *function, w *model.Worker, e *env, name string, end *workerEnd, number string) {
	c := w.Collect
	if c.Kind == model.CollectInto {
		e = e.clone()
		e.vars[c.V] = name
		end.down.elem = func(_ string, at place) string { return g.call(c.Into, e, end.down, at) }
		end.down.looks, end.down.byName, end.down.terminal = c.Into.Effect, true, !c.Into.Fails
		return
	}
	field := model.FieldName(w.Name)
	result := t.recv + ".result." + field
	typ := c.Type
	if w.EachOwn {
		typ = types.NewSlice(c.Type)
	}
	t.results = append(t.results, param{field, t.g.typ(typ)})
	local := g.locals.pick("collected", "kept")
	locked := func(body string) string {
		return lines(t.recv+".mu.Lock()", body, t.recv+".mu.Unlock()")
	}
	switch {
	case w.EachOwn:
		end.before = []string{fmt.Sprintf("var %s %s", local, g.typ(c.Type))}
		end.down.elem = func(v string, at place) string { return fmt.Sprintf("%s = append(%s, %s)", local, local, g.use(v)) }
		end.after = locked(fmt.Sprintf("%s[%s] = %s", result, number, local))
	case c.Kind == model.CollectSlice:
		end.before = []string{fmt.Sprintf("var %s %s", local, g.typ(c.Type))}
		end.down.elem = func(v string, at place) string { return fmt.Sprintf("%s = append(%s, %s)", local, local, g.use(v)) }
		end.after = locked(fmt.Sprintf("%s = append(%s, %s...)", result, result, local))
	case c.Kind == model.CollectCount:
		end.before = []string{local + " := 0"}
		end.down.elem = func(string, place) string { return local + "++" }
		end.after = locked(fmt.Sprintf("%s += %s", result, local))
	case c.Kind == model.CollectSet:
		end.before = []string{fmt.Sprintf("%s := make(%s)", local, g.typ(c.Type))}
		end.down.elem = func(v string, at place) string { return fmt.Sprintf("%s[%s] = struct{}{}", local, g.use(v)) }
		end.after = locked(fmt.Sprintf("%s(%s, %s)", g.std("maps.Copy"), result, local))
	default:
		t.collectTogether(g, w, e, name, end, result)
	}
}

// collectTogether makes the end of a consumer whose copies collect into one thing, under a lock.
func (t *topology) collectTogether(g *function, w *model.Worker, e *env, name string, end *workerEnd, result string) {
	c := w.Collect
	e = e.clone()
	e.vars[c.V] = name
	if index := g.locals.pick("index", "position"); usesIndex(c) {
		e.vars[c.I] = index
		end.before = append(end.before, index+" := -1")
	}
	lock, unlock := t.recv+".mu.Lock()", t.recv+".mu.Unlock()"
	found := result + "OK"
	end.down.terminal = false
	switch c.Kind {
	case model.CollectFirst:
		t.results = append(t.results, param{model.FieldName(w.Name) + "OK", "bool // there is one"})
		end.down.elem = func(v string, at place) string {
			return lines(lock, ifThen("!"+found, fmt.Sprintf("%s, %s = %s, true", result, found, g.use(v))), unlock)
		}
	case model.CollectLast:
		t.results = append(t.results, param{model.FieldName(w.Name) + "OK", "bool // there is one"})
		end.down.elem = func(v string, at place) string {
			return lines(lock, fmt.Sprintf("%s, %s = %s, true", result, found, g.use(v)), unlock)
		}
	case model.CollectOne:
		found = t.recv + "." + t.field(w.Name+"Found", "bool // guarded by mu")
		none := g.std("errors.New") + fmt.Sprintf("(%q)", w.Name+": no element, want exactly one")
		t.checks = append(t.checks, ifThen("!"+found+" && "+t.recv+".crew.err == nil", "return "+none))
		end.down.elem = func(v string, at place) string {
			again := g.locals.pick("again", "second")
			many := g.std("errors.New") + fmt.Sprintf("(%q)", w.Name+": more than one element, want exactly one")
			return lines(lock, again+" := "+found, fmt.Sprintf("%s, %s = %s, true", result, found, g.use(v)), unlock, ifThen(again, at.fail(many)))
		}
	case model.CollectMap:
		end.down.byName, end.down.looks = true, c.Key.Effect
		end.down.elem = func(v string, at place) string { return t.setEntry(g, w, e, end.down, result, at) }
	case model.CollectReduce:
		end.down.byName = true
		end.down.elem = func(v string, at place) string {
			e.vars[c.Acc] = result
			step := g.assign(result, c.Acc, c.Step, e, end.down, at)
			return fmt.Sprintf("func() {\n%s\n}()", lines(lock, "defer "+unlock, step))
		}
	}
	if usesIndex(c) {
		inner := end.down.elem
		end.down.elem = func(v string, at place) string { return lines(e.vars[c.I]+"++", inner(v, at)) }
	}
}

func usesIndex(c *model.Collect) bool {
	return mentions(c.Key, c.I) || mentions(c.Value, c.I) || mentions(c.Step, c.I)
}

// setEntry returns the statements that put an element into the map that a consumer's copies share.
func (t *topology) setEntry(g *function, w *model.Worker, e *env, d *down, result string, at place) string {
	c := w.Collect
	key, value := g.locals.pick("key", "id"), g.locals.pick("entry", "kept")
	lock := lines(t.recv+".mu.Lock()", "defer "+t.recv+".mu.Unlock()")
	prepare := lines(g.try(key, c.Key, e, d, at), g.try(value, c.Value, e, d, at))
	set := fmt.Sprintf("%s[%s] = %s", result, key, value)
	if !c.First && !c.Fail {
		return lines(prepare, fmt.Sprintf("func() {\n%s\n}()", lines(lock, set)))
	}
	again := g.locals.pick("again", "duplicate")
	known := fmt.Sprintf("_, %s := %s[%s]", again, result, key)
	set = lines(lock, known, ifThen("!"+again, set))
	if c.First {
		return lines(prepare, fmt.Sprintf("func() {\n%s\n}()", set))
	}
	twice := fmt.Sprintf("%s(%q, %s)", g.std("fmt.Errorf"), w.Name+": key %v comes twice", key)
	return lines(prepare, ifThen(fmt.Sprintf("func() bool {\n%s\n}()", lines(set, "return "+again)), at.fail(twice)))
}
