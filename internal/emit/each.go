package emit

import (
	"cmp"
	"fmt"
	"go/types"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// A definition that may fail when it has been left has a func of its own for those that go through it: an iter.Seq2 could tell
// nobody of that error.

// eachName returns the name of the func that goes through a definition for others.
func (f *file) eachName(d *model.Definition) string {
	name, n := "each"+model.UpperFirst(d.Name), f.alikeBefore(d.Name)
	if !f.model.Callers[d.Name] { // an iterator: it comes behind the pipelines
		lower := lowerFirst(d.Name)
		n = f.alikeBefore(lower) + f.alikeBefore(model.ConstructorName(d.Name))
		if f.model.Callers[lower] {
			n++
		}
	}
	if n > 0 {
		name += fmt.Sprintf("With%d", n+1)
	}
	return f.free(name)
}

// eachPipeline adds the func that goes through a pipeline for others.
func (f *file) eachPipeline(p *model.Pipeline) {
	g, e := f.pipelineFunction(p)
	f.each(g, e, &p.Definition, p.Elem, &p.Flow, func(e *env, inside place, to *down) string {
		return g.flow(&p.Flow, e, "", singular(p.Name), inside, func(string, *env) *down { return to }).code(inside)
	})
}

// eachIterator adds the func that goes through an iterator for others.
func (f *file) eachIterator(it *model.Iterator) {
	g, e := f.withParams(&it.Definition)
	g.passing = g.seams(&it.Definition, e)
	f.each(g, e, &it.Definition, it.Elem, &model.Flow{}, func(e *env, inside place, to *down) string {
		name := g.locals.pick(singular(it.Name), typeNoun(it.Elem), "item")
		return g.iteratorLoop(it, e, to, name, inside).code(inside)
	})
}

// each adds the func that goes through a definition for others. loop returns the code of its loop.
func (f *file) each(g *function, e *env, d *model.Definition, elem types.Type, flow *model.Flow, loop func(*env, place, *down) string) {
	g.precise = true
	name := f.eachName(d)
	each := g.locals.pick("each", "handOn")
	params := append([]param{g.ctxParam()}, g.fixedParams(d)...)
	params = append(params, param{each, "func(" + g.typ(elem) + ") bool"})
	late, body, results, begin := "", "", "error", ""
	if f.lateness().beside[d] {
		late, body, results = g.locals.pick("late", "kept"), g.locals.pick("body", "loop"), "("+g.err+" error)"
		begin = body + " = &" + g.err
		params = append(params, param{late, f.lateParam()})
	}
	inside := place{next: "return nil", leave: "return nil", stop: "return nil", fail: returnErr}
	held := g.scope(d.With, flow, e, results, func(e *env) string {
		return lines(begin, thenReturn(loop(e, inside, g.handing(each+"(%s)")("", e)), "return nil"))
	})
	code := "return " + held
	if late != "" {
		code = lines(fmt.Sprintf("var %s *error // what the loop ends with; nil: it has not begun", body), g.err+" := "+held, fmt.Sprintf("return %s.Keep(ctx, %s, %s)", late, g.err, body))
	}
	doc := comment(fmt.Sprintf("%s calls %s with the elements of %s, until it returns false. The error may be that of a release after that.", name, each, d.Name))
	f.helpers = append(f.helpers, fmt.Sprintf("%s\nfunc %s(%s) error {\n%s\n}", doc, name, writeParams(append(params, seamParams(g.passing)...)), code))
}

// lateParam returns the type of a param for what keeps the errors of releases.
func (f *file) lateParam() string {
	f.stockName("Join")
	return "*" + f.stockType("Late")
}

// eachCall returns the statements that go through a definition by the func that it has for that.
func (g *function) eachCall(d *model.Definition, elem types.Type, args []string, to *down, name string, at place) *part {
	c := g.callback(func(in place) string { return to.elem(name, in) })
	if !g.used[name] {
		name = "_"
	}
	after, late := at, g.late
	after.label = g.newLabel(name)
	fail := ""
	if to.failed != nil { // whatever happens
		after.stop, late = "", ""
		fail = to.failed(after)
	} else {
		fail = to.fail(g.err, after)
	}
	leave := strings.TrimPrefix(at.leave, at.left+" = true\n")
	x := &eachExit{callback: c, left: at.left, leave: leave, late: leave, fail: fail, ends: at.next == leave}
	if leave == "return nil" { // to a func that can tell of the error
		x.late = "return " + g.err
	}
	declared := ""
	switch {
	case !c.leaves || x.ends && x.late == x.fail && leave == at.leave:
		x.left = ""
	case x.left == "":
		x.left = g.locals.pick("left", "gone")
		declared = x.left
	}
	if c.fails {
		x.failed = g.locals.pick("failed", "failure")
	}
	use := c.passedTo(name)
	if use == "" || x.left != "" {
		use = fmt.Sprintf("func(%s %s) bool {\n%s\n}", name, g.typ(elem), c.telling(x.failed, x.left))
	}
	uses := []string{use}
	if g.file.lateness().beside[d] {
		uses = append(uses, cmp.Or(late, "nil"))
	}
	call := callOf(g.file.eachName(d), append([]string{"ctx"}, args...), uses, passed(d.AllEffects(), g.passing))
	return &part{first: to, left: x.left, before: []string{flags(x.failed, declared)}, loop: x.code(g, call, at)}
}

// eachExit is what a func does when it has gone through a pipeline.
type eachExit struct {
	*callback
	failed string // the local of an error behind the pipeline; "" where there can be none
	left   string // the local that says that whoever ranges has left; "" where it makes no difference
	leave  string // the statement for that
	late   string // the same, where the pipeline has failed after that
	fail   string // the statements for an error of the pipeline
	ends   bool   // the func ends in any case
}

func (x *eachExit) code(g *function, call string, at place) string {
	some := g.err + " != nil"
	var leaving, both, alone, gone string
	switch {
	case x.left == "" || x.late == x.fail:
	case x.ends && !x.fails:
		some += " && !" + x.left
	default:
		leaving = ifThen(x.left, x.late)
	}
	if x.left != "" && !x.ends {
		gone = ifThen(x.left, x.leave)
	}
	if x.fails {
		both = ifThen(x.failed+" != nil", at.fail(fmt.Sprintf("%s(%s, %s)", g.std("errors.Join"), x.failed, g.err)))
		fail := at.fail(x.failed)
		alone = ifThen(x.failed+" != nil", at.last(fail))
		if fail == "return "+x.failed && at.next == "return nil" {
			alone = fail
		}
	}
	fail := x.fail
	switch rest := lines(gone, alone); {
	case rest == "" && lines(leaving, both, fail, at.next) == "return "+g.err+"\nreturn nil":
		return "return " + call
	case rest == "":
		fail = at.last(fail)
	}
	return lines(ifThen(fmt.Sprintf("%s := %s; %s", g.err, call, some), leaving, both, fail), gone, alone)
}
