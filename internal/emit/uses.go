package emit

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// needs reports whether a definition that is called uses its parameter v.
func needs(c *model.Call, v *types.Var) bool {
	if c.Iterator != nil {
		return iteratorNames(c.Iterator, v)
	}
	return flowNames(&c.Pipeline.Flow, v)
}

// flowNames reports whether the code of a flow names v. An argument counts where the definition that it is given to
// uses it.
func flowNames(f *model.Flow, v *types.Var) bool {
	if sourceNames(f.Source, v) {
		return true
	}
	for _, s := range f.Stages {
		exprs := []*model.Expr{s.Expr, s.Init, s.Step, s.Size, s.Calls.Workers, s.Calls.Key}
		for _, d := range []*model.Duration{s.Every, s.Calls.Timeout} {
			if d != nil {
				exprs = append(exprs, d.Expr)
			}
		}
		if r := s.Calls.Retry; r != nil {
			exprs = append(exprs, r.Attempts, r.Backoff, r.When)
			for _, d := range []*model.Duration{r.Delay, r.MaxDelay} {
				if d != nil {
					exprs = append(exprs, d.Expr)
				}
			}
		}
		if o := s.Calls.OnError; o != nil {
			exprs = append(exprs, o.Call)
		}
		if s.Rate != nil {
			exprs = append(exprs, s.Rate.N)
		}
		for _, p := range s.Gather {
			exprs = append(exprs, p.Expr)
		}
		if sourceNames(s.Inner, v) || slices.ContainsFunc(exprs, func(e *model.Expr) bool { return mentions(e, v) }) {
			return true
		}
	}
	return false
}

func sourceNames(s model.Source, v *types.Var) bool {
	some := func(parts []model.Source) bool {
		return slices.ContainsFunc(parts, func(p model.Source) bool { return sourceNames(p, v) })
	}
	switch s := s.(type) {
	case *model.Range:
		return mentions(s.Expr, v)
	case *model.Concat:
		return some(s.Parts)
	case *model.Zip:
		return some(s.Parts)
	case *model.Merge:
		return some(s.Parts)
	case *model.Gather:
		return slices.ContainsFunc(s.Parts, func(p *model.Part) bool { return mentions(p.Expr, v) })
	case *model.Call:
		for i, arg := range s.Args {
			if mentions(arg, v) && (holds(s) || needs(s, callParams(s)[i].Var)) {
				return true
			}
		}
	}
	return false
}

func callParams(c *model.Call) []*model.Param {
	if c.Iterator != nil {
		return c.Iterator.Params
	}
	return c.Pipeline.Params
}

func iteratorNames(it *model.Iterator, v *types.Var) bool {
	if m := it.Pages; m != nil {
		return mentions(m.Fetch, v) || mentions(m.Until, v) || mentions(m.Ahead, v)
	}
	l := it.Loop
	return mentions(l.While, v) || mentions(l.Yield, v) || stmtNames(l.Init, v) || stmtNames(l.Next, v)
}

func stmtNames(s *model.Stmt, v *types.Var) bool {
	found := false
	if s == nil {
		return false
	}
	ast.Inspect(s.Node, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && s.Info.Uses[id] == v
		return !found
	})
	return found
}

// leaves reports whether code ends by leaving where it stands, so that nothing behind it would run.
func leaves(code string) bool {
	last := code[strings.LastIndex(code, "\n")+1:]
	for _, word := range []string{"return", "break", "continue"} {
		if last == word || strings.HasPrefix(last, word+" ") {
			return true
		}
	}
	return endsInLoop(code)
}
