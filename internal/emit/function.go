package emit

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// function is a generated function in the making: its local names, and how it is left.
type function struct {
	file      *file
	locals    *locals
	given     map[string]bool   // the locals that the spec names
	used      map[string]bool   // the locals that something names
	labels    map[string]bool   // of its loops
	precise   bool              // the caller's loop body runs between the elements: ctx is looked at before each of the first ones
	err       string            // the local for an error in hand
	funcs     int               // func literals so far
	passing   []seam            // the effects that it has, to pass on
	collected []*model.Expr     // the expressions of what becomes of the elements
	shares    bool              // of a consumer: it takes several items at once, and goes through them
	takings   string            // what a consumer has taken
	skips     bool              // a consumer settles items that its stages leave out, while others wait in a batch
	writer    string            // what a producer puts its items by, several at a time; "" where it puts each
	pending   []string          // the batches in the making
	every     string            // how long a consumer's batch waits for more; "" where it waits until it is full
	sinks     *sinks            // what a topology does with an element whose call has failed; nil elsewhere
	carrier   *carrier          // how items are accounted for that cross goroutines; nil elsewhere
	keeper    *keeper           // what the stages of a consumer remember; nil elsewhere
	looked    bool              // ctx has been looked at by whoever calls the code
	parted    bool              // the code is one of several parts of a concat
	late      string            // the local that keeps errors of releases which nobody waits for; "" where there are none
	emit      string            // the local by which a source that runs beside the loop hands on an element
	out       string            // the local in which a worker gathers what it makes
	cargos    map[string]string // the types of what crosses a split that are declared where the code stands, by their fields
	closes    bool              // an expression of the flow is a func literal or takes an address: no element is used twice
}

func (f *file) newFunction(d *model.Definition) *function {
	g := &function{file: f, locals: newLocals(d), used: map[string]bool{}, labels: map[string]bool{}}
	for _, w := range d.With {
		g.takeHeldType(w)
	}
	for _, p := range f.model.Pipelines {
		if &p.Definition == d {
			g.given = d.Locals
			g.takeTypes(&p.Flow)
		}
	}
	for _, it := range f.model.Iterators {
		if &it.Definition == d {
			g.takeType(it.Elem)
		}
	}
	for _, t := range f.model.Topologies {
		if &t.Definition == d {
			g.given = d.Locals
			for _, q := range t.Queues {
				g.takeType(q.Elem)
			}
		}
	}
	g.err = g.locals.pick("err")
	return g
}

func (g *function) std(member string) string { return g.file.imports.std(member) }
func (g *function) typ(t types.Type) string  { return g.file.imports.typ(t, g.file.model.Path) }
func (g *function) zero(t types.Type) string { return zeroOf(t, g.typ) }
func (g *function) use(local string) string  { g.used[local] = true; return local }

// newError returns the code of a new error.
func (g *function) newError(text string) string {
	return fmt.Sprintf("%s(%q)", g.std("errors.New"), text)
}

// newFunc returns the number of a new func literal.
func (g *function) newFunc() int {
	g.funcs++
	return g.funcs
}

// zeroOf returns the code of a type's zero value.
func zeroOf(t types.Type, typ func(types.Type) string) string {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return "false"
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsNumeric != 0:
			return "0"
		}
		return "nil" // unsafe.Pointer
	case *types.Struct, *types.Array:
		return typ(t) + "{}"
	}
	return "nil"
}

// place says how code that stands somewhere goes on or leaves from there.
type place struct {
	next  string                  // goes on with the next element, or behind the loop; "" where statements follow that have to run first
	stop  string                  // ends the stream here, in good order
	leave string                  // ends it because whoever ranges has left
	left  string                  // the local in which leave says so; "" where it does not
	fail  func(err string) string // ends it with an error
	label *label                  // of the loop that stop breaks; nil outside of loops
	fn    int                     // the func literal that the code stands in; 0: none
	skip  func() string           // says that nothing of the element goes on; nil where nobody wants to know
	kept  string                  // says that something of it does; "" likewise
}

// skips returns the statements that leave an element out.
func (p place) skips() string {
	if p.skip == nil {
		return p.next
	}
	return lines(p.skip(), p.next)
}

// last returns statements without what they end with, where the code ends so in any case.
func (p place) last(code string) string {
	if p.next == "" {
		return code
	}
	return strings.TrimSuffix(code, "\n"+p.next)
}

// unless returns the statements that make a call, and then do what otherwise says where it returns false.
func (p place) unless(call, otherwise string) string {
	switch {
	case otherwise == "" || otherwise == p.next:
		return call
	case p.next == returnOn && otherwise == returnLeft:
		return returnAsk + call + askEnd
	}
	return ifThen("!"+call, otherwise)
}

// down is what stands behind a point of a flow.
type down struct {
	elem     func(v string, at place) string   // the statements that take an element
	fail     func(err string, at place) string // the statements that leave with an error
	failed   func(at place) string             // the statements for an error among the elements; nil: fail with it
	end      func(at place) string             // the statements for when the source has ended; nil where there are none
	looks    bool                              // elem looks at ctx, for every element
	observed bool                              // what an element does can be seen even if an error follows
	terminal bool                              // nothing but the end of the pipeline: elem is short
	byName   bool                              // elem names its element as it was told before, whatever v is
	stops    bool                              // elem may stop the stream
	list     *list                             // what elem does is to append to it, and nothing else does; nil elsewhere
	several  func(slice string) string         // the statement that takes all elements of a slice; nil where each goes by itself
}

// finish returns d's statements for the end of the source.
func (d *down) finish(at place) string {
	if d.end == nil {
		return ""
	}
	return d.end(at)
}

// among returns d's statements for an error among the elements.
func (d *down) among(err string, at place) string {
	if d.failed != nil {
		return d.failed(at)
	}
	return d.fail(err, at)
}

// returnErr is the fail of a place in a func that returns nothing but an error.
func returnErr(err string) string { return "return " + err }

// failAt is the fail of a down that has nothing to do before.
func failAt(err string, at place) string { return at.fail(err) }

// lookAtCtx leaves with ctx's cause where ctx is done and cond holds.
func (g *function) lookAtCtx(cond string, fail string) string {
	if cond != "" {
		cond += " && "
	}
	return ifThen(cond+"ctx.Err() != nil", fail)
}

// cause returns the code of ctx's cause.
func (g *function) cause() string { return g.std("context.Cause") + "(ctx)" }

// before returns what stands before an effect: a look at ctx.
func (g *function) before(e *model.Expr, d *down, at place) string {
	if !e.Effect || g.looked {
		return ""
	}
	return g.lookAtCtx("", d.fail(g.cause(), at))
}

// failure returns the code of the error that an expression gave: of an effect, ctx's cause where it only echoes that.
func (g *function) failure(e *model.Expr) string {
	if !e.Effect {
		return g.err
	}
	return g.file.causeFunc() + "(ctx, " + g.err + ")"
}

// try returns the statements that evaluate e into names, and leave where it fails.
func (g *function) try(names string, e *model.Expr, env *env, d *down, at place) string {
	code := g.expr(e, env)
	if !e.Fails {
		return lines(g.before(e, d, at), names+" := "+code)
	}
	return lines(g.before(e, d, at), fmt.Sprintf("%s, %s := %s", names, g.err, code), ifThen(g.err+" != nil", d.fail(g.failure(e), at)))
}

// call returns the statements that evaluate e for its effect alone, and leave where it fails.
func (g *function) call(e *model.Expr, env *env, d *down, at place) string {
	code := g.expr(e, env)
	if !e.Fails {
		return lines(g.before(e, d, at), code)
	}
	blanks := strings.Repeat("_, ", e.Values)
	return lines(g.before(e, d, at), ifThen(fmt.Sprintf("%s%s := %s; %s != nil", blanks, g.err, code, g.err), d.fail(g.failure(e), at)))
}

// unless returns the statements that evaluate the condition e, and then run body where it does not hold.
func (g *function) unless(e *model.Expr, env *env, d *down, at place, body string) string {
	if !e.Fails {
		return lines(g.before(e, d, at), ifThen(g.not(e, env), body))
	}
	ok := g.locals.pick("ok", "holds", "keep")
	return lines(g.try(ok, e, env, d, at), ifThen("!"+ok, body))
}

// when returns the statements that evaluate the condition e, and then run body where it holds.
func (g *function) when(e *model.Expr, env *env, d *down, at place, body string) string {
	if !e.Fails {
		return lines(g.before(e, d, at), ifThen(g.inHeader(e, env), body))
	}
	ok := g.locals.pick("ok", "holds", "keep")
	return lines(g.try(ok, e, env, d, at), ifThen(ok, body))
}
