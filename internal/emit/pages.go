package emit

import (
	"fmt"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

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
	items := place{next: "continue", stop: g.fromWithin(in), leave: in.leave, left: in.left, fail: in.fail}
	body := d.elem(name, items)
	if g.precise && !d.looks {
		body = lines(g.lookAtCtx("", d.fail(g.cause(), items)), body)
	}
	if !g.used[name] {
		return lines(fmt.Sprintf("for range %s {\n%s\n}", page, body), end)
	}
	return lines(fmt.Sprintf("for _, %s := range %s {\n%s\n}", name, page, body), end)
}

// pageField returns what the field of the page in hand is called: an effect may be called page.
func (o *object) pageField() string {
	if o.names["page"] {
		return "items"
	}
	return "page"
}

// nextPage returns the statements of Next for a paginated fetch.
func (o *object) nextPage(m *model.Pages) string {
	set := ""
	if m.Mode == model.ByPage {
		set = "1"
	}
	at := o.field(string(m.Mode), o.typ(m.Place.Type()), set, "")
	o.env.vars[m.Place] = o.recv + "." + at
	done := o.recv + "." + o.field("done", "bool", "", "")
	if m.Whole {
		return o.nextWholePage(m, done, o.recv+"."+at)
	}
	return o.nextItem(m, done, o.recv+"."+at)
}

// nextWholePage returns the statements of a Next that yields pages.
func (o *object) nextWholePage(m *model.Pages, done, at string) string {
	page := "v"
	fetch := o.fetchInto(m, done, at, page, "v, err")
	if m.Mode != model.ByCursor {
		return lines(o.lookAtCtx("", o.fails(o.cause())), ifThen(done, o.exhausted()), fetch, "return v, true, nil")
	}
	return lines("for {", o.lookAtCtx("", o.fails(o.cause())), ifThen(done, o.exhausted()), fetch,
		ifThen("len(v) > 0", "return v, true, nil"), "}")
}

// nextItem returns the statements of a Next that yields the items of pages, one page in hand.
func (o *object) nextItem(m *model.Pages, done, at string) string {
	page := o.recv + "." + o.field(o.pageField(), o.typ(m.Slice), "", "what is left of the page in hand")
	local := o.locals.pick("page", "fetched")
	fetch := o.fetchInto(m, done, at, local, local+", err :")
	return o.fromPage(page, local, ifThen(done, o.exhausted()), fetch)
}

// fromPage returns the statements of a Next that yields the first of what is left of a page. Where that is nothing, fetch
// puts another one into the local next.
func (o *object) fromPage(page, next string, fetch ...string) string {
	return lines(
		o.lookAtCtx("", o.fails(o.cause())),
		"for len("+page+") == 0 {", lines(fetch...), page+" = "+next, "}",
		"v = "+page+"[0]", page+" = "+page+"[1:]",
		"return v, true, nil")
}

// fetchInto returns the statements that fetch a page and move the place on. names is what the results are assigned to.
func (o *object) fetchInto(m *model.Pages, done, at, page, names string) string {
	d := o.ended(done)
	until := ""
	if m.Until != nil {
		until = o.when(m.Until, o.env, d, place{}, lines(done+" = true", o.exhausted()))
	}
	code := o.expr(m.Fetch, o.env)
	failed := ifThen("err != nil", d.fail(o.failureOf(m.Fetch), place{}))
	if m.Mode != model.ByCursor {
		advance := at + "++"
		if m.Mode == model.ByOffset {
			advance = fmt.Sprintf("%s += len(%s)", at, page)
		}
		return lines(until, names+"= "+code, failed,
			ifThen("len("+page+") == 0", done+" = true", o.exhausted()), advance)
	}
	cursor := o.locals.pick("cursor", "next")
	assign := strings.Replace(names, ", err", ", "+cursor+", err", 1)
	if !strings.HasSuffix(assign, ":") {
		assign = fmt.Sprintf("var %s %s\n%s", cursor, o.typ(m.Place.Type()), assign)
	}
	return lines(until, assign+"= "+code, failed,
		at+" = "+cursor, fmt.Sprintf("%s = %s", done, o.isZero(cursor, m.Place.Type())))
}
