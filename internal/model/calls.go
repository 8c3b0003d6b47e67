package model

import (
	"go/types"
	"time"
)

// Calls says how the calls of a stage are made. The zero Calls is one after the other, once each.
type Calls struct {
	Workers *Expr // nil: in the goroutine that ranges
	Ordered bool
	Key     *Expr // partition_by; nil where left out, as all that follow
	Timeout *Duration
	Retry   *Retry
	OnError *OnError
	Stops   bool // on_error: stop was said, and not left out
}

// Retry says how often and when a call that fails is made again.
type Retry struct {
	Attempts *Expr
	Delay    *Duration // nil: at once
	Backoff  *Expr     // nil: 1
	MaxDelay *Duration
	Jitter   bool
	When     *Expr      // nil: whatever the error
	Err      *types.Var // what When sees
}

// OnError says that an element whose call fails is left out, and what is done about it.
type OnError struct {
	V, Err *types.Var // what Call sees
	Call   *Expr      // nil: nothing

	Reply bool // whoever asked gets the error, and where nobody did it ends the topology

	Put      *Expr      // what a topology puts into a queue; nil where left out
	Into     *Queue     // nil: nothing is put
	Attempts *types.Var // of a topology: what Put and Call see beside: how often the call was made
}

// Rate is a number of elements for each unit of time.
type Rate struct {
	N    *Expr
	Unit time.Duration
}
