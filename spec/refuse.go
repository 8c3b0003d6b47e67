package spec

import (
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// unsettling are the errors after which it is not known what the names of definitions mean, where they stand at those.
var unsettling = []diag.Code{diag.NeedsQuotes, diag.BadName, diag.DuplicateKey, diag.NameCollision}

// Refuse marks the definitions in which errors stand as refused, so that the others can be checked all the same, and
// one run tells of all mistakes. It reports false where nothing can be said of the others: an error stands outside of
// all definitions, or the YAML itself is broken.
func (s *Spec) Refuse(found []*diag.Diagnostic) bool {
	definitions := s.Definitions()
	for _, d := range found {
		if d.Severity != diag.Error {
			continue
		}
		i := slices.IndexFunc(definitions, func(def *Definition) bool { return def.Name.Pos.Line > d.Pos.Line })
		if i < 0 {
			i = len(definitions)
		}
		if i == 0 || d.Pos.Column == 1 || d.Code == diag.BadYAML {
			return false
		}
		def := definitions[i-1]
		if d.Pos.Column <= def.Name.Pos.Column && slices.Contains(unsettling, d.Code) {
			return false
		}
		def.Refused = true
	}
	return true
}
