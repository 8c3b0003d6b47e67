package emit

import (
	"fmt"
	"go/types"

	"github.com/asyncgen/asyncgen/internal/model"
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

// blocks returns the call that runs the concurrent stages up to last on what is split by index: there is no source to
// wait for.
func (g *function) blocks(f *model.Flow, r *model.Range, outer, e *env, names []string, last int, in, out *cargo, args []string) (before []string, call string) {
	over := g.expr(r.Expr, outer)
	count := "max(0, " + over + ")"
	if n, ok := constInt(r.Expr); ok && n >= 0 {
		count = over
	}
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
	more, body, name := g.workerBody(f, outer, e, names, 0, last, in, out, list, inside)
	clause := fmt.Sprintf("for %s := %s; %s < %s; %s++", name, lo, name, hi, name)
	switch {
	case name == "_":
		clause = fmt.Sprintf("for range %s - %s", hi, lo)
	case r.Kind == model.Slice:
		clause = fmt.Sprintf("for _, %s := range %s[%s:%s]", name, over, lo, hi)
	}
	code := fmt.Sprintf("func(%s %s, _, %s, %s int, %s []%s) ([]%s, error) {\n%s {\n%s\n}\nreturn %s, nil\n}",
		ctxParamOf(body), g.std("context.Context"), lo, hi, list, out.typ, out.typ, clause, body, list)
	return append(before, more...), callOf(g.file.stockName("Blocks"), append(args, count, fmt.Sprint(blockSize), code))
}
