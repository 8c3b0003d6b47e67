package stock

import (
	"go/ast"
	"go/constant"
	"go/token"
)

// truth is what is known of a condition when the part is made.
type truth int

const (
	unknown truth = iota
	always
	never
)

func truthOf(b bool) truth {
	if b {
		return always
	}
	return never
}

func (v truth) not() truth {
	switch v {
	case always:
		return never
	case never:
		return always
	}
	return unknown
}

// cond folds the options in a condition. Where that does not settle it, it cuts the operands that no longer count.
func (f *folder) cond(e ast.Expr) truth {
	switch n := e.(type) {
	case *ast.ParenExpr:
		v := f.cond(n.X)
		left := f.rest(n.X)
		if _, binary := left.(*ast.BinaryExpr); v == unknown && left != n.X && !binary {
			f.cut(n.Lparen, n.Lparen+1, "")
			f.cut(n.Rparen, n.Rparen+1, "")
			f.left[n] = left
		}
		return v
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			return f.cond(n.X).not()
		}
	case *ast.BinaryExpr:
		if n.Op == token.LAND || n.Op == token.LOR {
			return f.logic(n)
		}
	}
	if v := f.value(e); v != nil && v.Kind() == constant.Bool && f.optional(e) {
		return truthOf(constant.BoolVal(v))
	}
	f.inside(e)
	return unknown
}

// logic folds && and ||. One value of an operand settles the whole, the other leaves it to the other operand.
func (f *folder) logic(n *ast.BinaryExpr) truth {
	settles := truthOf(n.Op == token.LOR)
	x, y := f.cond(n.X), f.cond(n.Y)
	switch {
	case x == settles, y == settles && pure(n.X):
		return settles
	case x == settles.not():
		f.cut(n.X.Pos(), n.Y.Pos(), "")
		f.left[n] = f.rest(n.Y)
		return y
	case y == settles.not():
		f.cut(n.X.End(), n.Y.End(), "")
		f.left[n] = f.rest(n.X)
		return x
	case y == settles:
		f.cut(n.Y.Pos(), n.Y.End(), literal(y))
	}
	return unknown
}

func literal(v truth) string {
	if v == always {
		return "true"
	}
	return "false"
}

// rest returns what is left of e after folding.
func (f *folder) rest(e ast.Expr) ast.Expr {
	if left, ok := f.left[e]; ok {
		return left
	}
	return e
}

// pure reports whether e can be left unevaluated or evaluated early.
func pure(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr:
			ok = false
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		case *ast.FuncLit:
			return false
		}
		return ok
	})
	return ok
}

// optional reports whether e depends on a constant that is bound.
func (f *folder) optional(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || found {
			return !found
		}
		sym := f.m.t.uses[id]
		if sym == nil {
			return true
		}
		_, bound := f.m.consts[sym]
		found = bound || sym.value != nil && f.optional(sym.value)
		return true
	})
	return found
}

// value returns the constant value of e, or nil where it has none that is known.
func (f *folder) value(e ast.Expr) constant.Value {
	switch n := e.(type) {
	case *ast.BasicLit:
		return constant.MakeFromLiteral(n.Value, n.Kind, 0)
	case *ast.ParenExpr:
		return f.value(n.X)
	case *ast.Ident:
		return f.named(f.m.t.uses[n])
	case *ast.UnaryExpr:
		x := f.value(n.X)
		if x == nil || n.Op == token.AND || n.Op == token.ARROW {
			return nil
		}
		if n.Op == token.NOT && x.Kind() != constant.Bool {
			return nil
		}
		return constant.UnaryOp(n.Op, x, 0)
	case *ast.BinaryExpr:
		return f.binary(n)
	}
	return nil
}

func (f *folder) named(sym *symbol) constant.Value {
	if sym == nil || !sym.isConst {
		return nil
	}
	if v, bound := f.m.consts[sym]; bound {
		return v
	}
	if sym.value != nil {
		if v := f.value(sym.value); v != nil {
			return v
		}
	}
	return sym.known
}

func (f *folder) binary(n *ast.BinaryExpr) constant.Value {
	x, y := f.value(n.X), f.value(n.Y)
	if x == nil || y == nil {
		return nil
	}
	numbers := x.Kind() == constant.Int && y.Kind() == constant.Int
	switch n.Op {
	case token.EQL, token.NEQ:
		if x.Kind() == y.Kind() {
			return constant.MakeBool(constant.Compare(x, n.Op, y))
		}
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		if numbers {
			return constant.MakeBool(constant.Compare(x, n.Op, y))
		}
	case token.ADD, token.SUB, token.MUL:
		if numbers {
			return constant.BinaryOp(x, n.Op, y)
		}
	case token.LAND, token.LOR:
		if x.Kind() == constant.Bool && y.Kind() == constant.Bool {
			return constant.BinaryOp(x, n.Op, y)
		}
	}
	return nil
}
