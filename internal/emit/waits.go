package emit

import (
	"slices"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// computes reports whether a consumer only computes: nothing that it does can make it wait.
func (t *topology) computes(w *model.Worker) bool {
	if slices.ContainsFunc(w.Targets(), (*model.Queue).Blocks) {
		return false
	}
	from := w.Source.(*model.Feed).Queues
	return w.Key == nil && len(from) == 1 && canTake(from[0]) && !gathers(w) && !callsWait(w)
}

// callsWait reports whether a consumer makes a call that may make it wait.
func callsWait(w *model.Worker) bool {
	c := w.Collect
	return len(w.With) > 0 || c != nil && (waits(c.Key) || waits(c.Value) || waits(c.Step)) || slices.ContainsFunc(w.Stages, stageWaits)
}

// gathers reports whether a consumer has items in hand beside the one that it is at: those of a batch.
func gathers(w *model.Worker) bool {
	return slices.ContainsFunc(w.Stages, func(s *model.Stage) bool { return s.Kind == spec.Batch })
}

// waits reports whether an expression may make its goroutine wait.
func waits(e *model.Expr) bool { return e != nil && e.Effect }

func stageWaits(s *model.Stage) bool {
	for _, e := range []*model.Expr{s.Expr, s.Init, s.Step, s.Size} {
		if waits(e) {
			return true
		}
	}
	if s.Kind == spec.GatherStage || s.Kind == spec.Rate || s.Kind == spec.Prefetch || s.Every != nil || s.Calls.Timeout != nil || s.Calls.Retry != nil || s.Calls.Workers != nil || s.Calls.OnError != nil {
		return true
	}
	return s.Inner != nil && sourceWaits(s.Inner)
}

// flowWaits reports whether going through a flow may make its goroutine wait.
func flowWaits(f *model.Flow) bool {
	return sourceWaits(f.Source) || slices.ContainsFunc(f.Stages, stageWaits)
}

// sourceWaits reports whether ranging over something may make its goroutine wait. A func that is ranged over might.
func sourceWaits(s model.Source) bool {
	switch s := s.(type) {
	case *model.Range:
		return s.Kind == model.Chan || s.Kind == model.Seq || s.Kind == model.Seq2 || waits(s.Expr)
	case *model.Call:
		return slices.ContainsFunc(s.Args, waits) || callWaits(s)
	}
	return true
}

// callWaits is sourceWaits for what a pipeline or an iterator of the spec does.
func callWaits(c *model.Call) bool {
	if c.Pipeline != nil {
		p := c.Pipeline
		return len(p.With) > 0 || p.Collect != nil || flowWaits(&p.Flow)
	}
	l := c.Iterator.Loop
	if l == nil || len(c.Iterator.With) > 0 {
		return true
	}
	return waits(l.While) || waits(l.Yield) || l.Init != nil && l.Init.Effect || l.Next != nil && l.Next.Effect
}
