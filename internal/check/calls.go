package check

import (
	"go/types"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// calls checks the modifiers that stand beside a stage that makes the call e. base is the scope of the definition, scope
// that of the stage; within says that there can be errors in what the call gives.
func (c *checker) calls(base, scope *load.Scope, s *spec.Modifiers, e *model.Expr, within bool, v *types.Var, what string) (model.Calls, bool) {
	m := model.Calls{Ordered: !s.Ordered.Given || s.Ordered.Value}
	ok := c.optionalCount(&m.Workers, base, s.Concurrency, what+": concurrency")
	if m.Workers == nil && ok {
		ok = c.needConcurrency(s, what)
	}
	if s.PartitionBy.Given() {
		m.Key = c.partitionKey(scope, s.PartitionBy, what, v)
		ok = ok && m.Key != nil
	}
	ok = c.optionalDuration(&m.Timeout, base, s.Timeout, what+": timeout") && ok
	if s.Timeout.Given() && e != nil && !e.Effect {
		c.diags.Errorf(s.Timeout.At(0), diag.Combination, "%s: timeout bounds a call that is given ctx, and %s is given none", what, e.Text)
		ok = false
	}
	if s.Retry != nil {
		m.Retry = c.retry(base, s.Retry, what)
		ok = ok && m.Retry != nil && c.canFail(s.Retry.Key, e, what)
	}
	if o := s.OnError; o != nil && o.Word.Value == "stop" {
		m.Stops = true
	} else if o != nil {
		m.OnError = c.onError(scope, o, v, what)
		ok = ok && m.OnError != nil && (within || c.canFail(o.Key, e, what))
	}
	return m, ok
}

// needConcurrency refuses modifiers that say something of workers where there is one goroutine.
func (c *checker) needConcurrency(s *spec.Modifiers, what string) bool {
	switch {
	case s.PartitionBy.Given():
		c.diags.Errorf(s.PartitionBy.At(0), diag.Combination, "%s: partition_by says what workers share, and there are none without concurrency", what)
		return false
	case s.Ordered.Given && !s.Ordered.Value:
		c.diags.Errorf(s.Ordered.Pos, diag.Combination, "%s: ordered: false says what workers may do, and there are none without concurrency", what)
		return false
	}
	return true
}

func (c *checker) partitionKey(scope *load.Scope, t spec.Text, what string, v *types.Var) *model.Expr {
	what += ": partition_by"
	key := c.call(scope, whole(t), what, v)
	if key == nil || !c.mapKey(whole(t), key.Type, what) || !c.plain(t, key, what, "key over v") {
		return nil
	}
	return key
}

// plain refuses an expression that may block or fail. want says what is wanted instead.
func (c *checker) plain(t spec.Text, e *model.Expr, what, want string) bool {
	if e.Fails || e.Effect {
		c.diags.Errorf(t.At(0), diag.WrongResult, "%s: want a plain %s, without ctx and without an error", what, want)
		return false
	}
	return true
}

// failsWithin reports whether a stage ranges over errors beside elements.
func failsWithin(m *model.Stage) bool {
	switch s := m.Inner.(type) {
	case *model.Range:
		return s.Kind == model.Seq2
	case *model.Call:
		return !collects(s) && s.Fails()
	}
	return false
}

// collects reports whether a definition gives its elements all at once.
func collects(c *model.Call) bool { return c.Pipeline != nil && c.Pipeline.Collect != nil }

// canFail refuses a modifier that says what to do about errors where there can be none.
func (c *checker) canFail(at spec.Text, e *model.Expr, what string) bool {
	if e == nil || e.Fails {
		return true
	}
	c.diags.Errorf(at.At(0), diag.Combination, "%s: %s is about errors, and %s returns none", what, at, e.Text)
	return false
}

func (c *checker) retry(base *load.Scope, r *spec.Retry, what string) *model.Retry {
	what += ": retry"
	m := &model.Retry{Jitter: r.Jitter.Value, Err: c.newVar("err", errorType)}
	m.Attempts = c.integer(base, r.Attempts, what+": attempts", 1)
	ok := m.Attempts != nil
	ok = c.optionalDuration(&m.Delay, base, r.Delay, what+": delay") && ok
	ok = c.optionalDuration(&m.MaxDelay, base, r.MaxDelay, what+": max_delay") && ok
	if r.Backoff.Given() {
		m.Backoff = c.number(base, r.Backoff, what+": backoff")
		ok = ok && m.Backoff != nil
	}
	if r.When.Given() {
		m.When = c.truth(base.Child(m.Err), whole(r.When), what+": when", m.Err)
		ok = m.When != nil && c.plain(r.When, m.When, what+": when", "bool over err") && ok
	}
	if !ok {
		return nil
	}
	return m
}

func (c *checker) onError(scope *load.Scope, o *spec.OnError, v *types.Var, what string) *model.OnError {
	m := &model.OnError{V: v, Err: c.newVar("err", errorType)}
	inner := scope.Child(m.Err)
	if c.topology != nil {
		m.Attempts = c.newVar("attempts", types.Typ[types.Int])
		inner = scope.Child(m.Err, m.Attempts)
	}
	if o.Into.Given() && c.topology != nil {
		return c.onErrorPut(inner, o, m, what)
	}
	if o.Put.Given() || o.Into.Given() {
		c.diags.Errorf(o.Key.At(0), diag.Combination, "%s: on_error: into belongs to a topology: a pipeline has no queues", what)
		return nil
	}
	if !o.Call.Given() {
		return m
	}
	g := whole(o.Call)
	if name := c.functionName(inner, g); name != nil {
		at, last := g.at, len(g.text)-1
		g = goText{g.text + "(v, err)", func(i int) diag.Pos { return at(min(i, last)) }}
		if sig, ok := name.Type.Underlying().(*types.Signature); ok && len(paramTypes(sig)) > 0 && types.Identical(paramTypes(sig)[0], c.ctx.Type()) {
			g.text = strings.TrimSuffix(g.text, "(v, err)") + "(ctx, v, err)"
		}
	}
	m.Call = c.sink(inner, g, what+": on_error", nil)
	if m.Call == nil {
		return nil
	}
	return m
}
