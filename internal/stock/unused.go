package stock

import (
	"fmt"
	"go/ast"
	"go/token"
)

// dropUnused cuts the local variables that folding has left without a use, since Go refuses those.
// It returns an error where that could lose an effect.
func (m *maker) dropUnused(d *decl) error {
	for {
		m.cuts = mergeCuts(m.cuts)
		unused := m.unused(d)
		if unused == nil {
			return nil
		}
		for _, r := range d.refs {
			if r.sym != unused || m.removed(r.pos) || r.kind == use {
				continue
			}
			if !m.dropStmt(d, r) {
				return fmt.Errorf("%s: %s is not used with these options: give it its value inside the if that needs it",
					m.t.fset.Position(r.pos), unused.name)
			}
		}
	}
}

// unused returns a variable of d that had a use before folding, has none now, and is still declared.
func (m *maker) unused(d *decl) *symbol {
	uses := map[*symbol]int{}
	declared := map[*symbol]bool{}
	for _, r := range d.refs {
		if r.sym == nil || !r.sym.variable || m.removed(r.pos) {
			continue
		}
		switch r.kind {
		case use:
			uses[r.sym]++
		case definition:
			declared[r.sym] = r.stmt != nil
		}
	}
	for _, local := range d.locals {
		if declared[local] && local.uses > 0 && uses[local] == 0 {
			return local
		}
	}
	return nil
}

// dropStmt cuts the statement that defines or assigns r and nothing else.
func (m *maker) dropStmt(d *decl, r ref) bool {
	var values []ast.Expr
	switch s := r.stmt.(type) {
	case *ast.AssignStmt:
		if len(s.Lhs) != 1 {
			return m.blank(d, s, r)
		}
		values = s.Rhs
	case *ast.DeclStmt:
		specs := s.Decl.(*ast.GenDecl).Specs
		spec, ok := specs[0].(*ast.ValueSpec)
		if !ok || len(specs) != 1 || len(spec.Names) != 1 {
			return false
		}
		values = spec.Values
	default:
		return false
	}
	for _, v := range values {
		if !pure(v) {
			return false
		}
	}
	pos, end := d.src.lines(m.above(d.src, r.stmt.Pos()), r.stmt.End())
	m.cuts = append(m.cuts, edit{pos, end, ""})
	return true
}

// blank puts _ in the place of one of several variables, as long as a := still declares another one.
func (m *maker) blank(d *decl, s *ast.AssignStmt, r ref) bool {
	others := 0
	for _, o := range d.refs {
		if o.stmt == s && o.kind == definition && o.sym != r.sym && !m.removed(o.pos) {
			others++
		}
	}
	if s.Tok == token.DEFINE && r.kind == definition && others == 0 {
		m.cuts = append(m.cuts, edit{s.TokPos, s.TokPos + 2, "="})
	}
	m.cuts = append(m.cuts, edit{r.pos, r.end, "_"})
	return true
}
