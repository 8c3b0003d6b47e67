package emit

import (
	"fmt"
	"go/types"
	"regexp"
	"strings"
)

// share puts d into a local func, for where it is needed in several places. It returns the func's declaration.
func (g *function) share(name string, elem types.Type, d *down) (string, *down) {
	emit := g.locals.pick("emit", "handOn")
	failed := ""
	fail := func(err string) string {
		if failed == "" {
			failed = g.locals.pick("failed", "failure")
		}
		return lines(failed+" = "+err, "return false"+byFailing)
	}
	body := d.elem(name, place{next: "return true" + goingOn, stop: "return false", leave: "return false" + byLeaving, fail: fail, fn: g.newFunc()})
	param := name
	if !g.used[name] {
		param = "_"
	}
	head := fmt.Sprintf("%s := func(%s %s)", emit, param, g.typ(elem))
	inner := *d
	inner.terminal, inner.looks, inner.byName, inner.list = true, false, false, nil
	if !strings.Contains(body, "return false") {
		body = strings.TrimSuffix(strings.ReplaceAll(body, "return true"+goingOn, "return"), "\nreturn")
		inner.elem = func(v string, _ place) string { return emit + "(" + g.use(v) + ")" }
		return head + " {\n" + body + "\n}", &inner
	}
	if !leaves(body) {
		body = lines(body, "return true"+goingOn)
	}
	if body, ok := onlyFails(body, failed); ok {
		inner.elem = func(v string, at place) string {
			return ifThen(fmt.Sprintf("%s := %s(%s); %s != nil", failed, emit, g.use(v), failed), at.fail(failed))
		}
		return head + " error {\n" + body + "\n}", &inner
	}
	body, left, why := g.whyFalse(unmarked.Replace(body))
	decl := trimEnd(head + " bool {\n" + body + "\n}")
	if failed != "" {
		decl = lines("var "+failed+" error", decl)
	}
	if left != "" {
		decl = lines(left+" := false // by whoever ranges", decl)
	}
	inner.elem = func(v string, at place) string {
		call := emit + "(" + g.use(v) + ")"
		var then []string
		if failed != "" {
			then = append(then, ifThen(failed+" != nil", at.fail(failed)))
		}
		if left != "" {
			then = append(then, ifThen(left, at.leave))
		}
		if why == leavesOnly {
			then = append(then, at.leave)
		} else {
			then = append(then, at.stop)
		}
		if rest := lines(then...); rest != "" {
			return ifThen("!"+call, rest)
		}
		return call
	}
	return decl, &inner
}

// Marks of the returns of a shared func, until it is clear how they are written.
const (
	byLeaving = "\x04" // of a return false: whoever ranges has left
	byFailing = "\x05" // of a return false: with an error, which the statement before keeps
	goingOn   = "\x06" // of a return true
)

// unmarked takes away the marks that whyFalse does not know.
var unmarked = strings.NewReplacer(byFailing, "", goingOn, "")

var failing = regexp.MustCompile(`\w+ = ([^\n]*)\nreturn false` + byFailing)

// onlyFails makes a func that returns an error of the body of a shared one that returns false for nothing else, and reports
// whether it is one. failed is where the error was to be kept.
func onlyFails(body, failed string) (string, bool) {
	if all := strings.Count(body, "return false"); failed == "" || len(failing.FindAllString(body, -1)) != all {
		return body, false
	}
	return strings.ReplaceAll(failing.ReplaceAllString(body, "return $1"), "return true"+goingOn, "return nil"), true
}

// reason tells why a shared func returns false.
type reason int

const (
	stopsOnly  reason = iota // the stream behind it ends
	leavesOnly               // whoever ranges has left
	both
)

// whyFalse settles how a shared func tells a stream that ends from a consumer that has left: by a flag, where it can be
// either.
func (g *function) whyFalse(body string) (_, left string, why reason) {
	const plain = "return false"
	switch leaving, all := strings.Count(body, plain+byLeaving), strings.Count(body, plain); {
	case leaving == 0:
		return body, "", stopsOnly
	case leaving == all:
		return strings.ReplaceAll(body, byLeaving, ""), "", leavesOnly
	}
	left = g.locals.pick("left", "gone")
	return strings.ReplaceAll(body, plain+byLeaving, left+" = true\n"+plain), left, both
}

// trimEnd turns the end of a func, if !x { return false }, return true, into return x.
func trimEnd(decl string) string {
	return endOfFunc.ReplaceAllString(decl, "\n${1}return $2\n}")
}

var endOfFunc = regexp.MustCompile(`\n(\s*)if !(\w+\([^\n]*\)) \{\nreturn false\n\}\nreturn true\n\}$`)
