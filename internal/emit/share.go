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
		return lines(failed+" = "+err, "return false")
	}
	body := d.elem(name, place{next: "return true" + goingOn, stop: "return false", leave: "return false" + byLeaving, fail: fail, fn: g.newFunc()})
	body, left, why := g.whyFalse(body)
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
	body = strings.ReplaceAll(body, goingOn, "")
	if !leaves(body) {
		body = lines(body, "return true")
	}
	decl := trimEnd(head + " bool {\n" + body + "\n}")
	if failed != "" {
		decl = lines("var "+failed+" error", decl)
	}
	if left != "" {
		decl = lines(left+" := false // by whoever ranges", decl)
	}
	endless := g.keeper.endless()
	inner.elem = func(v string, at place) string {
		call := emit + "(" + g.use(v) + ")"
		var then []string
		switch {
		case failed != "" && endless && why == stopsOnly:
			return ifThen("!"+call, at.fail(failed))
		case failed != "":
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

// goingOn marks a return true of a shared func that says that the next element may come.
const goingOn = "\x05"

// byLeaving marks a return false of a shared func that says that whoever ranges has left, until whyFalse has seen it.
const byLeaving = "\x04"

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
