package emit

import (
	"fmt"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// prefetching emits the constructor's statements and Next of an iterator whose pages are fetched ahead. The stock part
// does the fetching; what is left is how a page is fetched, and where the next one begins.
func (o *object) prefetching(m *model.Pages) (setup, next string) {
	typ := fmt.Sprintf("%s[%s, %s]", o.file.stockType("Pages"), o.typ(m.Place.Type()), o.sliceElem(m))
	pages := o.recv + "." + o.field("pages", "*"+typ, "", fmt.Sprintf("fetches up to %s ahead", oneLine(m.Ahead.Text)))
	o.env.vars[m.Place] = string(m.Mode)
	setup = fmt.Sprintf("%s = %s(\n%s,\n%s,\n%s,\n%s,\n%s,\n)", pages, o.file.stockName("NewPages"),
		o.atLeastOne(m.Ahead, paramsEnv(&o.it.Definition)), o.firstPlace(m), o.fetchFunc(m), o.guessFunc(m), o.untilFunc(m))
	done := o.recv + "." + o.field("done", "bool", "", "an error has ended it")
	failed := ifThen("err != nil", done+" = ctx.Err() == nil", o.fails("err"))
	if m.Whole {
		return setup, lines(ifThen(done, o.exhausted()),
			"v, "+o.ok+", err = "+pages+".Next(ctx)", failed, "return v, "+o.ok+", nil")
	}
	page := o.recv + "." + o.field(o.pageField(), o.typ(m.Slice), "", "what is left of the page in hand")
	fetched := o.locals.pick("page", "fetched")
	return setup, o.fromPage(page, fetched,
		ifThen(done, o.exhausted()),
		fmt.Sprintf("%s, %s, err := %s.Next(ctx)", fetched, o.ok, pages),
		failed, ifThen("!"+o.ok, o.exhausted()))
}

func (o *object) sliceElem(m *model.Pages) string {
	return strings.TrimPrefix(o.typ(m.Slice.Underlying()), "[]")
}

// firstPlace returns the code of the place of the first page.
func (o *object) firstPlace(m *model.Pages) string {
	if m.Mode == model.ByPage {
		return "1"
	}
	return o.zero(m.Place.Type())
}

// fetchFunc returns the func that fetches the page at a place, and tells of the next.
func (o *object) fetchFunc(m *model.Pages) string {
	place := fmt.Sprintf("%s %s", m.Mode, o.typ(m.Place.Type()))
	page := "[]" + o.sliceElem(m)
	head := fmt.Sprintf("func(ctx %s, %s) (%s, %s, bool, error)", o.std("context.Context"), place, page, o.typ(m.Place.Type()))
	code := o.expr(m.Fetch, o.env)
	switch m.Mode {
	case model.ByCursor:
		return fmt.Sprintf("%s {\npage, next, err := %s\nreturn page, next, %s, err\n}", head, code, o.isNotZero("next", m.Place.Type()))
	case model.ByOffset:
		return fmt.Sprintf("%s {\npage, err := %s\nreturn page, offset + len(page), len(page) > 0, err\n}", head, code)
	}
	return fmt.Sprintf("%s {\nitems, err := %s\nreturn items, page + 1, len(items) > 0, err\n}", head, code)
}

// guessFunc returns the func that guesses where the page behind another begins. A cursor cannot be guessed.
func (o *object) guessFunc(m *model.Pages) string {
	switch m.Mode {
	case model.ByCursor:
		return "nil"
	case model.ByPage:
		return "func(page, _ int) (int, bool) { return page + 1, true }"
	}
	return "func(offset, size int) (int, bool) { return offset + size, size > 0 }"
}

func (o *object) untilFunc(m *model.Pages) string {
	if m.Until == nil {
		return "nil"
	}
	return fmt.Sprintf("func(%s %s) bool { return %s }", m.Mode, o.typ(m.Place.Type()), o.expr(m.Until, o.env))
}

// closePages emits Close of an iterator whose pages are fetched ahead.
func (o *object) closePages() {
	o.method(wrapped("Close ends the fetches that are under way, and waits for them. There are no more elements after those in hand. Twice is once."),
		"Close", "", "error", "return "+o.recv+".pages.Close()")
}
