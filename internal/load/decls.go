package load

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// decl is the declaration of one name, or of a method.
type decl struct {
	id   *ast.Ident
	recv string   // of a method: the name of the type
	node ast.Node // *ast.FuncDecl, *ast.TypeSpec, *ast.ValueSpec; *ast.GenDecl for constants, which lean on each other
	file *file
}

// declsOf returns what f declares, in order, but for _ and init.
func declsOf(f *file) []decl {
	var decls []decl
	add := func(id *ast.Ident, recv string, node ast.Node) {
		if id.Name != "_" {
			decls = append(decls, decl{id, recv, node, f})
		}
	}
	for _, d := range f.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil {
				add(d.Name, receiver(d.Recv), d)
			} else if d.Name.Name != "init" {
				add(d.Name, "", d)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add(spec.Name, "", spec)
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						if d.Tok == token.CONST {
							add(id, "", d)
						} else {
							add(id, "", spec)
						}
					}
				}
			}
		}
	}
	return decls
}

// receiver returns the name of the type that a receiver is of.
func receiver(recv *ast.FieldList) string {
	if len(recv.List) == 0 {
		return "_"
	}
	t := recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return "_"
		}
	}
}

// declared returns the package-level names of files, and where each is declared first.
func declared(fset *token.FileSet, files []*file) map[string]diag.Pos {
	names := map[string]diag.Pos{}
	for _, file := range files {
		for _, d := range declsOf(file) {
			if _, known := names[d.id.Name]; !known && d.recv == "" {
				names[d.id.Name] = position(fset, d.id.Pos())
			}
		}
	}
	return names
}

// needs is what the declarations of some names rest on.
type needs struct {
	names   map[string]bool // package-level names: those asked for, and what their declarations name in turn
	imports map[string]bool // paths; but not that of context, if all that is named of it is Context
}

// needs finds what the declarations of names rest on: of functions the signatures, of types the methods' too.
// It rather names too much. With nil, names are all that are declared.
func (f *folder) needs(names map[string]bool) needs {
	n := needs{map[string]bool{}, map[string]bool{}}
	decls := map[string][]decl{} // a type's methods stand with the type
	for _, file := range f.files {
		for _, dot := range file.dots {
			n.imports[pathOf(dot)] = true
		}
		for _, d := range declsOf(file) {
			key := d.id.Name
			if d.recv != "" {
				key = d.recv
			}
			decls[key] = append(decls[key], d)
		}
	}
	var visit func(name string)
	visit = func(name string) {
		if decls[name] == nil || n.names[name] {
			return
		}
		n.names[name] = true
		for _, d := range decls[name] {
			ast.Inspect(d.node, func(node ast.Node) bool {
				switch node := node.(type) {
				case *ast.Ident:
					visit(node.Name)
				case *ast.SelectorExpr:
					if x, ok := node.X.(*ast.Ident); ok && decls[x.Name] == nil {
						d.file.imported(x.Name, node.Sel.Name, n.imports)
						return false
					}
				}
				return true
			})
		}
	}
	if names == nil {
		for name := range decls {
			visit(name)
		}
	}
	for name := range names {
		visit(name)
	}
	return n
}

// imported adds the path of the package x to paths, for the sake of x.sel. Where no import seems to be called x,
// any whose name is only guessed may be.
func (f *file) imported(x, sel string, paths map[string]bool) {
	if spec := f.imports[x]; spec != nil {
		if path := pathOf(spec); path != "context" || sel != "Context" {
			paths[path] = true
		}
		return
	}
	for _, spec := range f.imports {
		if spec.Name == nil {
			paths[pathOf(spec)] = true
		}
	}
}

// pathOf returns the path that spec imports; "" where it is none.
func pathOf(spec *ast.ImportSpec) string {
	path, _ := strconv.Unquote(spec.Path.Value)
	return path
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// assumedName guesses the name of a package from its path, for want of its files: example.com/go-yaml.v3 and
// example.com/yaml/v3 are yaml.
func assumedName(importPath string) string {
	dir, name := path.Split(importPath)
	if majorVersion.MatchString(name) && dir != "" {
		name = path.Base(dir)
	}
	name = strings.TrimPrefix(name, "go-")
	if end := strings.IndexFunc(name, func(r rune) bool { return !token.IsIdentifier("x" + string(r)) }); end > 0 {
		name = name[:end]
	}
	return name
}
