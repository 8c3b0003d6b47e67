package load

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStmt(t *testing.T) {
	s := inShop(t)
	for text, want := range map[string]string{
		"x := 0":                          "x int",
		"a, b := 0, str.Sep":              "a int, b string",
		"n, err := Split(v)":              "n int, err error",
		"_, err := Split(v)":              "err error",
		"v := Limit":                      "v int",
		"f := func() int { return v }":    "f func() int",
		"v = v + 1":                       "",
		"v += 2":                          "",
		"v, img = 2, nil":                 "",
		"v++":                             "",
		"Drop(v)":                         "",
		"Square(v)":                       "",
		"images[str.Sep] = img":           "",
		"func() { v = 1; v = 2 }()":       "",
		"img.Tags = append(img.Tags, ``)": "",
	} {
		t.Run(text, func(t *testing.T) {
			st, errs := s.Stmt(text)
			if errs != nil {
				t.Fatal(errs)
			}
			for id := range st.Info.Uses {
				if at := id.Pos() - st.Base; !strings.HasPrefix(text[at:], id.Name) {
					t.Errorf("a use of %s at %d", id.Name, at)
				}
			}
			var defs []string
			for _, d := range st.Defs {
				defs = append(defs, d.Name()+" "+d.Type().String())
			}
			if got := strings.Join(defs, ", "); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if from, to := st.Node.Pos()-st.Base, st.Node.End()-st.Base; from != 0 || int(to) != len(text) {
				t.Errorf("from %d to %d", from, to)
			}
		})
	}
}

func TestStmtRefused(t *testing.T) {
	s := inShop(t)
	const simple = "want one simple statement: an assignment, :=, ++, -- or a call"
	for text, want := range map[string]Error{
		"":                               {0, "the statement is empty", true},
		"v =":                            {3, "the statement ends too early: expected operand", true},
		"v = 1; v = 2":                   {5, "unexpected ; in the statement", true},
		"v = 1 }; func init() {":         {6, "unexpected } in the statement", true},
		"v }() + func() int {return 1":   {2, "unexpected } in the statement", true},
		"v = 1 // x":                     {6, "a comment cannot stand in Go here", true},
		"v = 1\nv = 2":                   {6, "want one simple statement, and here is a second", true},
		"v = 1 2":                        {6, "unexpected 2 after the statement", true},
		"return":                         {0, simple, true},
		"go Drop(v)":                     {0, simple, true},
		"if v > 0 { v = 1 }":             {0, simple, true},
		"var x int":                      {0, simple, true},
		"L: v = 1":                       {0, simple, true},
		"{ v = 1 }":                      {0, simple, true},
		"v":                              {0, "v (variable of type int) is not used", false},
		"v + 1":                          {0, "v + 1 (value of type int) is not used", false},
		"len(img.Tags)":                  {0, "len(img.Tags) (value of type int) is not used", false},
		"x = 1":                          {0, "undefined: x", false},
		"v = str.Sep":                    {4, "cannot use str.Sep (variable of type string) as int value in assignment", false},
		"x := Drop(v)":                   {5, "Drop(v) (no value) used as value", false},
		"x := nil":                       {5, "use of untyped nil in assignment", false},
		"_ := 1":                         {2, "no new variables on left side of :=", false},
		"a, b := 1":                      {8, "assignment mismatch: 2 variables but 1 value", false},
		"Limit++":                        {0, "cannot assign to Limit (neither addressable nor a map index expression)", false},
		"f := func() int { return `x` }": {25, "cannot use `x` (untyped string constant \"x\") as int value in return statement", false},
	} {
		t.Run(text, func(t *testing.T) {
			st, errs := s.Stmt(text)
			if len(errs) != 1 {
				t.Fatalf("errors %v", errs)
			}
			if diff := cmp.Diff(want, errs[0]); diff != "" {
				t.Error(diff)
			}
			if (st == nil) != want.Parse {
				t.Errorf("statement %v", st)
			}
		})
	}
}
