package spec

import (
	"cmp"
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// unsettling are the errors after which it is not known what the rest of a spec means.
var unsettling = []diag.Code{diag.BadYAML, diag.NeedsQuotes, diag.BadName, diag.DuplicateKey, diag.NameCollision}

// Refuse marks the definitions in which errors stand as refused, so that the others can be checked all the same, and
// one run tells of all mistakes. It reports false where nothing can be said of the others: an error stands outside of
// all definitions, or the YAML itself is broken.
func (s *Spec) Refuse(found []*diag.Diagnostic) bool {
	definitions := s.definitions()
	slices.SortFunc(definitions, func(a, b *Definition) int { return cmp.Compare(a.Name.Pos.Line, b.Name.Pos.Line) })
	for _, d := range found {
		if d.Severity != diag.Error {
			continue
		}
		i := slices.IndexFunc(definitions, func(def *Definition) bool { return def.Name.Pos.Line > d.Pos.Line })
		if i < 0 {
			i = len(definitions)
		}
		if i == 0 || d.Pos.Column == 1 || slices.Contains(unsettling, d.Code) {
			return false
		}
		definitions[i-1].Refused = true
	}
	return true
}

// definitions returns what all nouns of the spec have, in no order.
func (s *Spec) definitions() []*Definition {
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
	return all
}
