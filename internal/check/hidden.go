package check

import (
	"go/types"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
)

// canWrite refuses a type that the generated code could not write, because part of it is not exported by another package,
// or belongs to one that cannot be imported from here.
func (c *checker) canWrite(at diag.Pos, what, text string, t types.Type) bool {
	part := c.hidden(t)
	if part == nil {
		return true
	}
	why := "is not exported"
	if part.Exported() {
		why = "cannot be imported from here"
	}
	c.diags.Errorf(at, diag.WrongResult, "%s: %s is %s, and %s %s: the output could not name it", what, text, c.typeName(t), c.typeName(part.Type()), why).
		Help("go on to something of it in the same expression, such as a field or a method's result")
	return false
}

// hidden returns what the Go of this package cannot name within t, or nil.
func (c *checker) hidden(t types.Type) *types.TypeName {
	switch t := t.(type) {
	case *types.Alias:
		return c.hiddenName(t.Obj(), t.TypeArgs())
	case *types.Named:
		return c.hiddenName(t.Obj(), t.TypeArgs())
	case *types.Map:
		return c.hiddenIn(t.Key(), t.Elem())
	case interface{ Elem() types.Type }: // a pointer, a slice, an array, a channel
		return c.hidden(t.Elem())
	case *types.Signature:
		return c.hiddenIn(t.Params(), t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			if part := c.hidden(v.Type()); part != nil {
				return part
			}
		}
	case *types.Struct:
		for v := range t.Fields() {
			if part := c.hidden(v.Type()); part != nil {
				return part
			}
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if part := c.hidden(m.Signature()); part != nil {
				return part
			}
		}
	}
	return nil
}

func (c *checker) hiddenIn(all ...types.Type) *types.TypeName {
	for _, t := range all {
		if part := c.hidden(t); part != nil {
			return part
		}
	}
	return nil
}

func (c *checker) hiddenName(name *types.TypeName, args *types.TypeList) *types.TypeName {
	if p := name.Pkg(); p != nil && p != c.pkg.Types && (!name.Exported() || !load.MayImport(c.pkg.Path, p.Path())) {
		return name
	}
	for t := range args.Types() {
		if part := c.hidden(t); part != nil {
			return part
		}
	}
	return nil
}
