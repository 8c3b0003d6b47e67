package load

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// vet refuses what would parse only by accident: text that ends the construct it is put into, several statements,
// comments. what is the word for what is wanted.
func vet(text, what string) []Error {
	refuse := func(offset int, msg string) []Error { return []Error{{offset, msg, true}} }
	if strings.TrimSpace(text) == "" {
		return refuse(0, "the "+what+" is empty")
	}
	if i := strings.IndexByte(text, '\r'); i >= 0 {
		return refuse(i, "a carriage return cannot stand in Go here")
	}
	var broken []Error
	file := token.NewFileSet().AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, []byte(text), func(at token.Position, msg string) {
		if broken == nil {
			broken = refuse(at.Offset, msg)
		}
	}, scanner.ScanComments)
	depth := 0
	for {
		pos, tok, lit := s.Scan()
		if broken != nil {
			return broken
		}
		offset := file.Offset(pos)
		if tok == token.EOF {
			return nil
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue
		}
		switch tok {
		case token.COMMENT:
			return refuse(offset, "a comment cannot stand in Go here")
		case token.SEMICOLON:
			if depth == 0 {
				return refuse(offset, "unexpected ; in the "+what)
			}
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if depth--; depth < 0 {
				return refuse(offset, "unexpected "+tok.String()+" in the "+what)
			}
		}
	}
}

// parseExpr parses text, which is to be what, and returns the position of its byte 0.
func (s *Scope) parseExpr(text, what string) (ast.Expr, token.Pos, []Error) {
	if errs := vet(text, what); errs != nil {
		return nil, 0, errs
	}
	node, err := parser.ParseExprFrom(s.pkg.Fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, 0, parseErrors(text, 0, what, err)
	}
	return node, s.base(node), nil
}

// base returns where the file that node was parsed from begins.
func (s *Scope) base(node ast.Node) token.Pos { return token.Pos(s.pkg.Fset.File(node.Pos()).Base()) }

// opening is what a statement is put behind, and closing what follows it.
const (
	opening = "func() { "
	closing = " }"
)

// parseStmt parses text as the body of a function literal and returns the position of its byte 0.
func (s *Scope) parseStmt(text string) (*ast.FuncLit, token.Pos, []Error) {
	if errs := vet(text, "statement"); errs != nil {
		return nil, 0, errs
	}
	node, err := parser.ParseExprFrom(s.pkg.Fset, "", opening+text+closing, parser.SkipObjectResolution)
	if err != nil {
		return nil, 0, parseErrors(text, len(opening), "statement", err)
	}
	lit, ok := node.(*ast.FuncLit)
	if ok && len(lit.Body.List) > 1 {
		second := int(lit.Body.List[1].Pos()-s.base(lit)) - len(opening)
		return nil, 0, []Error{{second, "want one simple statement, and here is a second", true}}
	}
	if !ok || len(lit.Body.List) != 1 || !simple(lit.Body.List[0]) {
		return nil, 0, []Error{{Msg: "want one simple statement: an assignment, :=, ++, -- or a call", Parse: true}}
	}
	return lit, s.base(lit) + token.Pos(len(opening)), nil
}

func simple(stmt ast.Stmt) bool {
	switch stmt.(type) {
	case *ast.AssignStmt, *ast.IncDecStmt, *ast.ExprStmt:
		return true
	}
	return false
}
