package emit

import (
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// scan keeps a running accumulation, and hands it on as the element.
func (g *function) scan(s *stage, d *down) *down {
	acc := s.out
	if g.closes {
		acc = g.locals.pick("acc", "running")
	}
	s.env.vars[s.Acc] = acc
	s.before = append(s.before, g.try(acc, s.Init, s.outer, d, s.at))
	if !s.Step.Mentions(s.Acc) {
		s.declare("_ = %s // each step gives a new one", acc)
	}
	up := behind(d, func(v string, at place) string {
		step := g.assign(acc, s.Acc, s.Step, s.env, d, at)
		if acc == s.out {
			return lines(step, d.elem(acc, at))
		}
		return lines(step, g.hand(s.out, acc, d, at))
	})
	up.looks = d.looks || s.Step.Effect
	up.observed = d.observed || s.Step.Effect
	return up
}

// hand returns the statements that hand code on as the element called name.
func (g *function) hand(name, code string, d *down, at place) string {
	rest := d.elem(name, at)
	if !g.used[name] {
		return rest
	}
	return lines(name+" := "+code, rest)
}

// assign returns the statements that move an accumulator on by a step: acc += v where the step is acc + v.
func (g *function) assign(name string, acc *types.Var, step *model.Expr, env *env, d *down, at place) string {
	if step.Fails {
		next := g.locals.pick("next", "stepped")
		return lines(g.try(next, step, env, d, at), name+" = "+next)
	}
	code := name + " = " + g.expr(step, env)
	if op, rest, ok := opAssign(step, acc); ok {
		code = name + " " + op + " " + g.expr(rest, env)
	}
	return lines(g.before(step, d, at), code)
}

// opAssign takes apart a step such as acc + v, of which the right side can stand behind an assignment operator.
func opAssign(step *model.Expr, acc *types.Var) (op string, rest *model.Expr, ok bool) {
	b, isBinary := step.Node.(*ast.BinaryExpr)
	if !isBinary || b.Op.Precedence() < 4 {
		return "", nil, false
	}
	left, isIdent := b.X.(*ast.Ident)
	if !isIdent || step.Info.Uses[left] != acc {
		return "", nil, false
	}
	from, to := b.Y.Pos()-step.Base, b.Y.End()-step.Base
	return b.Op.String() + "=", &model.Expr{Text: step.Text[from:to], Node: b.Y, Base: b.Y.Pos(), Info: step.Info}, true
}

// share puts d into a local func, for where it is needed in several places. It returns the func's declaration.
func (g *function) share(name string, elem types.Type, d *down) (string, *down) {
	emit := g.locals.pick("emit", "handOn")
	failed := ""
	fail := func(err string) string {
		if failed == "" {
			failed = g.locals.pick("failed", "failure")
		}
		return lines(failed+" = "+err, "return false")
	}
	body := d.elem(name, place{next: "return true", stop: "return false", leave: "return false" + byLeaving, fail: fail, fn: g.newFunc()})
	body, left, why := g.whyFalse(body)
	if !leaves(body) {
		body = lines(body, "return true")
	}
	param := name
	if !g.used[name] {
		param = "_"
	}
	decl := trimEnd(fmt.Sprintf("%s := func(%s %s) bool {\n%s\n}", emit, param, g.typ(elem), body))
	if failed != "" {
		decl = lines("var "+failed+" error", decl)
	}
	if left != "" {
		decl = lines(left+" := false // by whoever ranges", decl)
	}
	inner := *d
	endless := g.keeper.endless()
	inner.terminal, inner.looks, inner.byName, inner.list = true, false, false, nil
	inner.elem = func(v string, at place) string {
		call := emit + "(" + g.use(v) + ")"
		var then []string
		switch {
		case failed != "" && endless && why == stopsOnly:
			return ifThen("!"+call, at.fail(failed))
		case failed != "":
			then = append(then, ifThen(failed+" != nil", at.fail(failed)))
		}
		if left != "" {
			then = append(then, ifThen(left, at.leave))
		}
		if why == leavesOnly {
			then = append(then, at.leave)
		} else {
			then = append(then, at.stop)
		}
		if rest := lines(then...); rest != "" {
			return ifThen("!"+call, rest)
		}
		return call
	}
	return decl, &inner
}

// byLeaving marks a return false of a shared func that says that whoever ranges has left, until whyFalse has seen it.
const byLeaving = "\x04"

// reason tells why a shared func returns false.
type reason int

const (
	stopsOnly  reason = iota // the stream behind it ends
	leavesOnly               // whoever ranges has left
	both
)

// whyFalse settles how a shared func tells a stream that ends from a consumer that has left: by a flag, where it can be
// either.
func (g *function) whyFalse(body string) (_, left string, why reason) {
	const plain = "return false"
	switch leaving, all := strings.Count(body, plain+byLeaving), strings.Count(body, plain); {
	case leaving == 0:
		return body, "", stopsOnly
	case leaving == all:
		return strings.ReplaceAll(body, byLeaving, ""), "", leavesOnly
	}
	left = g.locals.pick("left", "gone")
	return strings.ReplaceAll(body, plain+byLeaving, left+" = true\n"+plain), left, both
}

// trimEnd turns the end of a func, if !x { return false }, return true, into return x.
func trimEnd(decl string) string {
	return endOfFunc.ReplaceAllString(decl, "\n${1}return $2\n}")
}

var endOfFunc = regexp.MustCompile(`\n(\s*)if !(\w+\([^\n]*\)) \{\nreturn false\n\}\nreturn true\n\}$`)

// batch gathers slices. What is left is handed on at the end, and before an error.
func (g *function) batch(s *stage, d *down) *down {
	size := ""
	if s.Size != nil {
		size = g.count(s, s.Size, "size", 1)
	}
	batch := g.locals.pick("pending", "partial")
	g.pending = append(g.pending, batch)
	s.declare("var %s %s", batch, g.typ(s.Elem))
	if !d.terminal {
		s.shared, d = g.share(s.out, s.Elem, d)
	}
	elem := d.elem
	flush := func(at place) string {
		at.next = ""
		if !d.byName {
			return ifThen("len("+batch+") > 0", elem(batch, at))
		}
		return ifThen("len("+batch+") > 0", g.hand(s.out, batch, d, at))
	}
	up := behind(d, func(v string, at place) string {
		take := lines(fmt.Sprintf("%s := %s", s.out, batch), batch+" = nil", elem(s.out, at))
		if !g.used[s.out] {
			take = lines(batch+" = nil", elem(s.out, at))
		}
		add := fmt.Sprintf("%s = append(%s, %s)", batch, batch, g.use(v))
		if size == "" {
			return add // it is handed on when it is due
		}
		if at.next == "" {
			return lines(add, ifThen(fmt.Sprintf("len(%s) >= %s", batch, size), take))
		}
		return lines(add, ifThen(fmt.Sprintf("len(%s) < %s", batch, size), at.next), take)
	})
	up.end = func(at place) string { return lines(flush(at), d.finish(at)) }
	up.looks = false
	switch {
	case g.sinks.flushes(s):
		up.fail = func(err string, at place) string {
			if err == g.cause() || at.label == nil && at.fn == 0 { // cancelled, or before the first element
				return at.fail(err)
			}
			hand := g.sinks.hand
			at.stop = "" // whatever is taken
			return lines(ifThen("ctx.Err() == nil", hand+".fail()", up.end(at), hand+".handled()"), at.fail(err))
		}
	case d.observed || d.stops: // what comes before an error can be seen, or ends the stream before it
		up.fail = func(err string, at place) string {
			if at.label == nil && at.fn == 0 {
				return d.fail(err, at) // before the first element
			}
			rest := elem(s.out, place{stop: at.stop, leave: at.leave, fail: at.fail, label: at.label, fn: at.fn})
			take := lines(batch+" = nil", rest)
			if g.used[s.out] {
				take = lines(fmt.Sprintf("%s := %s", s.out, batch), take)
			}
			return lines(ifThen("len("+batch+") > 0", take), d.fail(err, at))
		}
	}
	return up
}

// window slides over the elements. Each slice is the receiver's own.
func (g *function) window(s *stage, d *down) *down {
	size := g.count(s, s.Size, "size", 1)
	step := "1"
	if s.Step != nil {
		step = g.count(s, s.Step, "step", 1)
	}
	window := g.locals.pick("recent", "sliding")
	s.declare("var %s %s", window, g.typ(s.Elem))
	gap := g.gap(s, size, step)
	up := behind(d, func(v string, at place) string {
		keep := fmt.Sprintf("%s = %s(%s[%s:])", window, g.std("slices.Clone"), s.out, g.slide(s, size, step))
		rest := d.elem(s.out, at)
		g.use(s.out)
		take := lines(fmt.Sprintf("%s := %s", s.out, window), keep, gap.reset, rest)
		add := fmt.Sprintf("%s = append(%s, %s)", window, window, g.use(v))
		if at.next != "" {
			return lines(gap.skip(at.next), add, ifThen(fmt.Sprintf("len(%s) < %s", window, size), at.next), take)
		}
		inner := lines(add, ifThen(fmt.Sprintf("len(%s) >= %s", window, size), take))
		return gap.around(inner)
	})
	up.looks = false
	return up
}

// slide returns how many elements leave the window: the step, or all where that is longer.
func (g *function) slide(s *stage, size, step string) string {
	n, sizeKnown := s.Size.Int()
	m, stepKnown := s.Step.Int()
	switch {
	case s.Step == nil || sizeKnown && stepKnown && m <= n:
		return step
	case sizeKnown && stepKnown:
		return size
	}
	return fmt.Sprintf("min(%s, %s)", size, step)
}

// gap is the elements between two windows, where the step may be longer than a window.
type gap struct {
	name  string
	reset string
}

func (g *function) gap(s *stage, size, step string) gap {
	n, sizeKnown := s.Size.Int()
	m, stepKnown := s.Step.Int()
	if s.Step == nil || sizeKnown && stepKnown && m <= n {
		return gap{}
	}
	name := g.locals.pick("gap", "between")
	s.declare("%s := 0", name)
	return gap{name, fmt.Sprintf("%s = max(0, %s-%s)", name, step, size)}
}

// skip passes over an element between two windows.
func (p gap) skip(next string) string {
	if p.name == "" {
		return ""
	}
	return ifThen(p.name+" > 0", p.name+"--", next)
}

// around passes over an element between two windows where other statements follow.
func (p gap) around(body string) string {
	if p.name == "" {
		return body
	}
	return fmt.Sprintf("if %s > 0 {\n%s--\n} else {\n%s\n}", p.name, p.name, body)
}
