package model

import "go/types"

// Source is where elements come from: Range, Call, Concat, Zip, Merge, Gather or Feed.
type Source interface{ source() }

// RangeKind says what a Range ranges over.
type RangeKind int

const (
	Int RangeKind = iota
	Slice
	Array // or a pointer to one
	String
	Chan
	Seq
	Seq2 // of an element and an error
)

// Range is a Go value that a for loop ranges over.
type Range struct {
	Kind RangeKind
	Expr *Expr
	Elem types.Type
}

// Call is a pipeline or an iterator of the same spec. One of them is set.
type Call struct {
	Pipeline *Pipeline
	Iterator *Iterator
	Args     []*Expr
}

// Concat is sources one after another.
type Concat struct {
	Parts []Source
	Elem  types.Type
}

// Zip is sources side by side. The first stage behind it is a map over their elements.
type Zip struct {
	Parts []Source
	Elems []types.Type
	Vars  []*types.Var // a, b, c…
}

// Merge is sources as their elements come.
type Merge struct {
	Parts []Source
	Elem  types.Type
}

// Gather is different calls side by side: one element. The first stage behind it is a map over what they give.
type Gather struct {
	Parts []*Part
}

func (*Range) source()  {}
func (*Call) source()   {}
func (*Concat) source() {}
func (*Zip) source()    {}
func (*Merge) source()  {}
func (*Gather) source() {}

// Definition returns what the pipeline or iterator that is called has as a definition.
func (c *Call) Definition() *Definition {
	if c.Iterator != nil {
		return &c.Iterator.Definition
	}
	return &c.Pipeline.Definition
}

// Parts returns the sources that a source is made of: those of a Concat, Zip or Merge.
func Parts(s Source) []Source {
	switch s := s.(type) {
	case *Concat:
		return s.Parts
	case *Zip:
		return s.Parts
	case *Merge:
		return s.Parts
	}
	return nil
}

// Elem returns the type of a source's elements; nil for a Zip.
func Elem(s Source) types.Type {
	switch s := s.(type) {
	case *Range:
		return s.Elem
	case *Concat:
		return s.Elem
	case *Merge:
		return s.Elem
	case *Feed:
		return s.Elem()
	case *Call:
		if s.Iterator != nil {
			return s.Iterator.Elem
		}
		return s.Pipeline.Elem
	}
	return nil
}
