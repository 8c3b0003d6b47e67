package emit

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// object is an iterator in the making: its fields, and the statements of its methods.
type object struct {
	*function
	it     *model.Iterator
	recv   string
	fields []field
	names  map[string]bool
	env    *env
	elem   string
	bound  []string // the fields that hold its effects
	ok     string   // the result of Next that tells whether there is an element
	yield  string   // what All hands elements to

	next, stop, cancel, closed, broken, released string // the fields of one that holds resources
}

// field is a field of an iterator's struct. set is what the constructor puts there, "" for its zero value.
type field struct{ name, typ, set, comment string }

// iterator emits an iterator: a struct, its constructor, Next and All.
func (f *file) iterator(it *model.Iterator) {
	o := &object{function: f.newFunction(&it.Definition), it: it, names: map[string]bool{"Next": true, "All": true, "Close": true}, env: newEnv()}
	o.yield = o.unlike(it.Elem, "yield", "push")
	o.ok = o.unlike(it.Elem, "ok", "more")
	if it.Words[o.ok] {
		o.ok = "more" // the user's Go has another ok
	}
	for _, result := range []string{"v", o.ok, "err", o.yield} {
		o.locals.taken[result] = true
	}
	o.recv = o.locals.pick("it", "iterator")
	o.elem = o.typ(it.Elem)
	seams := o.seams(&it.Definition, newEnv())
	for _, p := range it.Params {
		name := o.field(p.Var.Name(), o.typ(p.Var.Type()), p.Var.Name(), "")
		o.env.vars[p.Var] = o.recv + "." + name
	}
	for _, s := range seams {
		name := o.field(s.name, s.typ, s.name, "")
		o.env.bind(s.effect, o.recv+"."+name)
		o.bound = append(o.bound, o.recv+"."+name)
	}
	if len(it.With) > 0 {
		o.holding(seams)
		return
	}
	var setup, next string
	if it.Pages != nil && it.Pages.Ahead != nil {
		setup, next = o.prefetching(it.Pages)
	} else if it.Pages != nil {
		next = o.nextPage(it.Pages)
	} else {
		setup, next = o.nextLoop(it.Loop)
	}
	o.declare()
	o.constructor(seams, setup)
	o.methods(next)
	if it.Pages != nil && it.Pages.Ahead != nil {
		o.closePages()
	}
}

// field adds a field, under its own name where that is free.
func (o *object) field(name, typ, set, comment string) string {
	for o.names[name] {
		name += "Value"
	}
	o.names[name] = true
	o.fields = append(o.fields, field{name, typ, set, comment})
	return name
}

// declare emits the struct.
func (o *object) declare() {
	var b strings.Builder
	said := ""
	if l := o.it.Loop; l != nil {
		said = "yields " + oneLine(l.Yield.Text)
		if l.While != nil {
			said += " while " + oneLine(l.While.Text)
		}
		said += "."
	}
	if o.it.Pages != nil {
		said = "yields the items of its pages."
		if o.it.Pages.Whole {
			said = "yields pages."
		}
	}
	b.WriteString(docComment(o.it.Doc, o.it.Name, said))
	b.WriteString("\n//\n// It is a single pass: when it is exhausted it stays so. It is not safe for concurrent use.\n")
	fmt.Fprintf(&b, "type %s struct {\n", o.it.Name)
	for _, f := range o.fields {
		b.WriteString(f.name + " " + f.typ)
		if f.comment != "" {
			b.WriteString(" // " + f.comment)
		}
		b.WriteString("\n")
	}
	b.WriteString("}")
	o.file.add(b.String())
}

// constructor emits the func that makes the iterator, and where it has effects a second one that is given them.
func (o *object) constructor(seams []seam, setup string) {
	var sets []string
	for _, f := range o.fields {
		if f.set != "" {
			sets = append(sets, f.name+": "+f.set)
		}
	}
	made := "&" + o.it.Name + "{" + strings.Join(sets, ", ") + "}"
	body := lines(setup, "return "+made)
	if o.it.Pages != nil && o.it.Pages.Ahead != nil { // its fields are there before what uses them
		body = lines(o.recv+" := "+made, setup, "return "+o.recv)
	}
	name := o.it.Constructor()
	caller{
		doc:  comment(name + " returns " + article(o.it.Name) + " " + o.it.Name + " at its beginning."),
		name: name, inner: o.file.iteratorInner(o.it), params: o.params(&o.it.Definition), fixed: o.fixedParams(&o.it.Definition),
		results: "*" + o.it.Name, body: body,
	}.add(o.file.function, seams)
}

// iteratorInner returns the name of the func that takes an iterator's effects.
func (f *file) iteratorInner(it *model.Iterator) string { return f.innerName(it.Constructor()) }

func article(name string) string {
	if strings.ContainsAny(name[:1], "AEIOUaeiou") {
		return "an"
	}
	return "a"
}

// method emits a method.
func (o *object) method(doc, name, params, results, body string) {
	o.file.method(doc, o.recv+" *"+o.it.Name, name, params, results, body)
}

// methods emits Next and All.
func (o *object) methods(next string) {
	ctx := writeParams([]param{o.ctxParam()})
	o.method(comment(fmt.Sprintf("Next returns the next %s. %s is false at the end. Where ctx is done, the error is its cause.", o.noun(), o.ok)),
		"Next", ctx, fmt.Sprintf("(v %s, %s bool, err error)", o.elem, o.ok), next)
	body := fmt.Sprintf(`return func(%[1]s func(%[2]s, error) bool) {
`+choice(o.it.Pages != nil && o.it.Pages.Ahead != nil, "\tdefer "+o.recv+".pages.Pause() // no fetch outlives the loop\n")+`	for {
		v, %[3]s, err := %[4]s.Next(ctx)
		if err != nil {
			%[1]s(%[5]s, err)
			return
		}
		if !%[3]s || !%[1]s(v, nil) {
			return
		}
	}
}`, o.yield, o.elem, o.ok, o.recv, o.zero(o.it.Elem))
	o.method(comment("All ranges over what is left. An error comes last. Leaving the loop loses nothing: a later All or Next goes on from there."),
		"All", ctx, fmt.Sprintf("%s[%s, error]", o.std("iter.Seq2"), o.elem), body)
}

// fails returns the statements that leave Next with an error.
func (o *object) fails(err string) string {
	return fmt.Sprintf("return %s, false, %s", o.zero(o.it.Elem), err)
}

// exhausted returns the statement that leaves Next at the end.
func (o *object) exhausted() string { return o.fails("nil") }

// ended is the down of statements in Next: an error that is not ctx's ends the iterator for good.
func (o *object) ended(done string) *down {
	return &down{fail: func(err string, at place) string {
		if err == o.cause() {
			return o.fails(err)
		}
		if strings.HasPrefix(err, o.file.causeFunc()+"(") {
			return lines(done+" = ctx.Err() == nil", o.fails(err))
		}
		return lines(done+" = true", o.fails(err))
	}}
}

// nextLoop returns the statements of the constructor and of Next for the loop form.
func (o *object) nextLoop(l *model.Loop) (setup, next string) {
	setup, start := o.initial(l)
	body := []string{o.lookAtCtx("", o.fails(o.cause()))}
	done := ""
	if l.Yield.Fails || l.While != nil && l.While.Fails {
		done = o.field("done", "bool", "", "an error has ended it")
		body = append(body, ifThen(o.recv+"."+done, o.exhausted()))
	}
	d := o.ended(o.recv + "." + done)
	at := place{}
	body = append(body, start)
	lazy := l.Next != nil && (l.Next.Effect || l.Yield.Fails)
	if lazy {
		behind := o.field("behind", "bool", "", "the last element has been yielded, and not been passed yet")
		body = append(body, ifThen(o.recv+"."+behind, o.nextStep(l), o.recv+"."+behind+" = false"))
	}
	if l.While != nil {
		body = append(body, o.unless(l.While, o.env, d, at, o.exhausted()))
	}
	body = append(body, o.evaluate(l.Yield, d, at))
	if lazy {
		body = append(body, o.recv+".behind = true")
	} else if l.Next != nil {
		body = append(body, o.nextStep(l))
	}
	return setup, lines(append(body, "return v, true, nil")...)
}

func (o *object) nextStep(l *model.Loop) string { return o.function.stmt(l.Next, o.env) }

// evaluate returns the statements that put e into v.
func (o *object) evaluate(e *model.Expr, d *down, at place) string {
	code := o.expr(e, o.env)
	if !e.Fails {
		return "v = " + code
	}
	return lines("v, err = "+code, ifThen("err != nil", d.fail(o.failureOf(e), at)))
}

func (o *object) failureOf(e *model.Expr) string {
	if !e.Effect {
		return "err"
	}
	return o.file.causeFunc() + "(ctx, err)"
}

// initial makes fields of the variables that init declares. setup is what the constructor has to run for them; start
// what the first Next has to, where init needs ctx.
func (o *object) initial(l *model.Loop) (setup, start string) {
	if l.Init == nil {
		return "", ""
	}
	local := newEnv()
	local.effects = o.env.effects
	for _, p := range o.it.Params {
		local.vars[p.Var] = p.Var.Name()
	}
	values := initValues(l)
	for i, v := range l.Vars {
		set := v.Name()
		if values != nil {
			set = o.nonZero(values[i], local, l.Init)
		}
		if l.Init.Effect {
			set = ""
		}
		name := o.field(v.Name(), o.typ(v.Type()), set, "")
		o.env.vars[v] = o.recv + "." + name
	}
	switch {
	case l.Init.Effect:
		started := o.field("started", "bool", "", "init has run")
		code := strings.Replace(o.function.stmt(l.Init, o.env), ":=", "=", 1)
		return "", ifThen("!"+o.recv+"."+started, code, o.recv+"."+started+" = true")
	case values != nil:
		return "", ""
	}
	return o.function.stmt(l.Init, local), ""
}

// initValues returns the values of an init such as a, b := 0, 1: one for each variable. It returns nil for any other.
func initValues(l *model.Loop) []ast.Expr {
	a, ok := l.Init.Node.(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE || len(a.Rhs) != len(a.Lhs) || len(l.Vars) != len(a.Lhs) {
		return nil
	}
	return a.Rhs
}

// nonZero returns the code of a field's first value, or "" where that is its zero value.
func (o *object) nonZero(value ast.Expr, e *env, s *model.Stmt) string {
	if tv := s.Info.Types[value]; tv.Value != nil && isZeroConstant(tv.Value) {
		return ""
	}
	from, to := value.Pos()-s.Base, value.End()-s.Base
	return o.expr(&model.Expr{Text: s.Text[from:to], Node: value, Base: value.Pos(), Info: s.Info}, e)
}

// isZeroOf reports whether an expression is the zero value of a type.
func isZeroOf(t types.Type, e *model.Expr) bool {
	return e.Value != nil && isZeroConstant(e.Value) && !types.IsInterface(t)
}

func isZeroConstant(v constant.Value) bool {
	switch v.Kind() {
	case constant.Bool:
		return !constant.BoolVal(v)
	case constant.String:
		return constant.StringVal(v) == ""
	}
	return constant.Sign(v) == 0
}

// isZero returns the condition that a variable holds its type's zero value.
func (g *function) isZero(name string, t types.Type) string {
	if isBoolean(t) {
		return "!" + name
	}
	return name + " == " + g.zeroOperand(t)
}

// isNotZero returns the opposite of isZero.
func (g *function) isNotZero(name string, t types.Type) string {
	if isBoolean(t) {
		return name
	}
	return name + " != " + g.zeroOperand(t)
}

func isBoolean(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

// zeroOperand returns a type's zero value where it can stand in a comparison.
func (g *function) zeroOperand(t types.Type) string {
	switch t.Underlying().(type) {
	case *types.Struct, *types.Array:
		return "(" + g.zero(t) + ")"
	}
	return g.zero(t)
}
