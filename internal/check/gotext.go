package check

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/spec"
)

// goText is Go in the spec, or a part of it.
type goText struct {
	text string
	at   func(offset int) diag.Pos
}

// whole returns all of t, without the line break that a block scalar ends in.
func whole(t spec.Text) goText { return goText{strings.TrimRight(t.Value, " \t\n"), t.At} }

// part returns the bytes that node takes up. node was parsed from g by parser.ParseExpr.
func (g goText) part(node ast.Node) goText {
	from := int(node.Pos()) - 1
	return goText{g.text[from : int(node.End())-1], func(i int) diag.Pos { return g.at(from + i) }}
}

// typed types g. It returns nil where that fails; the reason is reported.
func (c *checker) typed(scope *load.Scope, g goText) *load.Expr {
	e, errs := scope.Expr(g.text)
	for len(errs) > 0 && c.makeNamed(errs[0].Msg) {
		before := c.diags.Len()
		e, errs = scope.Expr(g.text)
		if c.diags.Len() > before {
			return nil
		}
	}
	if !c.goErrors(g, errs) {
		return nil
	}
	return e
}

// typeOf types the text of a type, which may be one that the spec generates.
func (c *checker) typeOf(text string) (types.Type, []load.Error) {
	t, _, errs := c.scope.Type(text)
	for len(errs) > 0 && c.makeNamed(errs[0].Msg) {
		t, _, errs = c.scope.Type(text)
	}
	return t, errs
}

// goErrors reports what the parser and the type checker say of g, and whether it is all right.
func (c *checker) goErrors(g goText, errs []load.Error) bool {
	for _, e := range errs {
		if c.ofBrokenParam(e.Msg) || c.toldBeside(e.Msg) {
			continue
		}
		code := diag.BadType
		if e.Parse {
			code = diag.BadGo
		}
		msg := declaredAt.ReplaceAllString(e.Msg, "")
		c.explain(c.diags.Errorf(g.at(min(e.Offset, len(g.text))), code, "%s", msg), msg)
	}
	return len(errs) == 0
}

// declaredAt matches the places that go/types puts into a message.
var declaredAt = regexp.MustCompile(` \(declared at [^)]*\)`)

// ofBrokenParam reports whether msg only follows from a parameter whose type is wrong, which has been told.
func (c *checker) ofBrokenParam(msg string) bool {
	name, ok := strings.CutSuffix(msg, ": its type is not known")
	if !ok || c.def == nil {
		return false
	}
	for _, p := range c.def.Params {
		if p.Var.Name() == name && p.Var.Type() == types.Typ[types.Invalid] {
			return true
		}
	}
	return false
}

// explain adds why a name of the package cannot be used, where that is known.
func (c *checker) explain(d *diag.Diagnostic, msg string) {
	if strings.HasPrefix(msg, "unexpected = ") {
		d.Help("a comparison is written ==")
		return
	}
	name, ok := strings.CutPrefix(msg, "undefined: ")
	if !ok {
		return
	}
	if where, ok := knownIn[name]; ok {
		d.Help("%s is %s", name, where)
		return
	}
	if _, ok := c.pipelines[name]; ok {
		d.Help("%s has an error of its own, or is declared by this spec and cannot be used here", name)
		return
	}
	for _, by := range c.beside {
		if by.generator(name) != nil {
			d.Help("%s is generated from %s, by a definition that needs this one", name, by.spec.Path)
			return
		}
	}
	if path, ok := wellKnown[name]; ok {
		d.Help("add it: imports: [%s]", path)
		return
	}
	if c.def != nil && c.def.Locals[name] {
		d.Help("%s is given by as: to an element further on, or to one that batch or window has gathered since", name)
		return
	}
	for _, e := range c.pkg.Errors {
		d.Note(e.Pos, "the package has an error: %s", e.Text)
		return
	}
}

// knownIn says of the names that only some Go text sees what they are, and where.
var knownIn = map[string]string{
	"v":      "the element in hand: what is evaluated once, before there is one, does not see it; behind zip the elements are a, b, c",
	"i":      "the index of the element in hand: what is evaluated once, before there is one, does not see it",
	"acc":    "the accumulator: only the step of scan and reduce sees it",
	"err":    "the error in hand: only what is called for an error sees it",
	"offset": "where a page begins: only fetch and until see it, where fetch names it",
	"page":   "the number of a page: only fetch and until see it, where fetch names it",
	"cursor": "where a page begins: only fetch and until see it, where fetch names it",
}

// wellKnown are packages that a spec often forgets to import.
var wellKnown = map[string]string{
	"bufio": "bufio", "bytes": "bytes", "cmp": "cmp", "context": "context", "errors": "errors", "fmt": "fmt",
	"http": "net/http", "io": "io", "json": "encoding/json", "maps": "maps", "math": "math", "os": "os",
	"rand": "math/rand/v2", "slices": "slices", "sort": "sort", "strconv": "strconv", "strings": "strings",
	"time": "time", "unicode": "unicode",
}
