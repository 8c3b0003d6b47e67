package load

import "go/types"

// invalid reports whether t has a part that go/types could make nothing of, and that whoever uses t would meet: the
// element of a slice, but not the field of a named struct, which can be passed around without it.
func invalid(t types.Type) bool { return search{}.invalid(t) }

// search is a walk through a type; it holds the named types that it has been to.
type search map[*types.Named]bool

func (s search) invalid(t types.Type) bool {
	switch t := t.(type) {
	case nil:
		return true
	case *types.Basic:
		return t.Kind() == types.Invalid
	case interface{ Elem() types.Type }: // pointer, slice, array, channel, map
		if m, ok := t.(*types.Map); ok && s.invalid(m.Key()) {
			return true
		}
		return s.invalid(t.Elem())
	case *types.Signature:
		return s.invalid(t.Params()) || s.invalid(t.Results()) || s.bounds(t.TypeParams())
	case *types.Tuple:
		for v := range t.Variables() {
			if s.invalid(v.Type()) {
				return true
			}
		}
	case *types.Struct:
		for f := range t.Fields() {
			if s.invalid(f.Type()) {
				return true
			}
		}
	case *types.Alias:
		return s.list(t.TypeArgs()) || s.invalid(types.Unalias(t))
	case *types.Named:
		return s.named(t)
	}
	return false
}

func (s search) named(t *types.Named) bool {
	if s[t] {
		return false
	}
	s[t] = true
	if s.list(t.TypeArgs()) {
		return true
	}
	switch under := t.Underlying().(type) {
	case *types.Struct, *types.Interface:
		return false
	default:
		return s.invalid(under)
	}
}

func (s search) list(list *types.TypeList) bool {
	for t := range list.Types() {
		if s.invalid(t) {
			return true
		}
	}
	return false
}

func (s search) bounds(params *types.TypeParamList) bool {
	for p := range params.TypeParams() {
		if s.invalid(p.Constraint()) {
			return true
		}
	}
	return false
}
