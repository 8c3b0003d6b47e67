package emit

import (
	"go/types"
	"slices"

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
		if sourceNames(s.Inner, v) || slices.ContainsFunc(s.Exprs(), func(e *model.Expr) bool { return e.Mentions(v) }) {
			return true
		}
	}
	return false
}

func sourceNames(s model.Source, v *types.Var) bool {
	switch s := s.(type) {
	case *model.Range:
		return s.Expr.Mentions(v)
	case *model.Gather:
		return slices.ContainsFunc(s.Parts, func(p *model.Part) bool { return p.Expr.Mentions(v) })
	case *model.Call:
		for i, arg := range s.Args {
			if arg.Mentions(v) && (holds(s) || pulls(s) || needs(s, s.Definition().Params[i].Var)) {
				return true
			}
		}
	}
	return slices.ContainsFunc(model.Parts(s), func(p model.Source) bool { return sourceNames(p, v) })
}

func iteratorNames(it *model.Iterator, v *types.Var) bool {
	if m := it.Pages; m != nil {
		return m.Fetch.Mentions(v) || m.Until.Mentions(v) || m.Ahead.Mentions(v)
	}
	l := it.Loop
	return l.While.Mentions(v) || l.Yield.Mentions(v) || l.Init.Mentions(v) || l.Next.Mentions(v)
}
