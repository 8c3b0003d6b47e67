package model

import (
	"go/types"

	"github.com/asyncgen/asyncgen/spec"
)

// Stage is one step of a flow.
type Stage struct {
	Kind     spec.StageKind
	V, I     *types.Var // what its expressions see: the element and its index
	Acc      *types.Var // scan
	Expr     *Expr      // map filter take skip take_while take_until skip_while distinct tap
	Inner    Source     // flatten: what is ranged over, for each element
	Adjacent bool       // distinct
	Calls    Calls      // map filter flatten tap
	Gather   []*Part    // gather: its calls
	Rate     *Rate      // rate
	Every    *Duration  // batch: nil where left out; then Size is given
	Init     *Expr      // scan
	Step     *Expr      // scan; window, nil where left out
	Size     *Expr      // batch, window
	Elem     types.Type // of what leaves the stage
	As       *types.Var // the name of what leaves it; nil where it has none
}

// Part is one of the calls of a gather, and the name of what it gives.
type Part struct {
	Var  *types.Var // nil where it gives no value
	Name string
	Expr *Expr
}

// MakesElement reports whether what leaves a stage is another element than what enters it.
func (s *Stage) MakesElement() bool {
	switch s.Kind {
	case spec.Map, spec.Flatten, spec.Scan, spec.Batch, spec.Window:
		return true
	}
	return false
}

// Beside reports whether a stage runs beside the loop over its source.
func (s *Stage) Beside() bool {
	return s.Calls.Workers != nil || s.Kind == spec.Prefetch || s.Every != nil
}

// Takes reports whether a stage may end the flow before its source does.
func (s *Stage) Takes() bool {
	return s.Kind == spec.Take || s.Kind == spec.TakeWhile || s.Kind == spec.TakeUntil
}

// Exprs returns the expressions of a stage, but for what it ranges over. Some are nil.
func (s *Stage) Exprs() []*Expr {
	all := []*Expr{s.Expr, s.Init, s.Step, s.Size, s.Calls.Workers, s.Calls.Key}
	durations := []*Duration{s.Every, s.Calls.Timeout}
	if r := s.Calls.Retry; r != nil {
		all = append(all, r.Attempts, r.Backoff, r.When)
		durations = append(durations, r.Delay, r.MaxDelay)
	}
	if o := s.Calls.OnError; o != nil {
		all = append(all, o.Call, o.Put)
	}
	if s.Rate != nil {
		all = append(all, s.Rate.N)
	}
	for _, p := range s.Gather {
		all = append(all, p.Expr)
	}
	for _, d := range durations {
		if d != nil {
			all = append(all, d.Expr)
		}
	}
	return all
}
