package spec

import (
	"go/scanner"
	"go/token"
)

// Identifiers returns every identifier that occurs in the Go text of a spec that Parse returned, whatever it means there. Text
// that is not Go is looked at as far as it can be. The set is new at every call.
func (s *Spec) Identifiers() map[string]bool {
	found := map[string]bool{}
	for _, t := range s.goTexts {
		var scan scanner.Scanner
		text := []byte(t.Value)
		scan.Init(token.NewFileSet().AddFile("", -1, len(text)), text, func(token.Position, string) {}, 0)
		for {
			_, tok, literal := scan.Scan()
			if tok == token.EOF {
				break
			}
			if tok == token.IDENT {
				found[literal] = true
			}
		}
	}
	return found
}
