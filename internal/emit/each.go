package emit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// A pipeline that holds what may fail to be released has a func of its own for the definitions that go through it: an
// iter.Seq2 that is left early could tell nobody of that error.

// goneThrough reports whether there is such a func for a pipeline.
func (f *file) goneThrough(p *model.Pipeline) bool {
	if p.Collect != nil || !failsLate(p) {
		return false
	}
	through := func(all *model.Flow) bool {
		return goesThrough(all, func(inner *model.Pipeline) bool { return inner == p })
	}
	return slices.ContainsFunc(f.model.Pipelines, func(other *model.Pipeline) bool { return through(&other.Flow) }) ||
		slices.ContainsFunc(f.model.Topologies, func(t *model.Topology) bool {
			return slices.ContainsFunc(t.Workers(), func(w *model.Worker) bool { return through(&w.Flow) })
		})
}

// failsLate reports whether a pipeline that has been left may still fail: what it holds is released then.
func failsLate(p *model.Pipeline) bool {
	for _, w := range p.With {
		if w.Pool != nil {
			return true
		}
		for _, h := range stack(w.Resource) {
			if h.Release != nil && h.Release.Fails || h.OnError != nil && h.OnError.Fails {
				return true
			}
		}
	}
	return len(p.With) > 0 && goesThrough(&p.Flow, failsLate)
}

// goesThrough reports whether a flow goes through a pipeline with that property.
func goesThrough(f *model.Flow, is func(*model.Pipeline) bool) bool {
	for s := range f.Sources() {
		if c, ok := s.(*model.Call); ok && c.Pipeline != nil && is(c.Pipeline) {
			return true
		}
	}
	return false
}

// eachName returns the name of the func that goes through a pipeline for others.
func (f *file) eachName(p *model.Pipeline) string {
	name := "each" + model.UpperFirst(p.Name)
	if n := f.alikeBefore(p.Name); n > 0 {
		name += strconv.Itoa(n + 1)
	}
	return f.free(name)
}

// each adds the func that goes through a pipeline for others.
func (f *file) each(p *model.Pipeline) {
	g, e := f.pipelineFunction(p)
	g.precise = true
	name := f.eachName(p)
	each := g.locals.pick("each", "handOn")
	inside := place{next: "return nil", leave: "return nil", stop: "return nil", fail: returnErr}
	held := g.within(p.With, e, g.passing, func(e *env) string {
		return thenReturn(g.flow(&p.Flow, e, "", singular(p.Name), inside, g.handing(each+"(%s)")).code(inside), "return nil")
	})
	params := append([]param{g.ctxParam()}, g.fixedParams(&p.Definition)...)
	params = append(append(params, param{each, "func(" + g.typ(p.Elem) + ") bool"}), seamParams(g.passing)...)
	doc := comment(fmt.Sprintf("%s calls %s with the elements of %s, until it returns false. The error may be that of a release after that.", name, each, p.Name))
	f.helpers = append(f.helpers, fmt.Sprintf("%s\nfunc %s(%s) error {\nreturn %s\n}", doc, name, writeParams(params), held))
}

// eachCall returns the statements that go through a pipeline by the func that it has for that.
func (g *function) eachCall(p *model.Pipeline, args []string, d *down, name string, at place) *part {
	c := g.callback(func(in place) string { return d.elem(name, in) })
	if !g.used[name] {
		name = "_"
	}
	after := at
	after.label = g.newLabel(name)
	leave := strings.TrimPrefix(at.leave, at.left+" = true\n")
	x := &eachExit{callback: c, left: at.left, leave: leave, late: leave, fail: d.fail(g.err, after), ends: at.next == leave}
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
		use = fmt.Sprintf("func(%s %s) bool {\n%s\n}", name, g.typ(p.Elem), c.telling(x.failed, x.left))
	}
	call := callOf(g.file.eachName(p), append([]string{"ctx"}, args...), []string{use}, passed(p.AllEffects(), g.passing))
	return &part{first: d, left: x.left, before: []string{flags(x.failed, declared)}, loop: x.code(g, call, at)}
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
		alone = ifThen(x.failed+" != nil", at.last(at.fail(x.failed)))
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
