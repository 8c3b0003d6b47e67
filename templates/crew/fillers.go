package crew

import "sync/atomic"

// fillers counts those that may put something into a queue. The last one to leave closes it.
type fillers struct {
	left  atomic.Int64
	close func()
}

// newFillers returns fillers of which there are n.
func newFillers(n int, close func()) *fillers {
	f := &fillers{close: close}
	f.left.Store(int64(n))
	return f
}

// enter counts one more, where one is left.
func (f *fillers) enter() { f.left.Add(1) }

// leave counts one less.
func (f *fillers) leave() {
	if f.left.Add(-1) == 0 {
		f.close()
	}
}
