package spec

import (
	"sort"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// Text is a scalar of a spec, and where each of its bytes stands. The zero Text is absent.
type Text struct {
	Value string
	Pos   diag.Pos // where the scalar begins: of a quoted one, the quote
	runs  []run
}

// run says that the bytes of a value from offset on stand at pos and after, on one line.
type run struct {
	offset int
	pos    diag.Pos
}

// Given reports whether the text is there at all; an empty scalar is there.
func (t Text) Given() bool { return t.Pos.Line > 0 }

// At returns the place of byte i of the value.
func (t Text) At(i int) diag.Pos {
	n := sort.Search(len(t.runs), func(k int) bool { return t.runs[k].offset > i })
	if n == 0 {
		return t.Pos
	}
	r := t.runs[n-1]
	r.pos.Column += i - r.offset
	return r.pos
}

// String returns the value.
func (t Text) String() string { return t.Value }
