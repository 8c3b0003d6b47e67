package check

import (
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/spec"
)

// explain adds what to do about a message of Go's parser or type checker, where that is known.
func (c *checker) explain(d *diag.Diagnostic, scope *load.Scope, msg string) {
	if name, ok := strings.CutPrefix(msg, "undefined: "); ok {
		c.undefined(d, scope, name)
		return
	}
	if m := noMember.FindStringSubmatch(msg); m != nil {
		if near := spec.Nearest(m[2], membersOf(scope, m[1])); near != "" {
			d.Help("did you mean %s.%s?", m[1], near)
		}
		return
	}
	if m := fewArguments.FindStringSubmatch(msg); m != nil && !strings.HasPrefix(m[2], "context.Context") {
		d.Help("give it ctx: %s(ctx, …)", m[1])
		return
	}
	for _, s := range slips {
		if s.msg.MatchString(msg) {
			d.Help("%s", s.help)
			return
		}
	}
}

var (
	noMember     = regexp.MustCompile(`^(.+)\.(\w+) undefined \(type .+ has no field or method \w+\)`)
	fewArguments = regexp.MustCompile(`^not enough arguments in call to (\S+): have \((.*)\), want \(context\.Context\b`)
)

// slips are messages about what is Go elsewhere, or an expression of another language.
var slips = []struct {
	msg  *regexp.Regexp
	help string
}{
	{regexp.MustCompile(`^unexpected = `), "a comparison is written =="},
	{regexp.MustCompile(`^unexpected (and|or) after `), "Go writes && for and, || for or"},
	{regexp.MustCompile(`^unexpected ; in the statement`), "one statement may set several: a, b = b, a+b"},
	{regexp.MustCompile(`^expected operand, found (if|for|switch|return|var|go|defer)\b`), "want an expression: statements go into a func of the package, to be called here"},
	{regexp.MustCompile(`^illegal character U\+003F`), "Go has no ?: operator: let a func of the package choose"},
	{regexp.MustCompile(`mismatched types (string and untyped rune|untyped rune and string)|\(untyped rune constant .*\) as string value`), `a string has double quotes: "…"`},
}

// undefined adds what a name that is not in scope is likely meant to be, or why it is not there.
func (c *checker) undefined(d *diag.Diagnostic, scope *load.Scope, name string) {
	if why := c.whyUndefined(name); why != "" {
		d.Help("%s", why)
		return
	}
	if pos, ok := c.pkg.TestNames[name]; ok {
		d.Note(pos, "%s is declared here, in a test, which other code cannot use", name)
		return
	}
	switch near := c.nearestTo(scope, name); {
	case near != "":
		d.Help("did you mean %s?", near)
	case !token.IsExported(name) && c.def != nil && c.resources[c.def.Name] != nil && scope.Lookup("v") != nil:
		d.Help("what has been acquired is called v")
	}
	for _, e := range c.pkg.Errors {
		d.Note(e.Pos, "the package has an error: %s", e.Text)
		return
	}
}

// whyUndefined says of a name that exists why it is not in scope; "" where asyncgen knows of none.
func (c *checker) whyUndefined(name string) string {
	if where, ok := knownIn[name]; ok {
		return name + " is " + where
	}
	if _, ok := c.pipelines[name]; ok {
		return name + " has an error of its own, or is declared by this spec and cannot be used here"
	}
	if c.resources[name] != nil && (c.def == nil || c.def.Name != name) {
		return name + " is a resource: with: {NAME: " + name + "(…)} holds it"
	}
	for _, by := range c.beside {
		if by.generator(name) != nil {
			return name + " is generated from " + by.spec.Path + ", by a definition that needs this one"
		}
	}
	if path, ok := wellKnown[name]; ok {
		return "add it: imports: [" + path + "]"
	}
	if c.def != nil && c.def.Locals[name] {
		return name + " is given by as: to an element further on, or to one that batch or window has gathered since"
	}
	return ""
}

// nearestTo returns the name in scope that name is most likely meant to be, or "". Short names are all near each other.
func (c *checker) nearestTo(scope *load.Scope, name string) string {
	if pkg, member, ok := strings.Cut(name, "."); ok {
		imported, ok := scope.Lookup(pkg).(*types.PkgName)
		if !ok {
			return ""
		}
		exported := slices.DeleteFunc(imported.Imported().Scope().Names(), func(s string) bool { return !token.IsExported(s) })
		if near := spec.Nearest(member, exported); near != "" {
			return pkg + "." + near
		}
		return ""
	}
	const least = 3
	if len(name) < least {
		return ""
	}
	all := slices.AppendSeq(scope.Names(), maps.Keys(c.pkg.Declared))
	all = slices.DeleteFunc(all, func(s string) bool { return len(s) < least })
	slices.Sort(all)
	if near := spec.Nearest(name, all); near != "" {
		return near
	}
	return spec.Nearest(name, slices.DeleteFunc(types.Universe.Names(), func(s string) bool { return len(s) <= least }))
}

// membersOf returns the names of the fields and methods of an expression that a spec may use, in order.
func membersOf(scope *load.Scope, expr string) []string {
	e, errs := scope.Expr(expr)
	if len(errs) > 0 || e.Type == nil {
		return nil
	}
	t := types.Unalias(e.Type)
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	var all []string
	for m := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		all = append(all, m.Obj().Name())
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			all = append(all, f.Name())
		}
	}
	slices.Sort(all)
	return all
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
