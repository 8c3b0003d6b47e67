package spec

import (
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// definitions is a map from names to definitions of one noun.
func definitions[N any](m mapping[N], of func(*N) *Definition) form[[]*N] {
	kind := nameKind{noun: m.noun, taken: []string{"init", "ctx"}, twice: diag.DuplicateKey}
	return names(kind, m.pointer(), func(name Text, n *N) *N {
		of(n).Name, of(n).Noun = name, m.noun
		return n
	})
}

// Definitions returns the definitions of all nouns, in the order of the file.
func (s *Spec) Definitions() []*Definition {
	var all []*Definition
	for _, it := range s.Iterators {
		all = append(all, &it.Definition)
	}
	for _, p := range s.Pipelines {
		all = append(all, &p.Definition)
	}
	for _, r := range s.Resources {
		all = append(all, &r.Definition)
	}
	for _, t := range s.Topologies {
		all = append(all, &t.Definition)
	}
	slices.SortStableFunc(all, func(a, b *Definition) int { return a.Name.Pos.Compare(b.Name.Pos) })
	return all
}

// definitionKeys are the keys of every noun.
func definitionKeys[N any](of func(*N) *Definition) []key[N] {
	return []key[N]{
		entry("doc", prose, func(n *N) *Text { return &of(n).Doc }, "The Go doc comment."),
		entry("params", params, func(n *N) *[]Param { return &of(n).Params },
			"The parameters: NAME: GO TYPE, in order; the last type may begin with `...`."),
		withKey(func(n *N) *[]With { return &of(n).With }),
		entry("examples", list(example.value(), "example"), func(n *N) *[]Example { return &of(n).Examples },
			"Calls and what they give. Each becomes a test; the first also a Go Example."),
	}
}

// withKey is the key with.
func withKey[N any](field func(*N) *[]With) key[N] {
	return entry("with", withs, field, "Resources held as long as this runs: NAME: RESOURCE(ARGS), or NAME: POOL.")
}

var params = names(localName("parameter", diag.NameCollision), goType,
	func(name, typ Text) Param { return Param{name, typ} })

var withs = names(localName("resource", diag.DuplicateKey), goExpr,
	func(name, resource Text) With { return With{name, resource} })

var example = mapping[Example]{
	noun: "example", def: "example",
	keys: []key[Example]{
		entry("call", goExpr, func(e *Example) *Text { return &e.Call },
			"A call of the definition, as in Go; ctx is in scope.").must(),
		entry("want", goExpr, func(e *Example) *Text { return &e.Want }, "What the call gives: a Go expression."),
		entry("error", goExpr, func(e *Example) *Text { return &e.Error },
			"The error that the call gives: a Go expression for errors.Is."),
	},
	rules: []rule{atLeastOne{"want", "error"}, atMostOne{"want", "error"}},
}

// local is a name that Go text sees, and what it names.
type local struct {
	name Text
	noun string
}

// checkLocals refuses a with name that is a param's, and one of as that is either's. It returns what is taken.
func (r *reader) checkLocals(d *Definition, as ...Text) []local {
	var taken []local
	for _, p := range d.Params {
		taken = append(taken, local{p.Name, "parameter"})
	}
	taken = r.checkWith(taken, d.With)
	r.checkDistinct(taken, as...)
	return taken
}

// checkWith refuses a with name that is taken, and returns what is taken then.
func (r *reader) checkWith(taken []local, with []With) []local {
	all := slices.Clone(taken)
	for _, w := range with {
		r.checkDistinct(taken, w.Name)
		all = append(all, local{w.Name, "resource"})
	}
	return all
}

// checkDistinct refuses names that are taken. Those that are in scope anyhow are refused elsewhere.
func (r *reader) checkDistinct(taken []local, names ...Text) {
	for _, name := range names {
		i := slices.IndexFunc(taken, func(l local) bool { return l.name.Value == name.Value })
		if i < 0 || !name.Given() || slices.Contains(scope, name.Value) {
			continue
		}
		r.diags.Errorf(name.Pos, diag.NameCollision, "%s is the name of a %s already", quoted(name.Value), taken[i].noun).
			Note(taken[i].name.Pos, "here")
	}
}
