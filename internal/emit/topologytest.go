package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// topologyContract adds the test of a topology's contract.
func (f *file) topologyContract(m *model.Topology) {
	g := f.newFunction(&m.Definition)
	args, pools, ok := g.standIns(holding(m), func(v demand) bool { return v.inTopology(m) })
	if !ok || turnsFreely(m) || model.Suppress(m.With) || endsOtherwise(m) { // where it suppresses errors, none tells how it has ended
		return
	}
	var pages []*model.Pages
	found := map[string]bool{}
	for _, w := range m.Workers() {
		pages = append(pages, flowPages(&w.Flow)...)
		findTraits(&w.Flow, found)
		found["Tolerant"] = found["Tolerant"] || model.Suppress(w.With)
	}
	running := g.locals.pick("running", "started")
	call, fakes := g.startCall(&m.Definition, f.innerName(m.StartName()), m.StartName(), append([]string{"ctx"}, args...), pages)
	fakes = lines(lend("p", pools), fakes)
	count := f.contract("Count")
	var counts []string
	for _, q := range m.Queues {
		counts = append(counts, fmt.Sprintf("%s(stats.%s)", count, model.FieldName(q.Name)))
		found["Tolerant"] = found["Tolerant"] || q.Answer != nil // it goes to whoever asked
	}
	feed, shut := g.feeding(m, running)
	body := lines(fakes,
		fmt.Sprintf("%s, err := %s", running, call),
		ifThen("err != nil", "return nil, err"),
		fmt.Sprintf(`return &%s{
Feed: %s,
Shut: %s,
Abort: %s.Abort,
Join: %s.Join,
Wait: func() error {
_, err := %s.Wait()
return err
},
Count: func() []%s {
stats := %s.Stats()
return []%s{%s}
},
}, nil`, f.contract("Running"), feed, shut, running, running, running, count, running, count, strings.Join(counts, ", ")))
	f.contractTest(m.Name, "CheckTopology", fmt.Sprintf("%v, func(ctx %s, %s *%s) (*%s, error) {\n%s\n}",
		found["Tolerant"], g.std("context.Context"), probeName(fakes), f.contract("Probe"), f.contract("Running"), body))
}

// endsOtherwise reports whether a call that fails or takes time may make a topology end with another error: that of a queue
// which it fills itself and is full by then, or of a consumer which wants one element, or keys that differ.
func endsOtherwise(m *model.Topology) bool {
	overflows := func(q *model.Queue) bool { return q.OnFull == model.FullIsAnError && len(q.Fillers) > 0 }
	if slices.ContainsFunc(m.Queues, overflows) {
		return true
	}
	wants := func(w *model.Worker) bool {
		return w.Collect != nil && (w.Collect.Kind == model.CollectOne || w.Collect.Fail)
	}
	return slices.ContainsFunc(m.Consumers, func(w *model.Worker) bool { return wants(w) && varies(w, map[*model.Worker]bool{}) })
}

// varies reports whether a call that fails may change what a worker makes, or those that fill its queues.
func varies(w *model.Worker, seen map[*model.Worker]bool) bool {
	if seen[w] {
		return false
	}
	seen[w] = true
	found := map[string]bool{}
	findTraits(&w.Flow, found)
	if found["Tolerant"] || found["Flushes"] || model.Suppress(w.With) {
		return true
	}
	feed, ok := w.Source.(*model.Feed)
	return ok && slices.ContainsFunc(feed.Queues, func(q *model.Queue) bool {
		return q.Answer != nil || slices.ContainsFunc(q.Fillers, func(w *model.Worker) bool { return varies(w, seen) })
	})
}

// feeding returns the code of a func that puts items in from outside, and of one that says that there are no more.
func (g *function) feeding(m *model.Topology, running string) (feed, shut string) {
	puts := ""
	shut = "func() {}"
	for _, q := range m.Queues {
		if q.Open {
			shut = running + ".shut"
			put := fmt.Sprintf("%s.Put%s(ctx, %s)", running, model.FieldName(q.Name), g.sample(q.Elem, 0))
			puts = lines(puts, ifThen("err := "+put+"; err != nil", "return err"))
		}
	}
	if slices.ContainsFunc(m.Producers, (*model.Worker).Endless) {
		shut = running + ".Close"
	}
	if puts != "" {
		puts = fmt.Sprintf("for range 3 {\n%s\n}", puts)
	}
	return fmt.Sprintf("func(ctx %s) error {\n%s\n}", g.std("context.Context"), lines(puts, "return nil")), shut
}

// holding returns the definition of a topology with all that its producers and consumers hold.
func holding(m *model.Topology) *model.Definition {
	d := m.Definition
	for _, w := range m.Workers() {
		d.With = append(slices.Clip(d.With), w.With...)
	}
	return &d
}

// turnsFreely reports whether a topology feeds itself over workers without effects: with the values of a test that might
// never end.
func turnsFreely(m *model.Topology) bool {
	for _, home := range m.Queues {
		seen := map[*model.Queue]bool{}
		var back func(q *model.Queue) bool
		back = func(q *model.Queue) bool {
			for _, w := range q.Takers {
				if hasEffect(w) {
					continue
				}
				for _, next := range w.Targets() {
					if next == home {
						return true
					}
					if !seen[next] {
						seen[next] = true
						if back(next) {
							return true
						}
					}
				}
			}
			return false
		}
		if back(home) {
			return true
		}
	}
	return false
}

func hasEffect(w *model.Worker) bool {
	return slices.ContainsFunc(w.Stages, func(s *model.Stage) bool { return s.Expr != nil && s.Expr.Effect && s.Expr.Fails })
}
