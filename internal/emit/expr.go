package emit

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// env says what the names that a spec's Go uses are called in the output.
type env struct {
	vars    map[types.Object]string
	effects map[*types.Func][]bound // what stands for the user's effects, by their origins; empty where they are called directly
}

// bound is an effect and the variable that holds it.
type bound struct {
	effect *model.Effect
	name   string
}

func newEnv() *env { return &env{vars: map[types.Object]string{}, effects: map[*types.Func][]bound{}} }

// clone returns an env that can be added to without e seeing it.
func (e *env) clone() *env {
	return &env{vars: maps.Clone(e.vars), effects: e.effects}
}

// bind makes name stand for an effect.
func (e *env) bind(effect *model.Effect, name string) {
	key := effect.Func.Origin()
	e.effects[key] = append(e.effects[key], bound{effect, name})
}

// edit replaces the bytes from, to of a text.
type edit struct {
	from, to int
	text     string
}

// rewriter turns Go of the spec into Go of the output by edits at its identifiers, so that it stays as it was written.
type rewriter struct {
	*imports
	env   *env
	info  *types.Info
	base  token.Pos
	used  map[string]bool // the locals that the text names
	edits []edit
}

// expr returns the code of an expression.
func (g *function) expr(e *model.Expr, env *env) string {
	if e.Node == nil {
		return g.list(e, env)
	}
	return g.rewrite(e.Text, e.Node, e.Base, e.Info, env)
}

// list returns the code of a variadic parameter's elements, as a slice.
func (g *function) list(e *model.Expr, env *env) string {
	if len(e.List) == 0 {
		return g.typ(e.Type) + "(nil)"
	}
	var items []string
	for _, item := range e.List {
		items = append(items, g.expr(item, env))
	}
	return g.typ(e.Type) + "{" + strings.Join(items, ", ") + "}"
}

// inHeader returns the code of an expression that stands between for or if and its body: a composite literal in it has
// parentheses, since its brace would open the body.
func (g *function) inHeader(e *model.Expr, env *env) string {
	if e.Node == nil {
		return g.list(e, env)
	}
	r := &rewriter{imports: g.file.imports, env: env, info: e.Info, base: e.Base, used: g.used}
	r.walk(e.Node)
	r.guard(ast.Unparen(e.Node)) // gofmt takes away what is around all of it
	return r.apply(e.Text)
}

// guard puts parentheses around the composite literals of a type name that stand in none yet.
func (r *rewriter) guard(node ast.Node) {
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ParenExpr, *ast.FuncLit:
			return false
		case *ast.CallExpr:
			r.guard(n.Fun)
			return false
		case *ast.IndexExpr:
			r.guard(n.X)
			return false
		case *ast.CompositeLit:
			switch n.Type.(type) {
			case *ast.ArrayType, *ast.MapType:
			default:
				r.add(n.Pos(), n.Pos(), "(")
				r.add(n.End(), n.End(), ")")
			}
			return false
		}
		return true
	})
}

// stmt returns the code of a statement.
func (g *function) stmt(s *model.Stmt, env *env) string {
	return g.rewrite(s.Text, s.Node, s.Base, s.Info, env)
}

func (g *function) rewrite(text string, node ast.Node, base token.Pos, info *types.Info, env *env) string {
	r := &rewriter{imports: g.file.imports, env: env, info: info, base: base, used: g.used}
	r.walk(node)
	return r.apply(text)
}

// walk finds what has to be edited in node.
func (r *rewriter) walk(node ast.Node) {
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			return !r.effectCall(n)
		case *ast.SelectorExpr:
			return !r.packageMember(n)
		case *ast.KeyValueExpr:
			return true
		case *ast.Ident:
			r.ident(n)
		}
		return true
	})
}

// packageMember edits pkg.Name, and reports whether n is one.
func (r *rewriter) packageMember(n *ast.SelectorExpr) bool {
	x, ok := n.X.(*ast.Ident)
	if !ok {
		return false
	}
	pkg, ok := r.info.Uses[x].(*types.PkgName)
	if !ok {
		return false
	}
	if pkg.Name() != pkg.Imported().Name() {
		r.fixed[pkg.Imported().Path()] = pkg.Name()
	}
	r.add(n.Pos(), n.End(), r.member(pkg.Imported().Path(), pkg.Imported().Name(), n.Sel.Name))
	return true
}

func (r *rewriter) ident(n *ast.Ident) {
	obj := r.info.Uses[n]
	if obj == nil {
		obj = r.info.Defs[n]
	}
	if name, ok := r.env.vars[obj]; ok {
		r.used[name] = true
		if name != n.Name {
			r.add(n.Pos(), n.End(), name)
		}
	}
}

// effectCall edits a call of an effect that a variable holds, and reports whether n is one. The receiver of a method
// becomes the first argument.
func (r *rewriter) effectCall(n *ast.CallExpr) bool {
	switch fun := ast.Unparen(n.Fun).(type) {
	case *ast.Ident:
		name, ok := r.bound(r.info.Uses[fun], nil)
		if !ok {
			return false
		}
		r.add(n.Fun.Pos(), n.Fun.End(), name)
	case *ast.SelectorExpr:
		sel := r.info.Selections[fun]
		var recv types.Type
		if sel != nil {
			recv = sel.Recv()
		}
		name, ok := r.bound(r.info.Uses[fun.Sel], recv)
		if !ok {
			return false
		}
		if sel == nil {
			r.add(n.Fun.Pos(), n.Fun.End(), name)
			break
		}
		r.add(n.Fun.Pos(), fun.X.Pos(), name+"(")
		r.walk(fun.X)
		r.add(fun.X.End(), n.Lparen+1, ", ")
	default:
		return false
	}
	for _, arg := range n.Args {
		r.walk(arg)
	}
	return true
}

// bound returns the variable that holds the effect, if one does.
func (r *rewriter) bound(obj types.Object, recv types.Type) (string, bool) {
	f, ok := obj.(*types.Func)
	if !ok {
		return "", false
	}
	for _, b := range r.env.effects[f.Origin()] {
		if b.effect.Same(&model.Effect{Func: f, Recv: recv}) {
			return b.name, true
		}
	}
	return "", false
}

func (r *rewriter) add(from, to token.Pos, text string) {
	r.edits = append(r.edits, edit{int(from - r.base), int(to - r.base), text})
}

// apply returns text with the edits made.
func (r *rewriter) apply(text string) string {
	slices.SortStableFunc(r.edits, func(a, b edit) int { return a.from - b.from })
	var b strings.Builder
	at := 0
	for _, e := range r.edits {
		b.WriteString(text[at:e.from])
		b.WriteString(e.text)
		at = e.to
	}
	b.WriteString(text[at:])
	return b.String()
}

// not returns the code of a condition's opposite, the way a person would write it.
func (g *function) not(e *model.Expr, env *env) string {
	code := g.inHeader(e, env)
	switch n := e.Node.(type) {
	case *ast.Ident, *ast.CallExpr, *ast.SelectorExpr, *ast.IndexExpr, *ast.ParenExpr:
		return "!" + code
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			return strings.TrimSpace(strings.TrimPrefix(code, "!"))
		}
	case *ast.BinaryExpr:
		if op, ok := opposite(n, e.Info); ok {
			inner := &model.Expr{Text: e.Text, Node: e.Node, Base: e.Base, Info: e.Info}
			return g.withOp(inner, n, op, env)
		}
	}
	return "!(" + code + ")"
}

// opposite returns the operator that is true where n's is false. Floats have none for an order: NaN is neither.
func opposite(n *ast.BinaryExpr, info *types.Info) (token.Token, bool) {
	switch n.Op {
	case token.EQL:
		return token.NEQ, true
	case token.NEQ:
		return token.EQL, true
	}
	basic, ok := info.TypeOf(n.X).Underlying().(*types.Basic)
	if !ok || basic.Info()&(types.IsInteger|types.IsString) == 0 {
		return 0, false
	}
	op, ok := map[token.Token]token.Token{token.LSS: token.GEQ, token.GEQ: token.LSS, token.GTR: token.LEQ, token.LEQ: token.GTR}[n.Op]
	return op, ok
}

// withOp returns the code of a binary expression with another operator.
func (g *function) withOp(e *model.Expr, n *ast.BinaryExpr, op token.Token, env *env) string {
	r := &rewriter{imports: g.file.imports, env: env, info: e.Info, base: e.Base, used: g.used}
	r.walk(n)
	r.guard(n)
	r.add(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), op.String())
	return r.apply(e.Text)
}

// plainLocal returns the local that an expression is, if it is just that.
func plainLocal(e *model.Expr, env *env) (string, bool) {
	if e.Node == nil {
		return "", false
	}
	id, ok := ast.Unparen(e.Node).(*ast.Ident)
	if !ok {
		return "", false
	}
	name, ok := env.vars[e.Info.Uses[id]]
	return name, ok
}

// calledWith returns the function that x calls, where x does nothing but call a function of one parameter with v.
func (g *function) calledWith(x *model.Expr, v *types.Var, env *env) (string, bool) {
	call, ok := x.Node.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || x.Effect || x.Fails {
		return "", false
	}
	arg, ok := ast.Unparen(call.Args[0]).(*ast.Ident)
	if !ok || x.Info.Uses[arg] != v || !isFunction(call.Fun, x.Info) {
		return "", false
	}
	sig := x.Info.TypeOf(call.Fun).(*types.Signature)
	if sig.Variadic() || !types.Identical(sig.Params().At(0).Type(), v.Type()) || !types.Identical(sig.Results().At(0).Type(), x.Type) {
		return "", false
	}
	from, to := int(call.Fun.Pos()-x.Base), int(call.Fun.End()-x.Base)
	return g.expr(&model.Expr{Text: x.Text[from:to], Node: call.Fun, Base: call.Fun.Pos(), Info: x.Info}, env), true
}

// isFunction reports whether an expression names a function of a package that is not generic.
func isFunction(fun ast.Expr, info *types.Info) bool {
	id, ok := fun.(*ast.Ident)
	if sel, qualified := fun.(*ast.SelectorExpr); qualified {
		id, ok = sel.Sel, info.Selections[sel] == nil
	}
	if !ok {
		return false
	}
	f, ok := info.Uses[id].(*types.Func)
	return ok && f.Signature().TypeParams() == nil
}

// sameType reports whether e, written as it is, has type t without a conversion.
func sameType(e *model.Expr, t types.Type) bool {
	if e.Node == nil {
		return true
	}
	return types.Identical(types.Default(e.Info.TypeOf(e.Node)), t)
}

// calls reports whether an expression is a call of an effect.
func calls(x *model.Expr, e *model.Effect) bool {
	call, ok := ast.Unparen(x.Node).(*ast.CallExpr)
	if !ok {
		return false
	}
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return x.Info.Uses[fun] == e.Func
	case *ast.SelectorExpr:
		var recv types.Type
		if sel := x.Info.Selections[fun]; sel != nil {
			recv = sel.Recv()
		}
		f, ok := x.Info.Uses[fun.Sel].(*types.Func)
		return ok && e.Same(&model.Effect{Func: f, Recv: recv})
	}
	return false
}
