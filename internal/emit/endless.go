package emit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
)

// thenReturn puts a return behind statements, unless they end in a loop that nothing breaks: then it could not be reached.
func thenReturn(code, ret string) string {
	if endsInLoop(code) {
		return code
	}
	return lines(sameEnd(code, ret), ret)
}

// sameEnd leaves out what code does last where whoever ranges has left, if that is what the func does in any case.
func sameEnd(code, ret string) string {
	at := strings.LastIndex(code, "\nif ")
	if at < 0 {
		return code
	}
	rest := "\n" + code[:at]
	name, does, _ := strings.Cut(code[at+len("\nif "):], " {\n")
	decl, set := "\n"+name+" := false // by whoever ranges\n", "\n"+name+" = true\n"
	if does != ret+"\n}" || !strings.Contains(rest, decl) {
		return code
	}
	without := strings.ReplaceAll(strings.Replace(rest, decl, "\n", 1), set, "\n")
	if regexp.MustCompile(`\b` + name + `\b`).MatchString(without) {
		return strings.TrimPrefix(rest, "\n")
	}
	return endOfLiteral.ReplaceAllString(strings.TrimPrefix(without, "\n"), "return $1\n}")
}

// endOfLiteral is the end of a func literal that returns what another func does.
var endOfLiteral = regexp.MustCompile(`if !(\w+\([^\n]*\)) \{\nreturn false\n\}\nreturn true\n\}`)

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
	if !strings.Contains(code, "for {") && !strings.Contains(code, "for  {") && !strings.Contains(code, "; ;") { // not yet formatted
		return false
	}
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+mark.ReplaceAllString(unmarked.Replace(strings.ReplaceAll(code, byLeaving, "")), "x")+"\n}", parser.SkipObjectResolution)
	if err != nil {
		return false // whoever renders the file says what is wrong
	}
	body := f.Decls[0].(*ast.FuncDecl).Body.List
	if len(body) == 0 {
		return false
	}
	last, label := body[len(body)-1], ""
	if l, ok := last.(*ast.LabeledStmt); ok {
		last, label = l.Stmt, l.Label.Name
	}
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
