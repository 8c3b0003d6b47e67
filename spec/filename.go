package spec

import (
	"path"
	"strings"
	"unicode"
)

// Suffix is how the name of every spec file ends.
const Suffix = ".async.yaml"

// The names of what a spec NAME.async.yaml gives: NAME, and one of these. Neither is a build constraint of Go's, whatever
// NAME is.
const (
	CodeSuffix = "_async.go"
	TestSuffix = "_async_test.go"
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
