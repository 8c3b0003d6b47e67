package parallel

import "time"

const (
	quick  = 8 * time.Microsecond // chunks that take less than this grow, those that take twice as long shrink
	yields = 4                    // how often a goroutine looks again before it sleeps
)

// pace is how many elements a worker claims at once: one at first, more while a chunk takes little time.
type pace struct {
	size, most int
}

// adapt sets the size of the chunks to come, after one of n elements that took d.
func (p *pace) adapt(n int, d time.Duration) {
	switch {
	case d < quick && n == p.size:
		p.size = min(2*n, p.most)
	case d > 2*quick && n <= p.size:
		p.size = max(1, n/2)
	}
}
