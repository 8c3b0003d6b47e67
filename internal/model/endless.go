package model

import "slices"

// NeverReturns reports whether a pipeline collects what never ends.
func (p *Pipeline) NeverReturns() bool {
	return p.Collect != nil && p.Collect.Kind != CollectFirst && p.Collect.Kind != CollectOne && p.Endless()
}

// Endless reports whether an iterator goes on for as long as it is pulled.
func (it *Iterator) Endless() bool { return it.Loop != nil && it.Loop.While == nil }

// Endless reports whether a flow goes on for as long as somebody takes its elements.
func (f *Flow) Endless() bool { return !f.Takes() && Endless(f.Source) }

// Takes reports whether a flow has a stage that may end it before its source does.
func (f *Flow) Takes() bool {
	return slices.ContainsFunc(f.Stages, (*Stage).Takes)
}

// Endless reports whether a source never ends by itself. What is not known to be so is taken to end.
func Endless(s Source) bool {
	switch s := s.(type) {
	case *Call:
		if s.Iterator != nil {
			return s.Iterator.Endless()
		}
		return s.Pipeline.Endless()
	case *Concat, *Merge:
		return slices.ContainsFunc(Parts(s), Endless)
	case *Zip:
		return !slices.ContainsFunc(s.Parts, func(p Source) bool { return !Endless(p) })
	}
	return false
}
