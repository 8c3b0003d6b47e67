package stock

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// folder folds the options in one declaration: it only ever adds to the cuts.
type folder struct {
	m     *maker
	src   *source
	left  map[ast.Expr]ast.Expr        // what folding has left of an expression
	taken map[ast.Node]map[string]bool // names brought into a list by what was unwrapped there
	err   error
}

// block is a list of statements while it is folded.
type block struct {
	scope *types.Scope    // nil where it is not known
	rest  []ast.Stmt      // what comes after the statement in hand
	taken map[string]bool // names that blocks unwrapped into it have brought along
}

func (f *folder) cut(pos, end token.Pos, text string) {
	f.m.cuts = append(f.m.cuts, edit{pos, end, text})
}

func (f *folder) fail(n ast.Node, text string) {
	if f.err == nil {
		f.err = fmt.Errorf("%s: %s", f.m.t.fset.Position(n.Pos()), text)
	}
}

// fold cuts what the bound constants make dead in d.
func (m *maker) fold(d *decl) error {
	f := &folder{m: m, src: d.src, left: map[ast.Expr]ast.Expr{}, taken: map[ast.Node]map[string]bool{}}
	if fn, ok := d.node.(*ast.FuncDecl); ok {
		if fn.Body != nil {
			f.list(fn.Body.List, fn.Type)
		}
	} else {
		f.inside(d.node)
	}
	return f.err
}

// inside folds what stands somewhere in n, below its top.
func (f *folder) inside(n ast.Node) {
	ast.Inspect(n, func(c ast.Node) bool {
		if c == n || c == nil {
			return true
		}
		return !f.node(c)
	})
}

// node folds n where it is something to fold, and reports whether it was.
func (f *folder) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncLit:
		f.list(n.Body.List, n.Type)
	case *ast.BlockStmt:
		f.list(n.List, n)
	case *ast.CaseClause:
		for _, e := range n.List {
			f.expr(e)
		}
		f.list(n.Body, n)
	case *ast.CommClause:
		if n.Comm != nil {
			f.inside(n.Comm)
		}
		f.list(n.Body, n)
	case *ast.ValueSpec:
		for _, e := range n.Values {
			if !f.bound(n) {
				f.expr(e)
			}
		}
	case *ast.BinaryExpr, *ast.UnaryExpr, *ast.ParenExpr, *ast.Ident:
		return f.expr(n.(ast.Expr))
	default:
		return false
	}
	return true
}

func (f *folder) bound(n *ast.ValueSpec) bool {
	for _, id := range n.Names {
		if sym := f.m.t.byName[id.Name]; sym != nil {
			if _, ok := f.m.consts[sym]; ok {
				return true
			}
		}
	}
	return false
}

// expr folds a condition that stands for its value. It reports whether it has dealt with e.
func (f *folder) expr(e ast.Expr) bool {
	switch n := e.(type) {
	case *ast.Ident:
		sym := f.m.t.uses[n]
		if sym == nil || sym.kind != globalName || !sym.isConst {
			return true
		}
	case *ast.UnaryExpr:
		if n.Op != token.NOT {
			return false
		}
	}
	if v := f.cond(e); v != unknown {
		f.cut(e.Pos(), e.End(), literal(v))
	}
	return true
}

// list folds statements, and reports whether none after them can be reached. n is what has their scope.
func (f *folder) list(stmts []ast.Stmt, n ast.Node) bool {
	b := &block{scope: f.m.t.info.Scopes[n], taken: map[string]bool{}}
	f.taken[n] = b.taken
	for i, s := range stmts {
		b.rest = stmts[i+1:]
		if !f.stmt(s, b) {
			continue
		}
		if len(b.rest) > 0 {
			f.cutRest(s, stmts[len(stmts)-1])
		}
		return true
	}
	return len(stmts) > 0 && leaves(stmts[len(stmts)-1])
}

// cutRest cuts what comes after s, down to last.
func (f *folder) cutRest(s, last ast.Stmt) {
	pos := s.End()
	if next, empty := f.src.emptyLine(f.src.offset(pos)); empty {
		pos = f.src.pos(next)
	}
	_, end := f.src.lines(last.Pos(), last.End())
	f.cut(pos, end, "")
}

// leaves reports whether s never goes on to the statement after it. The part compiles and is vetted, so that only what
// ends an unwrapped block matters.
func leaves(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && id.Name == "panic"
	}
	return false
}

// stmt folds a statement of b, and reports whether folding has made the rest of b unreachable.
func (f *folder) stmt(s ast.Stmt, b *block) bool {
	switch n := s.(type) {
	case *ast.IfStmt:
		return f.ifStmt(n, b)
	case *ast.SwitchStmt:
		return f.switchStmt(n, b)
	case *ast.ForStmt:
		f.forStmt(n)
	case *ast.LabeledStmt:
		f.stmt(n.Stmt, &block{taken: map[string]bool{}})
	default:
		if !f.node(s) {
			f.inside(s)
		}
	}
	return false
}

func (f *folder) forStmt(n *ast.ForStmt) {
	if n.Cond != nil {
		switch f.cond(n.Cond) {
		case never:
			f.drop(n)
			return
		case always:
			f.cut(n.Cond.Pos(), n.Cond.End(), "")
		}
	}
	if n.Init != nil {
		f.inside(n.Init)
	}
	if n.Post != nil {
		f.inside(n.Post)
	}
	f.list(n.Body.List, n.Body)
}

// drop cuts a statement, with the comment above it.
func (f *folder) drop(n ast.Node) {
	pos, end := f.src.lines(f.m.above(f.src, n.Pos()), n.End())
	f.cut(pos, end, "")
}

func (f *folder) ifStmt(n *ast.IfStmt, b *block) bool {
	v := f.cond(n.Cond)
	if v != unknown && n.Init != nil && !(v == never && n.Else == nil && idle(n.Init)) {
		f.fail(n, "an if that an option settles cannot have an init statement")
		return false
	}
	switch v {
	case always:
		ends := f.list(n.Body.List, n.Body)
		f.unwrap(n, n.Body, b)
		return ends
	case never:
		return f.otherwise(n, b)
	}
	if n.Init != nil {
		f.inside(n.Init)
	}
	f.list(n.Body.List, n.Body)
	f.elsePart(n.Body.End(), n.Else)
	return false
}

// idle reports whether s does nothing but set variables.
func idle(s ast.Stmt) bool {
	assign, ok := s.(*ast.AssignStmt)
	return ok && !slices.ContainsFunc(assign.Rhs, func(e ast.Expr) bool { return !pure(e) })
}

// otherwise puts what stands behind else in the place of an if that never holds.
func (f *folder) otherwise(n *ast.IfStmt, b *block) bool {
	switch e := n.Else.(type) {
	case *ast.BlockStmt:
		ends := f.list(e.List, e)
		f.unwrap(n, e, b)
		return ends
	case *ast.IfStmt:
		f.cut(n.Pos(), e.Pos(), "")
		return f.ifStmt(e, b)
	}
	f.drop(n)
	return false
}

// elsePart folds the else of an if that stays, whose body ends at from.
func (f *folder) elsePart(from token.Pos, e ast.Stmt) {
	switch e := e.(type) {
	case *ast.BlockStmt:
		f.list(e.List, e)
	case *ast.IfStmt:
		v := f.cond(e.Cond)
		if v != unknown && e.Init != nil {
			f.fail(e, "an if that an option settles cannot have an init statement")
			return
		}
		switch {
		case v == always:
			f.cut(e.Pos(), e.Body.Pos(), "")
			f.cut(e.Body.End(), e.End(), "")
			f.list(e.Body.List, e.Body)
		case v == never && e.Else == nil:
			f.cut(from, e.End(), "")
		case v == never:
			f.cut(e.Pos(), e.Else.Pos(), "")
			f.elsePart(from, e.Else)
		default:
			if e.Init != nil {
				f.inside(e.Init)
			}
			f.list(e.Body.List, e.Body)
			f.elsePart(e.Body.End(), e.Else)
		}
	}
}

// unwrap puts the statements of body in the place of n. It keeps the braces where a name would clash without them.
func (f *folder) unwrap(n ast.Node, body *ast.BlockStmt, b *block) {
	if f.fits(body, body.List, b) {
		f.cutAround(n, body.Lbrace+1, body.Rbrace)
		return
	}
	f.cut(n.Pos(), body.Lbrace, "")
	f.cut(body.Rbrace+1, n.End(), "")
}

// cutAround leaves of n only what is from pos to end, without the line ends around it.
func (f *folder) cutAround(n ast.Node, pos, end token.Pos) {
	if next, empty := f.src.emptyLine(f.src.offset(pos)); empty {
		pos = f.src.pos(next)
	}
	first, last := f.src.offset(end), f.src.offset(n.End())
	for first > 0 && isBlank(f.src.text[first-1]) {
		first--
	}
	if next, empty := f.src.emptyLine(last); empty && f.src.text[first-1] == '\n' {
		last = next
	}
	f.cut(n.Pos(), pos, "")
	f.cut(f.src.pos(first), f.src.pos(last), "")
}

// fits reports whether the names that the list of n declares can be declared in b instead.
func (f *folder) fits(n ast.Node, stmts []ast.Stmt, b *block) bool {
	scope := f.m.t.info.Scopes[n]
	if scope == nil || b.scope == nil {
		return !declares(stmts)
	}
	names := slices.AppendSeq(scope.Names(), maps.Keys(f.taken[n]))
	for _, name := range names {
		if b.scope.Lookup(name) != nil || b.taken[name] {
			return false
		}
		if _, outer := b.scope.LookupParent(name, token.NoPos); outer != nil && mentions(b.rest, name) {
			return false
		}
	}
	for _, name := range names {
		b.taken[name] = true
	}
	return true
}

func declares(stmts []ast.Stmt) bool {
	for _, s := range stmts {
		switch s := s.(type) {
		case *ast.DeclStmt:
			return true
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				return true
			}
		}
	}
	return false
}

func mentions(stmts []ast.Stmt, name string) bool {
	found := false
	for _, s := range stmts {
		ast.Inspect(s, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && id.Name == name
			return !found
		})
	}
	return found
}
