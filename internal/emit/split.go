package emit

import (
	"fmt"
	"go/types"
	"maps"
	"slices"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// A stage that runs beside the loop splits its flow: what stands before is a loop of its own, in a func that hands on
// each element; what stands behind ranges over what comes out.

// lastSplit returns the last of the first n stages that splits the flow, and the first of the run of concurrent stages
// that it ends and that one set of workers can do. It returns -1 where none splits.
func lastSplit(stages []*model.Stage, n int) (first, last int) {
	for last = n - 1; last >= 0 && !stages[last].Beside(); last-- {
	}
	if last < 0 || stages[last].Calls.Workers == nil {
		return last, last
	}
	for first = last; first > 0 && sameWorkers(stages[first-1], stages[last]) && !namesIndex(stages[first]); first-- {
	}
	return first, last
}

// sameWorkers reports whether two stages can be done by one set of workers.
func sameWorkers(a, b *model.Stage) bool {
	return a.Calls.Workers != nil && a.Calls.Key == nil && b.Calls.Key == nil &&
		a.Calls.Workers.Text == b.Calls.Workers.Text && a.Calls.Ordered == b.Calls.Ordered
}

// exprsOf returns the expressions of stages.
func exprsOf(stages []*model.Stage) []*model.Expr {
	var all []*model.Expr
	for _, s := range stages {
		all = append(all, s.Exprs()...)
		switch inner := s.Inner.(type) {
		case *model.Range:
			all = append(all, inner.Expr)
		case *model.Call:
			all = append(all, inner.Args...)
		}
	}
	return all
}

// split returns the code of the first n stages of a flow, of which those from first to last run beside the loop.
func (g *function) split(f *model.Flow, outer, e *env, names []string, first, last, n int, d *down, at place) *part {
	defer func(was map[string]string) { g.cargos = was }(g.cargos)
	if g.cargos = maps.Clone(g.cargos); g.cargos == nil {
		g.cargos = map[string]string{}
	}
	behind := append(exprsOf(f.Stages[last+1:]), g.collected...)
	in := g.carried(f, e, names, first, append(exprsOf(f.Stages[first:last+1]), behind...))
	out := g.carried(f, e, names, last+1, behind)
	index := ""
	if s := f.Stages[first]; s.Calls.Workers != nil && namesIndex(s) {
		index = g.locals.pick("index", "position")
		e.vars[s.I] = index // it is counted where the elements come from
		in = append(in, local{index, s.I.Type()})
	}
	taken, takenType := g.newCargo(in)
	given, givenType := taken, ""
	if !slices.Equal(in, out) {
		given, givenType = g.newCargo(out)
	}
	p := &part{before: []string{takenType, givenType}}
	g.carrier.behind(g)
	down, befores, guards := g.stages(f, outer, e, names, last+1, n, d, at)
	p.before, p.guards, p.first = append(p.before, befores...), guards, down
	p.before = append(p.before, g.carrier.waits(g.pending))
	before, loop := g.splitLoop(f, outer, e, names, first, last, taken, given, index, down, at)
	p.before, p.loop = append(p.before, before...), loop
	return p
}

// elemBefore returns the type of the element that enters stage n.
func elemBefore(f *model.Flow, n int) types.Type {
	if n == 0 {
		return model.Elem(f.Source)
	}
	return f.Stages[n-1].Elem
}

// sourceFunc returns the code of the func that runs the first n stages and hands on each element, with its index where
// that has a name.
func (g *function) sourceFunc(f *model.Flow, outer, e *env, names []string, n int, c *cargo, index string) string {
	return g.handingOn(c, func(to *down, inside place) string {
		if g.carrier != nil {
			inside.next = "" // what is in hand is yet to be settled
		}
		if index == "" {
			return g.carrier.segment(g, g.segment(f, outer, e, names, n, to, inside), inside)
		}
		counted := *to
		counted.elem = func(v string, at place) string { return lines(index+"++", to.elem(v, at)) }
		return lines(index+" := -1", g.carrier.segment(g, g.segment(f, outer, e, names, n, &counted, inside), inside))
	})
}

// handingOn returns the code of a func that hands on each element of a loop, which is made for it.
func (g *function) handingOn(c *cargo, loop func(to *down, inside place) string) string {
	if g.emit == "" {
		g.emit = g.locals.pick("emit", "handOn")
	}
	precise, looked, used := g.precise, g.looked, g.used[c.fields[0]]
	g.precise, g.looked = false, false
	to := &down{
		elem: func(v string, at place) string {
			return at.unless(g.emit+"("+g.packed(c)+")", at.leave)
		},
		fail:     failAt,
		observed: true, terminal: true, byName: true, stops: true,
	}
	inside := place{next: "return nil", leave: "return nil", stop: "return nil", fail: returnErr, fn: g.newFunc()}
	code := loop(to, inside)
	g.precise, g.looked, g.used[c.fields[0]] = precise, looked, used
	return fmt.Sprintf("func(ctx %s, %s func(%s) bool) error {\n%s\n}", g.std("context.Context"), g.emit, c.typ, thenReturn(code, "return nil"))
}

// splitLoop returns the loop over what comes out of a split, and what has to be declared before it.
func (g *function) splitLoop(f *model.Flow, outer, e *env, names []string, first, last int, in, out *cargo, index string, d *down, at place) (before []string, loop string) {
	s := f.Stages[last]
	if r := byIndex(f, first, last, in); r != nil {
		if d.list != nil && oneForOne(f.Stages[:last+1]) {
			return g.inPlace(f, r, outer, e, names, last, in, out, d, at)
		}
		before, seq := g.blocks(f, r, outer, e, names, last, in, out)
		return before, g.overChunks(seq, out, d, at)
	}
	source := g.carrier.source(g, func() string { return g.sourceFunc(f, outer, e, names, first, in, index) })
	switch {
	case s.Kind == spec.Prefetch:
		call := callOf(g.file.stockName("Ahead"), []string{"ctx", g.atLeastOne(s.Expr, outer), source})
		return nil, g.overElements(g.carrier.opened("opened", call), in, d, at)
	case s.Every != nil:
		size := "0"
		if s.Size != nil {
			size = g.atLeastOne(s.Size, outer)
		}
		call := callOf(g.file.stockName("Batches"), []string{"ctx", size, g.durationIn(s.Every, outer), source})
		return nil, g.overElements(g.carrier.opened("openedBatches", call), out, d, at)
	case g.carrier != nil:
		before, seq := g.carriedCalls(f, outer, e, names, first, last, in, out, source)
		return before, g.overElements(seq, out, d, at)
	}
	before, seq := g.workers(f, outer, e, names, first, last, in, out, source)
	return before, g.overChunks(seq, out, d, at)
}

// atLeastOne returns the code of a number that is evaluated once.
func (g *function) atLeastOne(e *model.Expr, outer *env) string {
	if _, constant := e.Int(); constant {
		return g.expr(e, outer)
	}
	return "max(1, " + g.expr(e, outer) + ")"
}

// overElements returns the loop over a sequence of elements and errors.
func (g *function) overElements(seq string, c *cargo, d *down, at place) string {
	in := g.inLoop(c.name, at)
	if g.keeper != nil {
		in.stop = in.next // as in the loop over a queue
	}
	rest, name := g.taking(c, func() string { return d.elem(c.fields[0], in) })
	body := lines(ifThen(g.err+" != nil", d.fail(g.err, in)), rest)
	return in.label.before(fmt.Sprintf("for %s, %s := range %s {\n%s\n}", name, g.err, seq, body))
}

// overChunks returns the loops over a sequence of chunks of elements and errors.
func (g *function) overChunks(seq string, c *cargo, d *down, at place) string {
	chunks := g.inLoop(c.name, at)
	chunk := g.locals.pick(severalOf(c.name), "chunk", "group")
	in := place{next: "continue", stop: g.fromWithin(chunks), leave: at.leave, left: at.left, fail: at.fail, fn: at.fn, label: chunks.label}
	take := ""
	if d.several != nil && len(c.fields) == 1 {
		take = d.several(chunk)
	} else {
		rest, name := g.taking(c, func() string {
			rest := d.elem(c.fields[0], in)
			if g.precise && !d.looks {
				rest = lines(g.lookAtCtx("", d.fail(g.cause(), in)), rest)
			}
			return rest
		})
		take = overSlice(name, chunk, rest)
	}
	loop := fmt.Sprintf("for %s, %s := range %s {\n%s\n}", chunk, g.err, seq, lines(ifThen(g.err+" != nil", d.fail(g.err, chunks)), take))
	return chunks.label.before(loop)
}

// overSlice returns the loop over a slice's elements. name is what they are called, "_" where body does not need them.
func overSlice(name, slice, body string) string {
	if name == "_" {
		return fmt.Sprintf("for range %s {\n%s\n}", slice, body)
	}
	return fmt.Sprintf("for _, %s := range %s {\n%s\n}", name, slice, body)
}

// workers returns the call that runs a run of concurrent stages behind a source, and what has to be declared before it.
func (g *function) workers(f *model.Flow, outer, e *env, names []string, first, last int, in, out *cargo, source string) (before []string, call string) {
	args := append(g.workersArgs(f, outer, last), source)
	switch calls := f.Stages[last].Calls; {
	case calls.Key != nil:
		before, body := g.callFunc(f, outer, e, names, first, last, in, out)
		return before, callOf(g.file.stockName("Keyed"), append(args, g.keyFunc(f.Stages[last], e, names[first], in), body))
	case slices.ContainsFunc(f.Stages[first:last+1], stageEffect):
		before, body := g.callFunc(f, outer, e, names, first, last, in, out)
		return before, callOf(g.file.stockName("Calls"), append(args, body))
	}
	before, body := g.chunkFunc(f, outer, e, names, first, last, in, out)
	return before, callOf(g.file.stockName("Map"), append(args, body))
}

// workersArgs returns the arguments of a call that runs concurrent stages that end at last, as far as all such calls have
// them.
func (g *function) workersArgs(f *model.Flow, outer *env, last int) []string {
	calls := f.Stages[last].Calls
	return []string{"ctx", g.atLeastOne(calls.Workers, outer), fmt.Sprint(calls.Ordered)}
}

// stageEffect reports whether a stage calls something with ctx.
func stageEffect(s *model.Stage) bool {
	for _, x := range exprsOf([]*model.Stage{s}) {
		if x != nil && x.Effect {
			return true
		}
	}
	c, ok := s.Inner.(*model.Call)
	return s.Calls.Retry != nil || ok && (c.Iterator != nil && len(c.Iterator.Effects) > 0 || c.Pipeline != nil && len(c.Pipeline.Effects) > 0)
}

// keyFunc returns the func that gives the key of an element.
func (g *function) keyFunc(s *model.Stage, e *env, name string, in *cargo) string {
	inner := e.clone()
	inner.vars[s.V] = name
	body, name := g.taking(in, func() string { return "return " + g.expr(s.Calls.Key, inner) })
	return fmt.Sprintf("func(%s %s) %s {\n%s\n}", name, in.typ, g.typ(s.Calls.Key.Type), body)
}

// callFunc returns the func in which a worker makes the calls for one element, and what has to be declared before it.
func (g *function) callFunc(f *model.Flow, outer, e *env, names []string, first, last int, in, out *cargo) (before []string, code string) {
	list := g.outName()
	inside := place{next: "return " + list + ", nil", fail: func(err string) string { return "return " + list + ", " + err }, fn: g.newFunc()}
	before, body, name := g.workerBody(f, outer, e, names, first, last, in, g.appending(list, out), inside)
	body = thenReturn(body, inside.next)
	if c := g.carrier; c != nil {
		return before, fmt.Sprintf("func(%s %s, %s *%s, %s %s, %s []%s) ([]%s, error) {\n%s\n}",
			ctxParamOf(body), g.std("context.Context"), blankUnless(c.hand, body), c.part("load"), name, in.typ, list, out.typ, out.typ, body)
	}
	return before, fmt.Sprintf("func(%s %s, _ int, %s %s, %s []%s) ([]%s, error) {\n%s\n}",
		ctxParamOf(body), g.std("context.Context"), name, in.typ, list, out.typ, out.typ, body)
}

// outName returns the local in which a worker gathers what it makes.
func (g *function) outName() string {
	if g.out == "" {
		g.out = g.locals.pick("out", "results")
	}
	return g.out
}

// ctxParamOf returns what a func with that body calls its ctx.
func ctxParamOf(body string) string {
	return blankUnless("ctx", body)
}

// blankUnless returns a parameter's name, "_" where the body does not use it.
func blankUnless(name, body string) string {
	if slices.Contains(words(body), name) {
		return name
	}
	return "_"
}

// chunkFunc returns the func in which a worker does a chunk of elements, and what has to be declared before it.
func (g *function) chunkFunc(f *model.Flow, outer, e *env, names []string, first, last int, in, out *cargo) (before []string, code string) {
	list, chunk := g.outName(), g.locals.pick(severalOf(in.name), "in", "chunk")
	inside := place{next: "continue", stop: "break", fail: func(err string) string { return "return " + list + ", " + err }, fn: g.newFunc(), label: g.newLabel(in.name)}
	before, body, name := g.workerBody(f, outer, e, names, first, last, in, g.appending(list, out), inside)
	loop := overSlice(name, chunk, body)
	return before, fmt.Sprintf("func(%s %s, _ int, %s []%s, %s []%s) ([]%s, error) {\n%s\nreturn %s, nil\n}",
		ctxParamOf(body), g.std("context.Context"), chunk, in.typ, list, out.typ, out.typ, loop, list)
}

// appending returns the end of what a worker does: it gathers what it has made in list.
func (g *function) appending(list string, out *cargo) *down {
	d := putting(func(at place) string {
		appended := fmt.Sprintf("append(%s, %s)", list, g.packed(out))
		if at.next == "return "+list+", nil" {
			return "return " + appended + ", nil"
		}
		return list + " = " + appended
	})
	if len(out.fields) == 1 {
		d.several = appendAll(list)
	}
	return d
}

// appendAll returns how all elements of a slice are appended to list.
func appendAll(list string) func(slice string) string {
	return func(slice string) string { return fmt.Sprintf("%s = append(%s, %s...)", list, list, slice) }
}

// putting returns the end of what a worker does.
func putting(put func(at place) string) *down {
	return &down{
		elem:     func(_ string, at place) string { return put(at) },
		fail:     failAt,
		observed: true, terminal: true, byName: true,
	}
}

// packed returns the code of a cargo made of its locals, which are used by that.
func (g *function) packed(c *cargo) string {
	for _, field := range c.fields {
		g.use(field)
	}
	return c.pack()
}

// workerBody returns the statements of a run of concurrent stages for one element, with to behind them, the local that
// holds the element, and what has to be declared before the workers begin.
func (g *function) workerBody(f *model.Flow, outer, e *env, names []string, first, last int, in *cargo, to *down, at place) (before []string, body, name string) {
	precise, looked := g.precise, g.looked
	g.precise, g.looked = false, true
	body, name = g.taking(in, func() string {
		d, befores, _ := g.stages(f, outer, e, names, first, last+1, to, at)
		before = befores
		return d.elem(names[first], at)
	})
	g.precise, g.looked = precise, looked
	return before, body, name
}
