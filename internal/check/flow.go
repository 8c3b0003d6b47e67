package check

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// flow is the check of a source and the stages behind it.
type flow struct {
	model.Flow
	base  *load.Scope // of the definition
	scope *load.Scope // with the names that elements have been given
	elem  types.Type  // what the next stage is given; nil behind a zip or where it is not known
	zip   *model.Zip  // the source, until the map behind it
	from  string      // who gives the element, for messages
}

func join(all []string) string { return strings.Join(all, ", ") }

// flow checks a pipeline's source and stages. It returns nil where nothing can be said of its element.
func (c *checker) flow(scope *load.Scope, p *spec.Pipeline) *flow {
	f := &flow{base: scope, scope: scope, from: "from"}
	f.Source = c.source(scope, p.From)
	if f.Source == nil {
		return nil
	}
	f.elem = model.Elem(f.Source)
	f.zip, _ = f.Source.(*model.Zip)
	if p.As.Given() {
		if f.zip != nil {
			c.diags.Errorf(p.As.At(0), diag.Combination, "as beside from names one element, and zip gives %d", len(f.zip.Parts))
			return nil
		}
		f.As = f.name(c, p.As)
	}
	for i := range p.Stages {
		stage := c.stage(f, &p.Stages[i])
		if stage == nil {
			return nil
		}
		f.Stages = append(f.Stages, stage)
	}
	if f.zip != nil {
		c.diags.Errorf(p.From.Inner.At(0), diag.Combination, "zip wants a map as its first stage, to make one element of %s", zipVars(f.zip))
		return nil
	}
	f.Elem = f.elem
	return f
}

// name gives the element in hand a name that the stages behind see.
func (f *flow) name(c *checker, as spec.Text) *types.Var {
	v := c.newVar(as.Value, f.elem)
	f.scope = f.scope.Child(v)
	c.def.Locals[as.Value] = true
	return v
}

// label is how messages call a stage.
func label(s *spec.Stage) string {
	if s.As.Given() {
		return fmt.Sprintf("stage %q", s.As.Value)
	}
	return fmt.Sprintf("stage %q", string(s.Kind))
}

// stage checks one stage and moves f behind it. It returns nil where the stage has an error.
func (c *checker) stage(f *flow, s *spec.Stage) *model.Stage {
	if c.concurrent(&s.Calls) {
		return nil
	}
	if f.zip != nil && s.Kind != spec.Map {
		c.diags.Errorf(s.Key.At(0), diag.Combination, "the first stage behind zip has to be a map over %s", zipVars(f.zip))
		return nil
	}
	m := &model.Stage{Kind: s.Kind, Elem: f.elem, Adjacent: s.Adjacent}
	scope := c.stageScope(f, m)
	what := label(s)
	before := c.diags.Len()
	ok := c.stageExprs(f, s, m, scope, what)
	if !ok {
		c.givenBy(f, before, what)
		return nil
	}
	if s.Kind == spec.Batch || s.Kind == spec.Window {
		f.scope = f.base
	}
	f.elem, f.zip, f.from = m.Elem, nil, what
	if s.As.Given() {
		m.As = f.name(c, s.As)
	}
	return m
}

// concurrent refuses the modifiers that make a stage's calls concurrent or repeated.
func (c *checker) concurrent(m *spec.Modifiers) bool {
	refused := false
	for _, t := range []spec.Text{m.Concurrency, m.PartitionBy, m.Timeout} {
		if t.Given() {
			c.notYet(t, "concurrent stages")
			refused = true
		}
	}
	if m.Retry != nil {
		c.notYet(m.Retry.Key, "retries")
		refused = true
	}
	if m.OnError != nil && m.OnError.Word.Value != "stop" {
		c.notYet(m.OnError.Key, "error policies")
		refused = true
	}
	return refused
}

// stageScope makes the scope of a stage's expressions: v and i, or a, b, c… behind a zip.
func (c *checker) stageScope(f *flow, m *model.Stage) *load.Scope {
	m.I = c.newVar("i", types.Typ[types.Int])
	if f.zip != nil {
		return f.scope.Child(append(objects(f.zip.Vars), m.I)...)
	}
	m.V = c.newVar("v", f.elem)
	return f.scope.Child(m.V, m.I)
}

func (c *checker) newVar(name string, t types.Type) *types.Var {
	v := types.NewParam(token.NoPos, c.pkg.Types, name, t)
	c.own[v] = true
	return v
}

// givenBy adds to the first new type error who gives the element, and of which type it is.
func (c *checker) givenBy(f *flow, before int, what string) {
	if f.elem == nil || c.diags.Len() == before {
		return
	}
	d := c.diags.At(before)
	if d.Code == diag.WrongElement || d.Code == diag.BadType && strings.Contains(d.Text, "v (") {
		d.Help("%s gives %s to %s", f.from, c.typeName(f.elem), what)
	}
}

// stageExprs checks the Go of one stage and sets what leaves it.
func (c *checker) stageExprs(f *flow, s *spec.Stage, m *model.Stage, scope *load.Scope, what string) bool {
	g := whole(s.Expr)
	switch s.Kind {
	case spec.Map:
		if m.Expr = c.call(scope, g, what, m.V); m.Expr != nil {
			m.Elem = m.Expr.Type
		}
	case spec.Filter, spec.TakeWhile, spec.TakeUntil, spec.SkipWhile:
		m.Expr = c.truth(scope, g, what, m.V)
	case spec.Flatten:
		m.Inner = c.goSource(scope, g, what, m.V)
		if m.Inner == nil {
			return false
		}
		m.Elem = model.Elem(m.Inner)
		return true
	case spec.Take, spec.Skip:
		m.Expr = c.integer(f.base, s.Expr, what, 0)
	case spec.Distinct:
		return c.distinct(m, scope, g, what)
	case spec.Scan:
		return c.scan(f, s, m, what)
	case spec.Batch:
		return c.batch(f, s, m, what)
	case spec.Window:
		return c.window(f, s, m, what)
	case spec.Tap:
		m.Expr = c.sink(scope, g, what, m.V)
	default:
		c.notYet(s.Key, string(s.Kind)+" stages")
		return false
	}
	return m.Expr != nil
}

func (c *checker) distinct(m *model.Stage, scope *load.Scope, g goText, what string) bool {
	m.Expr = c.call(scope, g, what, m.V)
	if m.Expr == nil {
		return false
	}
	if !types.Comparable(m.Expr.Type) {
		c.diags.Errorf(g.at(0), diag.WrongResult, "%s: %s is %s, which cannot be compared, want a comparable key", what, g.text, c.typeName(m.Expr.Type))
		return false
	}
	return true
}

// scan checks a running accumulation.
func (c *checker) scan(f *flow, s *spec.Stage, m *model.Stage, what string) bool {
	m.Init, m.Step, m.Acc = c.accumulate(f, s.Init, s.Step, m.V, m.I, what)
	if m.Step == nil {
		return false
	}
	m.Elem = m.Acc.Type()
	return true
}

// accumulate checks the init and step of a scan or reduce.
func (c *checker) accumulate(f *flow, init, step spec.Text, v, i *types.Var, what string) (*model.Expr, *model.Expr, *types.Var) {
	first := c.value(f.base, whole(init), what+": init")
	if first == nil {
		return nil, nil, nil
	}
	acc := c.newVar("acc", first.Type)
	g := whole(step)
	e := c.typed(f.scope.Child(v, i, acc), g)
	if e == nil {
		return nil, nil, nil
	}
	next := c.oneValue(g, e, what+": step", "the type of init")
	if next == nil {
		return nil, nil, nil
	}
	if !types.AssignableTo(tuple(e)[0], acc.Type()) {
		c.diags.Errorf(g.at(0), diag.WrongResult, "%s: step is %s, and init is %s", what, c.typeName(next.Type), c.typeName(acc.Type())).
			Help("give init the type that step has, such as float64(0)")
		return nil, nil, nil
	}
	return first, next, acc
}

func (c *checker) batch(f *flow, s *spec.Stage, m *model.Stage, what string) bool {
	if s.Every.Given() {
		c.notYet(s.Every, "batches by time")
		return false
	}
	m.Size = c.integer(f.base, s.Size, what+": size", 1)
	m.Elem = types.NewSlice(f.elem)
	return m.Size != nil
}

func (c *checker) window(f *flow, s *spec.Stage, m *model.Stage, what string) bool {
	m.Size = c.integer(f.base, s.Size, what+": size", 1)
	ok := m.Size != nil
	if s.Step.Given() {
		m.Step = c.integer(f.base, s.Step, what+": step", 1)
		ok = ok && m.Step != nil
	}
	m.Elem = types.NewSlice(f.elem)
	return ok
}
