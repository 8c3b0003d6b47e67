package emit

import (
	"fmt"
	"go/types"
)

// share puts d into a local func, for where it is needed in several places. It returns the func's declaration.
func (g *function) share(name string, elem types.Type, d *down) (string, *down) {
	emit := g.locals.pick("emit", "handOn")
	c := g.callback(func(at place) string { return d.elem(name, at) })
	inner := *d
	inner.terminal, inner.looks, inner.byName, inner.list, inner.several = true, false, false, nil, nil
	if f := c.passedTo(name); f != "" {
		inner.elem = func(v string, at place) string { return at.unless(f+"("+g.use(v)+")", at.leave) }
		return "", &inner
	}
	param := name
	if !g.used[name] {
		param = "_"
	}
	head := fmt.Sprintf("%s := func(%s %s)", emit, param, g.typ(elem))
	call := func(v string) string { return emit + "(" + g.use(v) + ")" }
	switch {
	case c.stops || c.leaves:
		failed, left := "", ""
		if c.fails {
			failed = g.locals.pick("failed", "failure")
		}
		if c.leaves && c.stops {
			left = g.locals.pick("left", "gone")
		}
		inner.elem = func(v string, at place) string { return at.unless(call(v), c.told(failed, left, at)) }
		return lines(flags(failed, left), head+" bool {\n"+c.telling(failed, left)+"\n}"), &inner
	case c.fails:
		failed := g.locals.pick("failed", "failure")
		inner.elem = func(v string, at place) string {
			return ifThen(fmt.Sprintf("%s := %s; %s != nil", failed, call(v), failed), at.fail(failed))
		}
		return head + " error {\n" + c.failing() + "\n}", &inner
	}
	inner.elem = func(v string, _ place) string { return call(v) }
	return head + " {\n" + c.silent() + "\n}", &inner
}

// flags returns the declarations of the locals in which a callback says more than its result does; "": it has none.
func flags(failed, left string) string {
	return lines(choice(failed != "", "var "+failed+" error"), choice(left != "", left+" := false // by whoever ranges: then nothing more can be yielded"))
}
