package load

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// judge says why declarations of a package are unusable, while its syntax trees are at hand.
type judge struct {
	imports *imports
	pkg     *types.Package
	errs    []types.Error
	decls   []decl
	objects map[token.Pos]types.Object // of functions, methods and fields, by where their names stand
	judging map[types.Object]bool
}

func newJudge(imports *imports, pkg *types.Package, f *folder, errs []types.Error) *judge {
	j := &judge{imports: imports, pkg: pkg, errs: errs, objects: map[token.Pos]types.Object{}, judging: map[types.Object]bool{}}
	for _, file := range f.files {
		j.decls = append(j.decls, declsOf(file)...)
	}
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		j.objects[obj.Pos()] = obj
		named, ok := obj.Type().(*types.Named)
		if !ok {
			continue
		}
		for m := range named.Methods() {
			j.objects[m.Pos()] = m
		}
		if s, ok := named.Underlying().(*types.Struct); ok {
			for v := range s.Fields() {
				j.objects[v.Pos()] = v
			}
		}
	}
	return j
}

// judge notes the problems of what names name, methods and fields included.
func (j *judge) judge(names map[string]bool) {
	first := map[string]decl{}
	for _, d := range j.decls {
		if d.recv != "" {
			if names[d.recv] {
				j.problem(d)
			}
			continue
		}
		if !names[d.id.Name] {
			continue
		}
		if other, twice := first[d.id.Name]; twice {
			j.note(j.pkg.Scope().Lookup(d.id.Name), fmt.Sprintf("it is declared twice: at %s and at %s", j.place(other.id), j.place(d.id)))
			continue
		}
		first[d.id.Name] = d
		j.problem(d)
		j.fields(d)
	}
}

func (j *judge) place(node ast.Node) token.Position {
	return j.imports.fset.PositionFor(node.Pos(), false)
}

func (j *judge) note(obj types.Object, text string) {
	if obj != nil {
		j.imports.problems[obj] = text
	}
}

// problem returns what is wrong with d, and notes it; "" if nothing is.
func (j *judge) problem(d decl) string {
	obj := j.objects[d.id.Pos()]
	if obj == nil || !invalid(obj.Type()) || j.judging[obj] {
		return ""
	}
	if known := j.imports.problems[obj]; known != "" {
		return known
	}
	j.judging[obj] = true
	defer delete(j.judging, obj)
	text := j.why(d, obj)
	j.note(obj, text)
	return text
}

func (j *judge) why(d decl, obj types.Object) string {
	switch node := d.node.(type) {
	case *ast.FuncDecl:
		return j.signature(d.file, node.Type, obj.Type().(*types.Signature))
	case *ast.TypeSpec:
		return "it is defined as " + j.fault(d.file, node.Type)
	case *ast.ValueSpec:
		if node.Type != nil {
			return "it has type " + j.fault(d.file, node.Type)
		}
		for i, id := range node.Names {
			if id == d.id && len(node.Values) > 0 {
				return "its value is " + j.fault(d.file, node.Values[min(i, len(node.Values)-1)])
			}
		}
	}
	return "its type is not known"
}

// signature finds the parameter or result that is at fault.
func (j *judge) signature(f *file, t *ast.FuncType, sig *types.Signature) string {
	if text := j.among(f, t.Params, sig.Params(), "parameter"); text != "" {
		return text
	}
	if text := j.among(f, t.Results, sig.Results(), "result"); text != "" {
		return text
	}
	return "its type is not known"
}

// among finds the first of list whose type is invalid. what is the word for one of them.
func (j *judge) among(f *file, list *ast.FieldList, vars *types.Tuple, what string) string {
	at := 0
	for _, field := range fieldsOf(list) {
		for range max(len(field.Names), 1) {
			if at >= vars.Len() {
				return ""
			}
			if v := vars.At(at); invalid(v.Type()) {
				name := "its " + what
				if v.Name() != "" {
					name += " " + v.Name()
				} else if vars.Len() > 1 {
					name += fmt.Sprintf(" %d", at+1)
				}
				return name + " has type " + j.fault(f, field.Type)
			}
			at++
		}
	}
	return ""
}

func fieldsOf(list *ast.FieldList) []*ast.Field {
	if list == nil {
		return nil
	}
	return list.List
}

// fields notes the problems of d's fields, if it is a struct.
func (j *judge) fields(d decl) {
	spec, ok := d.node.(*ast.TypeSpec)
	if !ok {
		return
	}
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range s.Fields.List {
		for _, id := range field.Names {
			if v := j.objects[id.Pos()]; v != nil && invalid(v.Type()) {
				j.note(v, "it has type "+j.fault(d.file, field.Type))
			}
		}
	}
}

// fault quotes expr, a type or a value, and says what is wrong with it.
func (j *judge) fault(f *file, expr ast.Expr) string {
	text := types.ExprString(expr)
	for _, err := range j.errs {
		if err.Pos < expr.Pos() || err.Pos >= expr.End() {
			continue
		}
		if name, ok := strings.CutPrefix(err.Msg, "undefined: "); ok {
			return clause(text, name, "which is not declared", "is not declared")
		}
		return text + ": " + oneLine(err.Msg)
	}
	found := ""
	ast.Inspect(expr, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && found == "" {
			found = j.blame(f, text, id.Name)
		}
		return found == ""
	})
	if found != "" {
		return found
	}
	return text + ", which is not known"
}

// blame is fault for one of the names in text: a package, or another declaration.
func (j *judge) blame(f *file, text, name string) string {
	if spec := f.imports[name]; spec != nil {
		path := pathOf(spec)
		if path == "C" {
			return text + ", which only cgo knows"
		}
		if err := j.imports.failed[path]; err != nil {
			return text + ", and " + err.Error()
		}
		return ""
	}
	for _, d := range j.decls {
		if d.recv == "" && d.id.Name == name {
			if why := j.problem(d); why != "" {
				return clause(text, name, "and "+why, "has a problem: "+why)
			}
			return ""
		}
	}
	return ""
}

// clause joins what is said of name to text, in which it is found: as itself where it is all of it.
func clause(text, name, itself, part string) string {
	if text == name {
		return text + ", " + itself
	}
	return text + ", and " + name + " " + part
}
