package spec

import (
	"github.com/asyncgen/asyncgen/internal/diag"
)

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
	rules: []rule{some{"want", "error"}, atMostOne{"want", "error"}},
}

// checkLocals refuses a with name that is a param's, and one of as that is either's.
func (r *reader) checkLocals(d *Definition, inner []With, as ...Text) {
	var taken []Text
	for _, p := range d.Params {
		taken = append(taken, p.Name)
	}
	for _, w := range append(d.With, inner...) {
		r.distinctNames(taken, "parameter", w.Name)
	}
	r.distinctNames(taken, "parameter", as...)
	taken = nil
	for _, w := range append(d.With, inner...) {
		taken = append(taken, w.Name)
	}
	r.distinctNames(taken, "resource", as...)
}
