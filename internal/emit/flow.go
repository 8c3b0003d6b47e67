package emit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// part is the code of a flow, or of as much of one as has no end yet.
type part struct {
	before []string // declarations that the loop needs
	guards []string // conditions without which the loop does not run at all
	loop   string
	first  *down  // what the source hands its elements to
	left   string // the local of before that says that whoever ranges has left; "" where there is none
}

// code returns all of p: what stands before the loop, the loop, and what the stages do at the end.
func (p *part) code(at place) string {
	open := p.open()
	if endsInLoop(open) {
		return open
	}
	return lines(open, p.first.finish(at))
}

// open returns p without what the stages do at the end.
func (p *part) open() string {
	loop := p.loop
	for i := len(p.guards) - 1; i >= 0; i-- {
		loop = ifThen(p.guards[i], loop)
	}
	return lines(lines(p.before...), loop)
}

// flow returns the code of f with what d makes of its elements behind it. fixed is what the last element has to be
// called; where that is "", hint is what it might be.
func (g *function) flow(f *model.Flow, outer *env, fixed, hint string, at place, to func(elem string, e *env) *down) *part {
	g.takeTypes(f)
	e := outer.clone()
	names := g.elementNames(f, e, fixed, hint)
	return g.segment(f, outer, e, names, len(f.Stages), to(names[len(names)-1], e), at)
}

// segment returns the code of a flow's source and its first n stages, with d behind them.
func (g *function) segment(f *model.Flow, outer, e *env, names []string, n int, d *down, at place) *part {
	if first, last := lastSplit(f.Stages, n); last >= 0 {
		return g.split(f, outer, e, names, first, last, n, d, at)
	}
	d, before, guards := g.stages(f, outer, e, names, 0, n, d, at)
	src := g.source(f.Source, e, d, names[0], at)
	return &part{before: append(before, src.before...), guards: append(guards, src.guards...), loop: src.loop, first: src.first}
}

// stages returns what the stages from first to before n make of d: what stands behind whatever comes before them, the
// declarations that they need before the loop, and the conditions without which the loop does not run.
func (g *function) stages(f *model.Flow, outer, e *env, names []string, first, n int, d *down, at place) (_ *down, before, guards []string) {
	befores := make([][]string, n)
	var funcs []string // they see what all stages declare
	for i := n - 1; i >= first; i-- {
		s := &stage{Stage: f.Stages[i], in: names[i], out: names[i+1], env: e.clone(), outer: outer, at: at}
		if s.V != nil {
			s.env.vars[s.V] = s.in
		}
		d = g.stage(s, g.lookingAgain(s, d))
		befores[i] = s.before
		if s.shared != "" {
			funcs = append(funcs, s.shared)
		}
		guards = append(guards, s.guard...)
	}
	return d, append(slices.Concat(befores...), funcs...), guards
}

// lookingAgain returns d for what stands behind a stage: though ctx has been looked at before the stage, it may be done
// after its call.
func (g *function) lookingAgain(s *stage, d *down) *down {
	if !stageEffect(s.Stage) && s.Kind != spec.Flatten {
		return d
	}
	again := *d
	again.elem = func(v string, at place) string {
		was := g.looked
		g.looked = false
		defer func() { g.looked = was }()
		return d.elem(v, at)
	}
	return &again
}

// elementNames picks the local names of the elements that leave the source and each stage, and tells e of those that
// the spec names. fixed is what the last one has to be called, or "".
func (g *function) elementNames(f *model.Flow, e *env, fixed, hint string) []string {
	names := make([]string, len(f.Stages)+1)
	naming := lastNaming(f)
	names[0] = g.sourceName(f, e, choice(naming == 0, fixed), choice(naming == 0, hint))
	bindName(e, f.As, names[0])
	for i, s := range f.Stages {
		if s.Kind == spec.GatherStage {
			g.gatherNames(s.Gather, e)
		}
		last := i+1 == naming
		names[i+1] = g.stageName(s, names[i], givenName(f, i+1), choice(last, fixed), choice(last, hint))
		bindName(e, s.As, names[i+1])
	}
	return names
}

// lastNaming returns the number of the last stage that makes a new element, 0 for the source.
func lastNaming(f *model.Flow) int {
	for i := len(f.Stages); i > 0; i-- {
		if f.Stages[i-1].MakesElement() {
			return i
		}
	}
	return 0
}

// givenName returns the name that the spec gives to the element behind the first n stages, there or beside a stage further
// on that lets it through; "" where it gives none.
func givenName(f *model.Flow, n int) string {
	as := f.As
	if n > 0 {
		as = f.Stages[n-1].As
	}
	for ; as == nil && n < len(f.Stages) && !f.Stages[n].MakesElement(); n++ {
		as = f.Stages[n].As
	}
	if as == nil {
		return ""
	}
	return as.Name()
}

func bindName(e *env, as *types.Var, name string) {
	if as != nil {
		e.vars[as] = name
	}
}

// sourceName names the element of a flow's source.
func (g *function) sourceName(f *model.Flow, e *env, fixed, hint string) string {
	given := givenName(f, 0)
	switch s := f.Source.(type) {
	case *model.Zip:
		g.zipNames(s, e)
		return ""
	case *model.Gather:
		g.gatherNames(s.Parts, e)
		return ""
	case *model.Call:
		if fixed == "" && given == "" {
			return g.locals.pick(calledNoun(s), singular(s.Definition().Name), hint, typeNoun(model.Elem(s)), "item", "value")
		}
	case *model.Feed:
		if fixed == "" && given == "" {
			return g.locals.pick(singular(s.Queues[0].Name), typeNoun(s.Elem()), "item", "value")
		}
	case *model.Range:
		if hint == "" {
			hint = exprNoun(s.Expr)
		}
		if hint == "" && s.Kind == model.Int {
			hint = "number"
		}
	}
	if fixed != "" {
		return fixed
	}
	if given != "" {
		return g.asName(given)
	}
	return g.locals.pick(hint, typeNoun(model.Elem(f.Source)), "item", "value")
}

// calledNoun returns what the definition that is called calls its elements, or "".
func calledNoun(c *model.Call) string {
	if c.Iterator != nil {
		if v := yieldedVar(c.Iterator.Loop); v != nil {
			return v.Name()
		}
		return ""
	}
	f := &c.Pipeline.Flow
	for i := len(f.Stages) - 1; i >= 0; i-- {
		if as := f.Stages[i].As; as != nil {
			return as.Name()
		}
		if lastNaming(f) == i+1 {
			return ""
		}
	}
	if f.As != nil {
		return f.As.Name()
	}
	if inner, ok := f.Source.(*model.Call); ok {
		return calledNoun(inner)
	}
	return ""
}

// asName takes the name that the spec gives.
func (g *function) asName(name string) string {
	return g.locals.pick(name, name+"Item")
}

// exprNoun names one element of what an expression gives, where that is a plain plural.
func exprNoun(e *model.Expr) string {
	switch n := ast.Unparen(e.Node).(type) {
	case *ast.Ident:
		return singular(n.Name)
	case *ast.SelectorExpr:
		return singular(n.Sel.Name)
	case *ast.CallExpr:
		return singular(resultName(calleeName(n)))
	}
	return ""
}

func calleeName(n *ast.CallExpr) string {
	switch f := ast.Unparen(n.Fun).(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.IndexExpr:
		if id, ok := f.X.(*ast.Ident); ok {
			return id.Name
		}
	}
	return ""
}

// stageName names what leaves a stage: what enters it where nothing new is made.
func (g *function) stageName(s *model.Stage, in, given, fixed, hint string) string {
	var candidates []string
	switch s.Kind {
	case spec.Map:
		if call, ok := ast.Unparen(s.Expr.Node).(*ast.CallExpr); ok && !s.Expr.Info.Types[call.Fun].IsType() {
			candidates = append(candidates, resultName(calleeName(call)))
		}
		candidates = append(candidates, hint, typeNoun(s.Elem), "value", "result")
	case spec.Flatten:
		noun := ""
		switch inner := s.Inner.(type) {
		case *model.Range:
			noun = exprNoun(inner.Expr)
		case *model.Call:
			noun = singular(inner.Definition().Name)
		}
		candidates = []string{noun, hint, typeNoun(s.Elem), "item"}
	case spec.Scan:
		candidates = []string{hint, "total", "sum"}
	case spec.Batch:
		candidates = []string{hint, "batch", "group"}
	case spec.Window:
		candidates = []string{hint, "window", "span"}
	default:
		return in
	}
	if fixed != "" {
		return fixed
	}
	if given != "" {
		return g.asName(given)
	}
	return g.locals.pick(candidates...)
}

// captures reports whether an expression might keep the address of an element: it is a func literal, or has one.
func captures(e *model.Expr) bool {
	if e == nil || e.Node == nil {
		return false
	}
	found := false
	ast.Inspect(e.Node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND
		}
		return !found
	})
	return found
}
