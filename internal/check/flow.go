package check

import (
	"fmt"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// flow is the check of a source and the stages behind it.
type flow struct {
	model.Flow
	base      *load.Scope  // of the definition
	scope     *load.Scope  // with the names that elements have been given
	elem      types.Type   // what the next stage is given; nil behind a zip or where it is not known
	several   []*types.Var // what the map behind a zip or a gather sees instead of one element
	by        string       // zip or gather
	unordered *disorder    // of the last stage that does not keep the order; nil where all do
	from      string       // who gives the element, for messages
	failed    bool         // a stage has an error, which leaves no doubt of what the ones behind it are given
}

func join(all []string) string { return strings.Join(all, ", ") }

// flow checks a pipeline's source and stages. It returns nil where nothing can be said of its element.
func (c *checker) flow(scope *load.Scope, p *spec.Pipeline) *flow {
	return c.flowFrom(scope, p, c.source(scope, p.From))
}

// flowFrom checks the stages behind a source, which is nil where it has an error.
func (c *checker) flowFrom(scope *load.Scope, p *spec.Pipeline, source model.Source) *flow {
	f := &flow{base: scope, scope: scope, from: "from", Flow: model.Flow{Source: source}, unordered: c.disorderOf(source)}
	if f.Source == nil {
		return nil
	}
	f.elem = model.Elem(f.Source)
	f.several, f.by = severalOf(f.Source)
	if p.As.Given() {
		if f.by != "" {
			c.diags.Errorf(p.As.At(0), diag.Combination, "as beside from names one element, and %s gives %d", f.by, len(f.several))
			return nil
		}
		f.As = f.name(c, p.As)
	}
	for i := range p.Stages {
		stage, ok := c.stage(f, &p.Stages[i])
		if stage == nil {
			return nil
		}
		f.failed = f.failed || !ok
		f.Stages = append(f.Stages, stage)
	}
	if f.by != "" {
		at := p.From.Inner
		if n := len(p.Stages); n > 0 {
			at = p.Stages[n-1].Key
		}
		c.diags.Errorf(at.At(0), diag.Combination, "%s wants a map behind it, to make one element of %s", f.by, varNames(f.several))
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
	if s.Key.Value != string(s.Kind) { // do or into
		return s.Key.Value
	}
	return fmt.Sprintf("stage %q", string(s.Kind))
}

// stage checks one stage and moves f behind it. ok is false where the stage has an error; it is nil where that leaves open
// what comes out of it.
func (c *checker) stage(f *flow, s *spec.Stage) (m *model.Stage, ok bool) {
	if f.by != "" && s.Kind != spec.Map {
		c.diags.Errorf(s.Key.At(0), diag.Combination, "the first stage behind %s has to be a map over %s", f.by, varNames(f.several))
		return nil, false
	}
	ok = c.keepsOrder(f, s)
	m = &model.Stage{Kind: s.Kind, Adjacent: s.Adjacent}
	if !m.MakesElement() {
		m.Elem = f.elem
	}
	scope := c.stageScope(f, m)
	what := label(s)
	before := c.diags.Len()
	if c.stageExprs(f, s, m, scope, what) {
		ok = c.stageCalls(f, s, m, scope, what) && ok
	} else {
		c.givenBy(f, before, what)
		ok = false
	}
	if m.Elem == nil || s.Kind == spec.GatherStage && m.Gather == nil {
		return nil, false
	}
	if s.Kind == spec.Batch || s.Kind == spec.Window {
		f.scope = f.base
	}
	f.elem, f.from, f.several, f.by = m.Elem, what, nil, ""
	if s.Kind == spec.GatherStage {
		f.by = "gather"
		for _, p := range m.Gather {
			if p.Var != nil {
				f.several = append(f.several, p.Var)
			}
		}
		f.scope = f.scope.Child(objects(f.several)...)
	}
	if s.As.Given() {
		m.As = f.name(c, s.As)
	}
	return m, ok
}

// stageCalls checks the modifiers of a stage.
func (c *checker) stageCalls(f *flow, s *spec.Stage, m *model.Stage, scope *load.Scope, what string) bool {
	e := m.Expr
	if r, ok := m.Inner.(*model.Range); ok {
		e = r.Expr
	}
	if !c.fusedCalls(s, m, what) {
		return false
	}
	var ok bool
	if m.Calls, ok = c.calls(f.base, scope, &s.Calls, e, failsWithin(m), m.V, what); !ok {
		return false
	}
	if m.Calls.Workers == nil {
		return true
	}
	if !m.Calls.Ordered {
		f.unordered = &disorder{flag: &s.Calls.Ordered}
	}
	return true
}

// fusedCalls refuses what is said of a call where there is none: the elements of a definition take the element's place,
// and cannot be taken back.
func (c *checker) fusedCalls(s *spec.Stage, m *model.Stage, what string) bool {
	call, ok := m.Inner.(*model.Call)
	if !ok {
		return true
	}
	name, word := call.Definition().Name, ""
	var at spec.Text
	switch {
	case s.Calls.Timeout.Given():
		word, at = "timeout", s.Calls.Timeout
	case s.Calls.Retry != nil:
		word, at = "retry", s.Calls.Retry.Key
	case s.Calls.OnError == nil || s.Calls.OnError.Word.Value == "stop" || failsWithin(m):
		return true
	case collects(call):
		word, at = "on_error", s.Calls.OnError.Key
	default:
		c.diags.Errorf(s.Calls.OnError.Key.At(0), diag.Combination, "%s: on_error is about errors, and nothing in %s can fail", what, name)
		return false
	}
	c.diags.Errorf(at.At(0), diag.Combination, "%s: %s is about a call, and %s is a definition of this spec whose elements take its place", what, word, name).
		Help("put it beside the stage in %s that makes the call", name)
	return false
}

// stageScope makes the scope of a stage's expressions: v and i, or a, b, c… behind a zip.
func (c *checker) stageScope(f *flow, m *model.Stage) *load.Scope {
	m.I = c.newVar("i", types.Typ[types.Int])
	if f.by != "" && f.elem == nil {
		return f.scope.Child(append(objects(f.several), m.I)...)
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
	if d.Hint == "" && (d.Code == diag.WrongElement || d.Code == diag.BadType && speaksOfElement.MatchString(d.Text)) {
		d.Help("%s gives %s to %s", f.from, c.typeName(f.elem), what)
	}
}

// speaksOfElement matches what the type checker says of v.
var speaksOfElement = regexp.MustCompile(`\bv\b`)

// stageExprs checks the Go of one stage and sets what leaves it.
func (c *checker) stageExprs(f *flow, s *spec.Stage, m *model.Stage, scope *load.Scope, what string) bool {
	g := whole(s.Expr)
	switch s.Kind {
	case spec.Map:
		if m.Expr = c.mapped(scope, g, what, m.V); m.Expr != nil {
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
		if inner := c.disorderOf(m.Inner); inner != nil {
			f.unordered = inner
		}
		return m.Elem != nil
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
	case spec.Rate:
		m.Rate = c.rate(f.base, s.Expr, what)
		return m.Rate != nil
	case spec.Prefetch:
		m.Expr = c.integer(f.base, s.Expr, what, 1)
	case spec.GatherStage:
		m.Gather = c.gather(scope, s.Gather, what)
		return m.Gather != nil
	}
	return m.Expr != nil
}

// mapped checks what a map gives. Of a call without a value it tells the stage that is meant for such.
func (c *checker) mapped(scope *load.Scope, g goText, what string, v *types.Var) *model.Expr {
	before := c.diags.Len()
	e := c.call(scope, g, what, v)
	if e == nil && c.diags.Len() > before {
		if d := c.diags.At(before); d.Code == diag.WrongResult && giveNothing.MatchString(d.Text) {
			d.Help("what is called for its effect alone is a tap")
		}
	}
	return e
}

var giveNothing = regexp.MustCompile(`returns (nothing|error), want`)

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
	if m.Acc != nil {
		m.Elem = m.Acc.Type()
	}
	return m.Step != nil
}

// accumulate checks the init and step of a scan or reduce. With an error in step alone, step is nil.
func (c *checker) accumulate(f *flow, init, step spec.Text, v, i *types.Var, what string) (*model.Expr, *model.Expr, *types.Var) {
	first := c.value(f.base, whole(init), what+": init")
	if first == nil {
		return nil, nil, nil
	}
	acc := c.newVar("acc", first.Type)
	g := whole(step)
	e, next := c.typedValue(f.scope.Child(v, i, acc), g, what+": step", "the type of init")
	if next == nil {
		return first, nil, acc
	}
	if !types.AssignableTo(tuple(e)[0], acc.Type()) {
		c.diags.Errorf(g.at(0), diag.WrongResult, "%s: step is %s, and init is %s", what, c.typeName(next.Type), c.typeName(acc.Type())).
			Help("both have to be of one type: %s", c.sameType(first, next))
		return first, nil, acc
	}
	return first, next, acc
}

// sameType says how init gets the type of step.
func (c *checker) sameType(init, step *model.Expr) string {
	number := func(t types.Type) bool {
		b, ok := t.Underlying().(*types.Basic)
		return ok && b.Info()&types.IsNumeric != 0
	}
	if number(init.Type) && number(step.Type) {
		return fmt.Sprintf("init: %s(%s)", c.typeName(step.Type), init.Text)
	}
	return "convert step, or begin with another init"
}

func (c *checker) batch(f *flow, s *spec.Stage, m *model.Stage, what string) bool {
	ok := c.optionalDuration(&m.Every, f.base, s.Every, what+": every")
	ok = c.optionalCount(&m.Size, f.base, s.Size, what+": size") && ok
	m.Elem = types.NewSlice(f.elem)
	return ok
}

func (c *checker) window(f *flow, s *spec.Stage, m *model.Stage, what string) bool {
	m.Size = c.integer(f.base, s.Size, what+": size", 1)
	ok := m.Size != nil
	ok = c.optionalCount(&m.Step, f.base, s.Step, what+": step") && ok
	m.Elem = types.NewSlice(f.elem)
	return ok
}
