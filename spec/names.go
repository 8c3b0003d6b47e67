package spec

import (
	"go/scanner"
	"go/token"
	"path"
	"strings"
	"unicode"
)

// Base returns the file's name without its folder and without Suffix.
func (s *Spec) Base() string {
	return strings.TrimSuffix(path.Base(strings.ReplaceAll(s.Path, `\`, "/")), Suffix)
}

// Ident returns the file's name as an identifier, with which names of its outputs begin: my-shop.v2 -> myShopDotV2.
func (s *Spec) Ident() string {
	var b strings.Builder
	upper := false
	for _, r := range s.Base() {
		switch {
		case r == '.':
			b.WriteString("Dot") // my.shop is not my-shop
			upper = true
			continue
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			upper = b.Len() > 0
			continue
		case b.Len() == 0 && unicode.IsDigit(r):
			b.WriteString("spec")
		case b.Len() == 0:
			r = unicode.ToLower(r)
		case upper:
			r = unicode.ToUpper(r)
		}
		upper = false
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "spec"
	}
	return b.String()
}

// Names returns every identifier that occurs in Go text of a spec that Parse returned, whatever it means there. Text that
// is not Go is looked at as far as it can be. The set is new at every call.
func Names(s *Spec) map[string]bool {
	found := map[string]bool{}
	for _, t := range s.golangs {
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
