package model

import "go/types"

// Collect says what becomes of a pipeline's elements.
type Collect struct {
	Kind        CollectKind
	V, I, Acc   *types.Var
	Key, Value  *Expr      // map
	First, Fail bool       // map: on_duplicate
	Init, Step  *Expr      // reduce
	Into        *Expr      // into
	Type        types.Type // of the result; nil for into
}

// CollectKind is the word of a collect.
type CollectKind string

const (
	CollectSlice  CollectKind = "slice"
	CollectSet    CollectKind = "set"
	CollectCount  CollectKind = "count"
	CollectFirst  CollectKind = "first"
	CollectLast   CollectKind = "last"
	CollectOne    CollectKind = "one"
	CollectMap    CollectKind = "map"
	CollectReduce CollectKind = "reduce"
	CollectInto   CollectKind = "into"
)

// Exprs returns the expressions that are evaluated for each element. Some are nil, and for a nil Collect there are none.
func (c *Collect) Exprs() []*Expr {
	if c == nil {
		return nil
	}
	return []*Expr{c.Key, c.Value, c.Step, c.Into}
}
