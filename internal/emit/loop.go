package emit

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/asyncgen/asyncgen/internal/model"
)

// iteratorLoop fuses an iterator into the loop, as if it were written there.
func (g *function) iteratorLoop(it *model.Iterator, e *env, d *down, name string, at place) *part {
	if it.Pages != nil {
		return g.pagesLoop(it.Pages, e, d, name, at)
	}
	p := &part{first: d}
	l := it.Loop
	in := g.inLoop(name, at)
	body := g.loopBody(l, e, d, name, in)
	switch index := counter(l); {
	case !g.looked && (isEffect(l.While) || isEffect(l.Yield)): // before which ctx is looked at
	case index != nil && !d.looks:
		body = lines(g.sometimes(e.vars[index], nil, d, in, p), body)
	default:
		body = g.counting(d, in, p, body)
	}
	head, cond, init, next := "", "", "", ""
	switch {
	case l.While == nil:
	case l.While.Fails || l.While.Effect:
		head = g.unless(l.While, e, d, in, "break")
	default:
		cond = g.inHeader(l.While, e)
	}
	if l.Init != nil {
		init = g.stmt(l.Init, e)
		if hasLiteral(l.Init.Node) {
			p.before = append(p.before, init) // its brace would open the body
			init = ""
		}
	}
	if l.Next != nil {
		next = g.stmt(l.Next, e)
		if hasLiteral(l.Next.Node) {
			next = "func() { " + next + " }()"
		}
	}
	clause := cond
	if init != "" || next != "" {
		clause = init + "; " + cond + "; " + next
	}
	p.loop = in.label.before(fmt.Sprintf("for %s {\n%s\n}", clause, lines(head, body)))
	return p
}

// loopBody returns the statements that hand on what an iterator yields, and tells e of the iterator's variables. One that
// is yielded as it is becomes the element itself, unless something might keep its address: the variable goes on.
func (g *function) loopBody(l *model.Loop, e *env, d *down, name string, in place) string {
	same := yieldedVar(l)
	if g.closes {
		same = nil
	}
	for _, v := range l.Vars {
		if v == same {
			e.vars[v] = name
			continue
		}
		e.vars[v] = g.locals.pick(v.Name(), v.Name()+"Var")
	}
	if same != nil {
		return d.elem(g.use(name), in)
	}
	return g.yielded(l, e, d, name, in)
}

// yieldedVar returns the variable of init that a loop yields just as it is, or nil.
func yieldedVar(l *model.Loop) *types.Var {
	if l == nil || l.Yield.Fails {
		return nil
	}
	id, ok := ast.Unparen(l.Yield.Node).(*ast.Ident)
	if !ok {
		return nil
	}
	for _, v := range l.Vars {
		if l.Yield.Info.Uses[id] == v {
			return v
		}
	}
	return nil
}

// counter returns the variable of a loop that counts from 0 by one, as in i := 0 and i++, or nil.
func counter(l *model.Loop) *types.Var {
	if l.Init == nil || l.Next == nil || len(l.Vars) != 1 || !types.Identical(l.Vars[0].Type(), types.Typ[types.Int]) {
		return nil
	}
	inc, ok := l.Next.Node.(*ast.IncDecStmt)
	if !ok || inc.Tok != token.INC {
		return nil
	}
	id, ok := inc.X.(*ast.Ident)
	if !ok || l.Next.Info.Uses[id] != l.Vars[0] {
		return nil
	}
	values := initValues(l)
	if len(values) != 1 {
		return nil
	}
	if v := l.Init.Info.Types[values[0]].Value; v == nil || constant.Sign(v) != 0 {
		return nil
	}
	return l.Vars[0]
}

func isEffect(e *model.Expr) bool { return e != nil && e.Effect }

// hasLiteral reports whether a composite literal stands in a node.
func hasLiteral(node ast.Node) bool {
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		_, is := n.(*ast.CompositeLit)
		found = found || is
		return !found
	})
	return found
}

// yielded returns the statements that hand on what the iterator yields.
func (g *function) yielded(l *model.Loop, e *env, d *down, name string, in place) string {
	rest := d.elem(name, in)
	if !g.used[name] {
		return lines(g.unused(l.Yield, e, d, in), rest)
	}
	return lines(g.try(name, l.Yield, e, d, in), rest)
}
