package check

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/model"
)

// effects notes the calls in node that are given ctx, and reports whether there are any.
func (c *checker) effects(node ast.Node, info *types.Info) bool {
	found := false
	ast.Inspect(node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !c.own[info.Uses[id]] && !c.own[info.Defs[id]] {
			c.def.Words[id.Name] = true
		}
		call, ok := n.(*ast.CallExpr)
		if !ok || !c.takesCtx(call, info) {
			return true
		}
		found = true
		if e := effectOf(call, info); e != nil {
			c.addEffect(e)
		}
		return true
	})
	return found
}

func (c *checker) takesCtx(call *ast.CallExpr, info *types.Info) bool {
	for _, arg := range call.Args {
		if id, ok := ast.Unparen(arg).(*ast.Ident); ok && info.Uses[id] == c.ctx {
			return true
		}
	}
	return false
}

// effectOf returns the function or method that call calls, or nil where that is a variable, a literal, or something
// that has no plain name: a generic function, a method that needs an address.
func effectOf(call *ast.CallExpr, info *types.Info) *model.Effect {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		if f, ok := info.Uses[fun].(*types.Func); ok && !isGeneric(f) {
			return &model.Effect{Func: f}
		}
	case *ast.SelectorExpr:
		f, ok := info.Uses[fun.Sel].(*types.Func)
		if !ok {
			return nil
		}
		sel, ok := info.Selections[fun]
		if !ok && isGeneric(f) {
			return nil
		}
		if !ok {
			return &model.Effect{Func: f} // of an imported package
		}
		if sel.Kind() != types.MethodVal || needsAddress(f, sel.Recv()) || !hasName(sel.Recv()) {
			return nil
		}
		return &model.Effect{Func: f, Recv: sel.Recv()}
	}
	return nil
}

func isGeneric(f *types.Func) bool { return f.Signature().TypeParams().Len() > 0 }

// hasName reports whether a type, or what it points to, has a name: go vet stumbles over method expressions of others.
func hasName(t types.Type) bool {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	switch t.(type) {
	case *types.Named, *types.TypeParam:
		return true
	}
	return false
}

// needsAddress reports whether calling f on a value of type recv takes that value's address.
func needsAddress(f *types.Func, recv types.Type) bool {
	if types.IsInterface(recv) {
		return false
	}
	return types.NewMethodSet(recv).Lookup(f.Pkg(), f.Name()) == nil
}

// addEffect notes an effect, unless the seam for it could not be written: then it is called as it stands.
func (c *checker) addEffect(e *model.Effect) {
	if c.hidden(e.Func.Type()) == nil && !slices.ContainsFunc(c.def.Effects, e.Same) {
		c.def.Effects = append(c.def.Effects, e)
	}
}
