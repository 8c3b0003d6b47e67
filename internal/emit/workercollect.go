package emit

import (
	"fmt"
	"go/types"

	"github.com/asyncgen/asyncgen/internal/model"
)

// collect makes the end of a consumer that collects: each copy does so by itself, and adds it to the result at the end.
func (t *topology) collect(g *function, w *model.Worker, e *env, name string, end *workerEnd, number string) {
	c := w.Collect
	field := model.FieldName(w.Name)
	result := t.recv + ".result." + field
	typ := c.Type
	if w.EachOwn {
		typ = types.NewSlice(c.Type)
	}
	t.results = append(t.results, param{field, t.g.typ(typ)})
	local := g.locals.pick("collected", "kept")
	added := result + " = " + local
	switch {
	case w.EachOwn:
		added = fmt.Sprintf("%s[%s] = %s", result, number, local)
	case c.Kind != model.CollectSlice && c.Kind != model.CollectCount && c.Kind != model.CollectSet:
		t.collectTogether(g, w, e, name, end, result)
		return
	case w.Copies == nil:
	case c.Kind == model.CollectSlice:
		added = t.locked(fmt.Sprintf("%s = append(%s, %s...)", result, result, local))
	case c.Kind == model.CollectCount:
		added = t.locked(fmt.Sprintf("%s += %s", result, local))
	default:
		added = t.locked(fmt.Sprintf("%s(%s, %s)", g.std("maps.Copy"), result, local))
	}
	decl, add := g.adding(c, local)
	end.before, end.down.elem, end.after = []string{decl}, add, added
}

// locked returns statements that cannot panic as those of one copy of a consumer at a time.
func (t *topology) locked(code string) string {
	t.locks = true
	return lines(t.recv+".mu.Lock()", code, t.recv+".mu.Unlock()")
}

// lockedFunc returns a func literal, called, whose statements are those of one copy of a consumer at a time.
func (t *topology) lockedFunc(result, code string) string {
	t.locks = true
	return fmt.Sprintf("func() %s{\n%s\n}()", result, lines(t.recv+".mu.Lock()", "defer "+t.recv+".mu.Unlock()", code))
}

// collectTogether makes the end of a consumer whose copies collect into one thing.
func (t *topology) collectTogether(g *function, w *model.Worker, e *env, name string, end *workerEnd, result string) {
	c := w.Collect
	e = e.clone()
	e.vars[c.V] = name
	if index := g.locals.pick("index", "position"); namesItsIndex(c) {
		e.vars[c.I] = index
		end.before = append(end.before, index+" := -1")
	}
	inTurn := func(code string) string { return code }
	if w.Copies != nil {
		inTurn = t.locked
	}
	found := result + "OK"
	set := func(v string) string { return fmt.Sprintf("%s, %s = %s, true", result, found, g.use(v)) }
	end.down.terminal = false
	switch c.Kind {
	case model.CollectFirst:
		t.results = append(t.results, param{model.FieldName(w.Name) + "OK", "bool // there is one"})
		end.down.elem = func(v string, at place) string { return inTurn(ifThen("!"+found, set(v))) }
	case model.CollectLast:
		t.results = append(t.results, param{model.FieldName(w.Name) + "OK", "bool // there is one"})
		end.down.elem = func(v string, at place) string { return inTurn(set(v)) }
	case model.CollectOne:
		found = t.recv + "." + t.field(w.Name+"Found", "bool"+choice(w.Copies != nil, " // guarded by mu"))
		none := g.newError(w.Name + ": no element, want exactly one")
		t.checks = append(t.checks, ifThen("!"+found+" && "+t.recv+".crew.err == nil", "return "+none))
		many := g.newError(w.Name + ": more than one element, want exactly one")
		end.down.elem = func(v string, at place) string {
			if w.Copies == nil {
				return lines(ifThen(found, at.fail(many)), set(v))
			}
			again := g.locals.pick("again", "second")
			return lines(t.locked(lines(again+" := "+found, set(v))), ifThen(again, at.fail(many)))
		}
	case model.CollectMap:
		end.down.byName, end.down.looks = true, c.Key.Effect
		end.down.elem = func(v string, at place) string { return t.setEntry(g, w, e, end.down, result, at) }
	case model.CollectReduce:
		end.down.byName = true
		e.vars[c.Acc] = result
		end.down.elem = func(v string, at place) string { return t.step(g, w, e, end.down, result, at) }
	}
	if namesItsIndex(c) {
		inner := end.down.elem
		end.down.elem = func(v string, at place) string { return lines(e.vars[c.I]+"++", inner(v, at)) }
	}
}

// step returns the statements that bring an element into what a consumer's copies reduce to. A step that may block is
// made in turn, and not under the lock.
func (t *topology) step(g *function, w *model.Worker, e *env, d *down, result string, at place) string {
	c := w.Collect
	assign := func(at place) string { return g.assign(result, c.Acc, c.Step, e, d, at) }
	within := place{leave: "return nil", stop: "return nil", fail: returnErr, fn: g.newFunc()}
	failed := func(call string) string {
		return ifThen(fmt.Sprintf("%s := %s; %s != nil", g.err, call, g.err), at.fail(g.err))
	}
	switch {
	case w.Copies == nil:
		return assign(at)
	case c.Step.Effect:
		turn := t.recv + "." + t.turns[w]
		wait := fmt.Sprintf("select {\ncase %s <- struct{}{}:\ncase <-ctx.Done():\nreturn %s(ctx)\n}\ndefer func() { <-%s }()", turn, g.std("context.Cause"), turn)
		return failed(fmt.Sprintf("func() error {\n%s\n}()", lines(wait, assign(within), "return nil")))
	case c.Step.Fails:
		return failed(t.lockedFunc("error ", lines(assign(within), "return nil")))
	case mayPanic(c.Step):
		return t.lockedFunc("", assign(at))
	}
	return t.locked(assign(at))
}

// setEntry returns the statements that put an element into the map that a consumer's copies share.
func (t *topology) setEntry(g *function, w *model.Worker, e *env, d *down, result string, at place) string {
	c := w.Collect
	key, value := g.locals.pick("key", "id"), g.locals.pick("entry", "kept")
	prepare := lines(g.try(key, c.Key, e, d, at), g.try(value, c.Value, e, d, at))
	set := fmt.Sprintf("%s[%s] = %s", result, key, value)
	again := g.locals.pick("again", "duplicate")
	known := fmt.Sprintf("_, %s := %s[%s]", again, result, key)
	if c.Fail {
		twice := at.fail(fmt.Sprintf("%s(%q, %s)", g.std("fmt.Errorf"), w.Name+": key %v comes twice", key))
		switch {
		case w.Copies == nil:
			return lines(prepare, ifThen(known+"; "+again, twice), set)
		case holdsInterface(c.Key.Type):
			return lines(prepare, ifThen(t.lockedFunc("bool ", lines(known, set, "return "+again)), twice))
		}
		return lines(prepare, t.locked(lines(known, set)), ifThen(again, twice))
	}
	if c.First {
		set = ifThen(known+"; !"+again, set)
	}
	switch {
	case w.Copies == nil:
		return lines(prepare, set)
	case holdsInterface(c.Key.Type):
		return lines(prepare, t.lockedFunc("", set))
	}
	return lines(prepare, t.locked(set))
}
