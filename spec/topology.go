package spec

import (
	"github.com/asyncgen/asyncgen/internal/diag"
	"gopkg.in/yaml.v3"
)

var topologies = definitions(topology, func(t *Topology) *Definition { return &t.Definition })

var topology = mapping[Topology]{
	noun: "topology", def: "topology",
	keys: append([]key[Topology]{
		entry("queues", queues, func(t *Topology) *[]*Queue { return &t.Queues }, "The queues, by name.").must(),
		entry("producers", producers, func(t *Topology) *[]*Producer { return &t.Producers }, "Pipelines that end in a queue."),
		entry("consumers", consumers, func(t *Topology) *[]*Consumer { return &t.Consumers },
			"Pipelines that begin with a queue.").must(),
		entry("shutdown", word("sentinel", "join"), func(t *Topology) *Text { return &t.Shutdown },
			"When a queue ends: when all that fill it have ended (the default), or when every item put has been handled."),
		entry("drain", goDuration, func(t *Topology) *Text { return &t.Drain }, "Bounds how long Close lets it take."),
	}, definitionKeys(func(t *Topology) *Definition { return &t.Definition })...),
	check: func(r *reader, t *Topology) {
		taken := r.checkLocals(&t.Definition)
		for _, p := range t.Producers {
			r.checkDistinct(r.checkWith(taken, p.With), asNames(p.As, p.Stages)...)
		}
		for _, c := range t.Consumers {
			r.checkDistinct(r.checkWith(taken, c.With), asNames(c.As, c.Stages)...)
		}
	},
}

// parts is a map from names to parts of a topology; name is where a part keeps its own.
func parts[N any](m mapping[N], name func(*N) *Text) form[[]*N] {
	return names(nameKind{noun: m.noun, twice: diag.DuplicateKey, hides: true}, m.pointer(), func(given Text, n *N) *N {
		*name(n) = given
		return n
	})
}

var queues = parts(queue, func(q *Queue) *Text { return &q.Name })

var queue = mapping[Queue]{
	noun: "queue", def: "queue",
	hints: map[string]string{"size": `did you mean "capacity"?`, "type": `did you mean "of"?`},
	keys: []key[Queue]{
		entry("of", goType, func(q *Queue) *Text { return &q.Of },
			"The type of an item; may be left out where what is put settles it."),
		entry("capacity", golang("a number or unbounded"), func(q *Queue) *Text { return &q.Capacity },
			"How many items it holds: a number, 0 for a hand-over, or unbounded.").must(),
		entry("on_full", word("block", "drop_new", "drop_oldest", "error"), func(q *Queue) *Text { return &q.OnFull },
			"What a put into a full queue does; the default is block."),
		entry("distinct", goExpr, func(q *Queue) *Text { return &q.Distinct }, "A key: an item whose key was there is dropped."),
		entry("priority", goExpr, func(q *Queue) *Text { return &q.Priority }, "Higher comes first."),
		entry("delay", goDuration, func(q *Queue) *Text { return &q.Delay }, "How long an item waits: a duration, or a time.Duration over v."),
		entry("undelivered", goFunc, func(q *Queue) *Text { return &q.Undelivered },
			"Called once for each item that will not be handled."),
		entry("open", boolean, func(q *Queue) *Flag { return &q.Open }, "Whether the program puts items in too."),
		entry("reply", boolean, func(q *Queue) *Flag { return &q.Reply },
			"Whether a call of an open queue waits for what the consumer makes of its item."),
		entry("broadcast", boolean, func(q *Queue) *Flag { return &q.Broadcast }, "Whether each consumer gets every item."),
	},
}

var producers = parts(producer, func(p *Producer) *Text { return &p.Name })

var producer = mapping[Producer]{
	noun: "producer", def: "producer",
	keys: append([]key[Producer]{
		withKey(func(p *Producer) *[]With { return &p.With }),
		entry("from", from, func(p *Producer) *Source { return &p.From }, sourceDoc).must(),
		entry("as", asName, func(p *Producer) *Text { return &p.As }, "Names the source's element."),
	}, workerKeys(func(p *Producer) *Worker { return &p.Worker })...),
	rules: []rule{exactlyOne{"into", "route"}, conflicts{"do", []string{"stages"}}},
}

var consumers = parts(consumer, func(c *Consumer) *Text { return &c.Name })

var consumer = mapping[Consumer]{
	noun: "consumer", def: "consumer",
	keys: append([]key[Consumer]{
		withKey(func(c *Consumer) *[]With { return &c.With }),
		entry("from", fromQueues, func(c *Consumer) *[]Text { return &c.From }, "The queue, or a list of them.").must(),
		entry("as", asName, func(c *Consumer) *Text { return &c.As }, "Names the item."),
		entry("collect", collectWorkers, func(c *Consumer) **Collect { return &c.End.Collect }, collectDoc),
	}, workerKeys(func(c *Consumer) *Worker { return &c.Worker })...),
	rules: []rule{atMostOne{"into", "route", "collect"}, conflicts{"do", []string{"stages"}}},
}

// workerKeys are the keys that producers and consumers have in common.
func workerKeys[N any](worker func(*N) *Worker) []key[N] {
	return append([]key[N]{
		entry("stages", topologyStages, func(n *N) *[]Stage { return &worker(n).Stages }, stagesDoc),
		entry("do", goFunc, func(n *N) *Text { return &worker(n).Do }, doDoc),
		entry("into", queueName, func(n *N) *Text { return &worker(n).End.Into }, intoDoc),
		entry("route", routes, func(n *N) *[]Route { return &worker(n).End.Route }, routeDoc),
	}, modifierKeys(func(n *N) *Modifiers { return &worker(n).Calls }, onErrorPut)...)
}

const (
	doDoc    = "Short for one map stage, or for a sink where the call gives no value."
	intoDoc  = "The queue that the items go into."
	routeDoc = "Ways that the items go: the first whose when is true; the last has none."
)

var (
	queueName      = reference("the name of a queue")
	topologyStages = list(topologyStage.value(), "stage")
	routes         = list(route.value(), "route")
	fromQueues     = either(
		to(queueName, func(_, q Text) []Text {
			if !q.Given() {
				return nil
			}
			return []Text{q}
		}),
		list(queueName, "queue"),
		yaml.SequenceNode,
	)
)

var route = mapping[Route]{
	noun: "route", def: "route",
	keys: []key[Route]{
		entry("when", goExpr, func(w *Route) *Text { return &w.When }, "A Go bool over v; left out of the last."),
		entry("into", queueName, func(w *Route) *Text { return &w.Into }, intoDoc).must(),
	},
}
