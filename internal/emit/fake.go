package emit

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// fakeParts are the parts of a func that stands for an effect in a test: parameters, none of them named, and results.
type fakeParts struct {
	params, results []string
	values, zeros   []string // of the results: some that are as good as any; the zero ones
}

func (g *function) fakeParts(s seam) *fakeParts {
	p := &fakeParts{}
	sig := s.effect.Signature()
	for i := range sig.Params().Len() {
		typ := g.typ(sig.Params().At(i).Type())
		if sig.Variadic() && i == sig.Params().Len()-1 {
			typ = "..." + g.typ(sig.Params().At(i).Type().(*types.Slice).Elem())
		}
		p.params = append(p.params, "_ "+typ)
	}
	for v := range sig.Results().Variables() {
		p.results = append(p.results, g.typ(v.Type()))
		value := g.sample(v.Type(), 0)
		if model.IsError(v.Type()) {
			value = "nil"
		}
		p.values = append(p.values, value)
		p.zeros = append(p.zeros, g.zero(v.Type()))
	}
	return p
}

// name gives a parameter a name.
func (p *fakeParts) name(i int, name string) {
	p.params[i] = name + " " + strings.TrimPrefix(p.params[i], "_ ")
}

// returning returns the statement that returns p's values.
func (p *fakeParts) returning() string {
	if len(p.values) == 0 {
		return ""
	}
	return "return " + strings.Join(p.values, ", ")
}

// decl returns the declaration of a func with p's parameters and results.
func (p *fakeParts) decl(name, body string) string {
	results := strings.Join(p.results, ", ")
	if len(p.results) > 1 {
		results = "(" + results + ")"
	}
	if body != "" {
		body = "\n" + body + "\n"
	}
	return fmt.Sprintf("%s := func(%s) %s {%s}", name, strings.Join(p.params, ", "), results, body)
}

// fakes declares what stands for the effects of a definition in a test, as fake does for each, and tells what it is called.
func (g *function) fakes(d *model.Definition, fake func(i int, s seam) string) (decls string, names []string) {
	for i, s := range g.seams(d, newEnv()) {
		decls = lines(decls, fake(i, s))
		names = append(names, s.name)
	}
	return decls, names
}

// fake returns the declaration of a func that stands for an effect in a test: it does what the probe says.
func (g *function) fake(s seam, pages []*model.Pages) string {
	p := g.fakeParts(s)
	sig := s.effect.Signature()
	n, ctx := len(p.results), ctxIndex(sig)
	if n == 1 && ctx >= 0 {
		if code := g.fakeSeq2(sig.Results().At(0).Type()); code != "" {
			p.name(ctx, "ctx")
			return p.decl(s.name, code)
		}
	}
	if n == 0 || ctx < 0 || !model.IsError(sig.Results().At(n-1).Type()) {
		return p.decl(s.name, p.returning())
	}
	p.name(ctx, "ctx")
	if n == 1 {
		return p.decl(s.name, "return p.Call(ctx)")
	}
	failed := append(slices.Clone(p.zeros[:n-1]), g.err)
	before, ended := g.lastPage(s, p, pages)
	return lines(before, p.decl(s.name, lines(
		ifThen(fmt.Sprintf("%s := p.Call(ctx); %s != nil", g.err, g.err), "return "+strings.Join(failed, ", ")),
		ended,
		p.returning())))
}

// fakeSeq2 returns the statement that returns a sequence of elements and errors, which asks the probe before each; ""
// for any other type.
func (g *function) fakeSeq2(t types.Type) string {
	sig, ok := yieldOf(t)
	if !ok || sig.Params().Len() != 2 || !model.IsError(sig.Params().At(1).Type()) {
		return ""
	}
	elem := sig.Params().At(0).Type()
	return fmt.Sprintf(`return func(%[1]s func(%[2]s, error) bool) {
	for range 2 {
		if err := p.Call(ctx); err != nil {
			%[1]s(%[3]s, err)
			return
		}
		if !%[1]s(%[4]s, nil) {
			return
		}
	}
}`, g.unlike(elem, "yield", "push"), g.typ(elem), g.zero(elem), g.sample(elem, 1))
}

// yieldOf returns the signature of the func that a sequence is given.
func yieldOf(t types.Type) (*types.Signature, bool) {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return nil, false
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	return yield, ok
}

// lastPage returns the statement that ends a paginated fetch after a few pages, and what that needs before the func. It goes
// by the place of the page, where the call is given that, since pages may be fetched in any order.
func (g *function) lastPage(s seam, p *fakeParts, all []*model.Pages) (before, code string) {
	at := slices.IndexFunc(all, func(m *model.Pages) bool { return m != nil && calls(m.Fetch, s.effect) })
	if at < 0 {
		return "", "" // it may be called by several goroutines, and which of them comes first must not matter
	}
	pages, byCursor := all[at], all[at].Mode == model.ByCursor
	if byCursor && p.values[1] == p.zeros[1] {
		return "", "" // the first page is the last
	}
	end := append([]string{}, p.zeros...)
	end[len(end)-1] = "nil"
	name := g.locals.pick(string(pages.Mode), "place")
	i := placeIndex(s.effect, pages)
	if i >= 0 {
		p.name(i, name)
	}
	switch {
	case i >= 0 && byCursor:
		end[0] = p.values[0] // the last page is one
		return "", ifThen(name+" != "+p.zeros[1], "return "+strings.Join(end, ", "))
	case i >= 0:
		return "", ifThen(name+" > 3", "return "+strings.Join(end, ", "))
	case !byCursor && pages.Ahead != nil:
		return "", "" // there is no telling which page this is
	}
	given := g.locals.pick("given", "fetched") // and not calls: one that is cancelled is made again
	return fmt.Sprintf("var %s %s", given, g.std("sync/atomic.Int64")), ifThen(given+".Add(1) > 3", "return "+strings.Join(end, ", "))
}

// placeIndex returns which parameter of an effect is given the place of a page, or -1.
func placeIndex(e *model.Effect, pages *model.Pages) int {
	call := ast.Unparen(pages.Fetch.Node).(*ast.CallExpr)
	shift := 0
	if e.Recv != nil {
		shift = 1
	}
	for i, arg := range call.Args {
		if id, ok := arg.(*ast.Ident); ok && pages.Fetch.Info.Uses[id] == pages.Place {
			return i + shift
		}
	}
	return -1
}

// ctxIndex returns which parameter is a context, or -1.
func ctxIndex(sig *types.Signature) int {
	for i := range sig.Params().Len() {
		named, ok := types.Unalias(sig.Params().At(i).Type()).(*types.Named)
		if ok && named.Obj().Name() == "Context" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "context" {
			return i
		}
	}
	return -1
}

// testArgs returns arguments for a definition's parameters: those of its first example, else samples. It reports false
// where a parameter's type has none.
func (g *function) testArgs(d *model.Definition) ([]string, bool) {
	args := []string{}
	for _, e := range d.Examples {
		if e.Err == nil {
			for _, a := range e.Args[:len(d.Params)] { // a resource's has a body behind them
				args = append(args, g.expr(a, newEnv()))
			}
			return args, true
		}
	}
	for _, p := range d.Params {
		s := g.sample(p.Var.Type(), 0)
		if !sampled(p.Var.Type()) {
			return nil, false
		}
		args = append(args, s)
	}
	return args, true
}

// sampled reports whether sample has more than a zero value for a type.
func sampled(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsBoolean|types.IsNumeric|types.IsString) != 0
	case *types.Slice:
		return sampled(u.Elem())
	case *types.Chan:
		return u.Dir() != types.SendOnly && sampled(u.Elem())
	}
	return false
}

// sample returns the code of a value of type t: a small one, but not the zero value where that is easily had.
func (g *function) sample(t types.Type, depth int) string {
	typ := g.typ(t)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		code := sampleBasic(u)
		if _, plain := types.Unalias(t).(*types.Basic); plain && untypedFits(u) {
			return code
		}
		return typ + "(" + code + ")"
	case *types.Slice:
		if depth > 1 {
			return "nil"
		}
		item := g.sample(u.Elem(), depth+1)
		if literal, ok := strings.CutPrefix(item, g.typ(u.Elem())+"{"); ok {
			item = "{" + literal
		}
		return fmt.Sprintf("%s{%s, %s}", typ, item, item)
	case *types.Chan:
		if u.Dir() == types.SendOnly {
			return "nil"
		}
		return fmt.Sprintf("func() %s {\nch := make(%s, 2)\nch <- %s\nch <- %s\nclose(ch)\nreturn ch\n}()",
			typ, g.typ(types.NewChan(types.SendRecv, u.Elem())), g.sample(u.Elem(), depth+1), g.sample(u.Elem(), depth+1))
	case *types.Pointer:
		if named, ok := types.Unalias(u.Elem()).(*types.Named); ok && g.canName(named) && !types.IsInterface(named) {
			return "new(" + g.typ(u.Elem()) + ")"
		}
	}
	return g.zero(t)
}

// canName reports whether the generated package can write a type's name.
func (g *function) canName(t *types.Named) bool {
	return t.Obj().Exported() || t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == g.file.model.Path
}

func sampleBasic(b *types.Basic) string {
	switch {
	case b.Info()&types.IsBoolean != 0:
		return "true"
	case b.Info()&types.IsString != 0:
		return `"one two"`
	case b.Info()&types.IsNumeric != 0:
		return "5"
	}
	return "nil"
}

// untypedFits reports whether an untyped constant needs no conversion where it is an argument or an element.
func untypedFits(b *types.Basic) bool { return b.Info()&types.IsConstType != 0 }
