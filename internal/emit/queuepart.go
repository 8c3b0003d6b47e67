package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/internal/stock"
)

// common are the declarations of the stock part queue that all queues of a file share.
var common = []string{
	"core", "gate", "ledger", "work", "outcome", "stats", "side", "heap", "yields", "pollers", "smallest", "most",
	"ticket", "newTicket", "load", "parcel", "sent", "called", "keyOf", "opened", "openedChunks", "openedBatches",
}

// needs notes that parts of the stock part queue are needed.
func (q *queue) needs(parts ...string) {
	for _, part := range parts {
		q.keep[part] = true
	}
}

// queueOwn returns the name of a declaration of a queue's own, and notes that it is needed.
func (t *topology) queueOwn(q *queue, name string) string {
	q.needs(name)
	return t.queueName(q, name)
}

func (t *topology) queueName(q *queue, name string) string {
	prefix := q.Queue.Prefix
	if name == q.design {
		return stock.Name(prefix, "queue")
	}
	if name == "new"+model.UpperFirst(q.design) {
		return stock.Name(prefix, "newQueue")
	}
	return stock.Name(prefix, name)
}

// queuePart returns the name of a type that all queues share.
func (t *topology) queuePart(name string) string { return stock.Name(t.model.Prefix, name) }

// topologyParts adds the stock parts of topologies: the crew, and each queue; what they share, once.
func (f *file) topologyParts(all []*topology) {
	if len(all) == 0 {
		return
	}
	holds := slices.ContainsFunc(all, func(t *topology) bool { return len(t.With) > 0 })
	f.addNew(f.stockPart("crew", stock.Binding{
		Prefix: f.model.Prefix, Keep: sortedKeys(f.crew), Consts: map[string]string{"holds": fmt.Sprint(holds)},
	}))
	shared := sharedKeep(all)
	for _, t := range all {
		for _, m := range t.Physical() {
			f.addNew(t.queueCode(t.queues[m], shared), t.ErrName("Closed"), t.ErrName("Full"), t.ErrName("Dropped"))
		}
	}
}

// sharedKeep returns what the queues together need of what they share, so that it is made the same for each.
func sharedKeep(all []*topology) []string {
	keep := map[string]bool{"work.fail": true, "work.join": true, "work.begin": true, "work.end": true}
	for _, t := range all {
		for _, m := range t.Physical() {
			q := t.queues[m]
			q.needs(q.owner()+".abort", q.owner()+".close", q.owner()+".stats")
			for name := range q.keep {
				if root, _, _ := strings.Cut(name, "."); slices.Contains(common, root) {
					keep[name] = true
				}
			}
		}
	}
	return sortedKeys(keep)
}

func (t *topology) queueCode(q *queue, shared []string) string {
	names := map[string]string{q.design: t.queueName(q, q.design), "new" + model.UpperFirst(q.design): t.queueName(q, "new"+model.UpperFirst(q.design))}
	for _, name := range common {
		names[name] = t.queuePart(name)
	}
	for _, what := range []string{"Closed", "Full", "Dropped"} {
		names["Err"+what] = t.ErrName(what)
	}
	types := map[string]string{"T": t.itemType(q), "S": "*" + t.queueName(q, q.design)}
	if q.Answer != nil {
		types["Q"], types["A"] = t.g.typ(q.Elem), t.g.typ(q.Answer)
	}
	if q.design == "priority" || q.design == "delayed" {
		types["R"] = "int"
		if q.Priority != nil {
			types["R"] = t.g.typ(q.Priority.Type)
		}
	}
	if q.Distinct != nil {
		types["D"] = t.g.typ(q.Distinct.Type)
	}
	if hasKeys(q) {
		types["K"] = t.keyType(q)
	}
	if q.owner() != "core" { // the core that others share would not be made as theirs, and nothing of it is needed
		shared = slices.DeleteFunc(slices.Clone(shared), func(name string) bool { return strings.HasPrefix(name, "core.") })
	}
	return t.stockPart("queue", stock.Binding{
		Prefix: q.Queue.Prefix, Names: names, Types: types,
		Consts: map[string]string{"hasKeys": fmt.Sprint(hasKeys(q)), "hasPeers": fmt.Sprint(t.hasPeers(q))}, Keep: append(sortedKeys(q.keep), shared...),
	})
}
