package load

import "go/types"

// invalid reports whether t, as it is written, has a part that go/types could make nothing of. What a named type is
// made of does not count, only whether there is anything: a struct with one bad field can still be passed around.
func invalid(t types.Type) bool {
	switch t := t.(type) {
	case nil:
		return true
	case *types.Basic:
		return t.Kind() == types.Invalid
	case *types.Pointer:
		return invalid(t.Elem())
	case *types.Slice:
		return invalid(t.Elem())
	case *types.Array:
		return invalid(t.Elem())
	case *types.Chan:
		return invalid(t.Elem())
	case *types.Map:
		return invalid(t.Key()) || invalid(t.Elem())
	case *types.Signature:
		return invalid(t.Params()) || invalid(t.Results()) || invalidBounds(t.TypeParams())
	case *types.Tuple:
		for v := range t.Variables() {
			if invalid(v.Type()) {
				return true
			}
		}
	case *types.Struct:
		for f := range t.Fields() {
			if invalid(f.Type()) {
				return true
			}
		}
	case *types.Alias:
		return invalidList(t.TypeArgs()) || invalid(types.Unalias(t))
	case *types.Named:
		return invalidList(t.TypeArgs()) || t.Underlying() == types.Typ[types.Invalid]
	}
	return false
}

func invalidList(list *types.TypeList) bool {
	for t := range list.Types() {
		if invalid(t) {
			return true
		}
	}
	return false
}

func invalidBounds(params *types.TypeParamList) bool {
	for p := range params.TypeParams() {
		if invalid(p.Constraint()) {
			return true
		}
	}
	return false
}
