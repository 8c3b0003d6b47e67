package emit

import (
	"fmt"
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
	for _, other := range f.model.Pipelines {
		if through(&other.Flow) {
			return true
		}
	}
	for _, t := range f.model.Topologies {
		for _, workers := range [][]*model.Worker{t.Producers, t.Consumers} {
			for _, w := range workers {
				if through(&w.Flow) {
					return true
				}
			}
		}
	}
	return false
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

// goesThrough reports whether a flow has a pipeline with that property among its sources, or those of its flattens.
func goesThrough(f *model.Flow, is func(*model.Pipeline) bool) bool {
	var among func(s model.Source) bool
	among = func(s model.Source) bool {
		if c, ok := s.(*model.Call); ok && c.Pipeline != nil {
			return is(c.Pipeline) || goesThrough(&c.Pipeline.Flow, is)
		}
		for _, part := range model.Parts(s) {
			if among(part) {
				return true
			}
		}
		return false
	}
	for _, s := range f.Stages {
		if s.Inner != nil && among(s.Inner) {
			return true
		}
	}
	return among(f.Source)
}

func (f *file) eachName(p *model.Pipeline) string { return f.free("each" + model.UpperFirst(p.Name)) }

// rangedByEach returns the body of a pipeline that others go through, and adds the func that does so.
func (g *function) rangedByEach(p *model.Pipeline, e *env, yield string) string {
	name, elem := g.file.eachName(p), g.typ(p.Elem)
	each := g.locals.pick("each", "handOn")
	inside := place{leave: "return nil", stop: "return nil", fail: returnErr}
	body := "return " + g.within(p.With, e, g.passing, func(e *env) string {
		return thenReturn(g.flow(&p.Flow, e, "", singular(p.Name), inside, g.handing(each+"(%s)")).code(inside), "return nil")
	})
	fixed := append([]param{g.ctxParam()}, g.fixedParams(&p.Definition)...)
	params := append(append(fixed, param{each, "func(" + elem + ") bool"}), seamParams(g.passing)...)
	doc := comment(fmt.Sprintf("%s calls %s with the elements of %s, until it returns false. The error may be that of a release after that.", name, each, p.Name))
	g.file.helpers = append(g.file.helpers, fmt.Sprintf("%s\nfunc %s(%s) error {\n%s\n}", doc, name, writeParams(params), body))

	left, v := g.locals.pick("left", "gone"), g.locals.pick("v", "element")
	use := fmt.Sprintf("func(%s %s) bool {\n%s = !%s(%s, nil)\nreturn !%s\n}", v, elem, left, yield, v, left)
	var seams []string
	for _, s := range g.passing {
		seams = append(seams, s.name)
	}
	return lines(left+" := false // by whoever ranges: then nothing more can be yielded",
		ifThen(fmt.Sprintf("%s := %s; %s != nil && !%s", g.err, callOf(name, paramNames(fixed), []string{use}, seams), g.err, left),
			fmt.Sprintf("%s(%s, %s)", yield, g.zero(p.Elem), g.err)))
}

// eachCall returns the statements that go through another pipeline by the func that it has for that.
func (g *function) eachCall(s *model.Call, args []string, d *down, name string, at place) *part {
	failed, left := "", g.locals.pick("left", "gone")
	in := place{next: "return true", stop: "return false", fn: g.newFunc()}
	if at.leave != "" {
		in.leave = lines(left+" = true", "return false")
	}
	in.fail = func(err string) string {
		if failed == "" {
			failed = g.locals.pick("failed", "failure")
		}
		return lines(failed+" = "+err, "return false")
	}
	body := d.elem(name, in)
	if !leaves(body) {
		body = lines(body, "return true")
	}
	after := at
	after.label = g.newLabel(name)
	if !g.used[name] {
		name = "_"
	}
	call := callOf(g.file.eachName(s.Pipeline), append([]string{"ctx"}, args...),
		[]string{fmt.Sprintf("func(%s %s) bool {\n%s\n}", name, g.typ(s.Pipeline.Elem), body)}, passed(s.Pipeline.AllEffects(), g.passing))
	p := &part{first: d}
	both, alone := "", ""
	if failed != "" {
		p.before = append(p.before, "var "+failed+" error")
		both = ifThen(failed+" != nil", at.fail(fmt.Sprintf("%s(%s, %s)", g.std("errors.Join"), failed, g.err)))
		alone = ifThen(failed+" != nil", at.fail(failed))
	}
	gone, late := "", ""
	if strings.Contains(body, left+" = true\n") {
		p.before = append(p.before, left+" := false // by whoever ranges")
		gone, late = ifThen(left, at.leave), ifThen(left, at.leave)
		if at.leave == "return nil" { // to a func that can tell of the error
			late = ifThen(left, "return "+g.err)
		}
	}
	fail := d.fail(g.err, after)
	if both == "" && late == ifThen(left, fail) {
		late = ""
	}
	p.loop = lines(ifThen(fmt.Sprintf("%s := %s; %s != nil", g.err, call, g.err), late, both, fail), alone, gone)
	return p
}
