package stock

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
)

// walker notes the references of one declaration.
type walker struct {
	t     *template
	d     *decl
	stack []ast.Node // from the declaration down to the node in hand
	seen  map[*symbol]bool
	err   error
}

// walk fills the references, locals and instantiations of d.
func (t *template) walk(d *decl) error {
	w := &walker{t: t, d: d, seen: map[*symbol]bool{}}
	d.localsBy = map[string][]*symbol{}
	ast.Inspect(d.node, func(n ast.Node) bool {
		if n == nil {
			w.stack = w.stack[:len(w.stack)-1]
			return true
		}
		if !w.visit(n) {
			return false
		}
		w.stack = append(w.stack, n)
		return true
	})
	return w.err
}

// visit notes n and reports whether to look into it.
func (w *walker) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CommentGroup:
		return false
	case *ast.Ident:
		w.ident(n)
	case *ast.SelectorExpr:
		return !w.imported(n)
	case *ast.IndexExpr, *ast.IndexListExpr:
		w.instantiation(n.(ast.Expr))
	case *ast.CompositeLit:
		w.literal(n)
	case *ast.InterfaceType: // whose methods are any type's
		for _, m := range n.Methods.List {
			for _, id := range m.Names {
				w.d.refs = append(w.d.refs, ref{pos: id.Pos(), end: id.End(), name: id.Name})
			}
		}
	}
	return true
}

func (w *walker) parent() ast.Node { return w.ancestor(1) }

func (w *walker) ancestor(n int) ast.Node {
	if len(w.stack) < n {
		return nil
	}
	return w.stack[len(w.stack)-n]
}

// imported notes PACKAGE.MEMBER as one.
func (w *walker) imported(n *ast.SelectorExpr) bool {
	id, ok := n.X.(*ast.Ident)
	if !ok {
		return false
	}
	sym := w.t.resolve(id, w.d.src)
	if sym == nil || sym.kind != importName {
		return false
	}
	w.t.names[id.Name] = true
	w.d.refs = append(w.d.refs, ref{pos: n.Pos(), end: n.End(), sym: sym, name: n.Sel.Name})
	return true
}

// literal notes struct types whose fields are set by their order.
func (w *walker) literal(n *ast.CompositeLit) {
	if len(n.Elts) == 0 {
		return
	}
	if _, keyed := n.Elts[0].(*ast.KeyValueExpr); keyed {
		return
	}
	if base, _, _ := instance(n.Type); base != nil {
		w.t.unkeyed[base.Name] = true
	}
}

// instantiation notes NAME[ARGUMENTS] of a generic declaration of the part.
func (w *walker) instantiation(n ast.Expr) {
	base, args, lbrack := instance(n)
	if base == nil {
		return
	}
	of := w.t.resolve(base, w.d.src)
	if of == nil || len(of.params) == 0 {
		return
	}
	f, ok := w.d.node.(*ast.FuncDecl)
	receiver := ok && f.Recv != nil && n.Pos() >= f.Recv.Pos() && n.End() <= f.Recv.End()
	w.d.generics = append(w.d.generics, generic{of: of, args: args, receiver: receiver, pos: lbrack, end: n.End()})
}

func instance(n ast.Expr) (base *ast.Ident, args []ast.Expr, lbrack token.Pos) {
	switch n := n.(type) {
	case *ast.Ident:
		return n, nil, n.End()
	case *ast.IndexExpr:
		base, _ = n.X.(*ast.Ident)
		return base, []ast.Expr{n.Index}, n.Lbrack
	case *ast.IndexListExpr:
		base, _ = n.X.(*ast.Ident)
		return base, n.Indices, n.Lbrack
	}
	return nil, nil, 0
}

func (w *walker) ident(id *ast.Ident) {
	w.t.names[id.Name] = true
	if id.Name == "_" || w.isLabel(id) {
		return
	}
	r := ref{pos: id.Pos(), end: id.End(), name: id.Name}
	if w.isMember(id) {
		w.member(id, r)
		return
	}
	if w.err != nil {
		return
	}
	r.sym = w.t.resolve(id, w.d.src)
	if r.sym == nil {
		w.err = fmt.Errorf("%s: cannot tell what %s is", w.t.fset.Position(id.Pos()), id.Name)
		return
	}
	if r.sym.kind == fieldName || r.sym.kind == methodName {
		w.member(id, r)
		return
	}
	w.place(id, &r)
	w.t.uses[id] = r.sym
	w.d.refs = append(w.d.refs, r)
	if args := w.t.info.Instances[id].TypeArgs; args != nil && len(r.sym.params) > 0 {
		w.d.inferred = append(w.d.inferred, inferred{r.sym, slices.Collect(args.Types()), id.Pos()})
	}
	if r.sym.kind == localName || r.sym.kind == typeParam {
		w.local(r)
	}
}

// local notes that a local belongs to the declaration.
func (w *walker) local(r ref) {
	if r.kind == use {
		r.sym.uses++
	}
	if !w.seen[r.sym] {
		w.seen[r.sym] = true
		w.d.locals = append(w.d.locals, r.sym)
		w.d.localsBy[r.sym.name] = append(w.d.localsBy[r.sym.name], r.sym)
	}
}

// member notes a field or method: of a selector, of the key of a literal, or where it is declared.
func (w *walker) member(id *ast.Ident, r ref) {
	if obj := w.t.info.Uses[id]; obj != nil {
		r.sym = w.t.symbolOf(obj)
	}
	if obj := w.t.info.Defs[id]; obj != nil {
		sym := w.t.symbolOf(obj)
		if sym.kind == fieldName {
			w.t.members[sym.name] = append(w.t.members[sym.name], sym)
		}
		embedded := w.t.info.Uses[id]
		if embedded == nil {
			return
		}
		// An embedded field: it is called like its type.
		r.sym = w.t.symbolOf(embedded)
		sym.embeds = r.sym
		w.t.uses[id] = r.sym
	}
	if r.sym != nil {
		r.sym.uses++
	}
	w.d.refs = append(w.d.refs, r)
}

func (w *walker) isLabel(id *ast.Ident) bool {
	switch p := w.parent().(type) {
	case *ast.BranchStmt:
		return true
	case *ast.LabeledStmt:
		return p.Label == id
	}
	return false
}

// isMember reports whether id can only be a field or method.
func (w *walker) isMember(id *ast.Ident) bool {
	switch p := w.parent().(type) {
	case *ast.SelectorExpr:
		return p.Sel == id
	case *ast.FuncDecl:
		return p.Recv != nil && p.Name == id
	case *ast.KeyValueExpr:
		_, literal := w.ancestor(2).(*ast.CompositeLit)
		return literal && p.Key == id && w.t.info.Uses[id] == nil
	case *ast.Field:
		_, inStruct := w.ancestor(3).(*ast.StructType)
		if inStruct && slices.Contains(p.Names, id) {
			return true
		}
	}
	def := w.t.info.Defs[id]
	if def == nil {
		return false
	}
	kind := w.t.kindOf(def)
	return kind == fieldName || kind == methodName
}

// place says what the identifier does where it stands.
func (w *walker) place(id *ast.Ident, r *ref) {
	switch p := w.parent().(type) {
	case *ast.AssignStmt:
		for _, left := range p.Lhs {
			if left == id {
				r.stmt = p
				r.kind = assignment
				if p.Tok == token.DEFINE && w.t.info.Uses[id] == nil {
					r.kind = definition
				} else if p.Tok != token.ASSIGN && p.Tok != token.DEFINE {
					r.kind = use
				}
			}
		}
	case *ast.CallExpr:
		r.callee = p.Fun == id
	case *ast.SelectorExpr:
		r.callee = p.X == id
	case *ast.ChanType:
		r.element = p.Value == id
	case *ast.RangeStmt:
		if (p.Key == id || p.Value == id) && p.Tok == token.DEFINE {
			r.kind, r.stmt = definition, p
		} else if p.Key == id || p.Value == id {
			r.kind, r.stmt = assignment, p
		}
	default:
		if w.t.info.Defs[id] != nil {
			r.kind = definition
			r.stmt = w.declaration()
		}
	}
}

// declaration returns the statement of a local var, if the node in hand stands in one.
func (w *walker) declaration() ast.Node {
	if s, ok := w.ancestor(3).(*ast.DeclStmt); ok {
		return s
	}
	return nil
}
