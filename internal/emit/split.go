package emit

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// A stage that runs beside the loop splits its flow: what stands before is a loop of its own, in a func that hands on
// each element; what stands behind ranges over what comes out.

// splits reports whether a stage runs beside the loop.
func splits(s *model.Stage) bool {
	return s.Calls.Workers != nil || s.Kind == spec.Prefetch || s.Every != nil
}

// lastSplit returns the last of the first n stages that splits the flow, and the first of the run of concurrent stages
// that it ends and that one set of workers can do. It returns -1 where none splits.
func lastSplit(stages []*model.Stage, n int) (first, last int) {
	for last = n - 1; last >= 0 && !splits(stages[last]); last-- {
	}
	if last < 0 || stages[last].Calls.Workers == nil {
		return last, last
	}
	for first = last; first > 0 && sameWorkers(stages[first-1], stages[last]); first-- {
	}
	return first, last
}

// sameWorkers reports whether two stages can be done by one set of workers.
func sameWorkers(a, b *model.Stage) bool {
	return a.Calls.Workers != nil && a.Calls.Key == nil && b.Calls.Key == nil &&
		a.Calls.Workers.Text == b.Calls.Workers.Text && a.Calls.Ordered == b.Calls.Ordered
}

// cargo is what crosses from one side of a split to the other: an element, or a struct of it and of what the spec has
// named before and uses behind.
type cargo struct {
	name   string   // of the local that holds it
	typ    string   // its type
	fields []string // the locals that it carries; one: it is that local itself
}

// pack returns the code of a cargo made of its locals.
func (c *cargo) pack() string {
	if len(c.fields) == 1 {
		return c.fields[0]
	}
	return c.typ + "{" + strings.Join(c.fields, ", ") + "}"
}

// unpack returns the statement that makes locals of a cargo again, of those that are used.
func (c *cargo) unpack(used func(string) bool) string {
	if len(c.fields) == 1 {
		return ""
	}
	var names, values []string
	for _, f := range c.fields {
		if used(f) {
			names = append(names, f)
			values = append(values, c.name+"."+f)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, ", ") + " := " + strings.Join(values, ", ")
}

// local is a local name and the type of what it holds.
type local struct {
	name string
	typ  types.Type
}

// newCargo returns the cargo of some locals, and the declaration of its type, if it needs one.
func (g *function) newCargo(all []local, noun string) (*cargo, string) {
	c := &cargo{}
	for _, l := range all {
		c.fields = append(c.fields, l.name)
	}
	if len(all) == 1 {
		c.name, c.typ = all[0].name, g.typ(all[0].typ)
		return c, ""
	}
	c.name = g.locals.pick(noun, noun+"Item")
	c.typ = g.locals.pick(noun+"Values", noun+"Fields")
	var b strings.Builder
	for _, l := range all {
		fmt.Fprintf(&b, "%s %s\n", l.name, g.typ(l.typ))
	}
	return c, fmt.Sprintf("type %s struct {\n%s}", c.typ, b.String())
}

// carried returns the locals that cross a split behind the first n stages: the element, and what the spec has named
// before and uses in what stands behind.
func (g *function) carried(f *model.Flow, e *env, names []string, n int, elem types.Type, behind []*model.Expr) []local {
	all := []local{{names[n], elem}}
	named := []*types.Var{f.As}
	for _, s := range f.Stages[:n] {
		named = append(named, s.As)
	}
	for _, v := range named {
		if v == nil {
			continue
		}
		l := local{e.vars[v], v.Type()}
		used := slices.ContainsFunc(behind, func(x *model.Expr) bool { return mentions(x, v) })
		if used && !slices.ContainsFunc(all, func(o local) bool { return o.name == l.name }) {
			all = append(all, l)
		}
	}
	return all
}

// exprsOf returns the expressions of stages.
func exprsOf(stages []*model.Stage) []*model.Expr {
	var all []*model.Expr
	for _, s := range stages {
		all = append(all, s.Expr, s.Init, s.Step, s.Size, s.Calls.Key)
		if s.Calls.OnError != nil {
			all = append(all, s.Calls.OnError.Call)
		}
		for _, p := range s.Gather {
			all = append(all, p.Expr)
		}
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
	behind := append(exprsOf(f.Stages[last+1:]), g.collected...)
	in := g.carried(f, e, names, first, elemBefore(f, first), append(exprsOf(f.Stages[first:last+1]), behind...))
	out := g.carried(f, e, names, first, elemBefore(f, first), behind)
	if names[last+1] != names[first] {
		out[0] = local{names[last+1], elemBefore(f, last+1)}
		g.keepElement(f, e, names[first], &out, in, behind)
	}
	taken, takenType := g.newCargo(in, "job")
	given, givenType := taken, ""
	if !slices.Equal(in, out) {
		given, givenType = g.newCargo(out, "result")
	}
	p := &part{before: []string{takenType, givenType}}
	down, befores, guards := g.stages(f, outer, e, names, last+1, n, d, at)
	p.before, p.guards, p.first = append(p.before, befores...), guards, down
	source := g.sourceFunc(f, outer, e, names, first, taken, at)
	p.loop = g.splitLoop(f, outer, e, names, first, last, taken, given, source, down, at)
	return p
}

// keepElement keeps the element that enters a split where the spec has named it and uses it behind.
func (g *function) keepElement(f *model.Flow, e *env, name string, out *[]local, in []local, behind []*model.Expr) {
	named := []*types.Var{f.As}
	for _, s := range f.Stages {
		named = append(named, s.As)
	}
	for _, v := range named {
		if v != nil && e.vars[v] == name && slices.ContainsFunc(behind, func(x *model.Expr) bool { return mentions(x, v) }) {
			*out = append(*out, in[0])
			return
		}
	}
}

// elemBefore returns the type of the element that enters stage n.
func elemBefore(f *model.Flow, n int) types.Type {
	if n == 0 {
		return model.Elem(f.Source)
	}
	return f.Stages[n-1].Elem
}

// sourceFunc returns the code of the func that runs the first n stages and hands on each element.
func (g *function) sourceFunc(f *model.Flow, outer, e *env, names []string, n int, c *cargo, at place) string {
	emit := g.locals.pick("emit", "handOn")
	precise, used := g.precise, g.used[names[n]]
	g.precise = false
	to := &down{
		elem: func(v string, at place) string {
			for _, field := range c.fields {
				g.use(field)
			}
			return ifThen("!"+emit+"("+c.pack()+")", at.leave)
		},
		fail:     func(err string, at place) string { return at.fail(err) },
		observed: true, terminal: true, byName: true, stops: true,
	}
	inside := place{leave: "return nil", stop: "return nil", fail: func(err string) string { return "return " + err }, fn: g.newFunc()}
	code := g.segment(f, outer, e, names, n, to, inside).code(inside)
	g.precise, g.used[names[n]] = precise, used
	return fmt.Sprintf("func(ctx %s, %s func(%s) bool) error {\n%s\nreturn nil\n}", g.std("context.Context"), emit, c.typ, code)
}

// splitLoop returns the loop over what comes out of a split.
func (g *function) splitLoop(f *model.Flow, outer, e *env, names []string, first, last int, in, out *cargo, source string, d *down, at place) string {
	s := f.Stages[last]
	switch {
	case s.Kind == spec.Prefetch:
		call := callOf(g.file.stockName("Ahead"), []string{"ctx", g.expr(s.Expr, outer), source})
		return g.overElements(call, in, d, at)
	case s.Every != nil:
		size := "0"
		if s.Size != nil {
			size = g.expr(s.Size, outer)
		}
		call := callOf(g.file.stockName("Batches"), []string{"ctx", size, g.durationIn(s.Every, outer), source})
		return g.overElements(call, out, d, at)
	}
	return g.overChunks(g.workers(f, outer, e, names, first, last, in, out, source), out, d, at)
}

// overElements returns the loop over a sequence of elements and errors.
func (g *function) overElements(seq string, c *cargo, d *down, at place) string {
	in := g.inLoop(c.name, at)
	was := g.used[c.fields[0]]
	g.used[c.fields[0]] = false
	rest := d.elem(c.fields[0], in)
	name := c.name
	if len(c.fields) == 1 && !g.used[name] {
		name = "_"
	}
	unpack := c.unpack(func(l string) bool { return g.used[l] })
	g.used[c.fields[0]] = g.used[c.fields[0]] || was
	body := lines(ifThen(g.err+" != nil", d.fail(g.err, in)), unpack, rest)
	return in.label.before(fmt.Sprintf("for %s, %s := range %s {\n%s\n}", name, g.err, seq, body))
}

// overChunks returns the loops over a sequence of chunks of elements and errors.
func (g *function) overChunks(seq string, c *cargo, d *down, at place) string {
	chunks := g.inLoop(c.name, at)
	chunk := g.locals.pick(severalOf(c.name), "chunk", "group")
	in := place{next: "continue", stop: g.fromWithin(chunks), leave: at.leave, fail: at.fail, fn: at.fn, label: chunks.label}
	was := g.used[c.fields[0]]
	g.used[c.fields[0]] = false
	p := &part{}
	rest := d.elem(c.fields[0], in)
	name := c.name
	if len(c.fields) == 1 && !g.used[name] {
		name = "_"
	}
	unpack := c.unpack(func(l string) bool { return g.used[l] })
	g.used[c.fields[0]] = g.used[c.fields[0]] || was
	if g.precise && !d.looks {
		rest = lines(g.lookAtCtx("", d.fail(g.cause(), in)), rest)
	}
	inner := fmt.Sprintf("for _, %s := range %s {\n%s\n}", name, chunk, lines(unpack, rest))
	if name == "_" {
		inner = fmt.Sprintf("for range %s {\n%s\n}", chunk, rest)
	}
	loop := fmt.Sprintf("for %s, %s := range %s {\n%s\n}", chunk, g.err, seq, lines(ifThen(g.err+" != nil", d.fail(g.err, chunks)), inner))
	return lines(lines(p.before...), chunks.label.before(loop))
}

// workers returns the call that runs a run of concurrent stages.
func (g *function) workers(f *model.Flow, outer, e *env, names []string, first, last int, in, out *cargo, source string) string {
	calls := f.Stages[last].Calls
	effect := false
	for _, s := range f.Stages[first : last+1] {
		effect = effect || stageEffect(s)
	}
	args := []string{"ctx", g.expr(calls.Workers, outer), fmt.Sprint(calls.Ordered), source}
	switch {
	case calls.Key != nil:
		return callOf(g.file.stockName("Keyed"), append(args, g.keyFunc(f.Stages[last], e, names[first], in), g.callFunc(f, outer, e, names, first, last, in, out)))
	case effect:
		return callOf(g.file.stockName("Calls"), append(args, g.callFunc(f, outer, e, names, first, last, in, out)))
	}
	return callOf(g.file.stockName("Map"), append(args, g.chunkFunc(f, outer, e, names, first, last, in, out)))
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
	was := g.used[name]
	g.used[name] = false
	key := g.expr(s.Calls.Key, inner)
	unpack := in.unpack(func(l string) bool { return l == name && g.used[l] })
	g.used[name] = was
	return fmt.Sprintf("func(%s %s) %s {\n%s\n}", in.name, in.typ, g.typ(s.Calls.Key.Type), lines(unpack, "return "+key))
}

// callFunc returns the func in which a worker makes the calls for one element.
func (g *function) callFunc(f *model.Flow, outer, e *env, names []string, first, last int, in, out *cargo) string {
	list := g.locals.pick("out", "results")
	inside := place{next: "return " + list + ", nil", fail: func(err string) string { return "return " + list + ", " + err }, fn: g.newFunc()}
	body, name := g.workerBody(f, outer, e, names, first, last, in, out, list, inside)
	body = returnAppended(lines(body, inside.next), list)
	return fmt.Sprintf("func(ctx %s, _ int, %s %s, %s []%s) ([]%s, error) {\n%s\n}", g.std("context.Context"), name, in.typ, list, out.typ, out.typ, body)
}

// returnAppended shortens out = append(out, x), return out at the end of a func.
func returnAppended(body, list string) string {
	end := "\nreturn " + list + ", nil"
	start := list + " = append(" + list + ", "
	rest, ok := strings.CutSuffix(body, end)
	i := strings.LastIndex(rest, "\n") + 1
	last, isAppend := strings.CutPrefix(rest[i:], start)
	if !ok || !isAppend {
		return strings.TrimPrefix(body, "\n")
	}
	return rest[:i] + "return append(" + list + ", " + last + ", nil"
}

// chunkFunc returns the func in which a worker does a chunk of elements.
func (g *function) chunkFunc(f *model.Flow, outer, e *env, names []string, first, last int, in, out *cargo) string {
	list, chunk := g.locals.pick("out", "results"), g.locals.pick(severalOf(in.name), "in", "chunk")
	inside := place{next: "continue", stop: "break", fail: func(err string) string { return "return " + list + ", " + err }, fn: g.newFunc(), label: g.newLabel(in.name)}
	body, name := g.workerBody(f, outer, e, names, first, last, in, out, list, inside)
	loop := fmt.Sprintf("for _, %s := range %s {\n%s\n}", name, chunk, body)
	if name == "_" {
		loop = fmt.Sprintf("for range %s {\n%s\n}", chunk, body)
	}
	return fmt.Sprintf("func(_ %s, _ int, %s []%s, %s []%s) ([]%s, error) {\n%s\nreturn %s, nil\n}",
		g.std("context.Context"), chunk, in.typ, list, out.typ, out.typ, loop, list)
}

// workerBody returns the statements of a run of concurrent stages for one element, and the local that holds that.
func (g *function) workerBody(f *model.Flow, outer, e *env, names []string, first, last int, in, out *cargo, list string, at place) (body, name string) {
	precise, looked := g.precise, g.looked
	g.precise, g.looked = false, true
	to := &down{
		elem: func(v string, at place) string {
			for _, field := range out.fields {
				g.use(field)
			}
			return fmt.Sprintf("%s = append(%s, %s)", list, list, out.pack())
		},
		fail:     func(err string, at place) string { return at.fail(err) },
		looks:    true,
		observed: true, terminal: true, byName: true,
	}
	before := map[string]bool{}
	for _, field := range in.fields {
		before[field] = g.used[field]
		g.used[field] = false
	}
	d, befores, _ := g.stages(f, outer, e, names, first, last+1, to, at)
	body = d.elem(names[first], at)
	name = in.name
	if len(in.fields) == 1 && !g.used[name] {
		name = "_"
	}
	body = lines(in.unpack(func(l string) bool { return g.used[l] }), lines(befores...), body)
	for field, was := range before {
		g.used[field] = g.used[field] || was
	}
	g.precise, g.looked = precise, looked
	return body, name
}
