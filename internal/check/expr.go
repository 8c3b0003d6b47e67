package check

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// goText is Go in the spec, or a part of it.
type goText struct {
	text string
	at   func(offset int) diag.Pos
}

// whole returns all of t, without the line break that a block scalar ends in.
func whole(t spec.Text) goText { return goText{strings.TrimRight(t.Value, " \t\n"), t.At} }

// part returns the bytes that node takes up. node was parsed from g by parser.ParseExpr.
func (g goText) part(node ast.Node) goText {
	from := int(node.Pos()) - 1
	return goText{g.text[from : int(node.End())-1], func(i int) diag.Pos { return g.at(from + i) }}
}

// typed types g. It returns nil where that fails; the reason is reported.
func (c *checker) typed(scope *load.Scope, g goText) *load.Expr {
	e, errs := scope.Expr(g.text)
	for len(errs) > 0 && c.makeNamed(errs[0].Msg) {
		before := c.diags.Len()
		e, errs = scope.Expr(g.text)
		if c.diags.Len() > before {
			return nil
		}
	}
	if !c.goErrors(g, errs) {
		return nil
	}
	return e
}

// goErrors reports what the parser and the type checker say of g, and whether it is all right.
func (c *checker) goErrors(g goText, errs []load.Error) bool {
	for _, e := range errs {
		if c.ofBrokenParam(e.Msg) {
			continue
		}
		code := diag.BadType
		if e.Parse {
			code = diag.BadGo
		}
		msg := declaredAt.ReplaceAllString(e.Msg, "")
		c.explain(c.diags.Errorf(g.at(min(e.Offset, len(g.text))), code, "%s", msg), msg)
	}
	return len(errs) == 0
}

// declaredAt matches the places that go/types puts into a message.
var declaredAt = regexp.MustCompile(` \(declared at [^)]*\)`)

// ofBrokenParam reports whether msg only follows from a parameter whose type is wrong, which has been told.
func (c *checker) ofBrokenParam(msg string) bool {
	name, ok := strings.CutSuffix(msg, ": its type is not known")
	if !ok || c.def == nil {
		return false
	}
	for _, p := range c.def.Params {
		if p.Var.Name() == name && p.Var.Type() == types.Typ[types.Invalid] {
			return true
		}
	}
	return false
}

// explain adds why a name of the package cannot be used, where that is known.
func (c *checker) explain(d *diag.Diagnostic, msg string) {
	if strings.HasPrefix(msg, "unexpected = ") {
		d.Help("a comparison is written ==")
		return
	}
	name, ok := strings.CutPrefix(msg, "undefined: ")
	if !ok {
		return
	}
	if where, ok := knownIn[name]; ok {
		d.Help("%s is %s", name, where)
		return
	}
	if _, ok := c.pipelines[name]; ok {
		d.Help("%s has an error of its own, or is declared by this spec and cannot be used here", name)
		return
	}
	if path, ok := wellKnown[name]; ok {
		d.Help("add it: imports: [%s]", path)
		return
	}
	if c.def != nil && c.def.Locals[name] {
		d.Help("%s is given by as: to an element further on, or to one that batch or window has gathered since", name)
		return
	}
	for _, e := range c.pkg.Errors {
		d.Note(e.Pos, "the package has an error: %s", e.Text)
		return
	}
}

// knownIn says of the names that only some Go text sees what they are, and where.
var knownIn = map[string]string{
	"v":      "the element in hand: what is evaluated once, before there is one, does not see it; behind zip the elements are a, b, c",
	"i":      "the index of the element in hand: what is evaluated once, before there is one, does not see it",
	"acc":    "the accumulator: only the step of scan and reduce sees it",
	"err":    "the error in hand: only what is called for an error sees it",
	"offset": "where a page begins: only fetch and until see it, where fetch names it",
	"page":   "the number of a page: only fetch and until see it, where fetch names it",
	"cursor": "where a page begins: only fetch and until see it, where fetch names it",
}

// wellKnown are packages that a spec often forgets to import.
var wellKnown = map[string]string{
	"bufio": "bufio", "bytes": "bytes", "cmp": "cmp", "context": "context", "errors": "errors", "fmt": "fmt",
	"http": "net/http", "io": "io", "json": "encoding/json", "maps": "maps", "math": "math", "os": "os",
	"rand": "math/rand/v2", "slices": "slices", "sort": "sort", "strconv": "strconv", "strings": "strings",
	"time": "time", "unicode": "unicode",
}

// model makes a model of a typed expression: its value and whether it fails and is an effect. results says how many
// values it may have beside the error.
func (c *checker) model(e *load.Expr) *model.Expr {
	m := &model.Expr{Text: e.Text, Node: e.Node, Base: e.Base, Info: e.Info, Value: e.Value}
	results := tuple(e)
	if n := len(results); n > 0 && isError(results[n-1]) && isFuncCall(e) {
		m.Fails = true
		results = results[:n-1]
	}
	m.Values = len(results)
	if m.Values == 1 {
		m.Type = types.Default(results[0])
	}
	m.Effect = c.effects(e.Node, e.Info)
	return m
}

// tuple returns the types of all results of an expression.
func tuple(e *load.Expr) []types.Type {
	if e.IsVoid || e.Type == nil {
		return nil
	}
	t, ok := e.Type.(*types.Tuple)
	if !ok {
		return []types.Type{e.Type}
	}
	var all []types.Type
	for v := range t.Variables() {
		all = append(all, v.Type())
	}
	return all
}

func isCall(n ast.Expr) bool {
	_, ok := ast.Unparen(n).(*ast.CallExpr)
	return ok
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

// effects notes the calls in node that are given ctx, and reports whether there are any.
func (c *checker) effects(node ast.Node, info *types.Info) bool {
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !c.own[info.Uses[id]] && !c.own[info.Defs[id]] {
			c.def.Words[id.Name] = true
		}
		call, ok := n.(*ast.CallExpr)
		if !ok || !c.takesCtx(call, info) {
			return true
		}
		found = true
		if e := effectOf(call, info); e != nil {
			c.addEffect(e)
		}
		return true
	})
	return found
}

func (c *checker) takesCtx(call *ast.CallExpr, info *types.Info) bool {
	for _, arg := range call.Args {
		if id, ok := ast.Unparen(arg).(*ast.Ident); ok && info.Uses[id] == c.ctx {
			return true
		}
	}
	return false
}

// effectOf returns the function or method that call calls, or nil where that is a variable, a literal, or something
// that has no plain name: a generic function, a method that needs an address.
func effectOf(call *ast.CallExpr, info *types.Info) *model.Effect {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		if f, ok := info.Uses[fun].(*types.Func); ok && !isGeneric(f) {
			return &model.Effect{Func: f}
		}
	case *ast.SelectorExpr:
		f, ok := info.Uses[fun.Sel].(*types.Func)
		if !ok || isGeneric(f) {
			return nil
		}
		sel, ok := info.Selections[fun]
		if !ok {
			return &model.Effect{Func: f} // of an imported package
		}
		if sel.Kind() != types.MethodVal || needsAddress(f, sel.Recv()) {
			return nil
		}
		return &model.Effect{Func: f, Recv: sel.Recv()}
	}
	return nil
}

func isGeneric(f *types.Func) bool {
	sig := f.Signature()
	return sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0
}

// needsAddress reports whether calling f on a value of type recv takes that value's address.
func needsAddress(f *types.Func, recv types.Type) bool {
	if types.IsInterface(recv) {
		return false
	}
	return types.NewMethodSet(recv).Lookup(f.Pkg(), f.Name()) == nil
}

func (c *checker) addEffect(e *model.Effect) {
	if !slices.ContainsFunc(c.def.Effects, e.Same) {
		c.def.Effects = append(c.def.Effects, e)
	}
}

// value checks an expression that gives one value, or one value and an error.
func (c *checker) value(scope *load.Scope, g goText, what string) *model.Expr {
	e := c.typed(scope, g)
	if e == nil {
		return nil
	}
	return c.oneValue(g, e, what, "T or (T, error)")
}

func (c *checker) oneValue(g goText, e *load.Expr, what, want string) *model.Expr {
	switch {
	case e.IsType:
		c.diags.Errorf(g.at(0), diag.WrongResult, "%s: %s is a type, want %s", what, g.text, want)
		return nil
	case e.IsNil:
		c.diags.Errorf(g.at(0), diag.WrongResult, "%s: nil has no type", what).Help("convert it: (*T)(nil)")
		return nil
	case e.IsBuiltin:
		c.diags.Errorf(g.at(0), diag.WrongResult, "%s: %s is a builtin and has to be called", what, g.text)
		return nil
	}
	m := c.model(e)
	if m.Values != 1 {
		c.wrongResult(g, e, what, want)
		return nil
	}
	return m
}

// isFuncCall reports whether e calls a function, and is not a conversion.
func isFuncCall(e *load.Expr) bool {
	call, ok := ast.Unparen(e.Node).(*ast.CallExpr)
	return ok && !e.Info.Types[call.Fun].IsType()
}

// wrongResult reports that e's results are not what is wanted, with a note at the function's declaration.
func (c *checker) wrongResult(g goText, e *load.Expr, what, want string) {
	subject := g.text
	f := calledFunc(e)
	if f != nil {
		subject = f.Name()
	}
	verb := "is"
	if isFuncCall(e) {
		verb = "returns"
	}
	d := c.diags.Errorf(g.at(0), diag.WrongResult, "%s: %s %s %s, want %s", what, subject, verb, c.typeList(tuple(e)), want)
	c.declaredHere(d, f)
}

// declaredHere adds a note where f is declared, if that is known.
func (c *checker) declaredHere(d *diag.Diagnostic, f types.Object) {
	if f == nil || !f.Pos().IsValid() {
		return
	}
	// What is in the standard library needs no showing, and lies elsewhere in each release.
	if pos := c.pkg.Position(f.Pos()); pos.Line > 0 && !strings.HasPrefix(pos.File, "$GOROOT") {
		d.Note(pos, "%s is declared here", f.Name())
	}
}

// calledFunc returns the function that e calls, or nil.
func calledFunc(e *load.Expr) types.Object {
	call, ok := ast.Unparen(e.Node).(*ast.CallExpr)
	if !ok {
		return nil
	}
	return funcNamed(call.Fun, e.Info)
}

// funcNamed returns the function or method that the expression names, or nil.
func funcNamed(fun ast.Expr, info *types.Info) types.Object {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		if f, ok := info.Uses[fun].(*types.Func); ok {
			return f
		}
	case *ast.SelectorExpr:
		if f, ok := info.Uses[fun.Sel].(*types.Func); ok {
			return f
		}
	case *ast.IndexExpr:
		return funcNamed(fun.X, info)
	}
	return nil
}

// call checks an expression in which a bare function name stands for a call with the element. want says how many
// results it may have: of a sink any, else one value.
func (c *checker) call(scope *load.Scope, g goText, what string, v *types.Var) *model.Expr {
	filled, e := c.filled(scope, g, what, v)
	if e == nil {
		return nil
	}
	return c.oneValue(filled, e, what, "T or (T, error)")
}

// sink checks an expression of which the results do not matter, but for an error.
func (c *checker) sink(scope *load.Scope, g goText, what string, v *types.Var) *model.Expr {
	filled, e := c.filled(scope, g, what, v)
	if e == nil {
		return nil
	}
	if !isCall(e.Node) && !isReceive(e.Node) {
		c.diags.Errorf(filled.at(0), diag.WrongResult, "%s: %s does nothing with the element, want a call", what, g.text)
		return nil
	}
	return c.model(e)
}

func isReceive(n ast.Expr) bool {
	u, ok := ast.Unparen(n).(*ast.UnaryExpr)
	return ok && u.Op.String() == "<-"
}

// filled types g, with the arguments filled in where it is the bare name of a function.
func (c *checker) filled(scope *load.Scope, g goText, what string, v *types.Var) (goText, *load.Expr) {
	name := c.functionName(scope, g)
	if name == nil {
		return g, c.typed(scope, g)
	}
	args := "(v)"
	if sig, ok := name.Type.Underlying().(*types.Signature); ok {
		fits := false
		args, fits = c.arguments(sig, v)
		if !fits {
			d := c.diags.Errorf(g.at(0), c.misfit(sig), "%s: %s takes %s, want %s", what, g.text, c.paramList(sig), c.wantArgs(v))
			c.declaredHere(d, funcNamed(name.Node, name.Info))
			if v == nil && len(paramTypes(sig)) > 0 {
				d.Help("write the call: %s(…)", g.text)
			}
			return g, nil
		}
	}
	called := goText{g.text + args, func(i int) diag.Pos { return g.at(min(i, len(g.text))) }}
	return called, c.typed(scope, called)
}

// functionName returns the typed expression where g is the bare name of a function, else nil. An element that is a
// function is an element all the same.
func (c *checker) functionName(scope *load.Scope, g goText) *load.Expr {
	node, err := parser.ParseExpr(g.text)
	if err != nil || c.isElement(scope, node) {
		return nil
	}
	switch n := node.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.IndexListExpr:
		e, errs := scope.Expr(g.text)
		if len(errs) > 0 {
			// A generic function without its type arguments: types.CheckExpr wants them, a call infers them.
			if obj := genericNamed(scope, n); obj != nil {
				return &load.Expr{Text: g.text, Node: node, Type: types.Typ[types.Invalid]}
			}
			return nil
		}
		if e.IsBuiltin {
			return &load.Expr{Text: g.text, Node: node, Type: types.Typ[types.Invalid]}
		}
		if e.IsType || e.Type == nil {
			return nil
		}
		if _, ok := e.Type.Underlying().(*types.Signature); ok {
			return e
		}
	}
	return nil
}

// isElement reports whether node names an element or an accumulator, or what is in one: a variable of the spec that is no
// parameter.
func (c *checker) isElement(scope *load.Scope, node ast.Expr) bool {
	for {
		switch n := node.(type) {
		case *ast.IndexExpr:
			node = n.X
		case *ast.Ident:
			v, ok := scope.Lookup(n.Name).(*types.Var)
			return ok && c.own[v] && !isParam(c.def, n.Name)
		default:
			return false
		}
	}
}

// genericNamed returns the generic function that n names, or nil.
func genericNamed(scope *load.Scope, n ast.Node) types.Object {
	var obj types.Object
	switch n := n.(type) {
	case *ast.Ident:
		obj = scope.Lookup(n.Name)
	case *ast.SelectorExpr:
		x, ok := n.X.(*ast.Ident)
		if !ok {
			return nil
		}
		if pkg, ok := scope.Lookup(x.Name).(*types.PkgName); ok {
			obj = pkg.Imported().Scope().Lookup(n.Sel.Name)
		}
	}
	if f, ok := obj.(*types.Func); ok && isGeneric(f) {
		return f
	}
	return nil
}

// arguments returns the arguments that a bare function name is given, and whether its signature takes them.
func (c *checker) arguments(sig *types.Signature, v *types.Var) (string, bool) {
	params := paramTypes(sig)
	required := len(params)
	if sig.Variadic() {
		required--
	}
	takesCtx := len(params) > 0 && types.Identical(params[0], c.ctx.Type())
	n := 0
	args := "()"
	switch {
	case takesCtx && v != nil && len(params) > 1:
		args, n = "(ctx, v)", 2
	case takesCtx:
		args, n = "(ctx)", 1
	case v != nil:
		args, n = "(v)", 1
	}
	if n < required || n > len(params) || v != nil && !strings.Contains(args, "v") {
		return args, false
	}
	if v == nil {
		return args, true
	}
	last := params[n-1]
	if sig.Variadic() && n == len(params) {
		last = last.(*types.Slice).Elem()
	}
	return args, sig.TypeParams().Len() > 0 || types.AssignableTo(v.Type(), last)
}

// misfit tells an element of the wrong type from a wrong number of parameters.
func (c *checker) misfit(sig *types.Signature) diag.Code {
	params := paramTypes(sig)
	if len(params) > 0 && types.Identical(params[0], c.ctx.Type()) {
		params = params[1:]
	}
	if len(params) == 1 {
		return diag.WrongElement
	}
	return diag.WrongResult
}

func (c *checker) wantArgs(v *types.Var) string {
	if v == nil {
		return "() or (context.Context)"
	}
	t := c.typeName(v.Type())
	return fmt.Sprintf("(%s) or (context.Context, %s)", t, t)
}

// paramList writes what a function takes, in brackets.
func (c *checker) paramList(sig *types.Signature) string {
	return "(" + strings.Trim(c.typeList(paramTypes(sig)), "()") + ")"
}

func paramTypes(sig *types.Signature) []types.Type {
	var all []types.Type
	for p := range sig.Params().Variables() {
		all = append(all, p.Type())
	}
	return all
}

// truth checks a condition: a bool, or a bool and an error.
func (c *checker) truth(scope *load.Scope, g goText, what string, v *types.Var) *model.Expr {
	filled, e := c.filled(scope, g, what, v)
	if e == nil {
		return nil
	}
	m := c.oneValue(filled, e, what, "bool or (bool, error)")
	if m == nil {
		return nil
	}
	if b, ok := m.Type.Underlying().(*types.Basic); ok && b.Info()&types.IsBoolean != 0 {
		return m
	}
	c.wrongType(filled, e, m, what, "bool")
	return nil
}

// integer checks an int: a constant of at least least, or a value that is known only when the code runs.
func (c *checker) integer(scope *load.Scope, t spec.Text, what string, least int64) *model.Expr {
	g := whole(t)
	e := c.typed(scope, g)
	if e == nil {
		return nil
	}
	m := c.oneValue(g, e, what, "int")
	if m == nil {
		return nil
	}
	if m.Fails {
		c.wrongResult(g, e, what, "int")
		return nil
	}
	if number, whole := wholeNumber(m); whole && !fitsInt(m) {
		c.diags.Errorf(g.at(0), diag.BadValue, "%s: %s is more than an int holds", what, number)
		return nil
	}
	if !types.AssignableTo(e.Type, types.Typ[types.Int]) || !fitsInt(m) {
		c.wrongType(g, e, m, what, "int")
		return nil
	}
	if n, ok := constInt(m); ok && n < least {
		c.diags.Errorf(g.at(0), diag.BadValue, "%s: %s is less than %d", what, g.text, least)
		return nil
	}
	m.Type = types.Typ[types.Int]
	return m
}

// wholeNumber returns the text of a constant that is a whole number, however large.
func wholeNumber(e *model.Expr) (string, bool) {
	if e.Value == nil {
		return "", false
	}
	n := constant.ToInt(e.Value)
	return n.ExactString(), n.Kind() == constant.Int
}

func (c *checker) wrongType(g goText, e *load.Expr, m *model.Expr, what, want string) {
	d := c.diags.Errorf(g.at(0), diag.WrongResult, "%s: %s is %s, want %s", what, g.text, c.typeName(m.Type), want)
	c.declaredHere(d, calledFunc(e))
}
