package check

import (
	"go/token"
	"go/types"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// predeclared are the names of Go that the output may use as Go has them.
var predeclared = []string{
	"any", "append", "bool", "byte", "cap", "clear", "close", "comparable", "copy", "delete", "error", "false", "float64", "int", "int64",
	"len", "make", "max", "min", "new", "nil", "panic", "recover", "string", "true", "uint64",
}

// predeclaredNames refuses a package that declares a name of Go's own, which the output would catch.
func (c *checker) predeclaredNames() {
	for _, name := range predeclared {
		own := c.pkg.Types.Scope().Lookup(name)
		if own == nil || standsIn(own) {
			continue
		}
		c.diags.Errorf(diag.Pos{File: c.spec.Path, Line: 1, Column: 1}, diag.NameCollision, "the package declares %s, which the output uses as Go has it", name).
			Note(c.pkg.Position(own.Pos()), "%s is declared here", name).Help("rename it")
	}
}

// standsIn reports whether a package's own min or max does for Go's, as those do that were written before Go had them.
func standsIn(own types.Object) bool {
	f, ok := own.(*types.Func)
	if !ok || own.Name() != "max" && own.Name() != "min" {
		return false
	}
	sig := f.Signature()
	if sig.TypeParams().Len() > 0 {
		return true
	}
	integer := types.NewTuple(types.NewVar(token.NoPos, nil, "", types.Typ[types.Int]))
	two := types.NewTuple(integer.At(0), integer.At(0))
	return types.Identical(types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), false), types.NewSignatureType(nil, nil, nil, two, integer, false))
}
