package emit

import (
	"cmp"
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// param is a parameter as it is written.
type param struct{ name, typ string }

func writeParams(all []param) string {
	var parts []string
	named := !slices.ContainsFunc(all, func(p param) bool { return p.name == "" })
	for i, p := range all {
		if !named {
			parts = append(parts, p.typ)
			continue
		}
		if i+1 < len(all) && all[i+1].typ == p.typ {
			parts = append(parts, p.name)
			continue
		}
		parts = append(parts, p.name+" "+p.typ)
	}
	return strings.Join(parts, ", ")
}

// params returns the parameters of a definition, without ctx.
func (g *function) params(d *model.Definition) []param {
	var all []param
	for _, p := range d.Params {
		typ := g.typ(p.Var.Type())
		if p.Variadic {
			typ = "..." + g.typ(p.Var.Type().(*types.Slice).Elem())
		}
		all = append(all, param{p.Var.Name(), typ})
	}
	return all
}

// withParams returns a function that is given a definition's params, and an env of them.
func (f *file) withParams(d *model.Definition) (*function, *env) {
	return f.newFunction(d), paramsEnv(d)
}

// paramsEnv returns the env of a func that is given a definition's params.
func paramsEnv(d *model.Definition) *env {
	e := newEnv()
	for _, p := range d.Params {
		e.vars[p.Var] = p.Var.Name()
	}
	return e
}

// fixedParams returns the parameters of a definition for a func that has more behind them: a variadic one is a slice.
func (g *function) fixedParams(d *model.Definition) []param {
	var all []param
	for _, p := range d.Params {
		all = append(all, param{p.Var.Name(), g.typ(p.Var.Type())})
	}
	return all
}

func (g *function) ctxParam() param { return param{"ctx", g.std("context.Context")} }

// seam is an effect of the user's that a func takes as a parameter, for tests to put their own in its place.
type seam struct {
	effect *model.Effect
	name   string
	typ    string // of the parameter
	value  string // what it is bound to
}

// seams makes a parameter of each of a definition's effects, and tells e of them.
func (g *function) seams(d *model.Definition, e *env) []seam {
	var all []seam
	for i, effect := range d.AllEffects() {
		name := lowerFirst(effect.Func.Name())
		if g.given[name] {
			name += "Call"
		}
		name = g.locals.pick(name, name+"Call")
		if i < len(d.Effects) { // the others are passed on
			e.bind(effect, name)
		}
		all = append(all, seam{effect, name, g.funcType(effect.Signature()), g.effectValue(effect)})
	}
	return all
}

// funcType returns the code of a func type, the way a person writes it: a, b int.
func (g *function) funcType(sig *types.Signature) string {
	var params []param
	for i := range sig.Params().Len() {
		p := sig.Params().At(i)
		typ := g.typ(p.Type())
		if sig.Variadic() && i == sig.Params().Len()-1 {
			typ = "..." + g.typ(p.Type().(*types.Slice).Elem())
		}
		params = append(params, param{p.Name(), typ})
	}
	var results []string
	for r := range sig.Results().Variables() {
		results = append(results, g.typ(r.Type()))
	}
	list := strings.Join(results, ", ")
	if len(results) > 1 {
		list = "(" + list + ")"
	}
	return "func(" + writeParams(params) + ") " + list
}

// effectValue returns the code of an effect as a value: a function, or a method expression.
func (g *function) effectValue(e *model.Effect) string {
	if e.Recv != nil {
		recv := g.typ(e.Recv)
		if _, ok := types.Unalias(e.Recv).(*types.Pointer); ok {
			recv = "(" + recv + ")"
		}
		return recv + "." + e.Func.Name()
	}
	if e.Func.Pkg().Path() == g.file.model.Path {
		return e.Func.Name()
	}
	return g.file.imports.member(e.Func.Pkg().Path(), e.Func.Pkg().Name(), e.Func.Name())
}

func seamParams(seams []seam) []param {
	var all []param
	for _, s := range seams {
		all = append(all, param{s.name, s.typ})
	}
	return all
}

func seamValues(seams []seam) []string {
	var all []string
	for _, s := range seams {
		all = append(all, s.value)
	}
	return all
}

func paramNames(all []param) []string {
	var names []string
	for _, p := range all {
		names = append(names, p.name)
	}
	return names
}

// callOf returns the code of a call.
func callOf(fun string, args ...[]string) string {
	var all []string
	for _, a := range args {
		all = append(all, a...)
	}
	return fun + "(" + strings.Join(all, ", ") + ")"
}

// caller is the func by which a definition is called.
type caller struct {
	doc, name, inner string  // inner is the name of the func that takes its effects as parameters
	params, fixed    []param // fixed are params with a slice for a variadic one
	results          string
	named            string // the results as the body names them, where it does
	body             string
}

// add adds c. Where the definition has effects, c binds the user's to those of a second func, which has the body.
func (c caller) add(function func(doc, name, params, results, body string), seams []seam) {
	if len(seams) == 0 {
		function(c.doc, c.name, writeParams(c.params), cmp.Or(c.named, c.results), c.body)
		return
	}
	function(c.doc, c.name, writeParams(c.params), c.results, "return "+callOf(c.inner, paramNames(c.fixed), seamValues(seams)))
	function(comment(c.inner+" is "+c.name+" with its effects as parameters."), c.inner,
		writeParams(append(c.fixed, seamParams(seams)...)), cmp.Or(c.named, c.results), c.body)
}

// innerName returns the unexported name under which a definition's func takes its effects.
func (f *file) innerName(exported string) string {
	lower := lowerFirst(exported)
	if n := f.alikeBefore(exported); n > 0 {
		return f.free(fmt.Sprintf("%sWith%d", lower, n+1))
	}
	if lower == "p" || lower == "t" || f.free(lower) != lower { // which the tests call their own
		lower += "With"
	}
	return f.free(lower)
}

// alikeBefore counts the definitions before one from which it differs in the case of its first letters alone, as Fetch
// does from fetch: what is made of both would be called the same.
func (f *file) alikeBefore(name string) int {
	n, lower := 0, lowerFirst(name)
	for other := range f.model.Callers {
		if other < name && lowerFirst(other) == lower {
			n++
		}
	}
	return n
}
