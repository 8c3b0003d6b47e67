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
	added := ""
	switch {
	case w.EachOwn:
		added = fmt.Sprintf("%s[%s] = %s", result, number, local)
	case c.Kind == model.CollectSlice:
		added = fmt.Sprintf("%s = append(%s, %s...)", result, result, local)
	case c.Kind == model.CollectCount:
		added = fmt.Sprintf("%s += %s", result, local)
	case c.Kind == model.CollectSet:
		added = fmt.Sprintf("%s(%s, %s)", g.std("maps.Copy"), result, local)
	default:
		t.collectTogether(g, w, e, name, end, result)
		return
	}
	decl, add := g.adding(c, local)
	end.before, end.down.elem = []string{decl}, add
	end.after = lines(t.recv+".mu.Lock()", added, t.recv+".mu.Unlock()")
}

// collectTogether makes the end of a consumer whose copies collect into one thing, under a lock.
func (t *topology) collectTogether(g *function, w *model.Worker, e *env, name string, end *workerEnd, result string) {
	c := w.Collect
	e = e.clone()
	e.vars[c.V] = name
	if index := g.locals.pick("index", "position"); namesItsIndex(c) {
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
	if namesItsIndex(c) {
		inner := end.down.elem
		end.down.elem = func(v string, at place) string { return lines(e.vars[c.I]+"++", inner(v, at)) }
	}
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
