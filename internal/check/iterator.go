package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// iterator returns the model of an iterator of the spec, or nil where it has an error.
func (c *checker) iterator(name string) *model.Iterator {
	return c.iterators[name].model(c, name, c.checkIterator, c.declareIterator)
}

func (c *checker) checkIterator(s *spec.Iterator) *model.Iterator {
	def := c.begin(&s.Definition)
	it := &model.Iterator{}
	c.within(def, func() {
		if s.Paginate != nil {
			it.Pages, it.Elem = c.pages(def, s.Paginate)
			return
		}
		it.Loop, it.Elem = c.loop(def, s)
	})
	if it.Elem == nil || !def.ok {
		return nil
	}
	it.Definition = *def.Definition
	return it
}

// loop checks the loop form of an iterator.
func (c *checker) loop(def *definition, it *spec.Iterator) (*model.Loop, types.Type) {
	l := &model.Loop{}
	scope := def.scope
	if it.Init.Given() {
		if l.Init = c.stmt(scope, it.Init); l.Init == nil {
			return nil, nil
		}
		l.Vars = l.Init.Defs
		scope = scope.Child(objects(l.Vars)...)
	}
	ok := true
	if it.While.Given() {
		l.While = c.truth(scope, whole(it.While), "while", nil)
		ok = l.While != nil
	}
	if it.Next.Given() {
		l.Next = c.stmt(scope, it.Next)
		ok = ok && l.Next != nil
	}
	l.Yield = c.value(scope, whole(it.Yield), "yield")
	if l.Yield == nil || !ok {
		return nil, nil
	}
	if l.Next != nil && len(l.Next.Defs) > 0 {
		c.diags.Errorf(it.Next.At(0), diag.BadGo, "next: declares %s, which nothing could use", l.Next.Defs[0].Name()).
			Help("assign with = to what init declares")
		return nil, nil
	}
	if v := unread(l); v != nil {
		c.diags.Errorf(it.Init.At(0), diag.BadType, "init: %s is declared and not used", v.Name())
		return nil, nil
	}
	return l, l.Yield.Type
}

// unread returns a variable of init that nothing reads, or nil. Go refuses such a one.
func unread(l *model.Loop) *types.Var {
	read := map[types.Object]bool{}
	uses := func(node ast.Node, info *types.Info, but []ast.Expr) {
		ast.Inspect(node, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if ok && !slices.Contains(but, ast.Expr(id)) {
				read[info.Uses[id]] = true
			}
			return true
		})
	}
	uses(l.Yield.Node, l.Yield.Info, nil)
	if l.While != nil {
		uses(l.While.Node, l.While.Info, nil)
	}
	if l.Next != nil {
		var targets []ast.Expr
		if a, ok := l.Next.Node.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
			targets = a.Lhs
		}
		uses(l.Next.Node, l.Next.Info, targets)
	}
	for _, v := range l.Vars {
		if !read[v] {
			return v
		}
	}
	return nil
}

func objects(vars []*types.Var) []types.Object {
	all := make([]types.Object, len(vars))
	for i, v := range vars {
		all[i] = v
	}
	return all
}

// stmt checks a simple statement, and notes the parameters that it assigns to.
func (c *checker) stmt(scope *load.Scope, t spec.Text) *model.Stmt {
	g := whole(t)
	s, errs := scope.Stmt(g.text)
	if !c.goErrors(scope, g, errs) {
		return nil
	}
	m := &model.Stmt{Text: s.Text, Node: s.Node, Base: s.Base, Info: s.Info, Defs: s.Defs}
	for _, v := range s.Defs {
		c.def.Locals[v.Name()] = true
		c.own[v] = true
		if v.Name() == "ctx" {
			c.diags.Errorf(t.At(0), diag.BadName, "ctx cannot be declared: it is the context")
			return nil
		}
		if !c.canWrite(t.At(0), "init", v.Name(), v.Type()) {
			return nil
		}
	}
	m.Effect = c.effects(s.Node, s.Info)
	for _, id := range assigned(s.Node) {
		obj := s.Info.Uses[id]
		if obj == c.ctx {
			c.diags.Errorf(g.at(int(id.Pos()-s.Base)), diag.BadGo, "ctx cannot be assigned to")
			return nil
		}
		for _, p := range c.def.Params {
			if p.Var == obj {
				p.Assigned = true
			}
		}
	}
	return m
}

// assigned returns the variables that a statement assigns to, or takes the address of.
func assigned(s ast.Stmt) []*ast.Ident {
	var all []*ast.Ident
	add := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.ParenExpr:
				e = x.X
			case *ast.IndexExpr:
				e = x.X // of an array
			case *ast.SelectorExpr:
				e = x.X
			case *ast.Ident:
				all = append(all, x)
				return
			default:
				return
			}
		}
	}
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				add(l)
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				add(n.X)
			}
		}
		return true
	})
	return all
}
