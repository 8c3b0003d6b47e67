package emit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// keeper is what the stages of a consumer remember. Copies of it share that, where it says which elements go on and when.
type keeper struct {
	t      *topology
	shared bool // by several copies
	apart  bool // that no more is taken is found in another goroutine than that of the loop over the queue
	first  *model.Stage
	over   []string // each a condition under which no element goes on any more
}

// newKeeper returns the keeper of a worker's flow, nil for a producer: each copy of that is a pipeline of its own.
func (t *topology) newKeeper(w *model.Worker) *keeper {
	if !w.Consumer || len(w.Stages) == 0 {
		return nil
	}
	return &keeper{t: t, shared: sharesState(w), apart: carries(w), first: w.Stages[0]}
}

// sharesState reports whether a consumer has copies, or begins again.
func sharesState(w *model.Worker) bool {
	return w.Copies != nil || restarts(w)
}

// keep makes the fields for what the copies of a consumer remember together, and returns the statements that set them.
func (t *topology) keep(w *model.Worker) string {
	shared, apart := sharesState(w), carries(w)
	if c := w.Collect; w.Copies != nil && c != nil && c.Kind == model.CollectReduce && c.Step.Effect {
		t.turns[w] = t.field(w.Name+"Turn", "chan struct{} // full while a copy adds to the result")
		t.set = append(t.set, t.turns[w]+": make(chan struct{}, 1)")
	}
	var sets []string
	atomic := func(typ, says string) string { return t.imports.std("sync/atomic."+typ) + " // " + says }
	for _, s := range w.Stages {
		name := func(what string) string { return w.Name + what }
		if !shared && !(apart && s.Takes()) {
			continue
		}
		switch s.Kind {
		case spec.Take:
			t.kept[s] = t.field(name("Taken"), atomic("Int64", "how many elements have come to its take"))
		case spec.Skip:
			t.kept[s] = t.field(name("Skipped"), atomic("Int64", "how many elements have come to its skip"))
		case spec.TakeWhile, spec.TakeUntil:
			t.kept[s] = t.field(name("Over"), atomic("Bool", "it takes no more"))
		case spec.SkipWhile:
			t.kept[s] = t.field(name("Through"), atomic("Bool", "it skips no more"))
		case spec.Distinct:
			t.kept[s] = t.keepKeys(w, s)
		case spec.Rate:
			t.kept[s] = t.field(name("Limiter"), "*"+t.stockType("Limiter")+" // for all copies")
			sets = append(sets, fmt.Sprintf("%s.%s = %s", t.recv, t.kept[s], t.g.limiter(s, t.env)))
		}
	}
	return lines(sets...)
}

// keepKeys makes the fields for the keys that have come to a distinct.
func (t *topology) keepKeys(w *model.Worker, s *model.Stage) string {
	key := t.g.typ(s.Expr.Type)
	if s.Adjacent {
		field := t.field(w.Name+"Previous", fmt.Sprintf("*%s // the key before; guarded by %sPreviousMu", key, lowerFirst(w.Name)))
		t.field(field+"Mu", t.imports.std("sync.Mutex"))
		return field
	}
	field := t.field(w.Name+"Seen", fmt.Sprintf("map[%s]struct{} // guarded by %sSeenMu", key, lowerFirst(w.Name)))
	t.field(field+"Mu", t.imports.std("sync.Mutex"))
	t.set = append(t.set, fmt.Sprintf("%s: make(map[%s]struct{})", field, key))
	return field
}

// field returns the code of what the copies remember for a stage.
func (k *keeper) field(s *stage) string { return k.t.recv + "." + k.t.kept[s.Stage] }

// pass returns the statement of a consumer's loop that passes over an item when nothing goes on any more. flush hands on
// what its batches have gathered.
func (k *keeper) pass(flush string) string {
	if k == nil || len(k.over) == 0 {
		return ""
	}
	return ifThen(strings.Join(k.over, " || "), flush, "continue // nothing more is taken: the item is handled")
}

// take lets the first elements pass. It does not end the loop, which is to empty the queue.
func (k *keeper) take(g *function, s *stage, d *down) *down {
	limit := g.count(s, s.Expr, "limit", 0)
	if k.shared || k.apart {
		taken, limit := k.field(s), asInt64(limit)
		full := taken + ".Load() >= " + limit
		k.over = append(k.over, full)
		return k.ending(d,
			func(_ string, at place) string { return ifThen(taken+".Add(1) > "+limit, at.stop) },
			func(at place) string { return ifThen(full, at.stop) })
	}
	taken := g.locals.pick("taken", "given")
	s.declare("%s := 0", taken)
	full := taken + " >= " + limit
	k.over = append(k.over, full)
	return k.ending(d,
		func(string, place) string { return taken + "++" },
		func(at place) string { return ifThen(full, at.stop) })
}

// stage returns what stands behind a stage's source where that is another thing in a consumer than in a pipeline, else nil.
func (k *keeper) stage(g *function, s *stage, d *down) *down {
	switch s.Kind {
	case spec.Take:
		return k.take(g, s, d)
	case spec.TakeWhile:
		return k.takeWhile(g, s, d)
	case spec.TakeUntil:
		return k.takeUntil(g, s, d)
	}
	if !k.shared {
		return nil
	}
	switch s.Kind {
	case spec.Skip:
		return k.skip(g, s, d)
	case spec.SkipWhile:
		return k.skipWhile(g, s, d)
	case spec.Distinct:
		return k.distinct(g, s, d)
	case spec.Rate:
		return g.limited(k.field(s), d)
	}
	return nil
}

// asInt64 returns the code of an int as that of an int64.
func asInt64(code string) string {
	if _, err := strconv.Atoi(code); err == nil {
		return code
	}
	return "int64(" + code + ")"
}

// flag is a bool that a consumer remembers.
type flag struct{ is, set string }

// flag returns the flag of a stage: whether it takes, or skips, no more.
func (k *keeper) flag(g *function, s *stage, names ...string) flag {
	if k.shared || k.apart {
		return flag{k.field(s) + ".Load()", k.field(s) + ".Store(true)"}
	}
	name := g.locals.pick(names...)
	s.declare("%s := false", name)
	return flag{name, name + " = true"}
}

// takeWhile lets elements pass before the first for which the condition is false.
func (k *keeper) takeWhile(g *function, s *stage, d *down) *down {
	over := k.flag(g, s, "over", "ended")
	k.over = append(k.over, over.is)
	up := behind(d, func(v string, at place) string {
		return lines(k.again(s, over, at), g.unless(s.Expr, s.env, d, at, lines(over.set, at.stop)), d.elem(v, at))
	})
	up.stops = true
	return up.evaluating(s.Expr)
}

// again returns the statement that looks again whether another copy has found the last element meanwhile.
func (k *keeper) again(s *stage, over flag, at place) string {
	if !k.shared && !k.apart || s.Stage == k.first {
		return ""
	}
	return ifThen(over.is, at.stop)
}

// takeUntil lets elements pass, the last of which is the first for which the condition is true.
func (k *keeper) takeUntil(g *function, s *stage, d *down) *down {
	over := k.flag(g, s, "over", "ended")
	k.over = append(k.over, over.is)
	up := k.ending(d,
		func(_ string, at place) string {
			return lines(k.again(s, over, at), g.when(s.Expr, s.env, d, at, over.set))
		},
		func(at place) string { return ifThen(over.is, at.stop) })
	return up.evaluating(s.Expr)
}

// skip leaves out the first elements that come to any of the copies.
func (k *keeper) skip(g *function, s *stage, d *down) *down {
	limit := asInt64(g.count(s, s.Expr, "skip", 0))
	return sieve(d, func(v string, at place) string {
		counted := k.field(s) + ".Add(1)"
		if at.next == "" {
			return ifThen(counted+" > "+limit, d.elem(v, at))
		}
		return lines(ifThen(counted+" <= "+limit, at.skips()), d.elem(v, at))
	})
}

// skipWhile leaves out elements until one of the copies has one for which the condition is false.
func (k *keeper) skipWhile(g *function, s *stage, d *down) *down {
	through := k.flag(g, s)
	up := sieve(d, func(v string, at place) string {
		if at.next != "" {
			return lines(ifThen("!"+through.is, g.when(s.Expr, s.env, d, at, at.skips()), through.set), d.elem(v, at))
		}
		skips := g.locals.pick("skips", "skipping")
		ask := lines(g.when(s.Expr, s.env, d, at, skips+" = true"), ifThen("!"+skips, through.set))
		return lines(skips+" := false", ifThen("!"+through.is, ask), ifThen("!"+skips, d.elem(v, at)))
	})
	up.observed = d.observed || s.Expr.Effect
	return up
}

// distinct lets the first element of each key pass, whichever copy it comes to.
func (k *keeper) distinct(g *function, s *stage, d *down) *down {
	return sieve(d, func(v string, at place) string {
		prepare, key := g.key(s, d, at)
		again := g.locals.pick("again", "duplicate")
		seen := k.field(s)
		ask := lines(
			fmt.Sprintf("_, %s := %s[%s]", again, seen, key),
			fmt.Sprintf("%s[%s] = struct{}{}", seen, key))
		if s.Adjacent {
			last := g.locals.pick("last", "thisKey")
			ask = lines(
				fmt.Sprintf("%s := %s", last, key),
				fmt.Sprintf("%s := %s != nil && *%s == %s", again, seen, seen, last),
				fmt.Sprintf("%s = &%s", seen, last))
		}
		lock, unlock := seen+"Mu.Lock()", seen+"Mu.Unlock()"
		look := lines(lock, ask, unlock)
		if holdsInterface(s.Expr.Type) {
			look = fmt.Sprintf("%s := func() bool {\n%s\n}()", again, lines(lock, "defer "+unlock, ask, "return "+again))
		}
		return lines(prepare, look, g.onlyIf("!"+again, at, d.elem(v, at)))
	}).evaluating(s.Expr)
}

// ending returns d with a stage before it that lets no more elements pass at some point: enter stands before the element
// goes on, and stop behind that, unless the next element comes from the queue.
func (k *keeper) ending(d *down, enter func(v string, at place) string, stop func(at place) string) *down {
	up := behind(d, func(v string, at place) string {
		before := enter(v, at)
		if at.stop == at.next {
			return lines(before, d.elem(v, at))
		}
		inner := at
		inner.next = ""
		return lines(before, d.elem(v, inner), stop(at))
	})
	up.stops = true
	return up
}
