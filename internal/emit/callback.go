package emit

import (
	"go/token"
	"strings"
)

// callback is the body of a func in the making that handles an element, and says by its result whether to go on. Why it may
// not shows only when the body is there: until then its returns are marked.
type callback struct {
	body   string
	stops  bool // the stream behind it may end
	leaves bool // whoever ranges may leave
	fails  bool // with an error
}

// The marked returns of a callback.
const (
	returnOn            = "return \x04"         // goes on
	returnStop          = "return \x05"         // stops
	returnLeft          = "return \x06"         // leaves
	returnAsk, askEnd   = "return \x07", "\x08" // goes on or leaves, as the call between them says
	returnFail, failEnd = "return \x0e", "\x0f" // fails, with the error between them
)

// unmarked makes Go of marked returns.
var unmarked = strings.NewReplacer("\x04", "", "\x05", "", "\x06", "", "\x07", "", "\x08", "", "\x0e", "", "\x0f", "")

// callback makes a callback of the statements that handle an element.
func (g *function) callback(elem func(at place) string) *callback {
	fail := func(err string) string { return returnFail + err + failEnd }
	body := thenReturn(elem(place{next: returnOn, stop: returnStop, leave: returnLeft, fail: fail, fn: g.newFunc()}), returnOn)
	has := func(mark string) bool { return strings.Contains(body, mark) }
	return &callback{body, has(returnStop), has(returnLeft) || has(returnAsk), has(returnFail)}
}

// passedTo returns the func that does just what the callback does with the element called name, "" where there is none.
func (c *callback) passedTo(name string) string {
	call, ok := strings.CutPrefix(c.body, returnAsk)
	f, only := strings.CutSuffix(call, "("+name+")"+askEnd)
	if !ok || !only || !token.IsIdentifier(f) {
		return ""
	}
	return f
}

// silent returns the body as that of a func without a result: it always goes on.
func (c *callback) silent() string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.ReplaceAll(c.body, returnOn, "return"), "return"), "\n")
}

// failing returns the body as that of a func that returns an error: it neither stops nor leaves.
func (c *callback) failing() string {
	return strings.NewReplacer(returnOn, "return nil", returnFail, "return ", failEnd, "").Replace(c.body)
}

// telling returns the body as that of a func that returns whether to go on. It keeps its error in the local failed, and says
// in left that whoever ranges has left; "": there is nobody who has to know.
func (c *callback) telling(failed, left string) string {
	leave, ask, asked := "return false", "return ", ""
	if left != "" {
		leave, ask, asked = left+" = true\nreturn false", left+" = !", "\nreturn !"+left
	}
	return strings.NewReplacer(returnOn, "return true", returnStop, "return false", returnLeft, leave,
		returnAsk, ask, askEnd, asked, returnFail, failed+" = ", failEnd, "\nreturn false").Replace(c.body)
}

// told returns what the caller of a func does at a place where that has said not to go on, as telling has it.
func (c *callback) told(failed, left string, at place) string {
	failing, leaving := "", ""
	if failed != "" {
		failing = ifThen(failed+" != nil", at.fail(failed))
	}
	if left != "" {
		leaving = ifThen(left, at.leave)
	}
	return lines(failing, leaving, either(c.stops, at.stop, at.leave))
}
