package queue

// outcome says of a number of items what became of them.
type outcome struct {
	handled, failed, dropped, undelivered int64
	ends                                  bool // all others too: their taker goes, and that is not to be taken for the work's being done
}

// total is how many items it speaks of.
func (o outcome) total() int64 { return o.handled + o.failed + o.dropped + o.undelivered }

// stats is the count of one queue at one moment: Put = Handled + Failed + Dropped + Undelivered + Depth + InFlight. Its
// fields are those of the type that users see, which is converted from it.
type stats struct {
	Put, Handled, Failed, Dropped, Undelivered, Depth, InFlight int64
}

// ledger counts what was put into a queue and what became of it. The queue's mutex guards it.
type ledger struct {
	work    *work
	put     int64
	settled outcome
	done    int64 // the total of settled
}

// enter counts k items that were put.
func (l *ledger) enter(k int64) {
	if l.put == l.done {
		l.work.begin()
	}
	l.put += k
}

// settle counts what became of items that were put.
func (l *ledger) settle(o outcome) {
	n := o.total()
	if n == 0 {
		return
	}
	l.settled.handled += o.handled
	l.settled.failed += o.failed
	l.settled.dropped += o.dropped
	l.settled.undelivered += o.undelivered
	l.done += n
	if l.put == l.done && !o.ends {
		l.work.end()
	}
}

// drop counts an item that was put and dropped in one.
func (l *ledger) drop() {
	l.put++
	l.settled.dropped++
	l.done++
}

// stats is the ledger of a queue that holds depth items.
func (l *ledger) stats(depth int) stats {
	o := l.settled
	return stats{
		Put: l.put, Handled: o.handled, Failed: o.failed, Dropped: o.dropped, Undelivered: o.undelivered,
		Depth: int64(depth), InFlight: l.put - l.done - int64(depth),
	}
}
