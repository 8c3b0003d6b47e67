package prefetch

import (
	"fmt"
	"runtime/debug"
)

// Panic is what waiting for goroutines panics with when one of them has panicked: the value, and where it came from.
//
// It is an error, so that the crash report shows the stack of the goroutine that panicked. Where Value is an error,
// errors.Is and errors.As find it.
type Panic struct {
	Value any    // what the goroutine panicked with
	Stack []byte // the stack of that goroutine, as debug.Stack gives it
}

// newPanic keeps what recover returned, and the stack of where it did.
func newPanic(value any) *Panic {
	if p, ok := value.(*Panic); ok {
		return p
	}
	return &Panic{Value: value, Stack: debug.Stack()}
}

// Error returns the value and the stack.
func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// Unwrap returns the value if it is an error, else nil.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}
