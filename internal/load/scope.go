package load

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
)

// Scope is what Go text in a spec sees. Scopes nest: those of a file, a definition, a stage; around them lie the
// package and Go's predeclared names.
type Scope struct {
	pkg    *Package
	parent *Scope // nil: the package
	names  map[string]types.Object
}

// Scope returns a new scope at the level of a file: it sees the package, and is where a spec's imports go.
func (p *Package) Scope() *Scope { return &Scope{pkg: p} }

// Child returns a scope inside s in which objects are declared: variables, functions, types, imported packages.
// They hide what s has under their names. What s declares later is seen too.
func (s *Scope) Child(objects ...types.Object) *Scope {
	child := &Scope{pkg: s.pkg, parent: s}
	for _, obj := range objects {
		child.Declare(obj)
	}
	return child
}

// Declare adds obj to s itself, in place of what s has under that name. The name _ declares nothing.
func (s *Scope) Declare(obj types.Object) {
	if obj.Name() == "_" {
		return
	}
	if s.names == nil {
		s.names = map[string]types.Object{}
	}
	s.names[obj.Name()] = obj
}

// Lookup returns what name means in s, or nil. It looks in s, then outwards: the package without the types that are only
// promised, then Go's predeclared names.
func (s *Scope) Lookup(name string) types.Object {
	if obj := s.own(name); obj != nil {
		return obj
	}
	if obj := s.pkg.Types.Scope().Lookup(name); obj != nil && s.pkg.Promised[name] == nil {
		return obj
	}
	return types.Universe.Lookup(name)
}

// Names returns the names that s and the scopes around it declare, without those of the package and Go's own.
func (s *Scope) Names() []string {
	var all []string
	for ; s != nil; s = s.parent {
		all = slices.AppendSeq(all, maps.Keys(s.names))
	}
	return all
}

// own is Lookup without the package and what is predeclared.
func (s *Scope) own(name string) types.Object {
	for ; s != nil; s = s.parent {
		if obj := s.names[name]; obj != nil {
			return obj
		}
	}
	return nil
}

// check type-checks node as if it stood in s. A node that uses a declaration with a problem is refused as well: go/types
// is silent there, because it has reported the declaration.
func (s *Scope) check(node ast.Expr, info *types.Info) error {
	leaf, pos := s.pkg.scopes.leaf(s.pkg.Types.Scope())
	idents := identsOf(node)
	for _, id := range idents {
		if obj := s.own(id.Name); obj != nil {
			leaf.Insert(obj)
		}
	}
	if err := types.CheckExpr(s.pkg.Fset, s.pkg.Types, pos, node, info); err != nil {
		return err
	}
	for _, id := range idents {
		if promised := s.pkg.Promised[id.Name]; promised != nil && info.Uses[id] == promised && s.own(id.Name) == nil {
			return types.Error{Fset: s.pkg.Fset, Pos: id.Pos(), Msg: "undefined: " + id.Name}
		}
		if problem := s.pkg.problemOf(info.Uses[id]); problem != "" {
			return types.Error{Fset: s.pkg.Fset, Pos: id.Pos(), Msg: id.Name + ": " + problem}
		}
	}
	return nil
}

func identsOf(node ast.Node) []*ast.Ident {
	var idents []*ast.Ident
	ast.Inspect(node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			idents = append(idents, id)
		}
		return true
	})
	return idents
}
