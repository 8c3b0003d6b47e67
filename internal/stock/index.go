package stock

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// decl is one declaration: what is made or left out as a whole. Of a group, each spec is one,
// unless the specs lean on each other.
type decl struct {
	src      *source
	names    []*symbol // what it declares
	node     ast.Node  // *ast.FuncDecl, *ast.GenDecl or ast.Spec
	group    *ast.GenDecl
	pos, end token.Pos // with its comments

	refs     []ref
	generics []generic
	locals   []*symbol
	localsBy map[string][]*symbol
	mentions []mention
	fields   []*field
	inferred []inferred
}

// ref is an identifier, or for a member of an import the whole PACKAGE.MEMBER.
type ref struct {
	pos, end token.Pos
	sym      *symbol // nil: a member that is known by its name only
	name     string  // as written; of an import, the member
	kind     useKind
	stmt     ast.Node // of a definition or assignment: its statement
	callee   bool     // the operand of a conversion or selector
	element  bool     // the element of a channel type
}

// useKind says what an identifier does there.
type useKind int

const (
	use useKind = iota
	definition
	assignment // the left side of a plain =, which Go does not count as a use
)

// generic is a list in brackets that shrinks when type parameters are bound.
type generic struct {
	of       *symbol        // the generic declaration
	list     *ast.FieldList // where it is declared, or
	args     []ast.Expr     // where it is instantiated
	receiver bool           // args only name the parameters anew
	pos, end token.Pos      // with the brackets
}

// inferred is what go/types takes the type arguments of a generic to be.
type inferred struct {
	of   *symbol
	args []types.Type
	pos  token.Pos
}

// field is a named field of a struct type at package level. It goes when nothing mentions it any more.
type field struct {
	node     *ast.Field
	syms     []*symbol
	pos, end token.Pos // without comments
	always   bool      // blank, exported or embedded, or set without its name
}

// index finds all declarations and what their identifiers stand for.
func (t *template) index() error {
	for _, name := range t.pkg.Scope().Names() {
		t.byName[name] = t.symbolOf(t.pkg.Scope().Lookup(name))
	}
	for _, src := range t.sources {
		t.typeSwitches(src)
	}
	for _, src := range t.sources {
		for _, node := range src.tree.Decls {
			if err := t.declare(src, node); err != nil {
				return err
			}
		}
	}
	for _, d := range t.decls {
		if err := t.walk(d); err != nil {
			return err
		}
	}
	for _, d := range t.decls {
		t.findFields(d)
		t.findMentions(d)
	}
	return nil
}

// typeSwitches gives the variable of a type switch one symbol for all its clauses.
func (t *template) typeSwitches(src *source) {
	ast.Inspect(src.tree, func(n ast.Node) bool {
		s, ok := n.(*ast.TypeSwitchStmt)
		if !ok {
			return true
		}
		assign, ok := s.Assign.(*ast.AssignStmt)
		if !ok {
			return true
		}
		id := assign.Lhs[0].(*ast.Ident)
		sym := &symbol{kind: localName, name: id.Name, from: s.Pos(), to: s.End()}
		t.symbols[id] = sym
		if id.Obj != nil {
			t.symbols[id.Obj] = sym
		}
		for _, clause := range s.Body.List {
			if obj := t.info.Implicits[clause]; obj != nil {
				t.symbols[obj] = sym
			}
		}
		return true
	})
}

// declare adds the declarations of a top-level node.
func (t *template) declare(src *source, node ast.Decl) error {
	switch n := node.(type) {
	case *ast.FuncDecl:
		if n.Recv == nil && n.Name.Name == "init" {
			return fmt.Errorf("%s: a part has no init", t.fset.Position(n.Pos()))
		}
		d := &decl{src: src, node: n, pos: start(n.Doc, n), end: n.End()}
		t.add(d, n.Name)
		t.generic(d, n)
	case *ast.GenDecl:
		if n.Tok == token.IMPORT {
			return nil
		}
		t.declareSpecs(src, n)
	}
	return nil
}

func (t *template) declareSpecs(src *source, n *ast.GenDecl) {
	if !n.Lparen.IsValid() || leaning(n) {
		d := &decl{src: src, node: n, pos: start(n.Doc, n), end: n.End()}
		for _, s := range n.Specs {
			d.end = max(d.end, end(specComment(s), s))
			t.add(d, specNames(s)...)
			t.genericSpec(d, s)
		}
		return
	}
	for _, s := range n.Specs {
		d := &decl{src: src, node: s, group: n, pos: start(specDoc(s), s), end: end(specComment(s), s)}
		t.add(d, specNames(s)...)
		t.genericSpec(d, s)
	}
}

// leaning reports whether the specs of a group mean something else when one of them is left out.
func leaning(n *ast.GenDecl) bool {
	if n.Tok != token.CONST {
		return false
	}
	found := false
	for _, s := range n.Specs {
		found = found || len(s.(*ast.ValueSpec).Values) == 0
		ast.Inspect(s, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && id.Name == "iota"
			return true
		})
	}
	return found
}

func (t *template) add(d *decl, names ...*ast.Ident) {
	if len(d.names) == 0 {
		t.decls = append(t.decls, d)
	}
	for _, id := range names {
		sym := &symbol{kind: globalName, name: id.Name} // _ and methods of stubs have no object of their own
		if obj := t.info.Defs[id]; obj != nil {
			sym = t.symbolOf(obj)
		}
		sym.decl = d
		d.names = append(d.names, sym)
	}
}

// generic notes the type parameters of a function, or what a method calls those of its receiver.
func (t *template) generic(d *decl, f *ast.FuncDecl) {
	if f.Recv == nil {
		t.typeParams(d, d.names[0], f.Type.TypeParams)
		return
	}
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	base, args, _ := instance(typ)
	if base == nil {
		return
	}
	method := d.names[0]
	method.kind = methodName
	t.members[method.name] = append(t.members[method.name], method)
	of := t.byName[base.Name]
	if of == nil {
		return
	}
	of.methods = append(of.methods, method)
	for i, arg := range args {
		if obj := t.info.Defs[arg.(*ast.Ident)]; obj != nil {
			sym := t.symbolOf(obj)
			sym.from, sym.to = f.Pos(), f.End()
			// The type may be declared further down: its own names are asked for when they are needed.
			sym.owner = t.paramName(of, i)
		}
	}
}

// paramName returns what the generic type of calls its type parameter i.
func (t *template) paramName(of *symbol, i int) string {
	for _, src := range t.sources {
		for _, d := range src.tree.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			for _, s := range g.Specs {
				if s := s.(*ast.TypeSpec); s.Name.Name == of.name {
					return flatten(s.TypeParams)[i].Name
				}
			}
		}
	}
	return ""
}

func (t *template) genericSpec(d *decl, s ast.Spec) {
	switch s := s.(type) {
	case *ast.TypeSpec:
		t.typeParams(d, d.names[len(d.names)-1], s.TypeParams)
	case *ast.ValueSpec:
		if g, whole := d.node.(*ast.GenDecl); whole && leaning(g) || len(s.Values) != len(s.Names) {
			return
		}
		for i, sym := range d.names {
			if sym.isConst {
				sym.value = s.Values[i]
			}
		}
	}
}

func (t *template) typeParams(d *decl, of *symbol, list *ast.FieldList) {
	for _, id := range flatten(list) {
		sym := &symbol{kind: typeParam, name: id.Name}
		if obj := t.info.Defs[id]; obj != nil {
			sym = t.symbolOf(obj)
		}
		sym.owner = id.Name
		sym.from, sym.to = d.pos, d.end
		of.params = append(of.params, sym)
	}
	if list != nil {
		d.generics = append(d.generics, generic{of: of, list: list, pos: list.Opening, end: list.Closing + 1})
	}
}

func flatten(list *ast.FieldList) []*ast.Ident {
	var ids []*ast.Ident
	if list != nil {
		for _, f := range list.List {
			ids = append(ids, f.Names...)
		}
	}
	return ids
}

// findFields notes the fields of the struct types that d declares.
func (t *template) findFields(d *decl) {
	ast.Inspect(d.node, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			_, ok := n.(*ast.GenDecl)
			return ok
		}
		s, ok := spec.Type.(*ast.StructType)
		if !ok {
			return false
		}
		for _, node := range s.Fields.List {
			f := &field{node: node, pos: node.Pos(), end: node.End(), always: len(node.Names) == 0 || t.unkeyed[spec.Name.Name]}
			for _, id := range node.Names {
				sym := t.resolve(id, d.src)
				sym.decl = d
				f.syms = append(f.syms, sym)
				f.always = f.always || id.Name == "_" || id.IsExported()
			}
			d.fields = append(d.fields, f)
		}
		return false
	})
	slices.SortFunc(d.fields, func(a, b *field) int { return cmp.Compare(a.pos, b.pos) })
}

func start(doc *ast.CommentGroup, n ast.Node) token.Pos {
	if doc != nil {
		return doc.Pos()
	}
	return n.Pos()
}

func end(comment *ast.CommentGroup, n ast.Node) token.Pos {
	if comment != nil {
		return comment.End()
	}
	return n.End()
}

func specNames(s ast.Spec) []*ast.Ident {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return []*ast.Ident{s.Name}
	case *ast.ValueSpec:
		return s.Names
	}
	return nil
}

func specDoc(s ast.Spec) *ast.CommentGroup {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return s.Doc
	case *ast.ValueSpec:
		return s.Doc
	}
	return nil
}

func specComment(s ast.Spec) *ast.CommentGroup {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return s.Comment
	case *ast.ValueSpec:
		return s.Comment
	}
	return nil
}
