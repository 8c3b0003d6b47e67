package emit

import (
	"fmt"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/model"
)

// nested returns a function literal in the making that stands inside g: it shares g's locals.
func (g *function) nested() *function {
	return &function{file: g.file, locals: g.locals, used: g.used, labels: g.labels, err: g.err, closes: g.closes, passing: g.passing, late: g.late, funcs: g.funcs + 100}
}

// seqPlace is the place of the loops of an iter.Seq2.
func (g *function) seqPlace(yield string, elem types.Type) place {
	return place{fn: g.newFunc(), next: "return", leave: "return", stop: "return", fail: func(err string) string {
		return lines(fmt.Sprintf("%s(%s, %s)", yield, g.zero(elem), err), "return")
	}}
}

// yielding returns what makes the end of a pipeline that is ranged over.
func (g *function) yielding(yield string) func(string, *env) *down {
	return g.handing(yield + "(%s, nil)")
}

// handing returns what hands each element on by a call, which tells whether to go on.
func (g *function) handing(call string) func(string, *env) *down {
	return func(string, *env) *down {
		return &down{
			elem: func(v string, at place) string {
				return at.unless(fmt.Sprintf(call, g.use(v)), at.leave)
			},
			fail:     failAt,
			observed: true,
			terminal: true,
		}
	}
}

// result is how a pipeline that collects ends.
type result struct {
	types  []types.Type // of what it returns, the error left out
	before []string     // declarations before the loop
	down   *down
	ret    string // the statements that return what has been collected
}

// collecting returns the end of a pipeline that collects. name is what its last element is called; outer is where the func
// returns.
func (g *function) collecting(c *model.Collect, p *model.Pipeline, name string, e *env, outer place) *result {
	e = e.clone()
	if c.V != nil {
		e.vars[c.V] = name
	}
	r := &result{types: []types.Type{c.Type}}
	r.down = &down{fail: failAt, terminal: true}
	switch c.Kind {
	case model.CollectSlice:
		name := g.collectionName(p, "elements")
		r.down.list = &list{name: name}
		g.collectIn(r, c, name)
	case model.CollectSet:
		g.collectIn(r, c, g.locals.pick("set", "elements"))
	case model.CollectCount:
		g.collectIn(r, c, g.locals.pick("count", "total"))
	case model.CollectFirst, model.CollectLast:
		g.collectEdge(r, c)
	case model.CollectOne:
		g.collectOne(r, c, p, outer)
	case model.CollectMap:
		g.collectMap(r, c, p, e)
	case model.CollectReduce:
		g.collectReduce(r, c, e, outer)
	case model.CollectInto:
		r.types = nil
		r.down.elem = func(_ string, at place) string { return g.call(c.Into, e, r.down, at) }
		r.ret = "return nil"
		r.down.looks, r.down.observed, r.down.terminal, r.down.byName = c.Into.Effect, true, !c.Into.Fails, true
	}
	g.indexCollect(r, c, e)
	return r
}

// indexCollect counts the elements where the collecting expressions use i.
func (g *function) indexCollect(r *result, c *model.Collect, e *env) {
	if !namesItsIndex(c) {
		return
	}
	index := g.locals.pick("index", "position")
	e.vars[c.I] = index
	r.before = append(r.before, index+" := -1")
	inner := r.down.elem
	r.down.elem = func(v string, at place) string { return lines(index+"++", inner(v, at)) }
	r.down.terminal, r.down.several = false, nil
}

func namesItsIndex(c *model.Collect) bool {
	return slices.ContainsFunc(c.Exprs(), func(x *model.Expr) bool { return x.Mentions(c.I) })
}

func returning(values string) string { return "return " + values + ", nil" }

// collectionName names what a pipeline collects.
func (g *function) collectionName(p *model.Pipeline, fallback string) string {
	return g.locals.pick(lowerFirst(lastWord(p.Name)), fallback, "collected")
}

// collectIn collects in a local.
func (g *function) collectIn(r *result, c *model.Collect, local string) {
	decl, add := g.adding(c, local)
	r.before, r.down.elem, r.ret = []string{decl}, add, returning(local)
	switch c.Kind {
	case model.CollectSlice:
		r.down.several = appendAll(local)
	case model.CollectCount:
		r.down.several = func(slice string) string { return fmt.Sprintf("%s += len(%s)", local, slice) }
	}
}

// adding returns the declaration of a local that keeps a slice, a set or a count, and what adds an element to it.
func (g *function) adding(c *model.Collect, local string) (decl string, add func(v string, at place) string) {
	switch c.Kind {
	case model.CollectSlice:
		return fmt.Sprintf("var %s %s", local, g.typ(c.Type)), func(v string, _ place) string {
			return fmt.Sprintf("%s = append(%s, %s)", local, local, g.use(v))
		}
	case model.CollectSet:
		return fmt.Sprintf("%s := make(%s)", local, g.typ(c.Type)), func(v string, _ place) string {
			return fmt.Sprintf("%s[%s] = struct{}{}", local, g.use(v))
		}
	}
	return local + " := 0", func(string, place) string { return local + "++" }
}

// collectEdge keeps the first element, and stops there, or the last.
func (g *function) collectEdge(r *result, c *model.Collect) {
	r.types = []types.Type{c.Type, types.Typ[types.Bool]}
	kept, found := g.locals.pick(string(c.Kind), "kept"), g.locals.pick("found", "any")
	r.before = []string{fmt.Sprintf("var %s %s", kept, g.typ(c.Type)), found + " := false"}
	r.down.elem = func(v string, at place) string {
		keep := fmt.Sprintf("%s, %s = %s, true", kept, found, g.use(v))
		if c.Kind == model.CollectFirst {
			return lines(keep, at.stop)
		}
		return keep
	}
	r.ret = returning(kept + ", " + found)
	r.down.terminal, r.down.stops = false, c.Kind == model.CollectFirst
}

// collectOne wants exactly one element: the second is an error as soon as it comes.
func (g *function) collectOne(r *result, c *model.Collect, p *model.Pipeline, at place) {
	one, found := g.locals.pick("one", "only"), g.locals.pick("found", "any")
	r.before = []string{fmt.Sprintf("var %s %s", one, g.typ(c.Type)), found + " := false"}
	r.down.elem = func(v string, at place) string {
		many := g.newError(p.Name + ": more than one element, want exactly one")
		return lines(ifThen(found, r.down.fail(many, at)), fmt.Sprintf("%s, %s = %s, true", one, found, g.use(v)))
	}
	none := g.newError(p.Name + ": no element, want exactly one")
	r.ret = lines(ifThen("!"+found, at.fail(none)), returning(one))
	r.down.terminal = false
}

func (g *function) collectMap(r *result, c *model.Collect, p *model.Pipeline, e *env) {
	m := g.collectionName(p, "entries")
	r.before = []string{fmt.Sprintf("%s := make(%s)", m, g.typ(c.Type))}
	r.down.elem = func(v string, at place) string { return g.setEntry(r, c, p, m, e, at) }
	r.ret = returning(m)
	r.down.terminal = false
	r.down.looks = c.Key.Effect
	r.down.observed = c.Key.Effect || c.Value.Effect
}

// setEntry returns the statements that put an element into a map.
func (g *function) setEntry(r *result, c *model.Collect, p *model.Pipeline, m string, e *env, at place) string {
	prepareKey, key := g.operandOf("key", c.Key, c.First || c.Fail, e, r.down, at)
	prepareValue, value := g.operandOf("entry", c.Value, false, e, r.down, at)
	set := lines(prepareValue, fmt.Sprintf("%s[%s] = %s", m, key, value))
	if !c.First && !c.Fail {
		return lines(prepareKey, set)
	}
	again := g.locals.pick("again", "duplicate")
	check := fmt.Sprintf("_, %s := %s[%s]; ", again, m, key)
	if c.First {
		return lines(prepareKey, ifThen(check+"!"+again, set))
	}
	twice := fmt.Sprintf("%s(%q, %s)", g.std("fmt.Errorf"), p.Name+": key %v comes twice", key)
	return lines(prepareKey, ifThen(check+again, r.down.fail(twice, at)), set)
}

// operandOf returns the code of a value that is named once, and what has to be evaluated before: nothing where the
// expression can stand where its value is wanted.
func (g *function) operandOf(name string, x *model.Expr, often bool, e *env, d *down, at place) (prepare, code string) {
	if !x.Fails && !x.Effect {
		if _, plain := plainLocal(x, e); plain || !often {
			return "", g.expr(x, e)
		}
	}
	local := g.locals.pick(name, name+"Value")
	return g.try(local, x, e, d, at), local
}

func (g *function) collectReduce(r *result, c *model.Collect, e *env, at place) {
	acc := g.locals.pick("total", "acc", "reduced")
	outer := e.clone()
	e.vars[c.Acc] = acc
	r.before = []string{g.try(acc, c.Init, outer, r.down, at)}
	r.down.elem = func(v string, at place) string { return g.assign(acc, c.Acc, c.Step, e, r.down, at) }
	r.ret = returning(acc)
	r.down.looks = c.Step.Effect
	r.down.observed = c.Step.Effect
	r.down.terminal, r.down.byName = !c.Step.Fails, true
}
