package emit

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// addNew adds those declarations of a stock part that the file does not have yet, but for the excepted.
func (f *file) addNew(code string, except ...string) {
	all, err := declarations(code)
	f.err = cmp.Or(f.err, err)
	for _, d := range all {
		if slices.Contains(except, d.name) {
			continue
		}
		if made, ok := f.known[d.name]; ok {
			if made != d.code {
				f.err = cmp.Or(f.err, fmt.Errorf("%s is made in two ways:\n%s\n%s", d.name, made, d.code))
			}
			continue
		}
		f.known[d.name] = d.code
		f.addPart(d.code)
	}
}

// declaration is one of the declarations of a stock part.
type declaration struct{ name, code string }

// declarations takes the code of a stock part apart.
func declarations(code string) ([]declaration, error) {
	const head = "package p\n"
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "", head+masked(code), parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var all []declaration
	for _, d := range tree.Decls {
		name, from := "", d.Pos()
		switch d := d.(type) {
		case *ast.FuncDecl:
			name = d.Name.Name
			if d.Recv != nil {
				name = receiver(d.Recv.List[0].Type) + "." + name
			}
			from = begin(d.Doc, from)
		case *ast.GenDecl:
			from = begin(d.Doc, from)
			switch s := d.Specs[0].(type) {
			case *ast.TypeSpec:
				name = s.Name.Name
			case *ast.ValueSpec:
				name = s.Names[0].Name
			}
		}
		at := func(p token.Pos) int { return set.Position(p).Offset - len(head) }
		all = append(all, declaration{name, code[at(from):at(d.End())]})
	}
	return all, nil
}

func begin(doc *ast.CommentGroup, pos token.Pos) token.Pos {
	if doc != nil {
		return doc.Pos()
	}
	return pos
}

func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

// masked makes an identifier as long of each mark in code, so that Go's parser takes it.
func masked(code string) string {
	return mark.ReplaceAllStringFunc(code, func(m string) string { return strings.Repeat("x", len(m)) })
}
