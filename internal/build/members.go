package build

import (
	"go/ast"
	"go/parser"
	"go/token"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// members refuses the user's methods on types of the output that have a field or method of that name themselves. What those
// are called shows only here.
func (c checked) members(code []byte, diags *diag.List) error {
	if len(c.Methods) == 0 {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", code, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	taken := membersOf(file)
	for _, m := range c.Methods {
		if taken[m.Type+"."+m.Name] {
			diags.Errorf(m.Generated, diag.NameCollision, "%s.%s collides with a method of the package", m.Type, m.Name).
				Note(m.Declared, "%s is declared here", m.Name).
				Help("give the method another name")
		}
	}
	return nil
}

// membersOf returns the fields and methods of a file's types, each as TYPE.NAME.
func membersOf(file *ast.File) map[string]bool {
	all := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv != nil {
				all[receiver(n.Recv.List[0].Type)+"."+n.Name.Name] = true
			}
			return false
		case *ast.TypeSpec:
			if s, ok := n.Type.(*ast.StructType); ok {
				for _, field := range s.Fields.List {
					for _, name := range field.Names {
						all[n.Name.Name+"."+name.Name] = true
					}
				}
			}
		}
		return true
	})
	return all
}

func receiver(t ast.Expr) string {
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return "" // of a generic type, which no user can name
}
