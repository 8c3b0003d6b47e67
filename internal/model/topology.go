package model

import (
	"go/token"
	"go/types"
	"slices"
)

// Topology is producers and consumers joined by queues.
type Topology struct {
	Definition
	Queues    []*Queue
	Producers []*Worker
	Consumers []*Worker
	Join      bool      // it ends when every item put has been handled; else queue by queue, as those that fill them end
	Drain     *Duration // bounds how long Close lets it take; nil: as long as it takes
}

// Full says what a put into a full queue does.
type Full string

const (
	FullBlocks    Full = "block"
	FullDropsNew  Full = "drop_new"
	FullDropsOld  Full = "drop_oldest"
	FullIsAnError Full = "error"
)

// Queue is where items wait between producers and consumers.
type Queue struct {
	Name        string
	Prefix      string // of the names of its unexported declarations
	Elem        types.Type
	Capacity    *Expr // nil: unbounded; the constant 0: a hand-over
	OnFull      Full
	V           *types.Var // what its expressions see
	Distinct    *Expr      // nil where left out, as the next three
	Priority    *Expr
	Delay       *Duration
	Undelivered *Expr
	Open        bool // the program puts items in too

	Answer types.Type // of what a caller that asks gets; nil: nobody asks

	// Each is the queues that make up one that broadcasts: one for each consumer, which takes from it. An item is put
	// into all. It is nil for others.
	Each []*Queue

	Fillers []*Worker // who puts into it
	Takers  []*Worker // who takes from it
}

// Worker is a producer or a consumer: a flow that ends in a queue, one that begins with some, or both.
type Worker struct {
	Name string
	Flow
	With     []*With
	Copies   *Expr      // how many run side by side; nil: one
	Number   *types.Var // of a producer: which copy it is
	Into     *Queue     // where its elements go; nil where they go elsewhere or nowhere
	Route    []*Way
	Collect  *Collect
	Key      *Expr      // partition_by; nil where left out
	V        *types.Var // what Key sees
	Every    *Duration  // how long its batch waits for more items; nil: it has none, or one that waits until it is full
	EachOwn  bool       // each copy collects a slice of its own
	Consumer bool
}

// Way is one way of a route. When is nil for the last.
type Way struct {
	V    *types.Var
	When *Expr
	Into *Queue
}

// Feed is queues as the source of a consumer.
type Feed struct {
	Queues []*Queue
}

func (*Feed) source() {}

// Elem returns the type of the items.
func (f *Feed) Elem() types.Type { return f.Queues[0].Elem }

// Blocks reports whether a put may have to wait for room.
func (q *Queue) Blocks() bool { return q.Capacity != nil && q.OnFull == FullBlocks }

// HandsOver reports whether a queue holds nothing: an item goes from hand to hand.
func (q *Queue) HandsOver() bool {
	n, constant := q.Capacity.Int()
	return constant && n == 0
}

// Physical returns the queues that q is made up of: itself, unless it broadcasts.
func (q *Queue) Physical() []*Queue {
	if q.Each == nil {
		return []*Queue{q}
	}
	return q.Each
}

// Workers returns the producers, and then the consumers.
func (t *Topology) Workers() []*Worker { return slices.Concat(t.Producers, t.Consumers) }

// Physical returns the queues that all queues are made up of.
func (t *Topology) Physical() []*Queue {
	var all []*Queue
	for _, q := range t.Queues {
		all = append(all, q.Physical()...)
	}
	return all
}

// Targets returns the queues that a worker puts into, each once.
func (w *Worker) Targets() []*Queue {
	all := w.Ends()
	for _, s := range w.Stages {
		if o := s.Calls.OnError; o != nil && o.Into != nil && !slices.Contains(all, o.Into) {
			all = append(all, o.Into)
		}
	}
	return all
}

// Ends returns the queues that a worker puts what it makes into, each once: without those of on_error.
func (w *Worker) Ends() []*Queue {
	var all []*Queue
	if w.Into != nil {
		all = append(all, w.Into)
	}
	for _, way := range w.Route {
		if !slices.Contains(all, way.Into) {
			all = append(all, way.Into)
		}
	}
	return all
}

// RunName returns the name of the func that runs a topology to its end.
func (t *Topology) RunName() string { return prefixed("Run", "run", t.Name) }

// StartName returns the name of the func that starts a topology.
func (t *Topology) StartName() string { return StartName(t.Name) }

// StartName returns the name of the func that starts a topology of that name.
func StartName(topology string) string { return prefixed("Start", "start", topology) }

// ErrName returns the name of one of a topology's errors: ErrCrunchClosed.
func (t *Topology) ErrName(what string) string { return prefixed("Err", "err", t.Name) + what }

// TopologyTypes returns the names of the types among TopologyNames.
func TopologyTypes(topology string) []string {
	return []string{topology, topology + "Result", topology + "Stats", topology + "QueueStats"}
}

// TopologyNames returns the names of all package-level declarations that a topology of that name brings along.
func TopologyNames(topology string) []string {
	t := &Topology{Definition: Definition{Name: topology}}
	names := append(TopologyTypes(topology), t.RunName(), t.StartName())
	for _, what := range []string{"Closed", "Full", "Dropped"} {
		names = append(names, t.ErrName(what))
	}
	return names
}

// FieldName returns a queue's or consumer's name as that of an exported field.
func FieldName(name string) string { return UpperFirst(name) }

// Results returns the fields of a topology's result: what its consumers collect.
func (t *Topology) Results() []*types.Var {
	var all []*types.Var
	add := func(name string, typ types.Type) {
		all = append(all, types.NewField(token.NoPos, nil, name, typ, false))
	}
	for _, w := range t.Consumers {
		c, name := w.Collect, FieldName(w.Name)
		switch {
		case c == nil:
		case w.EachOwn:
			add(name, types.NewSlice(c.Type))
		case c.Kind == CollectFirst, c.Kind == CollectLast:
			add(name, c.Type)
			add(name+"OK", types.Typ[types.Bool])
		default:
			add(name, c.Type)
		}
	}
	return all
}
