package stock

import (
	"go/ast"
	"go/constant"
	"go/token"
)

// switchStmt folds a switch over an option to the one clause that is taken, and one without a tag clause by clause.
func (f *folder) switchStmt(n *ast.SwitchStmt, b *block) bool {
	if n.Init != nil {
		f.inside(n.Init)
	}
	if n.Tag == nil {
		f.untagged(n)
		return false
	}
	tag := f.value(n.Tag)
	if tag == nil || !f.optional(n.Tag) {
		f.inside(n)
		return false
	}
	if n.Init != nil {
		f.fail(n, "a switch that an option settles cannot have an init statement")
		return false
	}
	clause := f.chosen(n, tag)
	if clause == nil || len(clause.Body) == 0 {
		f.drop(n)
		return false
	}
	if breaks(clause.Body) {
		f.fail(clause, "a clause that an option settles cannot break or fall through")
	}
	ends := f.list(clause.Body, clause)
	if f.fits(clause, clause.Body, b) {
		f.cutAround(n, clause.Colon+1, clause.End())
	} else {
		f.cut(n.Pos(), clause.Colon+1, "{")
		f.cut(clause.End(), n.End(), "\n}")
	}
	return ends
}

// chosen returns the clause that a switch with the value tag takes, or nil.
func (f *folder) chosen(n *ast.SwitchStmt, tag constant.Value) *ast.CaseClause {
	var otherwise *ast.CaseClause
	for _, s := range n.Body.List {
		clause := s.(*ast.CaseClause)
		if clause.List == nil {
			otherwise = clause
		}
		for _, e := range clause.List {
			v := f.value(e)
			if v == nil || v.Kind() != tag.Kind() {
				f.fail(e, "a switch over an option needs constant cases")
				return nil
			}
			if constant.Compare(tag, token.EQL, v) {
				return clause
			}
		}
	}
	return otherwise
}

// untagged folds the clauses of a switch that has no tag.
func (f *folder) untagged(n *ast.SwitchStmt) {
	clauses := n.Body.List
	for i, s := range clauses {
		clause := s.(*ast.CaseClause)
		v := unknown
		for _, e := range clause.List {
			v = f.cond(e)
			if v != unknown && len(clause.List) > 1 {
				f.cut(e.Pos(), e.End(), literal(v))
			}
		}
		if len(clause.List) != 1 {
			v = unknown
		}
		switch v {
		case never:
			f.drop(clause)
			continue
		case always:
			f.cut(clause.Case, clause.Colon, "default")
		}
		f.list(clause.Body, clause)
		if v == always {
			f.dropDefaults(clauses[:i])
			for _, later := range clauses[i+1:] {
				f.drop(later)
			}
			return
		}
	}
}

func (f *folder) dropDefaults(clauses []ast.Stmt) {
	for _, s := range clauses {
		if s.(*ast.CaseClause).List == nil {
			f.drop(s)
		}
	}
}

// breaks reports whether stmts leave the switch that they stand in by break or fallthrough.
func breaks(stmts []ast.Stmt) bool {
	found := false
	for _, s := range stmts {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.FuncLit:
				return false
			case *ast.BranchStmt:
				found = found || n.Label == nil && (n.Tok == token.BREAK || n.Tok == token.FALLTHROUGH)
			}
			return true
		})
	}
	return found
}
