package emit

import (
	"fmt"
	"go/types"
)

// share puts d into a local func, for where it is needed in several places. It returns the func's declaration.
func (g *function) share(name string, elem types.Type, d *down) (string, *down) {
	emit := g.locals.pick("emit", "handOn")
	c := g.callback(func(at place) string { return d.elem(name, at) })
	param := name
	if !g.used[name] {
		param = "_"
	}
	head := fmt.Sprintf("%s := func(%s %s)", emit, param, g.typ(elem))
	call := func(v string) string { return emit + "(" + g.use(v) + ")" }
	inner := *d
	inner.terminal, inner.looks, inner.byName, inner.list, inner.several = true, false, false, nil, nil
	if f := c.passedTo(name); f != "" {
		inner.elem = func(v string, at place) string { return at.unless(f+"("+g.use(v)+")", at.leave) }
		return "", &inner
	}
	failed, left := "", ""
	if c.fails {
		failed = g.locals.pick("failed", "failure")
	}
	switch {
	case c.stops || c.leaves:
	case c.fails:
		inner.elem = func(v string, at place) string {
			return ifThen(fmt.Sprintf("%s := %s; %s != nil", failed, call(v), failed), at.fail(failed))
		}
		return head + " error {\n" + c.failing() + "\n}", &inner
	default:
		inner.elem = func(v string, _ place) string { return call(v) }
		return head + " {\n" + c.silent() + "\n}", &inner
	}
	if c.leaves && c.stops {
		left = g.locals.pick("left", "gone")
	}
	inner.elem = func(v string, at place) string {
		failing, leaving := "", ""
		if failed != "" {
			failing = ifThen(failed+" != nil", at.fail(failed))
		}
		if left != "" {
			leaving = ifThen(left, at.leave)
		}
		return at.unless(call(v), lines(failing, leaving, either(c.stops, at.stop, at.leave)))
	}
	return lines(flags(failed, left), head+" bool {\n"+c.telling(failed, left)+"\n}"), &inner
}

// flags returns the declarations of the locals in which a callback says more than its result does; "": it has none.
func flags(failed, left string) string {
	return lines(choice(failed != "", "var "+failed+" error"), choice(left != "", left+" := false // by whoever ranges: then nothing more can be yielded"))
}
