package emit

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/asyncgen/asyncgen/internal/model"
)

// iteratorLoop fuses an iterator into the loop, as if it were written there.
func (g *function) iteratorLoop(it *model.Iterator, e *env, d *down, name string, at place) *part {
	if it.Pages != nil {
		return g.pagesLoop(it.Pages, e, d, name, at)
	}
	p := &part{first: d}
	l := it.Loop
	in := g.inLoop(name, at)
	same := yieldedVar(l)
	if g.closes {
		same = nil // something might keep the address of the variable, which goes on
	}
	for _, v := range l.Vars {
		if v == same {
			e.vars[v] = name
			continue
		}
		e.vars[v] = g.locals.pick(v.Name(), v.Name()+"Var")
	}
	body := ""
	if same != nil {
		body = d.elem(g.use(name), in)
	} else {
		body = g.yielded(l, e, d, name, in)
	}
	if index := counter(l); index != nil && !d.looks {
		body = lines(g.sometimes(e.vars[index], nil, d, in, p), body)
	} else {
		body = g.counting(d, in, p, body)
	}
	head, cond, init, next := "", "", "", ""
	if l.While != nil {
		if l.While.Fails || l.While.Effect {
			head = g.unless(l.While, e, d, in, "break")
		} else {
			cond = g.inHeader(l.While, e)
		}
	}
	if l.Init != nil {
		init = g.stmt(l.Init, e)
		if hasLiteral(l.Init.Node) {
			p.before = append(p.before, init) // its brace would open the body
			init = ""
		}
	}
	if l.Next != nil {
		next = g.stmt(l.Next, e)
		if hasLiteral(l.Next.Node) {
			next = "func() { " + next + " }()"
		}
	}
	p.loop = in.label.before(fmt.Sprintf("for %s; %s; %s {\n%s\n}", init, cond, next, lines(head, body)))
	if init == "" && next == "" {
		p.loop = in.label.before(fmt.Sprintf("for %s {\n%s\n}", cond, lines(head, body)))
	}
	return p
}

// yieldedVar returns the variable of init that a loop yields just as it is, or nil.
func yieldedVar(l *model.Loop) *types.Var {
	if l == nil || l.Yield.Fails {
		return nil
	}
	id, ok := ast.Unparen(l.Yield.Node).(*ast.Ident)
	if !ok {
		return nil
	}
	for _, v := range l.Vars {
		if l.Yield.Info.Uses[id] == v {
			return v
		}
	}
	return nil
}

// counter returns the variable of a loop that counts from 0 by one, as in i := 0 and i++, or nil.
func counter(l *model.Loop) *types.Var {
	if l.Init == nil || l.Next == nil || len(l.Vars) != 1 || !types.Identical(l.Vars[0].Type(), types.Typ[types.Int]) {
		return nil
	}
	inc, ok := l.Next.Node.(*ast.IncDecStmt)
	if !ok || inc.Tok != token.INC {
		return nil
	}
	id, ok := inc.X.(*ast.Ident)
	if !ok || l.Next.Info.Uses[id] != l.Vars[0] {
		return nil
	}
	values := initValues(l)
	if len(values) != 1 {
		return nil
	}
	if v := l.Init.Info.Types[values[0]].Value; v == nil || constant.Sign(v) != 0 {
		return nil
	}
	return l.Vars[0]
}

// hasLiteral reports whether a composite literal stands in a node.
func hasLiteral(node ast.Node) bool {
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		_, is := n.(*ast.CompositeLit)
		found = found || is
		return !found
	})
	return found
}

// yielded returns the statements that hand on what the iterator yields.
func (g *function) yielded(l *model.Loop, e *env, d *down, name string, in place) string {
	rest := d.elem(name, in)
	if !g.used[name] {
		return lines(g.unused(l.Yield, e, d, in), rest)
	}
	return lines(g.try(name, l.Yield, e, d, in), rest)
}

// pagesLoop fuses a paginated fetch into the loop: a loop over the pages, and one over the items of each.
func (g *function) pagesLoop(m *model.Pages, e *env, d *down, name string, at place) *part {
	p := &part{first: d}
	in := g.inLoop(name, at)
	placeVar := g.locals.pick(m.Place.Name(), m.Place.Name()+"At")
	e.vars[m.Place] = placeVar
	page := name
	if !m.Whole {
		page = g.locals.pick("page", "fetched")
	}
	until, cond := "", ""
	if m.Until != nil {
		if m.Until.Fails || m.Until.Effect {
			until = g.when(m.Until, e, d, in, "break")
		} else {
			cond = g.not(m.Until, e)
		}
	}
	fetch, advance, last := g.fetchPage(m, e, d, page, placeVar, in)
	p.loop = in.label.before(lines(fmt.Sprintf("for %s {", g.pagesClause(m, placeVar, cond, p)),
		until, fetch, advance, g.pageBody(m, d, page, name, in, last), "}"))
	return p
}

// pagesClause returns the for clause of a loop over pages.
func (g *function) pagesClause(m *model.Pages, place, cond string, p *part) string {
	switch m.Mode {
	case model.ByOffset:
		return fmt.Sprintf("%s := 0; %s;", place, cond)
	case model.ByPage:
		return fmt.Sprintf("%s := 1; %s; %s++", place, cond, place)
	}
	p.before = append(p.before, fmt.Sprintf("var %s %s", place, g.typ(m.Place.Type())))
	return cond
}

// fetchPage returns the statements that fetch a page and move the place on, and the condition under which it is the last.
func (g *function) fetchPage(m *model.Pages, e *env, d *down, page, at string, in place) (fetch, advance, last string) {
	code := g.expr(m.Fetch, e)
	g.use(page)
	check := ifThen(g.err+" != nil", d.fail(g.failure(m.Fetch), in))
	if m.Mode != model.ByCursor {
		fetch = lines(g.before(m.Fetch, d, in), fmt.Sprintf("%s, %s := %s", page, g.err, code), check,
			ifThen(fmt.Sprintf("len(%s) == 0", page), "break"))
		if m.Mode == model.ByOffset {
			advance = fmt.Sprintf("%s += len(%s)", at, page)
		}
		return fetch, advance, ""
	}
	next := g.locals.pick("next", "following")
	fetch = lines(g.before(m.Fetch, d, in), fmt.Sprintf("%s, %s, %s := %s", page, next, g.err, code), check)
	return fetch, fmt.Sprintf("%s = %s", at, next), g.isZero(at, m.Place.Type())
}

// pageBody hands on a page or its items, and ends the loop behind the last page.
func (g *function) pageBody(m *model.Pages, d *down, page, name string, in place, last string) string {
	end := ""
	if last != "" {
		end = ifThen(last, "break")
	}
	if m.Whole {
		if last == "" {
			return d.elem(name, in)
		}
		in.next = ""
		return lines(ifThen(fmt.Sprintf("len(%s) > 0", page), d.elem(name, in)), end)
	}
	items := place{next: "continue", stop: g.fromWithin(in), leave: in.leave, fail: in.fail}
	body := d.elem(name, items)
	if g.precise && !d.looks {
		body = lines(g.lookAtCtx("", d.fail(g.cause(), items)), body)
	}
	if !g.used[name] {
		return lines(fmt.Sprintf("for range %s {\n%s\n}", page, body), end)
	}
	return lines(fmt.Sprintf("for _, %s := range %s {\n%s\n}", name, page, body), end)
}
