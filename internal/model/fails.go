package model

import "slices"

// Fails reports whether a flow may end with an error that is not ctx's. What a flatten goes through is taken to.
func (f *Flow) Fails() bool {
	return sourceFails(f.Source) || slices.ContainsFunc(f.Stages, func(s *Stage) bool {
		return s.Inner != nil || len(s.Gather) > 0 || fails(s.Expr) || fails(s.Init) || fails(s.Step) || fails(s.Size)
	})
}

// Fails reports whether what a definition yields may end with an error that is not ctx's.
func (c *Call) Fails() bool {
	if len(c.Definition().With) > 0 {
		return true
	}
	if c.Pipeline != nil {
		return c.Pipeline.Flow.Fails()
	}
	loop := c.Iterator.Loop
	return loop == nil || fails(loop.While) || fails(loop.Yield)
}

func sourceFails(s Source) bool {
	switch s := s.(type) {
	case *Call:
		return s.Fails()
	case *Range:
		return s.Kind == Seq2 || fails(s.Expr)
	case *Gather:
		return true
	}
	return slices.ContainsFunc(Parts(s), sourceFails)
}

func fails(e *Expr) bool { return e != nil && e.Fails }
