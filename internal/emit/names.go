package emit

import (
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/asyncgen/asyncgen/internal/model"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// locals gives out names for the local variables of one function: none is given twice, and none hides a name that the
// user's Go in that function means.
type locals struct {
	taken map[string]bool
}

// packages are what the emitter itself imports: no local may hide them.
var packages = []string{"context", "errors", "fmt", "iter", "maps", "rand", "reflect", "runtime", "slices", "sync", "atomic", "time"}

func newLocals(d *model.Definition) *locals {
	l := &locals{taken: map[string]bool{}}
	maps.Copy(l.taken, d.Words)
	l.taken[d.Name] = true
	for _, p := range d.Params {
		l.taken[p.Var.Name()] = true
	}
	for _, p := range packages {
		l.taken[p] = true
	}
	l.taken["ctx"] = true
	return l
}

// pick returns the first of the candidates that is free, or the last one with a number behind it.
func (l *locals) pick(candidates ...string) string {
	last := "value"
	for _, name := range candidates {
		if !usable(name) {
			continue
		}
		last = name
		if !l.taken[name] {
			l.taken[name] = true
			return name
		}
	}
	for i := 2; ; i++ {
		if name := last + strconv.Itoa(i); !l.taken[name] {
			l.taken[name] = true
			return name
		}
	}
}

// usable reports whether a name can be a local: it is an identifier, and hides nothing that Go declares.
func usable(name string) bool {
	return token.IsIdentifier(name) && name != "_" && types.Universe.Lookup(name) == nil
}

// lowerFirst makes a name of an exported one: URLsOf -> urlsOf, FetchPage -> fetchPage.
func lowerFirst(s string) string {
	r := []rune(s)
	for i := range r {
		if !unicode.IsUpper(r[i]) || i > 0 && i+1 < len(r) && unicode.IsLower(r[i+1]) && !plural(r[i+1:]) {
			break
		}
		r[i] = unicode.ToLower(r[i])
	}
	return string(r)
}

// plural reports whether the rest of a name begins with the s of a plural such as URLs.
func plural(rest []rune) bool {
	return rest[0] == 's' && (len(rest) == 1 || unicode.IsUpper(rest[1]))
}

// verbs are what a function's name often begins with, before the name of what it returns.
var verbs = []string{"New", "Get", "Fetch", "Load", "Read", "Parse", "Make", "Find", "To", "Compute", "Build", "Create"}

// resultName names what a function returns: FetchUser -> user, Square -> square.
func resultName(function string) string {
	for _, v := range verbs {
		rest, ok := strings.CutPrefix(function, v)
		if ok && rest != "" && unicode.IsUpper([]rune(rest)[0]) {
			return lowerFirst(rest)
		}
	}
	return lowerFirst(function)
}

// singular names one of what a definition yields: EvenSquares -> square, Pages -> page.
func singular(definition string) string {
	word := lastWord(definition)
	switch {
	case strings.HasSuffix(word, "ies") && len(word) > 4:
		word = word[:len(word)-3] + "y"
	case strings.HasSuffix(word, "sses"), strings.HasSuffix(word, "xes"), strings.HasSuffix(word, "ches"), strings.HasSuffix(word, "shes"):
		word = word[:len(word)-2]
	case strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && len(word) > 2:
		word = word[:len(word)-1]
	default:
		return ""
	}
	return lowerFirst(word)
}

// lastWord returns the last word of a name in camel case.
func lastWord(name string) string {
	r := []rune(name)
	for i := len(r) - 1; i > 0; i-- {
		if unicode.IsUpper(r[i]) && unicode.IsLower(r[i-1]) {
			return string(r[i:])
		}
	}
	return name
}

// typeNoun names a value by its type: time.Duration -> duration, []Item -> items, int -> n.
func typeNoun(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return lowerFirst(t.Obj().Name())
	case *types.Pointer:
		return typeNoun(t.Elem())
	case *types.Slice:
		if noun := typeNoun(t.Elem()); len(noun) > 1 {
			return noun + "s"
		}
		return "list"
	case *types.Basic:
		switch info := t.Info(); {
		case info&types.IsBoolean != 0:
			return "yes"
		case info&types.IsString != 0:
			return "text"
		case t.Kind() == types.Rune:
			return "char"
		case info&types.IsNumeric != 0:
			return "number"
		}
	}
	return "value"
}
