package emit

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// source returns the loop over a source, with d in its body. name is what the element is called; at is where the loop stands.
func (g *function) source(s model.Source, e *env, d *down, name string, at place) *part {
	if d.end != nil {
		at.next = "" // that is yet to come
	}
	switch s := s.(type) {
	case *model.Range:
		return g.rangeOver(s, e, d, name, at)
	case *model.Call:
		return g.callSource(s, e, d, name, at)
	case *model.Concat:
		return g.concat(s, e, d, name, at)
	case *model.Zip:
		return g.zip(s, e, d, at)
	case *model.Merge:
		return g.merge(s, e, d, name, at)
	case *model.Gather:
		return g.gatherSource(s, e, d, at)
	case *model.Feed:
		return g.feed(s, d, name, at)
	}
	panic(fmt.Sprintf("emit: no such source: %T", s))
}

// inLoop is the place inside the body of a loop that stands at at.
func (g *function) inLoop(name string, at place) place {
	return place{next: "continue", stop: "break", leave: at.leave, left: at.left, fail: at.fail, label: g.newLabel(name), fn: at.fn}
}

// label is the name of a loop. It is written only where something leaves the loop by it.
type label struct{ name string }

// newLabel returns a label for a loop over elements called name.
func (g *function) newLabel(name string) *label {
	noun := severalOf(name)
	if noun == "" || strings.ContainsAny(noun, "0123456789") {
		noun = "elements"
	}
	for i := 1; ; i++ {
		l := noun
		if i > 1 {
			l += strconv.Itoa(i)
		}
		if !g.labels[l] && token.IsIdentifier(l) {
			g.labels[l] = true
			return &label{l}
		}
	}
}

// before returns the loop with its label.
func (l *label) before(loop string) string {
	if l.name == "" || !strings.Contains(loop, "break "+l.name+"\n") && !strings.Contains(loop, "continue "+l.name+"\n") {
		return loop
	}
	return l.name + ":\n" + loop
}

// fromWithin returns the statement that stops what stops at at, from within a loop inside.
func (g *function) fromWithin(at place) string {
	if at.stop != "break" && at.stop != "continue" {
		return at.stop
	}
	return at.stop + " " + at.label.name
}

// rangeOver returns the loop over a Go value.
func (g *function) rangeOver(s *model.Range, e *env, d *down, name string, at place) *part {
	if s.Expr.Fails {
		list := g.use(g.locals.pick(severalOf(name), "elements"))
		p := g.rangeLocal(s, list, d, name, at)
		p.before = append([]string{g.try(list, s.Expr, e, d, at)}, p.before...)
		return p
	}
	if _, plain := plainLocal(s.Expr, e); s.Kind == model.Chan && !plain || instantiated(s.Expr) {
		list := g.use(g.locals.pick(severalOf(name), "elements", "ch"))
		p := g.rangeLocal(s, list, d, name, at) // a channel is received from again and again
		p.before = append([]string{g.before(s.Expr, d, at), list + " := " + g.expr(s.Expr, e)}, p.before...)
		return p
	}
	p := g.rangeLocal(s, g.inHeader(s.Expr, e), d, name, at)
	if s.Expr.Effect {
		p.before = append([]string{g.before(s.Expr, d, at)}, p.before...)
	}
	return p
}

// instantiated reports whether an expression is a literal of a generic type. It has a variable before a loop over it:
// parentheses around all that a for ranges over are taken away by gofmt, which does not know such a literal's type.
func instantiated(e *model.Expr) bool {
	literal, ok := ast.Unparen(e.Node).(*ast.CompositeLit)
	if !ok {
		return false
	}
	switch literal.Type.(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

// rangeLocal returns the loop over the value that over is the code of.
func (g *function) rangeLocal(s *model.Range, over string, d *down, name string, at place) *part {
	p := &part{first: d}
	in := g.inLoop(name, at)
	switch s.Kind {
	case model.Chan:
		p.loop = g.receive(over, d, name, in)
	case model.Int:
		p.loop = g.counted(s, over, d, name, in, p)
	case model.Slice, model.Array:
		p.loop = g.indexedLoop(over, d, name, in, p)
	case model.Seq2:
		p.loop = g.failing(over, d, name, in, p)
	default:
		p.loop = g.plainLoop(s.Kind, over, d, name, in, p)
	}
	p.loop = in.label.before(p.loop)
	return p
}

// severalOf names several of what name is one of.
func severalOf(name string) string {
	last := func(ends ...string) bool {
		return slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(name, end) })
	}
	switch {
	case name == "" || last("s"):
		return ""
	case len(name) > 1 && last("ch", "sh", "x"):
		return name + "es"
	case len(name) > 1 && last("y") && !last("ay", "ey", "oy", "uy"):
		return strings.TrimSuffix(name, "y") + "ies"
	}
	return name + "s"
}

// counted loops over the numbers below an int: the number itself tells when to look at ctx.
func (g *function) counted(s *model.Range, over string, d *down, name string, in place, p *part) string {
	body := d.elem(name, in)
	if !d.looks {
		if small(s.Elem) {
			body = lines(g.lookAtCtx("", d.fail(g.cause(), in)), body)
		} else {
			body = lines(g.sometimes(g.use(name), s.Elem, d, in, p), body)
		}
	}
	if !g.used[name] {
		return fmt.Sprintf("for range %s {\n%s\n}", over, body)
	}
	return fmt.Sprintf("for %s := range %s {\n%s\n}", name, over, body)
}

// small reports whether 256 does not fit into an integer type.
func small(t types.Type) bool {
	switch t.Underlying().(*types.Basic).Kind() {
	case types.Int8, types.Uint8:
		return true
	}
	return false
}

// stride is how many elements pass between two looks at ctx where nothing in the loop blocks: few enough to be
// prompt, and enough to cost nothing (measured: no difference from 64 on).
const stride = 256

// sometimes looks at ctx now and then: at every 256th element, and where the loop body belongs to the caller, who may
// cancel in it, also at each of the first 256.
func (g *function) sometimes(index string, t types.Type, d *down, in place, p *part) string {
	if !g.precise {
		return g.lookAtCtx(fmt.Sprintf("%s%%%d == 0", index, stride), d.fail(g.cause(), in))
	}
	look := g.locals.pick("look", "look"+model.UpperFirst(in.label.name))
	zero := look + " := 0"
	if t != nil && !types.Identical(t, types.Typ[types.Int]) {
		zero = fmt.Sprintf("var %s %s", look, g.typ(t))
	}
	p.before = append(p.before, fmt.Sprintf("// ctx is looked at for each of the first %d elements, then for every %dth.\n", stride, stride)+zero)
	return ifThen(index+" == "+look,
		g.lookAtCtx("", d.fail(g.cause(), in)),
		ifThen(fmt.Sprintf("%s++; %s > %d", look, look, stride), fmt.Sprintf("%s += %d", look, stride-1)))
}

// indexedLoop loops over a slice or an array.
func (g *function) indexedLoop(over string, d *down, name string, in place, p *part) string {
	body := d.elem(name, in)
	index := "_"
	if !d.looks {
		index = g.locals.pick("i", "at")
		body = lines(g.sometimes(index, nil, d, in, p), body)
	}
	switch {
	case g.used[name]:
		return fmt.Sprintf("for %s, %s := range %s {\n%s\n}", index, name, over, body)
	case index != "_":
		return fmt.Sprintf("for %s := range %s {\n%s\n}", index, over, body)
	}
	return fmt.Sprintf("for range %s {\n%s\n}", over, body)
}

// counting adds a counter to a loop that has none, to look at ctx by.
func (g *function) counting(d *down, in place, p *part, body string) string {
	if d.looks {
		return body
	}
	count := g.locals.pick("count", in.label.name, "pulled")
	p.before = append(p.before, count+" := 0")
	return lines(g.sometimes(count, nil, d, in, p), count+"++", body)
}

// plainLoop loops over a string or an iter.Seq.
func (g *function) plainLoop(kind model.RangeKind, over string, d *down, name string, in place, p *part) string {
	body := g.counting(d, in, p, d.elem(name, in))
	switch {
	case !g.used[name]:
		return fmt.Sprintf("for range %s {\n%s\n}", over, body)
	case kind == model.String:
		return fmt.Sprintf("for _, %s := range %s {\n%s\n}", name, over, body)
	}
	return fmt.Sprintf("for %s := range %s {\n%s\n}", name, over, body)
}

// failing loops over an iter.Seq2 of elements and errors.
func (g *function) failing(over string, d *down, name string, in place, p *part) string {
	check := ifThen(g.err+" != nil", d.among(g.file.causeFunc()+"(ctx, "+g.err+")", in))
	body := lines(check, g.counting(d, in, p, d.elem(name, in))) // a real error comes before ctx
	if !g.used[name] {
		name = "_"
	}
	return fmt.Sprintf("for %s, %s := range %s {\n%s\n}", name, g.err, over, body)
}

// receive loops over a channel, until that is closed or ctx is done.
func (g *function) receive(over string, d *down, name string, in place) string {
	in.stop = g.fromWithin(in)
	body := d.elem(name, in)
	if !g.used[name] {
		name = "_"
	}
	ok := g.locals.pick("ok", "open")
	loop := fmt.Sprintf("for {\n%s\nselect {\ncase <-ctx.Done():\n%s\ncase %s, %s := <-%s:\nif !%s {\n%s\n}\n%s\n}\n}",
		g.lookAtCtx("", d.fail(g.cause(), in)), d.fail(g.cause(), in), name, ok, over, ok, in.stop, body)
	return loop
}

// callSource fuses a pipeline or an iterator of the spec into the loop.
func (g *function) callSource(s *model.Call, e *env, d *down, name string, at place) *part {
	if holds(s) {
		return g.rangeCall(s, e, d, name, at)
	}
	inner := newEnv()
	inner.effects = e.effects
	args := g.bindArgs(s, e, inner)
	var p *part
	if s.Iterator != nil {
		p = g.iteratorLoop(s.Iterator, inner, d, name, at)
	} else {
		keeper, carrier, pending := g.keeper, g.carrier, g.pending
		g.keeper, g.carrier, g.pending = nil, nil, nil // those are of the consumer's own stages
		p = g.flow(&s.Pipeline.Flow, inner, name, "", at, func(string, *env) *down { return d })
		g.keeper, g.carrier, g.pending = keeper, carrier, pending
	}
	p.before = append(g.needed(args), p.before...)
	p.loop = commented(p.loop, s.Definition().Name)
	return p
}

// holds reports whether a definition holds resources while it runs. Such a one is ranged over rather than fused: its
// func sees to their release.
func holds(s *model.Call) bool {
	if s.Iterator != nil {
		return s.Iterator.Holds()
	}
	return len(s.Pipeline.With) > 0
}

// rangeCall returns the loop that ranges over what a definition's func returns.
func (g *function) rangeCall(s *model.Call, e *env, d *down, name string, at place) *part {
	p := &part{first: d}
	in := g.inLoop(name, at)
	var args []string
	for _, a := range s.Args {
		args = append(args, g.expr(a, e))
	}
	def := s.Definition()
	if g.file.lateness().each[def] {
		return g.eachCall(def, model.Elem(s), args, d, name, at)
	}
	over := g.called(s, args)
	if s.Pipeline != nil && s.Pipeline.Collect != nil {
		list := g.locals.pick(severalOf(name), "elements")
		p.before = append(p.before, fmt.Sprintf("%s, %s := %s", list, g.err, over), ifThen(g.err+" != nil", d.fail(g.err, at)))
		p.loop = in.label.before(g.indexedLoop(g.use(list), d, name, in, p))
		return p
	}
	body := lines(ifThen(g.err+" != nil", d.among(g.err, in)), d.elem(name, in))
	if !g.used[name] {
		name = "_"
	}
	p.loop = in.label.before(fmt.Sprintf("for %s, %s := range %s {\n%s\n}", name, g.err, over, body))
	return p
}

// called returns the code of the call of a definition's func.
func (g *function) called(s *model.Call, args []string) string {
	def, name, inner := s.Definition(), "", ""
	if s.Iterator != nil {
		name, inner = s.Iterator.Constructor(), g.file.iteratorInner(s.Iterator)
	} else {
		name, inner = s.Pipeline.Name, g.file.pipelineInner(s.Pipeline)
		args = append([]string{"ctx"}, args...)
	}
	code := ""
	if effects := passed(def.AllEffects(), g.passing); len(effects) > 0 {
		code = callOf(inner, args, effects)
	} else {
		code = callOf(name, spread(def, args))
	}
	if s.Iterator != nil {
		code += ".All(ctx)"
	}
	return code
}

// commented says behind a loop's clause which definition it comes from, unless that is said already.
func commented(loop, definition string) string {
	head, rest, ok := strings.Cut(loop, "{\n")
	if !ok || strings.Contains(head, "//") || !strings.HasPrefix(loop, "for ") && !strings.Contains(head, ":\nfor ") {
		return loop
	}
	return head + "{ // " + definition + "\n" + rest
}

// binding is a local that holds an argument.
type binding struct{ local, decl string }

// bindArgs makes a definition's parameters mean its arguments: the caller's own variable where the argument is one and
// nothing assigns to it, else a local.
func (g *function) bindArgs(c *model.Call, outer, inner *env) []binding {
	var all []binding
	for i, p := range c.Definition().Params {
		arg := c.Args[i]
		if !needs(c, p.Var) {
			continue
		}
		if local, ok := plainLocal(arg, outer); ok && !p.Assigned && sameType(arg, p.Var.Type()) {
			g.use(local)
			inner.vars[p.Var] = local
			continue
		}
		local := g.locals.pick(p.Var.Name(), p.Var.Name()+"Arg")
		inner.vars[p.Var] = local
		code := g.expr(arg, outer)
		if sameType(arg, p.Var.Type()) {
			all = append(all, binding{local, local + " := " + code})
		} else {
			all = append(all, binding{local, fmt.Sprintf("var %s %s = %s", local, g.typ(p.Var.Type()), code)})
		}
	}
	return all
}

// needed returns the declarations of the locals that something names.
func (g *function) needed(all []binding) []string {
	var decls []string
	for _, b := range all {
		if g.used[b.local] {
			decls = append(decls, b.decl)
		}
	}
	return decls
}
