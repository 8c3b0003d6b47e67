package model

import (
	"go/token"
	"go/types"
	"unicode"
	"unicode/utf8"
)

// Iterator is an object that is pulled: Loop or Pages is set.
type Iterator struct {
	Definition
	Elem  types.Type
	Loop  *Loop
	Pages *Pages
}

// Loop is Go's own for clause.
type Loop struct {
	Init  *Stmt // nil where left out
	Vars  []*types.Var
	While *Expr // nil: endless
	Yield *Expr
	Next  *Stmt // nil where left out
}

// Mode is how a paginated fetch finds its place.
type Mode string

const (
	ByOffset Mode = "offset" // grows by the items received
	ByPage   Mode = "page"   // from 1, by one
	ByCursor Mode = "cursor" // as each fetch returns it
)

// Pages is a paginated fetch.
type Pages struct {
	Mode  Mode
	Place *types.Var // the variable offset, page or cursor
	Fetch *Expr      // ([]T, error), or ([]T, C, error)
	Slice types.Type // the type of a page
	Until *Expr      // nil where left out
	Whole bool       // emits pages, not items
	Ahead *Expr      // prefetch: how many are fetched ahead; nil where left out
}

// Holds reports whether the iterator holds something that a Close has to give back: resources, or fetches under way.
func (it *Iterator) Holds() bool {
	return len(it.With) > 0 || it.Pages != nil && it.Pages.Ahead != nil
}

// Constructor returns the name of the function that makes the iterator.
func (it *Iterator) Constructor() string { return ConstructorName(it.Name) }

// ConstructorName returns the name of the function that makes an iterator of that name.
func ConstructorName(iterator string) string { return prefixed("New", "new", iterator) }

// prefixed puts a word before a name that stays exported or not.
func prefixed(exported, unexported, name string) string {
	if token.IsExported(name) {
		return exported + name
	}
	return unexported + UpperFirst(name)
}

// UpperFirst returns a name with its first letter in upper case.
func UpperFirst(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}
