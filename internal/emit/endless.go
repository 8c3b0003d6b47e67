package emit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// thenReturn puts a return behind statements, unless it could not be reached.
func thenReturn(code, ret string) string {
	if leaves(code) {
		return code
	}
	return lines(code, ret)
}

// leaves reports whether code ends by leaving where it stands, so that nothing behind it would run.
func leaves(code string) bool {
	last, _ := lastStatement(code)
	switch last.(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	}
	return endsInLoop(code)
}

// lastStatement returns the last of some statements, and its label.
func lastStatement(code string) (last ast.Stmt, label string) {
	plain := mark.ReplaceAllString(unmarked.Replace(code), "x")
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+plain+"\n}", parser.SkipObjectResolution)
	if err != nil {
		return nil, "" // whoever renders the file says what is wrong
	}
	body := f.Decls[0].(*ast.FuncDecl).Body.List
	if len(body) == 0 {
		return nil, ""
	}
	last = body[len(body)-1]
	if l, ok := last.(*ast.LabeledStmt); ok {
		return l.Stmt, l.Label.Name
	}
	return last, ""
}

// readAnyway returns the statement that reads what code collects where code never ends: Go wants every local read.
func readAnyway(code, ret string) string {
	ret = ret[strings.LastIndex(ret, "\n")+1:]
	values, ok := strings.CutSuffix(strings.TrimPrefix(ret, "return "), ", nil")
	if !ok || !endsInLoop(code) {
		return ""
	}
	return strings.Repeat("_, ", strings.Count(values, ",")) + "_ = " + values
}

// endsInLoop reports whether the last of some statements is a loop that nothing breaks.
func endsInLoop(code string) bool {
	last, label := lastStatement(code)
	loop, ok := last.(*ast.ForStmt)
	return ok && loop.Cond == nil && !breaks(loop.Body, label, true)
}

// breaks reports whether something in a statement breaks the loop with the given label. direct says that a break without
// a label does.
func breaks(n ast.Node, label string, direct bool) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch s := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			if m != n && direct {
				found = found || breaks(m, label, false)
				return false
			}
		case *ast.BranchStmt:
			if s.Tok == token.BREAK {
				found = found || s.Label == nil && direct || s.Label != nil && s.Label.Name == label
			}
		}
		return true
	})
	return found
}
