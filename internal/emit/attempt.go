package emit

import (
	"fmt"
	"strings"
	"time"

	"github.com/asyncgen/asyncgen/internal/model"
)

// modified reports whether a stage's call is more than made once.
func (s *stage) modified() bool {
	return s.Calls.Timeout != nil || s.Calls.Retry != nil || s.Calls.OnError != nil
}

// attempt returns the statements that make a stage's call as its modifiers say, put its value into the local dest ("":
// it is not needed), and then do rest.
func (g *function) attempt(s *stage, e *model.Expr, dest string, d *down, at place, rest string) string {
	c := s.Calls
	tries := g.countTries(s)
	if c.Timeout == nil && c.Retry == nil {
		call := strings.Repeat("_, ", e.Values) + g.err + " := " + g.expr(e, s.env)
		if dest != "" {
			call = fmt.Sprintf("%s, %s := %s", dest, g.err, g.expr(e, s.env))
			return lines(g.before(e, d, at), call, g.failedCall(s, "", d, at, rest))
		}
		return lines(g.before(e, d, at), g.failedCall(s, call+"; ", d, at, rest))
	}
	call := g.callAsFunc(s, e, dest)
	if tries != "" {
		call = strings.Replace(call, "{\n", "{\n"+s.tries+"++\n", 1)
	}
	if c.Timeout != nil {
		inner := fmt.Sprintf("%s(ctx, %s, %s)", g.file.stockName("Timeout"), g.durationIn(c.Timeout, s.outer), call)
		call = inner
		if c.Retry != nil {
			call = fmt.Sprintf("func(ctx %s) error {\nreturn %s\n}", g.std("context.Context"), inner)
		}
	}
	if c.Retry != nil {
		call = fmt.Sprintf("%s.Do(ctx, %s)", s.policy, call)
	}
	decl := ""
	if dest != "" {
		decl = fmt.Sprintf("var %s %s", dest, g.typ(e.Type))
	}
	return lines(g.before(e, d, at), tries, decl, g.failedCall(s, g.err+" := "+call+"; ", d, at, rest))
}

// callAsFunc returns the func literal that makes a stage's call once.
func (g *function) callAsFunc(s *stage, e *model.Expr, dest string) string {
	ctx := g.std("context.Context")
	code := g.expr(e, s.env)
	if dest == "" && e.Values == 0 {
		return fmt.Sprintf("func(ctx %s) error {\nreturn %s\n}", ctx, code)
	}
	names := either(dest != "", dest+", ", strings.Repeat("_, ", e.Values))
	if !e.Fails {
		return fmt.Sprintf("func(ctx %s) error {\n%s = %s\nreturn nil\n}", ctx, strings.TrimSuffix(names, ", "), code)
	}
	return fmt.Sprintf("func(ctx %s) (err error) {\n%serr = %s\nreturn err\n}", ctx, names, code)
}

// failedCall returns the if statement behind a call: what its error does, and rest, which runs where there is none.
func (g *function) failedCall(s *stage, init string, d *down, at place, rest string) string {
	handled := ""
	if s.Calls.OnError == nil {
		handled = d.fail(g.file.causeFunc()+"(ctx, "+g.err+")", at)
	} else {
		handled = lines(g.lookAtCtx("", d.fail(g.cause(), at)), g.onError(s, d, at), either(rest != "", at.next, ""))
	}
	cond := init + g.err + " != nil"
	if s.Calls.OnError != nil && at.next == "" && rest != "" {
		return fmt.Sprintf("if %s {\n%s\n} else {\n%s\n}", cond, handled, rest)
	}
	return lines(ifThen(cond, handled), rest)
}

// onError returns the statements that tell of an element that is left out.
func (g *function) onError(s *stage, d *down, at place) string {
	o := s.Calls.OnError
	if g.sinks != nil {
		return g.sinks.onError(g, s, d, at)
	}
	if o.Call == nil {
		return ""
	}
	e := s.env.clone()
	e.vars[o.Err] = g.err
	looked := g.looked
	g.looked = true
	defer func() { g.looked = looked }()
	return g.call(o.Call, e, d, at)
}

// policy returns the code of a retry's policy.
func (g *function) policy(r *model.Retry, s *stage) string {
	fields := []string{"Attempts: " + g.expr(r.Attempts, s.outer)}
	if r.Delay != nil {
		fields = append(fields, "Delay: "+g.durationIn(r.Delay, s.outer))
	}
	if r.Backoff != nil {
		fields = append(fields, "Backoff: "+g.expr(r.Backoff, s.outer))
	}
	if r.MaxDelay != nil {
		fields = append(fields, "MaxDelay: "+g.durationIn(r.MaxDelay, s.outer))
	}
	if r.Jitter {
		fields = append(fields, "Jitter: true")
	}
	if r.When != nil {
		e := s.outer.clone()
		e.vars[r.Err] = "err"
		when, ok := g.calledWith(r.When, r.Err, e)
		if !ok {
			when = fmt.Sprintf("func(err error) bool { return %s }", g.expr(r.When, e))
		}
		fields = append(fields, "When: "+when)
	}
	return g.file.stockName("Policy") + "{" + strings.Join(fields, ", ") + "}"
}

// durationIn returns the code of a length of time.
func (g *function) durationIn(d *model.Duration, e *env) string {
	if d.Expr != nil {
		return g.expr(d.Expr, e)
	}
	return g.constDuration(d.Value)
}

// flattenCall returns the loop over what a stage's call gives, made as its modifiers say.
func (g *function) flattenCall(s *stage, r *model.Range, d, inner *down, around, at place) string {
	list := g.use(g.locals.pick(severalOf(s.out), "elements"))
	if openers[r.Kind] != "" && s.Calls.Timeout != nil {
		return g.openCall(s, r, list, d, inner, around, at)
	}
	loop := g.rangeLocal(r, list, inner, s.out, around)
	return g.attempt(s, r.Expr, list, d, at, loop.code(around))
}

// openers are the stock funcs that make a call in time whose value is only ranged over later, with the call's ctx.
var openers = map[model.RangeKind]string{model.Seq: "Open", model.Seq2: "Open2", model.Chan: "OpenChan"}

// openCall is flattenCall for a sequence or a channel in time: what it is given as ctx lives on until the loop is left.
func (g *function) openCall(s *stage, r *model.Range, list string, d, inner *down, around, at place) string {
	e, over, typ := r.Expr, r, g.typ(r.Expr.Type)
	opened := typ
	if r.Kind == model.Chan {
		over = &model.Range{Kind: model.Seq2, Expr: e, Elem: r.Elem}
		typ, opened = "<-chan "+g.typ(r.Elem), fmt.Sprintf("%s[%s, error]", g.std("iter.Seq2"), g.typ(r.Elem))
	}
	ctx, tries := g.std("context.Context"), g.countTries(s)
	count := either(tries != "", s.tries+"++\n", "")
	made := g.expr(e, s.env) + either(e.Fails, "", ", nil")
	call := fmt.Sprintf("%s(ctx, %s, func(ctx %s) (%s, error) {\n%sreturn %s\n})",
		g.file.stockName(openers[r.Kind]), g.durationIn(s.Calls.Timeout, s.outer), ctx, typ, count, made)
	rest := g.rangeLocal(over, list, inner, s.out, around).code(around)
	if s.Calls.Retry == nil {
		return lines(g.before(e, d, at), fmt.Sprintf("%s, %s := %s", list, g.err, call), g.failedCall(s, "", d, at, rest))
	}
	call = fmt.Sprintf("%s := %s.Do(ctx, func(ctx %s) (err error) {\n%s, err = %s\nreturn err\n}); ", g.err, s.policy, ctx, list, call)
	return lines(g.before(e, d, at), tries, fmt.Sprintf("var %s %s", list, opened), g.failedCall(s, call, d, at, rest))
}

// rate lets elements pass no faster than so many a unit of time.
func (g *function) rate(s *stage, d *down) *down {
	limiter := g.locals.pick("limiter", "pace")
	s.declare("%s := %s", limiter, g.limiter(s.Stage, s.outer))
	return g.limited(limiter, d)
}

// limiter returns the code that makes the limiter of a rate.
func (g *function) limiter(s *model.Stage, e *env) string {
	unit := map[time.Duration]string{time.Second: "time.Second", time.Minute: "time.Minute", time.Hour: "time.Hour"}[s.Rate.Unit]
	return fmt.Sprintf("%s(%s, %s)", g.file.stockName("New"), g.atLeastOne(s.Rate.N, e), g.std(unit))
}

// limited lets elements pass when limiter does.
func (g *function) limited(limiter string, d *down) *down {
	up := behind(d, func(v string, at place) string {
		return lines(ifThen(fmt.Sprintf("%s := %s.Wait(ctx); %s != nil", g.err, limiter, g.err), d.fail(g.err, at)), d.elem(v, at))
	})
	up.looks = true
	return up
}
