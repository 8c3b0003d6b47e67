package emit

import (
	"fmt"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// ending is what a resource's func does once the body has run, and the locals that it needs for that. Of these, those
// that are not needed are "".
type ending struct {
	*function
	r *model.Resource
	e *env

	returned   string // tells a body that has come back from one that panics or ends its goroutine
	suppressed string // the body's error is to be forgotten
	reportErr  string // the error of on_error, where that is kept apart from the body's
}

func (g *function) newEnding(r *model.Resource, e *env, value string) *ending {
	end := &ending{function: g, r: r, e: e.clone()}
	if r.V != nil {
		end.e.vars[r.V] = value
	}
	end.e.vars[r.Err] = "err"
	if r.OnError != nil || r.Release.Mentions(r.Err) {
		end.returned = g.locals.pick("returned", "cameBack")
	}
	if r.Suppress == nil || r.OnError == nil && r.Release == nil {
		return end
	}
	end.suppressed = g.locals.pick("suppressed", "forgiven")
	if r.OnError != nil && r.OnError.Fails {
		end.reportErr = g.locals.pick("reportErr", "onErrorErr")
	}
	return end
}

// declared returns the declarations of the locals.
func (end *ending) declared() string {
	var all []string
	if end.returned != "" {
		all = append(all, end.returned+" := false // by a panic or runtime.Goexit it is not: that goes on, whatever happens then")
	}
	if end.suppressed != "" {
		all = append(all, end.suppressed+" := false // is the body's error")
	}
	if end.reportErr != "" {
		all = append(all, "var "+end.reportErr+" error")
	}
	return lines(all...)
}

// releases returns the statement that defers the release.
func (end *ending) releases() string {
	r := end.r
	if r.Release == nil {
		return ""
	}
	return deferred(end.broken(r.Release), end.detached(r.Release), end.calls("releaseErr", r.Release, end.results()))
}

// reports returns the statement that defers on_error. It stands behind that of the release, and so runs before it.
func (end *ending) reports() string {
	r := end.r
	if r.OnError == nil {
		return ""
	}
	report := ""
	switch {
	case end.reportErr != "":
		report = strings.Repeat("_, ", r.OnError.Values) + end.reportErr + " = " + end.expr(r.OnError, end.e)
		if r.Release == nil {
			report = lines(report, end.results())
		}
	case r.Release == nil:
		report = end.calls("reportErr", r.OnError, end.results())
	default:
		report = end.calls("reportErr", r.OnError, "")
	}
	return deferred(end.broken(r.OnError), ifThen("err == nil", "return"), end.detached(r.OnError), report)
}

func deferred(body ...string) string { return fmt.Sprintf("defer func() {\n%s\n}()", lines(body...)) }

// results returns the statements that make of err what the func returns, but for the error of the release.
func (end *ending) results() string {
	forget, join := "", ""
	if end.suppressed != "" {
		forget = ifThen(end.suppressed, "err = nil")
	}
	if end.reportErr != "" {
		join = end.join(end.reportErr)
	}
	return lines(forget, join)
}

// calls returns the statements that call x, then settle, and join x's error to err.
func (end *ending) calls(name string, x *model.Expr, settle string) string {
	code := end.expr(x, end.e)
	if !x.Fails {
		return lines(code, settle)
	}
	failed := end.locals.pick(name, "closeErr", "failed")
	return lines(strings.Repeat("_, ", x.Values)+failed+" := "+code, settle, end.join(failed))
}

// join returns the statement that joins an error to err. A single error stays as it is.
func (end *ending) join(other string) string {
	return fmt.Sprintf("switch {\ncase err == nil:\nerr = %s\ncase %s != nil:\nerr = %s(err, %s)\n}", other, other, end.std("errors.Join"), other)
}

// broken returns what comes first in a deferred func: the body may not have come back.
func (end *ending) broken(x *model.Expr) string {
	tell := ""
	if x.Mentions(end.r.Err) || x == end.r.OnError {
		tell = ifThen("!"+end.returned, "err = "+end.newError(end.r.FuncName()+": the body did not come back"))
	}
	return lines(tell, panicGoesOn(end.locals))
}

// panicGoesOn returns the statement with which a deferred func that may panic lets the panic go on that it runs in, if
// there is one.
func panicGoesOn(l *locals) string {
	panicked := l.pick("panicked", "raised")
	return ifThen(fmt.Sprintf("%s := recover(); %s != nil", panicked, panicked), "defer panic("+panicked+") // it goes on, whatever happens here")
}

// detached returns the declaration of the ctx of a release: it outlives that of the body.
func (end *ending) detached(x *model.Expr) string {
	if !x.Effect {
		return ""
	}
	if end.r.ReleaseTimeout == nil {
		return "ctx := " + end.std("context.WithoutCancel") + "(ctx)"
	}
	return lines(fmt.Sprintf("ctx, cancel := %s(%s(ctx), %s)", end.std("context.WithTimeout"), end.std("context.WithoutCancel"), end.duration(end.r, end.r.ReleaseTimeout)),
		"defer cancel()")
}

// tooLate returns the statement that gives up a resource that came after ctx was done.
func (end *ending) tooLate() string {
	if !end.r.Acquire.Effect {
		return ""
	}
	set := ""
	if end.returned != "" && end.r.Release != nil {
		set = end.returned + " = true"
	}
	return ifThen("ctx.Err() != nil", set, "return "+end.cause()+" // it came too late")
}

// runBody returns the statements that call the body.
func (end *ending) runBody(call string) string {
	if end.r.Suppress == nil && end.returned == "" {
		return "return " + call
	}
	forgiven := ""
	if end.r.Suppress != nil {
		forgiven = end.operand(end.r.Suppress, end.e)
		if some := "err != nil"; forgiven != some {
			forgiven = some + " && " + forgiven
		}
	}
	if end.returned == "" && end.suppressed == "" {
		return lines("err = "+call, ifThen(forgiven, "return nil"), "return err")
	}
	set := ""
	if end.returned != "" {
		set = end.returned + " = true"
	}
	if end.suppressed != "" {
		set = lines(set, end.suppressed+" = "+forgiven)
	}
	return lines("err = "+call, set, "return err")
}
