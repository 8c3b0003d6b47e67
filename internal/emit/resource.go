package emit

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"time"

	"github.com/asyncgen/asyncgen/internal/model"
)

// resource emits a resource: the func that runs a body with it, and where the user's functions acquire and release it
// a second one that is given them; and its pool.
func (f *file) resource(r *model.Resource) {
	g, e := f.withParams(&r.Definition)
	value := ""
	if r.Elem != nil {
		value = g.locals.pick(lowerFirst(r.Name), "value")
	}
	use := param{g.locals.pick("use", "body"), g.useType(r, value)}
	seams := g.seams(&r.Definition, e)
	body := g.resourceBody(r, e, value, use.name, seams)
	params := append([]param{g.ctxParam()}, g.fixedParams(&r.Definition)...)
	params = append(params, use)
	caller{
		doc:  docComment(r.Doc, r.FuncName(), resourceDoc(r)) + "\n//\n" + wrapped(releaseDoc(r, value)),
		name: r.FuncName(), inner: f.innerName(r.FuncName()), params: params, fixed: params,
		results: "error", named: "(err error)", body: body,
	}.add(f.function, seams)
	if r.Pool != nil {
		f.pool(r)
	}
}

// useType returns the type of a body that runs with a resource.
func (g *function) useType(r *model.Resource, value string) string {
	if r.Elem == nil {
		return "func(ctx " + g.std("context.Context") + ") error"
	}
	return fmt.Sprintf("func(ctx %s, %s %s) error", g.std("context.Context"), value, g.typ(r.Elem))
}

func resourceDoc(r *model.Resource) string {
	if r.Elem == nil {
		return "calls use between acquire and release."
	}
	return fmt.Sprintf("calls use with what %s gives.", oneLine(r.Acquire.Text))
}

// releaseDoc says what happens to a resource, which use is given as value, after its body.
func releaseDoc(r *model.Resource, value string) string {
	if r.Release == nil {
		return "There is nothing to release."
	}
	said := "It is released once, whatever happens in use: " + oneLine(renamed(r.Release, r.V, value))
	if d := r.ReleaseTimeout; d != nil && r.Release.Effect {
		said += ", for which there is a context that outlives ctx, with at most " + durationText(d)
	} else if r.Release.Effect {
		said += ", for which there is a context that outlives ctx"
	}
	said += "."
	if r.Release.Fails {
		said += " Its error is joined to that of use."
	}
	if r.Suppress != nil {
		said += " An error of use is suppressed where " + oneLine(renamed(r.Suppress, r.V, value)) + "."
	}
	return said
}

// renamed returns the text of an expression with another name for v.
func renamed(x *model.Expr, v *types.Var, name string) string {
	text := x.Text
	if v == nil {
		return text
	}
	var at []int
	ast.Inspect(x.Node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && x.Info.Uses[id] == v {
			at = append(at, int(id.Pos()-x.Base))
		}
		return true
	})
	for _, from := range slices.Backward(at) {
		text = text[:from] + name + text[from+len(v.Name()):]
	}
	return text
}

func durationText(d *model.Duration) string {
	if d.Expr != nil {
		return oneLine(d.Expr.Text)
	}
	return d.Value.String()
}

// resourceBody returns the statements that acquire a resource, run its body, and release it.
func (g *function) resourceBody(r *model.Resource, e *env, value, use string, seams []seam) string {
	if len(r.With) == 0 {
		return g.acquireAndUse(r, e, value, use)
	}
	inner := g.withinNamed(r.With, e, seams, "(err error)", func(e *env) string { return g.acquireAndUse(r, e, value, use) })
	return "return " + inner
}

func (g *function) acquireAndUse(r *model.Resource, e *env, value, use string) string {
	at := place{fail: returnErr}
	d := &down{fail: failAt}
	args := "(ctx)"
	var acquire string
	switch {
	case r.Elem == nil:
		acquire = g.call(r.Acquire, e, d, at)
	default:
		args = "(ctx, " + value + ")"
		acquire = g.try(value, r.Acquire, e, d, at)
	}
	first := g.lookAtCtx("", "return "+g.cause())
	if r.Acquire.Effect {
		first = "" // the look before the effect is that one
	}
	end := g.newEnding(r, e, value)
	return lines(first, acquire, end.declared(), end.releases(), end.tooLate(), end.reports(), end.runBody(use+args))
}

// duration returns the code of a length of time.
func (g *function) duration(r *model.Resource, d *model.Duration) string {
	if d.Expr != nil {
		return g.expr(d.Expr, paramsEnv(&r.Definition))
	}
	return g.constDuration(d.Value)
}

// constDuration returns a duration as a person writes it: 5 * time.Second.
func (g *function) constDuration(d time.Duration) string {
	units := []struct {
		unit time.Duration
		name string
	}{
		{time.Hour, "Hour"},
		{time.Minute, "Minute"},
		{time.Second, "Second"},
		{time.Millisecond, "Millisecond"},
		{time.Microsecond, "Microsecond"},
		{time.Nanosecond, "Nanosecond"},
	}
	for _, u := range units {
		if d%u.unit != 0 {
			continue
		}
		if n := d / u.unit; n != 1 {
			return fmt.Sprintf("%d * %s", n, g.std("time."+u.name))
		}
		return g.std("time." + u.name)
	}
	return "0"
}

// within returns an expression that runs body with resources held: calls of their funcs, one inside the other. Its
// value is the error. names of the resources are told to the env that body is given.
func (g *function) within(all []*model.With, e *env, seams []seam, body func(e *env) string) string {
	return g.withinNamed(all, e, seams, "error", body)
}

func (g *function) withinNamed(all []*model.With, e *env, seams []seam, results string, body func(e *env) string) string {
	if len(all) == 0 {
		return body(e)
	}
	w := all[0]
	inner := e.clone()
	param := "ctx " + g.std("context.Context")
	name := ""
	if w.Var != nil {
		name = g.locals.pick(w.Var.Name(), w.Var.Name()+"Value")
		inner.vars[w.Var] = name
	}
	rest := ""
	if len(all) > 1 {
		rest = "return " + g.withinNamed(all[1:], inner, seams, results, body)
	} else {
		rest = body(inner)
	}
	if name != "" {
		param += fmt.Sprintf(", %s %s", either(g.used[name], name, "_"), g.typ(w.Var.Type()))
	}
	use := fmt.Sprintf("func(%s) %s {\n%s\n}", param, results, rest)
	if len(all) > 1 {
		use = fmt.Sprintf("func(%s) error {\n%s\n}", param, rest)
	}
	if w.Pool != nil {
		return callOf(g.expr(w.Pool, e)+".With", []string{"ctx", use})
	}
	args := []string{"ctx"}
	for _, a := range w.Args {
		args = append(args, g.expr(a, e))
	}
	args = append(args, use)
	if len(w.Resource.AllEffects()) == 0 {
		return callOf(w.Resource.FuncName(), args)
	}
	return callOf(g.file.innerName(w.Resource.FuncName()), args, passed(w.Resource.AllEffects(), seams))
}

// passed returns the names of the seams that hold effects.
func passed(effects []*model.Effect, seams []seam) []string {
	var names []string
	for _, e := range effects {
		for _, s := range seams {
			if s.effect.Same(e) {
				names = append(names, s.name)
				break
			}
		}
	}
	return names
}
