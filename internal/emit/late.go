package emit

import (
	"fmt"
	"maps"
	"slices"

	"github.com/asyncgen/asyncgen/internal/model"
)

// What is left may fail all the same, if it holds something that may fail to be released. Where it runs beside the loop, in
// a goroutine or coroutine, nobody waits for its error: a late keeps that until the loop has ended.

// rangedOver calls visit with the calls in a flow that are ranged over by their own func, and whether that is beside the loop.
func rangedOver(f *model.Flow, beside bool, visit func(c *model.Call, beside bool)) {
	for i, s := range f.Stages {
		if s.Inner != nil {
			told := s.Calls.OnError != nil // of all errors of its call
			rangedIn(s.Inner, told || pulls(s.Inner), !told && (beside || slices.ContainsFunc(f.Stages[i:], (*model.Stage).Beside)), visit)
		}
	}
	rangedIn(f.Source, false, beside || slices.ContainsFunc(f.Stages, (*model.Stage).Beside), visit)
}

// rangedIn is rangedOver for a source. called says that it is ranged over where it could be fused.
func rangedIn(s model.Source, called, beside bool, visit func(c *model.Call, beside bool)) {
	if c, ok := s.(*model.Call); ok {
		switch {
		case !called && !holds(c):
			if c.Pipeline != nil {
				rangedOver(&c.Pipeline.Flow, beside, visit)
			}
		case c.Iterator != nil || c.Pipeline.Collect == nil: // else it has ended before the first element
			visit(c, beside)
		}
		return
	}
	for i, part := range model.Parts(s) {
		_, merged := s.(*model.Merge)
		_, zipped := s.(*model.Zip)
		rangedIn(part, false, beside || merged || zipped && i > 0, visit)
	}
}

// lateness is which definitions may fail when they have been left, and who is told.
type lateness struct {
	fails   map[*model.Definition]bool                // what they hold or go through is released then
	each    map[*model.Definition]bool                // those that others go through: their own func could not tell these
	beside  map[*model.Definition]bool                // those of them that run beside the loop of somebody
	through map[*model.Definition][]*model.Definition // what one goes through
}

// lateness returns the lateness of the file's definitions.
func (f *file) lateness() *lateness {
	if f.late != nil {
		return f.late
	}
	l := &lateness{
		map[*model.Definition]bool{}, map[*model.Definition]bool{}, map[*model.Definition]bool{}, map[*model.Definition][]*model.Definition{},
	}
	f.late = l
	for _, p := range f.model.Pipelines {
		l.note(&p.Flow, &p.Definition)
	}
	for _, t := range f.model.Topologies {
		for _, w := range t.Workers() {
			l.note(&w.Flow, nil)
		}
	}
	for d := range maps.Clone(l.beside) {
		l.spread(d)
	}
	return l
}

// note takes note of what a flow goes through. of is the definition that it is of; nil where it is of a topology.
func (l *lateness) note(f *model.Flow, of *model.Definition) {
	rangedOver(f, false, func(c *model.Call, beside bool) {
		d := c.Definition()
		if !l.failsLate(c) {
			return
		}
		l.each[d] = true
		l.through[of] = append(l.through[of], d)
		if beside {
			l.beside[d] = true
		}
	})
}

// spread says that what a definition goes through runs beside a loop, as it does itself.
func (l *lateness) spread(of *model.Definition) {
	for _, d := range l.through[of] {
		if !l.beside[d] {
			l.beside[d] = true
			l.spread(d)
		}
	}
}

// failsLate reports whether what is called may fail when it has been left.
func (l *lateness) failsLate(c *model.Call) bool {
	d := c.Definition()
	fails, known := l.fails[d]
	if !known {
		fails = slices.ContainsFunc(d.With, releaseFails) || c.Pipeline != nil && l.endsLate(&c.Pipeline.Flow)
		l.fails[d] = fails
	}
	return fails
}

func releaseFails(w *model.With) bool {
	return w.Pool != nil || slices.ContainsFunc(stack(w.Resource), func(h held) bool {
		return h.Release != nil && h.Release.Fails || h.OnError != nil && h.OnError.Fails
	})
}

// endsLate reports whether something that a flow goes through may fail when it has been left.
func (l *lateness) endsLate(f *model.Flow) bool {
	found := false
	rangedOver(f, false, func(c *model.Call, _ bool) { found = l.failsLate(c) || found })
	return found
}

// leavesLate reports whether such a thing runs beside a flow's loop.
func (l *lateness) leavesLate(f *model.Flow) bool {
	found := false
	rangedOver(f, false, func(c *model.Call, beside bool) { found = beside && l.failsLate(c) || found })
	return found
}

// scoped reports whether the loop of a flow is put into a func of its own: for what is held, or for what may fail late.
func (g *function) scoped(with []*model.With, f *model.Flow) bool {
	return len(with) > 0 || g.file.lateness().leavesLate(f)
}

// scope returns the call of that func, which returns an error. body returns its statements.
func (g *function) scope(with []*model.With, f *model.Flow, e *env, results string, body func(e *env) string) string {
	if !g.file.lateness().leavesLate(f) {
		return g.withinNamed(with, e, g.passing, results, body)
	}
	join := func(e *env) string {
		defer func(was string) { g.late = was }(g.late)
		call := g.file.stockName("Join")
		g.late = g.locals.pick("late", "kept")
		return fmt.Sprintf("%s(func(%s *%s) %s {\n%s\n})", call, g.late, g.file.stockType("Late"), results, body(e))
	}
	if len(with) == 0 {
		return join(e)
	}
	return g.within(with, e, g.passing, func(e *env) string { return "return " + join(e) })
}
