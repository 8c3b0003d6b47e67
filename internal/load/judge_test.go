package load

import (
	"go/token"
	"go/types"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncgen/asyncgen/internal/diag"
)

func TestDoesNotCompileYet(t *testing.T) {
	write(t, `
-- go.mod --
module example.com/m
-- a.go --
package m

import (
	"context"
	"example.com/nowhere/gone"
	"os"
)

import "C"

type Server struct {
	DB   *DBPool
	Name string
}

func (s *Server) Pool() *DBPool { return s.DB }
func (s *Server) Title() string { return s.Name }

type Alias = Crunch
type Chain []Alias

func Double(ctx context.Context, n int) (int64, error) { return RunCrunch(ctx, n) }
func Start(s *Server) int                              { return 0 }
func Drain(c *Crunch) int                              { return 0 }
func Both(n int, c map[string]*Crunch) int             { return 0 }
func Make() (*Crunch, error)                           { return nil, nil }
func Links(c Chain)                                    {}
func Link(int, Alias)                                  {}
func Gone(t gone.Thing)                                {}
func Size(n C.int)                                     {}
func Bad(n [-1]int)                                    {}
func File(f *os.Nothing)                               {}

var Result = RunCrunch(nil, 1)
var Typed Crunch
const Twice = 1
-- b.go --
package m

func Twice() {}
func Before(n int) int { return n }
func Broken() { x := }
-- m_async.go --
package other

this is not Go
`)
	p := load(t, Request{Dir: ".", Outputs: []string{"m_async.go"}})[0]
	want := map[string]string{
		"Server": "type Server struct{DB invalid type; Name string}",
		"Alias":  "PROBLEM it is defined as Crunch, which is not declared",
		"Chain":  "PROBLEM it is defined as []Alias, and Alias has a problem: it is defined as Crunch, which is not declared",
		"Double": "func Double(ctx context.Context, n int) (int64, error)",
		"Start":  "func Start(s *Server) int",
		"Drain":  "PROBLEM its parameter c has type *Crunch, and Crunch is not declared",
		"Both":   "PROBLEM its parameter c has type map[string]*Crunch, and Crunch is not declared",
		"Make":   "PROBLEM its result 1 has type *Crunch, and Crunch is not declared",
		"Links":  "PROBLEM its parameter c has type Chain, and it is defined as []Alias, and Alias has a problem: it is defined as Crunch, which is not declared",
		"Link":   "PROBLEM its parameter 2 has type Alias, and it is defined as Crunch, which is not declared",
		"Gone":   "PROBLEM its parameter t has type gone.Thing, and package example.com/nowhere/gone is not in the module: run go get example.com/nowhere/gone",
		"Size":   "PROBLEM its parameter n has type C.int, which only cgo knows",
		"Bad":    "PROBLEM its parameter n has type [-1]int: invalid array length -1 (untyped int constant)",
		"File":   "PROBLEM its parameter f has type *os.Nothing, and os.Nothing is not declared",
		"Result": "PROBLEM its value is RunCrunch(nil, 1), and RunCrunch is not declared",
		"Typed":  "PROBLEM it has type Crunch, which is not declared",
		"Twice":  "PROBLEM it is declared twice: at a.go:36:7 and at b.go:3:6",
		"Broken": "func Broken()",
		"Before": "func Before(n int) int",
	}
	got := signatures(p)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]diag.Note{{Pos: diag.Pos{File: "b.go", Line: 5, Column: 22}, Text: "expected operand, found '}'"}}, p.Errors); diff != "" {
		t.Error(diff)
	}

	s := p.Scope().Child(types.NewParam(token.NoPos, p.Types, "s", types.NewPointer(p.Types.Scope().Lookup("Server").Type())))
	for text, want := range map[string]Error{
		"s.Title() + s.Name": {},
		"Start(s)":           {},
		"s.Pool()":           {2, "Pool: its result has type *DBPool, and DBPool is not declared", false},
		"s.DB":               {2, "DB: it has type *DBPool, and DBPool is not declared", false},
		"1 + Drain(nil)":     {4, "Drain: its parameter c has type *Crunch, and Crunch is not declared", false},
		"Twice":              {0, "Twice: it is declared twice: at a.go:36:7 and at b.go:3:6", false},
	} {
		var got Error
		if _, errs := s.Expr(text); errs != nil {
			got = errs[0]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}
