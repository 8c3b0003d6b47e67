package emit

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// pipeline emits a pipeline: one func, and where it has effects a second one that is given them.
func (f *file) pipeline(p *model.Pipeline) {
	g := f.newFunction(&p.Definition)
	e := newEnv()
	for _, param := range p.Params {
		e.vars[param.Var] = param.Var.Name()
	}
	seams := g.seams(&p.Definition, e)
	results, body := g.pipelineBody(p, e)
	doc := docComment(p.Doc, p.Name, f.pipelineDoc(p))
	ctx := []param{g.ctxParam()}
	outer := writeParams(append(ctx, g.params(&p.Definition)...))
	if len(seams) == 0 {
		f.function(doc, p.Name, outer, results, body)
		return
	}
	inner := f.pipelineInner(p)
	fixed := append(ctx, g.fixedParams(&p.Definition)...)
	f.function(doc, p.Name, outer, results, "return "+callOf(inner, paramNames(fixed), seamValues(seams)))
	said := comment(inner + " is " + p.Name + " with its effects as parameters.")
	f.function(said, inner, writeParams(append(fixed, seamParams(seams)...)), results, body)
}

// pipelineInner returns the name of the func that takes a pipeline's effects.
func (f *file) pipelineInner(p *model.Pipeline) string { return f.innerName(p.Name) }

// pipelineBody returns the results and the body of a pipeline's function.
func (g *function) pipelineBody(p *model.Pipeline, e *env) (results, body string) {
	g.closes = flowCaptures(&p.Flow)
	hint := singular(p.Name)
	if p.Collect == nil {
		g.precise = true
		yield := g.locals.pick("yield", "push")
		at := g.seqPlace(yield, p.Elem)
		code := g.flow(&p.Flow, e, "", hint, at, g.yielding(yield, p.Elem)).code(at)
		elem := g.typ(p.Elem)
		return fmt.Sprintf("%s[%s, error]", g.std("iter.Seq2"), elem),
			fmt.Sprintf("return func(%s func(%s, error) bool) {\n%s\n}", yield, elem, code)
	}
	var r *result
	at := place{fail: func(err string) string { return g.failWith(p.Collect, err) }}
	part := g.flow(&p.Flow, e, "", hint, at, func(name string, e *env) *down {
		r = g.collecting(p.Collect, p, name, e, at)
		return r.down
	})
	return g.results(r.types), lines(lines(r.before...), part.code(at))
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
	for _, s := range f.Stages {
		if captures(s.Expr) || captures(s.Step) || sourceCaptures(s.Inner) {
			return true
		}
	}
	return sourceCaptures(f.Source)
}

func sourceCaptures(s model.Source) bool {
	switch s := s.(type) {
	case *model.Call:
		return s.Pipeline != nil && flowCaptures(&s.Pipeline.Flow)
	case *model.Concat:
		for _, p := range s.Parts {
			if sourceCaptures(p) {
				return true
			}
		}
	case *model.Range:
		return captures(s.Expr)
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
		return callName(s)
	case *model.Range:
		return oneLine(s.Expr.Text)
	case *model.Concat:
		return partsText(s.Parts, ", then ")
	case *model.Zip:
		return partsText(s.Parts, " beside ")
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
