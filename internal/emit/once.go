package emit

import "fmt"

// A queue that is distinct takes an item of each key. An item that comes while another of its key is on its way is let go
// only if that comes in: else none would.

// keysSeen adds the field with the keys that a queue has taken, where each is taken once.
func (t *topology) keysSeen(q *queue) {
	switch {
	case q.Distinct == nil:
	case q.Blocks():
		q.needs("seen.put")
		q.seen = t.field(q.Name+"Seen", "*"+t.queueOwn(q, "seen"))
		t.set = append(t.set, q.seen+": "+t.queueOwn(q, "newSeen")+"()")
	default:
		key := t.g.typ(q.Distinct.Type)
		q.seen = t.field(q.Name+"Seen", "map["+key+"]struct{} // guarded by "+q.Name+"SeenMu")
		t.field(q.Name+"SeenMu", t.imports.std("sync.Mutex"))
		t.set = append(t.set, fmt.Sprintf("%s: make(map[%s]struct{})", q.seen, key))
	}
}

// puttingOnce returns the statements that make the call that puts an item, unless one of its key has come in before.
func (t *topology) puttingOnce(q *queue, verb, call, item, key, ctx string) string {
	seen := t.recv + "." + q.seen
	q.needs("core.discard")
	discard := fmt.Sprintf("%s.%s.discard()", t.recv, q.field)
	unanswered := t.unanswered(q, item, ctx)
	if q.Blocks() {
		waits := ctx
		if waits == "" {
			waits = t.member("crew.ctx")
		}
		return lines(
			fmt.Sprintf("again, err := %s.put(%s, %s, func() error { return %s })", seen, waits, key, call),
			ifThen("again", discard, unanswered),
			"return err")
	}
	set := ""
	if key != item {
		local := t.local("key", "id")
		set, key = local+" := "+key, local
	}
	put := "err := " + call
	if verb == "putOver" {
		put = "_, _, err := " + call
	}
	return lines(
		set, seen+"Mu.Lock()", "defer "+seen+"Mu.Unlock()",
		ifThen(fmt.Sprintf("_, again := %s[%s]; again", seen, key), discard, unanswered, "return nil"),
		put,
		ifThen("err == nil", fmt.Sprintf("%s[%s] = struct{}{}", seen, key)),
		t.dropped(verb, ctx), "return err")
}
