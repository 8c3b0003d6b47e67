package load

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// Expr is a Go expression of a spec, with its types.
type Expr struct {
	Text  string
	Node  ast.Expr
	Base  token.Pos      // where byte 0 of Text lies: int(n.Pos()-Base) is the offset of a node in Text
	Info  *types.Info    // Types, Instances, Uses, Defs, Implicits, Selections
	Type  types.Type     // a *types.Tuple for a call with several results; nil for no value
	Value constant.Value // nil unless the expression is constant

	IsType        bool // a type, not a value
	IsVoid        bool // a call without a result
	IsNil         bool // the predeclared nil
	IsBuiltin     bool // a builtin such as len, not called
	IsAddressable bool // a variable, or a part of one
	IsAssignable  bool // as IsAddressable; or an element of a map
	HasOk         bool // may give a second value, an untyped bool: an index of a map, a receive, a type assertion
}

// Stmt is a simple statement of a spec, with its types.
type Stmt struct {
	Text string
	Node ast.Stmt     // *ast.AssignStmt, *ast.IncDecStmt or *ast.ExprStmt
	Base token.Pos    // as of an Expr
	Info *types.Info  // as of an Expr
	Defs []*types.Var // what := declares, in order
}

// Expr types one Go expression. The result is nil where text does not parse; where it does not type-check, it has its
// Node and no Type. A call without a result or with several is an expression like any other, and so is a generic
// function that is not instantiated.
func (s *Scope) Expr(text string) (*Expr, []Error) {
	node, base, errs := s.parseExpr(text, "expression")
	if errs != nil {
		return nil, errs
	}
	e := &Expr{Text: text, Node: node, Base: base, Info: newInfo()}
	if err := s.check(node, e.Info); err != nil {
		return e, []Error{typeError(text, base, err)}
	}
	tv, ok := e.Info.Types[node]
	if !ok || !tv.IsVoid() && !tv.IsBuiltin() && invalid(tv.Type) {
		return e, []Error{{Msg: "the type of " + text + " is not known"}}
	}
	e.Value = tv.Value
	e.IsType, e.IsVoid, e.IsNil, e.IsBuiltin = tv.IsType(), tv.IsVoid(), tv.IsNil(), tv.IsBuiltin()
	e.IsAddressable, e.IsAssignable, e.HasOk = tv.Addressable(), tv.Assignable(), tv.HasOk()
	if !e.IsVoid {
		e.Type = tv.Type
	}
	return e, nil
}

// Type types one Go type, as a parameter may have it: a generic type has its arguments, and a constraint is none.
// The type is nil where there are errors.
func (s *Scope) Type(text string) (types.Type, ast.Expr, []Error) {
	node, base, errs := s.parseExpr(text, "type")
	if errs != nil {
		return nil, nil, errs
	}
	info := newInfo()
	param := &ast.Field{Type: node}
	signature := &ast.FuncType{Func: node.Pos(), Params: &ast.FieldList{Opening: node.Pos(), List: []*ast.Field{param}, Closing: node.End()}}
	if err := s.check(signature, info); err != nil {
		return nil, node, []Error{typeError(text, base, err)}
	}
	typ := info.TypeOf(node)
	if typ == nil || invalid(typ) {
		return nil, node, []Error{{Msg: "the type " + text + " is not known"}}
	}
	return typ, node, nil
}

// Stmt types one simple statement: an assignment, :=, ++, -- or an expression that may stand alone. Variables that it
// declares need not be used. The result is nil where text does not parse; where it does not type-check, it has its Node
// and no Defs.
func (s *Scope) Stmt(text string) (*Stmt, []Error) {
	lit, base, errs := s.parseStmt(text)
	if errs != nil {
		return nil, errs
	}
	st := &Stmt{Text: text, Node: lit.Body.List[0], Base: base, Info: newInfo()}
	declared := declaredBy(st.Node)
	uses := useOf(declared, lit.Body.Rbrace)
	lit.Body.List = append(lit.Body.List, uses...)
	err := s.check(lit, st.Info)
	forget(uses, st.Info)
	if err != nil {
		return st, []Error{typeError(text, base, err)}
	}
	for _, id := range declared {
		if v, ok := st.Info.Defs[id].(*types.Var); ok {
			st.Defs = append(st.Defs, v)
		}
	}
	return st, nil
}

// declaredBy returns the names on the left of a :=, but for _.
func declaredBy(stmt ast.Stmt) []*ast.Ident {
	assign, ok := stmt.(*ast.AssignStmt)
	if !ok || assign.Tok != token.DEFINE {
		return nil
	}
	var names []*ast.Ident
	for _, lhs := range assign.Lhs {
		if id, ok := lhs.(*ast.Ident); ok && id.Name != "_" {
			names = append(names, id)
		}
	}
	return names
}

// useOf returns statements at pos that use names, so that go/types does not find them unused.
func useOf(names []*ast.Ident, pos token.Pos) []ast.Stmt {
	var uses []ast.Stmt
	for _, name := range names {
		uses = append(uses, &ast.AssignStmt{
			Lhs: []ast.Expr{&ast.Ident{NamePos: pos, Name: "_"}}, TokPos: pos, Tok: token.ASSIGN,
			Rhs: []ast.Expr{&ast.Ident{NamePos: pos, Name: name.Name}},
		})
	}
	return uses
}

// forget takes what is in stmts out of info.
func forget(stmts []ast.Stmt, info *types.Info) {
	for _, stmt := range stmts {
		for _, id := range identsOf(stmt) {
			delete(info.Types, id)
			delete(info.Uses, id)
			delete(info.Defs, id)
		}
	}
}

func newInfo() *types.Info {
	return &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Instances:  map[*ast.Ident]types.Instance{},
		Uses:       map[*ast.Ident]types.Object{},
		Defs:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
}
