package stock

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
)

// symbolKind says what an identifier of a part stands for.
type symbolKind int

const (
	localName symbolKind = iota
	globalName
	typeParam
	importName
	builtinName
	fieldName
	methodName
)

// symbol is what an identifier stands for.
type symbol struct {
	kind symbolKind
	name string
	decl *decl // of a global, method or field: where it is declared

	params  []*symbol      // of a generic global
	methods []*symbol      // of a global type
	value   ast.Expr       // of a global constant: its own expression, if it has one
	known   constant.Value // of a global or predeclared constant
	isConst bool

	owner    string    // of a type parameter: its name in the generic declaration
	path     string    // of an import
	base     string    // of an import: what it is called, as far as one can tell
	embeds   *symbol   // of an embedded field: its type, if that is a global
	from, to token.Pos // of a local or type parameter: where it can hide another name
	variable bool      // of a local: it must be used
	uses     int       // of a local: uses that count as such; of a field or method: mentions
}

// resolve returns what id stands for, or nil where neither go/types nor the parser knows.
//
// go/types does not look at what hangs on a stub, such as the argument of atomic.Pointer[T] or the clauses of a type
// switch over a stub's value. There the parser's own resolution helps, which knows scopes but not types.
func (t *template) resolve(id *ast.Ident, src *source) *symbol {
	if obj := t.info.Uses[id]; obj != nil {
		return t.symbolOf(obj)
	}
	if obj := t.info.Defs[id]; obj != nil {
		return t.symbolOf(obj)
	}
	if s := t.symbols[id]; s != nil {
		return s // the symbol of a type switch
	}
	if id.Obj != nil {
		return t.symbolOfSyntax(id.Obj)
	}
	if s := t.byName[id.Name]; s != nil {
		return s
	}
	for _, spec := range src.tree.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		if importedAs(spec, path) == id.Name {
			return &symbol{kind: importName, name: id.Name, path: path, base: baseName(path)}
		}
	}
	if obj := types.Universe.Lookup(id.Name); obj != nil {
		return t.symbolOf(obj)
	}
	return nil
}

func importedAs(spec *ast.ImportSpec, path string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	return baseName(path)
}

// symbolOf returns the symbol of an object, one for all instances of a generic one.
func (t *template) symbolOf(obj types.Object) *symbol {
	switch o := obj.(type) {
	case *types.Var:
		obj = o.Origin()
	case *types.Func:
		obj = o.Origin()
	}
	if s := t.symbols[obj]; s != nil {
		return s
	}
	s := &symbol{kind: t.kindOf(obj), name: obj.Name()}
	t.symbols[obj] = s
	switch o := obj.(type) {
	case *types.PkgName:
		s.path = o.Imported().Path()
		s.base = baseName(s.path)
	case *types.Const:
		s.known, s.isConst = o.Val(), true
	case *types.Var:
		s.variable = o.Kind() == types.LocalVar
	}
	if scope := obj.Parent(); scope != nil && s.kind == localName {
		s.from, s.to = scope.Pos(), scope.End()
	}
	return s
}

func (t *template) kindOf(obj types.Object) symbolKind {
	switch o := obj.(type) {
	case *types.PkgName:
		return importName
	case *types.Var:
		if o.IsField() {
			return fieldName
		}
	case *types.Func:
		if o.Signature().Recv() != nil {
			return methodName
		}
	case *types.TypeName:
		if _, ok := o.Type().(*types.TypeParam); ok && !o.IsAlias() {
			return typeParam
		}
	}
	switch obj.Parent() {
	case types.Universe:
		return builtinName
	case t.pkg.Scope():
		return globalName
	}
	return localName
}

// symbolOfSyntax returns the symbol of a name that only the parser has resolved.
//
//lint:ignore SA1019 it is what the parser gives where the type checker is blind
func (t *template) symbolOfSyntax(obj *ast.Object) *symbol {
	if s := t.symbols[obj]; s != nil {
		return s
	}
	for id, def := range t.info.Defs {
		if def != nil && id.Pos() == obj.Pos() {
			s := t.symbolOf(def)
			t.symbols[obj] = s
			return s
		}
	}
	s := &symbol{kind: localName, name: obj.Name, variable: obj.Kind == ast.Var}
	if _, param := obj.Decl.(*ast.Field); param {
		s.variable = false
	}
	t.symbols[obj] = s
	return s
}
