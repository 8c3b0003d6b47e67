package emit

import (
	"go/ast"
	"go/types"

	"github.com/asyncgen/asyncgen/internal/model"
)

// scan keeps a running accumulation, and hands it on as the element.
func (g *function) scan(s *stage, d *down) *down {
	acc := s.out
	if g.closes {
		acc = g.locals.pick("acc", "running")
	}
	s.env.vars[s.Acc] = acc
	s.before = append(s.before, g.try(acc, s.Init, s.outer, d, s.at))
	if !s.Step.Mentions(s.Acc) {
		s.declare("_ = %s // each step gives a new one", acc)
	}
	return behind(d, func(v string, at place) string {
		step := g.assign(acc, s.Acc, s.Step, s.env, d, at)
		if acc == s.out {
			return lines(step, d.elem(acc, at))
		}
		return lines(step, g.hand(s.out, acc, d, at))
	}).evaluating(s.Step)
}

// hand returns the statements that hand code on as the element called name.
func (g *function) hand(name, code string, d *down, at place) string {
	rest := d.elem(name, at)
	if !g.used[name] {
		return rest
	}
	return lines(name+" := "+code, rest)
}

// assign returns the statements that move an accumulator on by a step: acc += v where the step is acc + v.
func (g *function) assign(name string, acc *types.Var, step *model.Expr, env *env, d *down, at place) string {
	if step.Fails {
		next := g.locals.pick("next", "stepped")
		return lines(g.try(next, step, env, d, at), name+" = "+next)
	}
	code := name + " = " + g.expr(step, env)
	if op, rest, ok := opAssign(step, acc); ok {
		code = name + " " + op + " " + g.expr(rest, env)
	}
	return lines(g.before(step, d, at), code)
}

// opAssign takes apart a step such as acc + v, of which the right side can stand behind an assignment operator.
func opAssign(step *model.Expr, acc *types.Var) (op string, rest *model.Expr, ok bool) {
	b, isBinary := step.Node.(*ast.BinaryExpr)
	if !isBinary || b.Op.Precedence() < 4 {
		return "", nil, false
	}
	left, isIdent := b.X.(*ast.Ident)
	if !isIdent || step.Info.Uses[left] != acc {
		return "", nil, false
	}
	from, to := b.Y.Pos()-step.Base, b.Y.End()-step.Base
	return b.Op.String() + "=", &model.Expr{Text: step.Text[from:to], Node: b.Y, Base: b.Y.Pos(), Info: step.Info}, true
}
