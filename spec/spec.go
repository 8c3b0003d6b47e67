// Package spec is the language: it reads a *.async.yaml file into a Spec in which every part knows its place.
//
// It knows the shape of a spec (which keys stand where, and what kind of value each takes) and nothing of Go types:
// Go stays text here. Package check gives it a meaning.
package spec

import "github.com/asyncgen/asyncgen/internal/diag"

// Spec is one file.
type Spec struct {
	Path       string // as it was given, with slashes
	Source     []byte // the file's bytes, for showing its lines
	Package    Text   // of the key package; absent where left out
	Imports    []Import
	Iterators  []*Iterator
	Pipelines  []*Pipeline
	Resources  []*Resource
	Topologies []*Topology

	goTexts []Text // all Go text, for Identifiers
}

// Import is one element of imports: PATH, or NAME: PATH.
type Import struct {
	Name Text // absent unless renamed
	Path Text
}

// Definition is what all nouns have.
type Definition struct {
	Noun     string // iterator, pipeline, resource or topology
	Name     Text   // the key
	Doc      Text
	Params   []Param
	With     []With
	Examples []Example
	Refused  bool // an error stands in it: see Spec.Refuse
}

// Param is one of params: NAME: TYPE.
type Param struct {
	Name Text
	Type Text // a Go type; the last one may begin with ...
}

// With is one of with: NAME: RESOURCE(ARGS), or NAME: POOL.
type With struct {
	Name     Text
	Resource Text
}

// Example is one of examples. Want is absent where Error is given, and the other way about.
type Example struct {
	Call, Want, Error Text
}

// Iterator is one of iterators: the loop form (Yield is present) or Paginate.
type Iterator struct {
	Definition
	Init, While, Yield, Next Text // simple statement, expression, expression, simple statement
	Paginate                 *Paginate
}

// Paginate is a paginated fetch.
type Paginate struct {
	Key      Text // the key paginate
	Fetch    Text
	Until    Text
	Emit     Text // pages or items; absent means items
	Prefetch Text
}

// Pipeline is one of pipelines.
type Pipeline struct {
	Definition
	From    Source
	As      Text // names the source's element
	Stages  []Stage
	Collect *Collect // nil where left out
}

// SourceKind says which form a from takes.
type SourceKind int

const (
	NoSource SourceKind = iota // left out, or refused
	GoSource                   // an expression, or a call of a pipeline or iterator
	Merge
	Concat
	Zip
	Gather
)

// Source is what a from gives.
type Source struct {
	Key    Text // the key from
	Kind   SourceKind
	Inner  Text    // the key merge, concat, zip or gather
	Expr   Text    // GoSource
	Parts  []Text  // Merge, Concat, Zip
	Gather []Field // Gather
}

// Field is a name and a Go expression: one call of a gather.
type Field struct {
	Name, Expr Text
}

// StageKind says what a stage does: it is the stage's key in the spec.
type StageKind string

const (
	Map         StageKind = "map"
	Filter      StageKind = "filter"
	Flatten     StageKind = "flatten"
	Take        StageKind = "take"
	Skip        StageKind = "skip"
	TakeWhile   StageKind = "take_while"
	TakeUntil   StageKind = "take_until"
	SkipWhile   StageKind = "skip_while"
	Distinct    StageKind = "distinct"
	Scan        StageKind = "scan"
	Batch       StageKind = "batch"
	Window      StageKind = "window"
	Tap         StageKind = "tap"
	GatherStage StageKind = "gather"
	Rate        StageKind = "rate"
	Prefetch    StageKind = "prefetch"
)

// Stage is one of stages.
type Stage struct {
	Kind     StageKind
	Key      Text    // the stage's key
	Expr     Text    // map filter flatten take skip take_while take_until skip_while distinct tap rate prefetch
	Adjacent bool    // distinct
	Init     Text    // scan
	Step     Text    // scan; window, where it may be absent
	Size     Text    // batch, window
	Every    Text    // batch
	Gather   []Field // gather
	As       Text
	Calls    Modifiers
}

// Modifiers say how the calls of a stage, a producer or a consumer are made. All may be absent.
type Modifiers struct {
	Concurrency Text
	Ordered     Flag
	PartitionBy Text
	Timeout     Text
	Retry       *Retry
	OnError     *OnError
}

// Retry is the modifier retry.
type Retry struct {
	Key                                      Text
	Attempts, Delay, Backoff, MaxDelay, When Text
	Jitter                                   Flag
}

// OnError is the modifier on_error: a word (stop or skip), a call, or an item put into a queue.
type OnError struct {
	Key  Text
	Word Text // stop or skip
	Call Text
	Put  Text
	Into Text
}

// Collect says what becomes of a pipeline's elements.
type Collect struct {
	Key         Text // the key collect
	Kind        Text // slice set count first last one map reduce into per_worker: the word, or the key inside
	MapKey      Text // map
	MapValue    Text
	OnDuplicate Text // first or error
	Init, Step  Text // reduce
	Into        Text // into
}

// Resource is one of resources.
type Resource struct {
	Definition
	Acquire, Release, ReleaseTimeout, OnError, Suppress Text
	Pool                                                *Pool
}

// Pool is the pool of a resource.
type Pool struct {
	Key                              Text
	Max, MaxIdle, MaxLifetime, Check Text
}

// Topology is one of topologies.
type Topology struct {
	Definition
	Queues    []*Queue
	Producers []*Producer
	Consumers []*Consumer
	Shutdown  Text // sentinel or join
	Drain     Text
}

// Queue is one of a topology's queues.
type Queue struct {
	Name        Text
	Of          Text
	Capacity    Text // a number or unbounded
	OnFull      Text
	Distinct    Text
	Priority    Text
	Delay       Text
	Undelivered Text
	Open        Flag
	Reply       Flag
	Broadcast   Flag
}

// Worker is what a producer and a consumer of a topology have in common.
type Worker struct {
	Name   Text
	With   []With
	As     Text
	Stages []Stage
	Do     Text
	Calls  Modifiers
	End    End
}

// Producer is one of a topology's producers.
type Producer struct {
	Worker
	From Source
}

// Consumer is one of a topology's consumers. From is a queue or a list of them.
type Consumer struct {
	Worker
	From []Text
}

// End is where the items of a producer or consumer go. At most one is given.
type End struct {
	Into    Text
	Route   []Route
	Collect *Collect
}

// Route is one way of a route; When is absent from the last.
type Route struct {
	When, Into Text
}

// Flag is a bool of the spec.
type Flag struct {
	Given bool
	Value bool
	Pos   diag.Pos
}
