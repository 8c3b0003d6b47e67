package emit

import (
	"fmt"
)

// batch gathers slices. What is left is handed on at the end, and before an error.
func (g *function) batch(s *stage, d *down) *down {
	size := ""
	if s.Size != nil {
		size = g.count(s, s.Size, "size", 1)
	}
	batch := g.locals.pick("pending", "partial")
	g.pending = append(g.pending, batch)
	s.declare("var %s %s", batch, g.typ(s.Elem))
	looks := d.looks
	if !d.terminal {
		s.shared, d = g.share(s.out, s.Elem, d)
	}
	elem := d.elem
	flush := func(at place) string {
		if d.end != nil {
			at.next = "" // that is yet to come
		}
		if !d.byName {
			return ifThen("len("+batch+") > 0", elem(batch, at))
		}
		return ifThen("len("+batch+") > 0", g.hand(s.out, batch, d, at))
	}
	up := sieve(d, func(v string, at place) string {
		kept := at.kept
		at.skip, at.kept = nil, ""
		take := g.takeBatch(s.out, batch, elem(s.out, at))
		add := lines(kept, fmt.Sprintf("%s = append(%s, %s)", batch, batch, g.use(v)))
		if size == "" {
			return add // it is handed on when it is due
		}
		if at.next == "" {
			return lines(add, ifThen(fmt.Sprintf("len(%s) >= %s", batch, size), take))
		}
		return lines(add, ifThen(fmt.Sprintf("len(%s) < %s", batch, size), at.next), take)
	})
	up.end = func(at place) string { return lines(flush(at), d.finish(at)) }
	up.fail = g.batchFail(s, d, up, batch, looks)
	return up
}

// takeBatch returns the statements that begin a new batch, with the old one as the local out in rest, if that uses it.
func (g *function) takeBatch(out, batch, rest string) string {
	take := ""
	if g.used[out] {
		take = out + " := " + batch
	}
	return lines(take, batch+" = nil", rest)
}

// batchFail returns how a flow fails at a batch: what is in it is handed on before the error, where that can be seen. looks
// says that what stands behind looks at ctx first.
func (g *function) batchFail(s *stage, d, up *down, batch string, looks bool) func(err string, at place) string {
	switch {
	case g.sinks.flushes(s):
		return func(err string, at place) string {
			if err == g.cause() || at.label == nil && at.fn == 0 { // cancelled, or before the first element
				return at.fail(err)
			}
			hand := g.sinks.hand
			at.next, at.stop = "", "" // whatever is taken
			return lines(ifThen("ctx.Err() == nil", hand+".fail()", up.end(at), hand+".handled()"), at.fail(err))
		}
	case d.observed || d.stops: // what comes before an error can be seen, or ends the stream before it
		return func(err string, at place) string {
			cancelled := err == g.cause()
			if at.label == nil && at.fn == 0 || cancelled && looks {
				return d.fail(err, at) // before the first element, or nothing goes on
			}
			in := place{stop: at.stop, leave: at.leave, left: at.left, fail: at.fail, label: at.label, fn: at.fn}
			if !cancelled {
				in.fail = func(other string) string { return g.cut(other, err, at) }
			}
			return lines(ifThen("len("+batch+") > 0", g.takeBatch(s.out, batch, d.elem(s.out, in))), d.fail(err, at))
		}
	}
	return d.fail
}

// cut returns the statements that leave where what was to go on before an error has failed: with that error where ctx is
// done, since there the other merely says so.
func (g *function) cut(other, err string, at place) string {
	if other == g.cause() {
		return at.fail(err)
	}
	return lines(ifThen("ctx.Err() != nil", at.fail(err)), at.fail(other))
}
