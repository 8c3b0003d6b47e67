package emit

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// blockSize is how many elements a worker claims at most, where they are split by index.
const blockSize = 4096

// indexable reports whether the elements of a source can be split by index: those of a slice, or the numbers below an int.
func indexable(r *model.Range) bool {
	if r.Expr.Fails || r.Expr.Effect {
		return false
	}
	return r.Kind == model.Slice || r.Kind == model.Int && types.Identical(r.Elem, types.Typ[types.Int])
}

// byIndex returns the source that the concurrent stages up to last can split by index, nil where there is none: there is
// no source to wait for then.
func byIndex(f *model.Flow, first, last int, in *cargo) *model.Range {
	r, ok := f.Source.(*model.Range)
	c := f.Stages[last].Calls
	if !ok || first != 0 || len(in.fields) != 1 || !indexable(r) || c.Workers == nil || c.Key != nil ||
		slices.ContainsFunc(f.Stages[:last+1], stageEffect) {
		return nil
	}
	return r
}

// blocks returns the call that runs the concurrent stages up to last on what is split by index.
func (g *function) blocks(f *model.Flow, r *model.Range, outer, e *env, names []string, last int, in, out *cargo) (before []string, call string) {
	over := g.expr(r.Expr, outer)
	count := over
	if r.Kind == model.Slice {
		if _, plain := plainLocal(r.Expr, outer); !plain {
			list := g.locals.pick(severalOf(in.name), "elements")
			before = append(before, list+" := "+over)
			over = list
		}
		count = "len(" + over + ")"
	}
	list := g.outName()
	lo, hi := g.locals.pick("lo", "from"), g.locals.pick("hi", "to")
	inside := place{next: "continue", stop: "break", fail: func(err string) string { return "return " + list + ", " + err }, fn: g.newFunc(), label: g.newLabel(in.name)}
	more, body, name := g.workerBody(f, outer, e, names, 0, last, in, g.appending(list, out), inside)
	clause := fmt.Sprintf("for %s := %s; %s < %s; %s++", name, lo, name, hi, name)
	switch {
	case name == "_":
		clause = fmt.Sprintf("for range %s - %s", hi, lo)
	case r.Kind == model.Slice:
		clause = fmt.Sprintf("for _, %s := range %s[%s:%s]", name, over, lo, hi)
	case g.closes: // body may change the number by its address
		clause, body = fmt.Sprintf("for %s := range %s - %s", name, hi, lo), lines(name+" += "+lo, body)
	}
	code := fmt.Sprintf("func(%s %s, _, %s, %s int, %s []%s) ([]%s, error) {\n%s {\n%s\n}\nreturn %s, nil\n}",
		ctxParamOf(body), g.std("context.Context"), lo, hi, list, out.typ, out.typ, clause, body, list)
	return append(before, more...), callOf(g.file.stockName("Blocks"), append(g.workersArgs(f, outer, last), count, fmt.Sprint(blockSize), code))
}

// list is the slice that a pipeline collects.
type list struct {
	name string
	made string // the local for what a call makes of all elements at once; "" where there is no such call
}

// oneForOne reports whether as many elements leave some stages as enter them.
func oneForOne(stages []*model.Stage) bool {
	return !slices.ContainsFunc(stages, func(s *model.Stage) bool {
		return s.Kind != spec.Map && s.Kind != spec.Tap || s.Calls.OnError != nil
	})
}

// inPlace returns the statements that let the workers write the elements of d's list where they belong, and what has to
// be declared before.
func (g *function) inPlace(f *model.Flow, r *model.Range, outer, e *env, names []string, last int, in, out *cargo, d *down, at place) (before []string, code string) {
	list, index := g.outName(), g.locals.pick("i", "at")
	put := putting(func(place) string { return fmt.Sprintf("%s[%s] = %s", list, index, g.packed(out)) })
	inside := place{next: "continue", stop: "break", fail: returnErr, fn: g.newFunc(), label: g.newLabel(in.name)}
	before, body, name := g.workerBody(f, outer, e, names, 0, last, in, put, inside)
	stock, block, clause := "Slice", g.locals.pick(severalOf(in.name), "in", "chunk"), ""
	param := fmt.Sprintf("_ int, %s []%s, ", block, in.typ)
	if in.typ == out.typ {
		param = fmt.Sprintf("_ int, %s, ", block)
	}
	switch {
	case r.Kind == model.Int:
		stock, block = "Table", g.locals.pick("lo", "from")
		param = fmt.Sprintf("_, %s int, ", block)
		clause = fmt.Sprintf("for %s := range %s", index, list)
		if name != "_" {
			body = lines(fmt.Sprintf("%s := %s + %s", name, block, index), body)
		}
	case name == "_":
		clause = fmt.Sprintf("for %s := range %s", index, list)
	default:
		clause = fmt.Sprintf("for %s, %s := range %s", index, name, block)
	}
	work := fmt.Sprintf("func(%s %s, %s%s []%s) error {\n%s {\n%s\n}\nreturn nil\n}",
		ctxParamOf(body), g.std("context.Context"), param, list, out.typ, clause, body)
	call := callOf(g.file.stockName(stock), append(g.workersArgs(f, outer, last), g.expr(r.Expr, outer), fmt.Sprint(blockSize), work))
	d.list.made = g.locals.pick(severalOf(out.name), "all", "made")
	return before, lines(fmt.Sprintf("%s, %s := %s", d.list.made, g.err, call),
		ifThen(g.err+" != nil", d.fail(g.err, at)), d.list.name+" = "+d.list.made)
}

// returned shortens code that ends with the call that makes l, and with fail where that fails, to a return of the call.
func (l *list) returned(code, err, fail string) (_ string, ok bool) {
	if l == nil || l.made == "" {
		return "", false
	}
	start, end := l.made+", "+err+" := ", "\n"+lines(ifThen(err+" != nil", fail), l.name+" = "+l.made)
	i, call := strings.LastIndex(code, start), strings.TrimSuffix(code, end)
	if i < 0 || call == code {
		return "", false // it stands within a block
	}
	return code[:i] + "return " + call[i+len(start):], true
}
