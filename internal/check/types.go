package check

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// typeName writes a type as the spec's reader would: without the package that the spec sits in.
func (c *checker) typeName(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == c.pkg.Path {
			return ""
		}
		return p.Name()
	})
}

// typeList writes the types of a result list as Go does.
func (c *checker) typeList(all []types.Type) string {
	if len(all) == 0 {
		return "nothing"
	}
	var names []string
	for _, t := range all {
		names = append(names, c.typeName(t))
	}
	if len(names) == 1 {
		return names[0]
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// count writes a number of things: 1 value, 2 values.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// elemOf returns what Go yields when it ranges over t, or a reason why it cannot be a source.
func elemOf(t types.Type) (kind model.RangeKind, elem types.Type, why string) {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsInteger != 0:
			return model.Int, types.Default(t), ""
		case u.Info()&types.IsString != 0:
			return model.String, types.Typ[types.Rune], ""
		}
	case *types.Slice:
		return model.Slice, u.Elem(), ""
	case *types.Array:
		return model.Array, u.Elem(), ""
	case *types.Pointer:
		if a, ok := u.Elem().Underlying().(*types.Array); ok {
			return model.Array, a.Elem(), ""
		}
	case *types.Chan:
		if u.Dir() == types.SendOnly {
			return 0, nil, "a channel that is only sent to has no elements"
		}
		return model.Chan, u.Elem(), ""
	case *types.Map:
		return 0, nil, "a map has keys and values: name the ones wanted"
	case *types.Signature:
		return seqOf(u)
	}
	return 0, nil, "Go cannot range over it"
}

// seqOf returns what an iterator function yields.
func seqOf(sig *types.Signature) (kind model.RangeKind, elem types.Type, why string) {
	const not = "want iter.Seq[T] or iter.Seq2[T, error]"
	if sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return 0, nil, not
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	if !ok || yield.Results().Len() != 1 || !types.Identical(yield.Results().At(0).Type(), types.Typ[types.Bool]) {
		return 0, nil, not
	}
	switch {
	case yield.Params().Len() == 1:
		return model.Seq, yield.Params().At(0).Type(), ""
	case yield.Params().Len() == 2 && model.IsError(yield.Params().At(1).Type()):
		return model.Seq2, yield.Params().At(0).Type(), ""
	}
	return 0, nil, not
}
