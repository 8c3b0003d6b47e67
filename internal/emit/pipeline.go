package emit

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// pipeline emits a pipeline: one func, and where it has effects a second one that is given them.
func (f *file) pipeline(p *model.Pipeline) {
	g, e := f.pipelineFunction(p)
	results, body := g.pipelineBody(p, e)
	ctx := []param{g.ctxParam()}
	caller{
		doc: docComment(p.Doc, p.Name, f.pipelineDoc(p)), name: p.Name, inner: f.pipelineInner(p),
		params: append(ctx, g.params(&p.Definition)...), fixed: append(ctx, g.fixedParams(&p.Definition)...),
		results: results, body: body,
	}.add(f.function, g.passing)
}

// pipelineFunction returns a function that has what a pipeline is given, and what its expressions see.
func (f *file) pipelineFunction(p *model.Pipeline) (*function, *env) {
	g, e := f.withParams(&p.Definition)
	g.passing = g.seams(&p.Definition, e)
	g.closes = flowCaptures(&p.Flow)
	return g, e
}

// pipelineInner returns the name of the func that takes a pipeline's effects.
func (f *file) pipelineInner(p *model.Pipeline) string { return f.innerName(p.Name) }

// pipelineBody returns the results and the body of a pipeline's func.
func (g *function) pipelineBody(p *model.Pipeline, e *env) (results, body string) {
	g.collected = p.Collect.Exprs()
	if p.Collect == nil {
		return g.rangedBody(p, e)
	}
	var r *result
	at := place{fail: func(err string) string { return g.failWith(p.Collect, err) }}
	inside := at
	apart := g.scoped(p.With, &p.Flow)
	if apart {
		inside = place{next: "return nil", leave: "return nil", stop: "return nil", fail: returnErr}
	}
	loop := func(e *env) string {
		return g.flow(&p.Flow, e, "", singular(p.Name), inside, func(name string, e *env) *down {
			r = g.collecting(p.Collect, p, name, e, at)
			return r.down
		}).code(inside)
	}
	if !apart {
		code := loop(e)
		if call, ok := r.down.list.returned(code, g.err, at.fail(g.err)); ok {
			return g.results(r.types), call
		}
		return g.results(r.types), lines(lines(r.before...), readAnyway(code, r.ret), thenReturn(code, r.ret))
	}
	held := g.scope(p.With, &p.Flow, e, "error", func(e *env) string { return thenReturn(loop(e), "return nil") })
	if p.Collect.Kind == model.CollectInto {
		return "error", lines(lines(r.before...), "return "+held)
	}
	run := lines(g.err+" := "+held, ifThen(g.err+" != nil", g.failWith(p.Collect, g.err)))
	return g.results(r.types), lines(lines(r.before...), run, r.ret)
}

// rangedBody returns the results and the body of a pipeline that is ranged over.
func (g *function) rangedBody(p *model.Pipeline, e *env) (results, body string) {
	yield, elem := g.locals.pick("yield", "push"), g.typ(p.Elem)
	results = fmt.Sprintf("%s[%s, error]", g.std("iter.Seq2"), elem)
	return results, fmt.Sprintf("return func(%s func(%s, error) bool) {\n%s\n}", yield, elem, g.rangedLoop(p, e, yield))
}

// rangedLoop returns the statements that yield a pipeline's elements.
func (g *function) rangedLoop(p *model.Pipeline, e *env, yield string) string {
	g.precise = true
	outer := g.seqPlace(yield, p.Elem)
	if g.file.lateness().each[&p.Definition] {
		g.file.eachPipeline(p)
		v := g.locals.pick("v", "element")
		return g.eachCall(&p.Definition, p.Elem, paramNames(g.fixedParams(&p.Definition)), g.yielding(yield)(v, e), v, outer).code(outer)
	}
	if !g.scoped(p.With, &p.Flow) {
		return g.flow(&p.Flow, e, "", singular(p.Name), outer, g.yielding(yield)).code(outer)
	}
	left := g.locals.pick("left", "gone")
	inside := place{next: "return nil", leave: lines(left+" = true", "return nil"), left: left, stop: "return nil", fail: returnErr}
	held := g.scope(p.With, &p.Flow, e, "error", func(e *env) string {
		return thenReturn(g.flow(&p.Flow, e, "", singular(p.Name), inside, g.yielding(yield)).code(inside), "return nil")
	})
	return lines(flags("", left), g.err+" := "+held,
		ifThen(g.err+" != nil && !"+left, fmt.Sprintf("%s(%s, %s)", yield, g.zero(p.Elem), g.err)))
}

// failWith returns the statement that returns an error from a function that collects.
func (g *function) failWith(c *model.Collect, err string) string {
	switch c.Kind {
	case model.CollectInto:
		return "return " + err
	case model.CollectFirst, model.CollectLast:
		return fmt.Sprintf("return %s, false, %s", g.zero(c.Type), err)
	}
	return fmt.Sprintf("return %s, %s", g.zero(c.Type), err)
}

// results returns the result list of a function that returns values of these types and an error.
func (g *function) results(all []types.Type) string {
	if len(all) == 0 {
		return "error"
	}
	var parts []string
	for _, t := range all {
		parts = append(parts, g.typ(t))
	}
	return "(" + strings.Join(append(parts, "error"), ", ") + ")"
}

// flowCaptures reports whether an expression of a flow, or of one that is fused into it, might keep an element's address.
func flowCaptures(f *model.Flow) bool {
	for inner := range f.Flows() {
		if slices.ContainsFunc(inner.Stages, func(s *model.Stage) bool { return captures(s.Expr) || captures(s.Step) }) {
			return true
		}
	}
	for s := range f.Sources() {
		if r, ok := s.(*model.Range); ok && captures(r.Expr) {
			return true
		}
	}
	return false
}

// pipelineDoc says what a pipeline returns, where the spec has no doc.
func (f *file) pipelineDoc(p *model.Pipeline) string {
	var steps []string
	for _, s := range p.Stages {
		steps = append(steps, string(s.Kind))
	}
	through := ""
	if len(steps) > 0 {
		through = " through " + strings.Join(steps, ", ")
	}
	elem := types.TypeString(p.Elem, f.plainName)
	if p.Collect == nil {
		return fmt.Sprintf("returns the elements (%s) of %s%s.", elem, sourceText(p.Source), through)
	}
	return fmt.Sprintf("takes the elements of %s%s, and %s.", sourceText(p.Source), through, collectText(p.Collect))
}

func sourceText(s model.Source) string {
	switch s := s.(type) {
	case *model.Call:
		return s.Definition().Name
	case *model.Range:
		return oneLine(s.Expr.Text)
	case *model.Concat:
		return partsText(s.Parts, ", then ")
	case *model.Zip:
		return partsText(s.Parts, " beside ")
	case *model.Merge:
		return partsText(s.Parts, " merged with ")
	case *model.Gather:
		var calls []string
		for _, p := range s.Parts {
			calls = append(calls, oneLine(p.Expr.Text))
		}
		return strings.Join(calls, " gathered with ")
	}
	return "its source"
}

func partsText(parts []model.Source, between string) string {
	var all []string
	for _, p := range parts {
		all = append(all, sourceText(p))
	}
	return strings.Join(all, between)
}

func collectText(c *model.Collect) string {
	switch c.Kind {
	case model.CollectCount:
		return "counts them"
	case model.CollectFirst, model.CollectLast:
		return "returns the " + string(c.Kind) + " and whether there is one"
	case model.CollectOne:
		return "returns the only one; none or several are an error"
	case model.CollectInto:
		return "hands each to " + oneLine(c.Into.Text)
	case model.CollectReduce:
		return "reduces them to one value"
	}
	return "returns them as a " + string(c.Kind)
}
