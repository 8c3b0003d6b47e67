package model

import "iter"

// Ranged returns what a flow ranges over: its source, and those of its flattens.
func (f *Flow) Ranged() []Source {
	all := []Source{f.Source}
	for _, s := range f.Stages {
		if s.Inner != nil {
			all = append(all, s.Inner)
		}
	}
	return all
}

// Sources yields what a flow ranges over, the parts of that, and what the pipelines among them range over.
func (f *Flow) Sources() iter.Seq[Source] {
	return func(yield func(Source) bool) { walk(f.Ranged(), yield) }
}

func walk(all []Source, yield func(Source) bool) bool {
	for _, s := range all {
		inner := Parts(s)
		if c, ok := s.(*Call); ok && c.Pipeline != nil {
			inner = c.Pipeline.Ranged()
		}
		if !yield(s) || !walk(inner, yield) {
			return false
		}
	}
	return true
}

// Flows yields a flow, and those of the pipelines that it goes through.
func (f *Flow) Flows() iter.Seq[*Flow] {
	return func(yield func(*Flow) bool) {
		if !yield(f) {
			return
		}
		for s := range f.Sources() {
			if c, ok := s.(*Call); ok && c.Pipeline != nil && !yield(&c.Pipeline.Flow) {
				return
			}
		}
	}
}
