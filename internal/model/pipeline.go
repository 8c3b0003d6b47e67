package model

import "go/types"

// Pipeline is a generator function.
type Pipeline struct {
	Definition
	Flow
	Collect *Collect // nil: it is an iter.Seq2
}

// Flow is a source and the stages behind it: all of a pipeline but what becomes of its elements.
type Flow struct {
	Source Source
	As     *types.Var // the name of the source's element; nil where it has none
	Stages []*Stage
	Elem   types.Type // of what leaves the last stage
}
