package emit

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// stage is a stage in the making.
type stage struct {
	*model.Stage
	in, out string   // the locals of what enters and what leaves
	env     *env     // what its expressions see
	outer   *env     // what the definition sees: of expressions that are evaluated once
	before  []string // declarations that it needs before the loop
	shared  string   // a func that it needs there, which sees what the stages behind declare
	at      place    // where the loop stands
	policy  string   // the local of its retry
	tries   string   // the local that counts the calls for an element; "" where nothing asks
	guard   []string // conditions without which nothing of the source is wanted
}

// declare adds a declaration before the loop.
func (s *stage) declare(format string, args ...any) {
	s.before = append(s.before, fmt.Sprintf(format, args...))
}

// stage returns what stands behind a stage's source: the stage, and then d.
func (g *function) stage(s *stage, d *down) *down {
	if s.Calls.Retry != nil {
		s.policy = g.locals.pick("retry", "policy")
		s.declare("%s := %s", s.policy, g.policy(s.Calls.Retry, s))
	}
	up := g.stageBody(s, d)
	return g.indexed(s, up)
}

func (g *function) stageBody(s *stage, d *down) *down {
	if k := g.keeper; k != nil {
		if up := k.stage(g, s, d); up != nil {
			return up
		}
	}
	switch s.Kind {
	case spec.Map:
		return g.mapStage(s, d)
	case spec.Filter:
		return g.filter(s, d)
	case spec.Flatten:
		return g.flatten(s, d)
	case spec.Take:
		return g.take(s, d)
	case spec.Skip:
		return g.skip(s, d)
	case spec.TakeWhile:
		return g.takeWhile(s, d)
	case spec.TakeUntil:
		return g.takeUntil(s, d)
	case spec.SkipWhile:
		return g.skipWhile(s, d)
	case spec.Distinct:
		return g.distinct(s, d)
	case spec.Scan:
		return g.scan(s, d)
	case spec.Batch:
		return g.batch(s, d)
	case spec.Window:
		return g.window(s, d)
	case spec.Tap:
		return g.tap(s, d)
	case spec.GatherStage:
		return g.gatherStage(s, d)
	case spec.Rate:
		return g.rate(s, d)
	}
	panic("emit: no such stage: " + string(s.Kind))
}

// behind returns a down that does what d does, but for elem.
func behind(d *down, elem func(v string, at place) string) *down {
	return &down{elem: elem, fail: d.fail, end: d.end, looks: d.looks, observed: d.observed, stops: d.stops}
}

// sieve is behind, of an elem that does not hand on every element.
func sieve(d *down, elem func(v string, at place) string) *down {
	up := behind(d, elem)
	up.looks = false
	return up
}

// evaluating returns d, the elem of which evaluates e.
func (d *down) evaluating(e *model.Expr) *down {
	d.looks = d.looks || e.Effect
	d.observed = d.observed || e.Effect
	return d
}

// indexed counts the elements that reach a stage where it uses i.
func (g *function) indexed(s *stage, up *down) *down {
	if _, counted := s.env.vars[s.I]; counted || !namesIndex(s.Stage) {
		return up
	}
	index := g.locals.pick("index", "position")
	s.env.vars[s.I] = index
	s.declare("%s := -1", index)
	inner := up.elem
	counted := *up
	counted.elem = func(v string, at place) string { return lines(index+"++", inner(v, at)) }
	counted.terminal = false
	return &counted
}

// namesIndex reports whether the expressions of a stage name i.
func namesIndex(s *model.Stage) bool {
	return s.I != nil && slices.ContainsFunc(exprsOf([]*model.Stage{s}), func(e *model.Expr) bool { return e.Mentions(s.I) })
}

func (g *function) mapStage(s *stage, d *down) *down {
	return behind(d, func(v string, at place) string {
		rest := d.elem(s.out, at)
		switch {
		case s.modified():
			return g.attempt(s, s.Expr, choice(g.used[s.out], s.out), d, at, rest)
		case !g.used[s.out]:
			return lines(g.unused(s.Expr, s.env, d, at), rest)
		}
		return lines(g.try(s.out, s.Expr, s.env, d, at), rest)
	}).evaluating(s.Expr)
}

// unused returns the statements that evaluate e where nothing needs its value.
func (g *function) unused(e *model.Expr, env *env, d *down, at place) string {
	if call, ok := ast.Unparen(e.Node).(*ast.CallExpr); ok {
		if tv := e.Info.Types[call.Fun]; !tv.IsType() && !tv.IsBuiltin() {
			return g.call(e, env, d, at)
		}
	}
	return "_ = " + g.expr(e, env)
}

func (g *function) filter(s *stage, d *down) *down {
	return sieve(d, func(v string, at place) string {
		switch {
		case s.modified():
			keep := g.use(g.locals.pick("keep", "kept"))
			return g.attempt(s, s.Expr, keep, d, at, g.onlyIf(keep, at, d.elem(v, at)))
		case at.next == "":
			return g.when(s.Expr, s.env, d, at, d.elem(v, at))
		}
		return lines(g.unless(s.Expr, s.env, d, at, at.skips()), d.elem(v, at))
	}).evaluating(s.Expr)
}

// flatten ranges over what each element gives.
func (g *function) flatten(s *stage, d *down) *down {
	up := behind(d, func(v string, at place) string {
		inner := *d
		inner.end, inner.terminal, inner.list = nil, false, nil
		stop, stopped, given := g.fromWithin(at), "", ""
		if at.skip != nil {
			given = g.locals.pick("given", "any")
			at.kept = given + " = true"
		}
		inner.elem = func(v string, in place) string {
			in.stop = stop // what ends the stream behind ends the outer loop
			in.kept = at.kept
			if in.fn != at.fn {
				if stopped == "" {
					stopped = g.locals.pick("stopped", "halted")
				}
				in.stop = lines(stopped+" = true", "return false")
			}
			return d.elem(v, in)
		}
		around := place{stop: stop, leave: at.leave, left: at.left, fail: at.fail, fn: at.fn}
		if s.Calls.OnError != nil { // an error ends its sequence, and no more
			inner.failed = func(at place) string {
				return lines(g.lookAtCtx("", d.fail(g.cause(), at)), g.onError(s, d, at), at.stop)
			}
		}
		var code string
		if r, ok := s.Inner.(*model.Range); ok && s.modified() && (r.Expr.Fails || s.Calls.Timeout != nil) {
			code = g.flattenCall(s, r, d, &inner, around, at)
		} else {
			code = g.flattened(s, &inner, around).code(around)
		}
		if stopped != "" && strings.Contains(code, stopped+" = true") {
			code = lines(stopped+" := false", code, ifThen(stopped, stop))
		}
		if given != "" && strings.Contains(code, at.kept) {
			code = lines(given+" := false", code, ifThen("!"+given, at.skip()))
		}
		return code
	})
	r, isRange := s.Inner.(*model.Range)
	up.looks = isRange && r.Expr.Effect
	return up
}

// flattened returns the loop over what one element gives. Where that pulls, or an error of it is not the end, it is ranged
// over rather than fused: its func sees to it that nothing of it outlives its turn.
func (g *function) flattened(s *stage, inner *down, around place) *part {
	if c, ok := s.Inner.(*model.Call); ok && (pulls(c) || s.Calls.OnError != nil) {
		return g.rangeCall(c, s.env, inner, s.out, around)
	}
	return g.source(s.Inner, s.env, inner, s.out, around)
}

func (g *function) take(s *stage, d *down) *down {
	limit := g.count(s, s.Expr, "limit", 0)
	taken := g.locals.pick("taken", "given")
	s.declare("%s := 0", taken)
	if n, ok := s.Expr.Int(); !ok || n == 0 {
		s.guard = append(s.guard, limit+" > 0")
	}
	up := behind(d, func(v string, at place) string {
		inner := at
		inner.next = ""
		rest := d.elem(v, inner)
		if leaves(rest) {
			return lines(taken+"++", rest)
		}
		return lines(rest, taken+"++", ifThen(taken+" == "+limit, at.stop))
	})
	up.stops = true
	return up
}

// count returns the code of a number that is evaluated once: itself where it is constant, else a local of at least least.
func (g *function) count(s *stage, e *model.Expr, name string, least int) string {
	code := g.expr(e, s.outer)
	if n, ok := e.Int(); ok && n > 0 {
		return code // of 0, Go would say that the loop behind it never runs
	}
	if local, ok := plainLocal(e, s.outer); ok && least == 0 {
		return g.use(local)
	}
	local := g.locals.pick(name, "most")
	if least > 0 {
		code = fmt.Sprintf("max(%d, %s)", least, code)
	}
	s.declare("%s := %s", local, code)
	return local
}

func (g *function) skip(s *stage, d *down) *down {
	limit := g.count(s, s.Expr, "skip", 0)
	skipped := g.locals.pick("skipped", "passed")
	s.declare("%s := 0", skipped)
	return sieve(d, func(v string, at place) string {
		if at.next == "" {
			return fmt.Sprintf("if %s < %s {\n%s++\n} else {\n%s\n}", skipped, limit, skipped, d.elem(v, at))
		}
		return lines(ifThen(skipped+" < "+limit, skipped+"++", at.skips()), d.elem(v, at))
	})
}

func (g *function) takeWhile(s *stage, d *down) *down {
	up := behind(d, func(v string, at place) string {
		return lines(g.unless(s.Expr, s.env, d, at, at.stop), d.elem(v, at))
	})
	up.stops = true
	return up.evaluating(s.Expr)
}

// takeUntil asks before the element goes on, which may change what it points to, and ends the stream after.
func (g *function) takeUntil(s *stage, d *down) *down {
	last := g.locals.pick("last", "done")
	up := behind(d, func(v string, at place) string {
		inner := at
		inner.next = ""
		rest := d.elem(v, inner)
		if leaves(rest) {
			return lines(g.unused(s.Expr, s.env, d, at), rest)
		}
		return lines(g.try(last, s.Expr, s.env, d, at), rest, ifThen(last, at.stop))
	})
	up.stops = true
	return up.evaluating(s.Expr)
}

func (g *function) skipWhile(s *stage, d *down) *down {
	skipping := g.locals.pick("skipping", "early")
	s.declare("%s := true", skipping)
	up := sieve(d, func(v string, at place) string {
		if at.next != "" && !s.Expr.Fails && !s.Expr.Effect {
			return lines(ifThen(skipping+" && "+g.operand(s.Expr, s.env), at.skips()), skipping+" = false", d.elem(v, at))
		}
		return lines(
			ifThen(skipping, g.whileSkipping(s, d, at, skipping)),
			g.onlyIf("!"+skipping, at, d.elem(v, at)))
	})
	up.observed = d.observed || s.Expr.Effect
	return up
}

// whileSkipping evaluates the condition of a skip_while, and notes its first false.
func (g *function) whileSkipping(s *stage, d *down, at place, skipping string) string {
	if !s.Expr.Fails {
		return lines(g.before(s.Expr, d, at), skipping+" = "+g.expr(s.Expr, s.env))
	}
	still := g.locals.pick("still", "more")
	truth := still
	if _, predeclared := types.Unalias(s.Expr.Type).(*types.Basic); !predeclared {
		truth = "bool(" + still + ")"
	}
	return lines(g.try(still, s.Expr, s.env, d, at), skipping+" = "+truth)
}

// onlyIf runs body where cond holds, and goes on with the next element where not.
func (g *function) onlyIf(cond string, at place, body string) string {
	if at.next == "" {
		return ifThen(cond, body)
	}
	return lines(ifThen(negated(cond), at.skips()), body)
}

func negated(cond string) string {
	if cond[0] == '!' {
		return cond[1:]
	}
	return "!" + cond
}

// operand returns the code of a condition as it can stand beside &&.
func (g *function) operand(e *model.Expr, env *env) string {
	if b, ok := e.Node.(*ast.BinaryExpr); ok && b.Op.Precedence() <= 1 {
		return "(" + g.expr(e, env) + ")"
	}
	return g.inHeader(e, env)
}

func (g *function) distinct(s *stage, d *down) *down {
	if s.Adjacent {
		return g.distinctAdjacent(s, d)
	}
	seen := g.locals.pick("seen", "known")
	s.declare("%s := make(map[%s]struct{})", seen, g.typ(s.Expr.Type))
	return sieve(d, func(v string, at place) string {
		prepare, key := g.key(s, d, at)
		again := g.locals.pick("again", "duplicate")
		check := fmt.Sprintf("_, %s := %s[%s]; ", again, seen, key)
		mark := fmt.Sprintf("%s[%s] = struct{}{}", seen, key)
		if at.next == "" {
			return lines(prepare, ifThen(check+"!"+again, mark, d.elem(v, at)))
		}
		return lines(prepare, ifThen(check+again, at.skips()), mark, d.elem(v, at))
	}).evaluating(s.Expr)
}

// key returns the code of a distinct's key, and what has to be evaluated before.
func (g *function) key(s *stage, d *down, at place) (prepare, key string) {
	if _, plain := s.Expr.Node.(*ast.Ident); plain {
		return "", g.expr(s.Expr, s.env)
	}
	key = g.locals.pick("key", "id")
	return g.try(key, s.Expr, s.env, d, at), key
}

func (g *function) distinctAdjacent(s *stage, d *down) *down {
	last, first := g.locals.pick("previous", "before"), g.locals.pick("first", "fresh")
	s.declare("var %s %s", last, g.typ(s.Expr.Type))
	s.declare("%s := true", first)
	return sieve(d, func(v string, at place) string {
		prepare, key := g.key(s, d, at)
		note := fmt.Sprintf("%s, %s = %s, false", last, first, key)
		if at.next == "" {
			return lines(prepare, ifThen(fmt.Sprintf("%s || %s != %s", first, key, last), note, d.elem(v, at)))
		}
		return lines(prepare, ifThen(fmt.Sprintf("!%s && %s == %s", first, key, last), at.skips()), note, d.elem(v, at))
	}).evaluating(s.Expr)
}

func (g *function) tap(s *stage, d *down) *down {
	up := behind(d, func(v string, at place) string {
		if s.modified() {
			return g.attempt(s, s.Expr, "", d, at, d.elem(v, at))
		}
		return lines(g.call(s.Expr, s.env, d, at), d.elem(v, at))
	})
	up.looks = d.looks || s.Expr.Effect
	up.observed = true
	return up
}
