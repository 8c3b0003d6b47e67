package load

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const shop = `package shop

type Image struct {
	width int
	Tags  []string
}

func (m *Image) Size() (int, int)
func (m Image) Name(long bool) string

type Pair[K comparable, V any] struct { Key K; Value V }
type Number interface{ ~int | ~float64 }

func Square(v int) int
func Drop(v int)
func Split(v int) (int, error)
func Apply[T any](v T, f func(T) T) T
func Sum[T Number](vs ...T) T

const Limit = 10
var images map[string]*Image
`

// inShop returns a scope in the package shop, with v int, img *Image, and strings imported.
func inShop(t testing.TB) *Scope {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "shop/shop.go", shop, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{IgnoreFuncBodies: true, Error: func(error) {}}
	pkg, _ := conf.Check("example.com/shop", fset, []*ast.File{file}, nil)
	p := &Package{Dir: "shop", Name: "shop", Path: "example.com/shop", Types: pkg, Fset: fset, imports: newImports()}
	text := types.NewPackage("strings", "strings")
	text.Scope().Insert(types.NewVar(token.NoPos, text, "Sep", types.Typ[types.String]))
	text.MarkComplete()
	s := p.Scope()
	s.Declare(types.NewPkgName(token.NoPos, pkg, "str", text))
	image := types.NewPointer(pkg.Scope().Lookup("Image").Type())
	return s.Child(types.NewParam(token.NoPos, pkg, "v", types.Typ[types.Int]), types.NewParam(token.NoPos, pkg, "img", image))
}

// show returns what an expression came to, as one line.
func show(e *Expr) string {
	switch {
	case e.IsVoid:
		return "void"
	case e.IsNil:
		return "nil"
	case e.IsBuiltin:
		return "builtin"
	}
	s := types.TypeString(e.Type, func(p *types.Package) string { return "" })
	if e.IsType {
		s = "type " + s
	}
	if e.Value != nil {
		s += " = " + e.Value.ExactString()
	}
	return s
}

func TestExpr(t *testing.T) {
	s := inShop(t)
	for text, want := range map[string]string{
		"v":                                     "int",
		"v*v + 1":                               "int",
		"v%2 == 0":                              "untyped bool",
		"Limit * 2":                             "untyped int = 20",
		"nil":                                   "nil",
		"len":                                   "builtin",
		"len(img.Tags)":                         "int",
		"Square(v)":                             "int",
		"Square":                                "func(v int) int",
		"Drop(v)":                               "void",
		"Split(v)":                              "(int, error)",
		"img.Size()":                            "(int, int)",
		"img.width":                             "int",
		"img.Name":                              "func(long bool) string",
		"(*Image).Size":                         "func(*Image) (int, int)",
		"images[str.Sep]":                       "*Image",
		"Apply":                                 "func[T any](v T, f func(T) T) T",
		"Apply(v, Square)":                      "int",
		"Apply[string]":                         "func(v string, f func(string) string) string",
		"Sum(1.5, 2)":                           "float64",
		"Pair[string, int]{}":                   "Pair[string, int]",
		"Pair[string, *Image]":                  "type Pair[string, *Image]",
		"[]int{v, 2}":                           "[]int",
		"func() int { x := v; return x * 2 }()": "int",
		"func(v string) string { return v }":    "func(v string) string",
		"struct{ *Image }{img}.width":           "int",
		"`a\nb`":                                `untyped string = "a\nb"`,
		" v ":                                   "int",
		"v +\n2":                                "int",
		"func() int {\nx := v\nreturn x\n}()":   "int",
		"'}'":                                   "untyped rune = 125",
		`"// v }"`:                              `untyped string = "// v }"`,
		"-5 / 2.":                               "untyped float = -5/2",
	} {
		t.Run(text, func(t *testing.T) {
			e, errs := s.Expr(text)
			if errs != nil {
				t.Fatal(errs)
			}
			if got := show(e); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestExprRefused(t *testing.T) {
	s := inShop(t)
	for _, test := range []struct {
		text string
		want Error
	}{
		{"", Error{0, "the expression is empty", true}},
		{"  ", Error{0, "the expression is empty", true}},
		{"v +", Error{3, "the expression ends too early: expected operand", true}},
		{"v +  ", Error{5, "the expression ends too early: expected operand", true}},
		{"F(v", Error{3, "the expression ends too early: missing ',' in argument list", true}},
		{"v, 2", Error{1, "unexpected , after the expression", true}},
		{"v 2", Error{2, "unexpected 2 after the expression", true}},
		{"v w", Error{2, "unexpected w after the expression", true}},
		{"v = 2", Error{2, "unexpected = after the expression", true}},
		{"x := 2", Error{2, "unexpected := after the expression", true}},
		{"v++", Error{1, "unexpected ++ after the expression", true}},
		{"return v", Error{0, "expected operand, found return", true}},
		{"v // x", Error{2, "a comment cannot stand in Go here", true}},
		{"v /* x */", Error{2, "a comment cannot stand in Go here", true}},
		{"v /* x", Error{2, "comment not terminated", true}},
		{"v }", Error{2, "unexpected } in the expression", true}},
		{"v }; func init() {", Error{2, "unexpected } in the expression", true}},
		{"v) + (v", Error{1, "unexpected ) in the expression", true}},
		{"v;", Error{1, "unexpected ; in the expression", true}},
		{"v\n+ 2", Error{2, "unexpected + after the expression", true}},
		{"Square(v\n)", Error{8, "missing ',' before newline in argument list", true}},
		{"Square(v\n", Error{8, "the expression ends too early: missing ',' in argument list", true}},
		{"v\r", Error{1, "a carriage return cannot stand in Go here", true}},
		{`"abc`, Error{0, "string literal not terminated", true}},
		{"v # w", Error{2, "illegal character U+0023 '#'", true}},
		{"missing(v)", Error{0, "undefined: missing", false}},
		{"Square(img)", Error{7, "cannot use img (variable of type *Image) as int value in argument to Square", false}},
		{"Square(v, v)", Error{10, "too many arguments in call to Square: have (int, int), want (int)", false}},
		{"Square(Drop(v))", Error{7, "Drop(v) (no value) used as value", false}},
		{"str.sep", Error{4, "undefined: str.sep (but have Sep)", false}},
		{"str", Error{0, "use of package str not in selector", false}},
		{"img.height", Error{4, "img.height undefined (type *Image has no field or method height)", false}},
		{"v == nil", Error{5, "invalid operation: v == nil (mismatched types int and untyped nil)", false}},
		{"_", Error{0, "cannot use _ as value or type", false}},
		{"img.(type)", Error{0, "use of .(type) outside type switch", false}},
		{"func() int { return str.Sep }", Error{20, "cannot use str.Sep (variable of type string) as int value in return statement", false}},
		{"func() { x := v }", Error{9, "declared and not used: x", false}},
		{"func() {}; v", Error{9, "unexpected ; in the expression", true}},
	} {
		t.Run(test.text, func(t *testing.T) {
			e, errs := s.Expr(test.text)
			if len(errs) != 1 {
				t.Fatalf("errors %v", errs)
			}
			if diff := cmp.Diff(test.want, errs[0]); diff != "" {
				t.Error(diff)
			}
			if (e == nil) != test.want.Parse {
				t.Errorf("expression %v", e)
			}
		})
	}
}

func TestExprPlaces(t *testing.T) {
	s := inShop(t)
	e, errs := s.Expr("Square(v) + img.width")
	if errs != nil {
		t.Fatal(errs)
	}
	offsets := map[string]int{}
	for id, obj := range e.Info.Uses {
		offsets[obj.Name()] = int(id.Pos() - e.Base)
	}
	if diff := cmp.Diff(map[string]int{"Square": 0, "v": 7, "img": 12, "width": 16}, offsets); diff != "" {
		t.Error(diff)
	}
	for _, obj := range e.Info.Uses {
		if obj.Name() == "Square" && obj != s.Lookup("Square") {
			t.Error("Square is not the package's own object")
		}
	}
}

func TestType(t *testing.T) {
	s := inShop(t)
	for text, want := range map[string]string{
		"int":                            "int",
		"[]*Image":                       "[]*Image",
		"map[string]Pair[int,any]":       "map[string]Pair[int, any]",
		"func(*Image) error":             "func(*Image) error",
		"<-chan int":                     "<-chan int",
		"[Limit]byte":                    "[10]byte",
		"struct{}":                       "struct{}",
		"interface{ Size() (int, int) }": "interface{Size() (int, int)}",
		"(int)":                          "int",
	} {
		t.Run(text, func(t *testing.T) {
			typ, node, errs := s.Type(text)
			if errs != nil {
				t.Fatal(errs)
			}
			if node == nil {
				t.Error("no node")
			}
			if got := types.TypeString(typ, func(*types.Package) string { return "" }); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestTypeRefused(t *testing.T) {
	s := inShop(t)
	for text, want := range map[string]Error{
		"v":                {0, "v (parameter) is not a type", false},
		"3":                {0, "3 is not a type", false},
		"Square(v)":        {0, "Square(v) is not a type", false},
		"Pair":             {0, "cannot use generic type Pair[K comparable, V any] without instantiation", false},
		"Number":           {0, "cannot use type Number outside a type constraint: interface contains type constraints", false},
		"comparable":       {0, "cannot use type comparable outside a type constraint: interface is (or embeds) comparable", false},
		"map[[]int]string": {4, "invalid map key type []int", false},
		"Pair[[]int, int]": {5, "[]int does not satisfy comparable", false},
		"[]":               {2, "the type ends too early: expected type", true},
		"int, string":      {3, "unexpected , after the type", true},
		"...int":           {0, "expected operand, found ...", true},
		"[...]int":         {1, "invalid use of [...] array (outside a composite literal)", false},
		"str.Sep":          {0, "str.Sep (variable of type string) is not a type", false},
	} {
		t.Run(text, func(t *testing.T) {
			typ, _, errs := s.Type(text)
			if typ != nil || len(errs) != 1 {
				t.Fatalf("type %v, errors %v", typ, errs)
			}
			if diff := cmp.Diff(want, errs[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestScopesNest(t *testing.T) {
	s := inShop(t)
	pkg := s.pkg.Types
	variable := func(name string, kind types.BasicKind) *types.Var {
		return types.NewVar(token.NoPos, pkg, name, types.Typ[kind])
	}
	inner := s.Child(variable("v", types.String), variable("Square", types.Bool), variable("_", types.Bool))
	for name, want := range map[string]types.Object{
		"Image": pkg.Scope().Lookup("Image"), "len": types.Universe.Lookup("len"), "nowhere": nil, "_": nil,
	} {
		if got := inner.Lookup(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	typeOf := func(s *Scope, text string) string {
		e, errs := s.Expr(text)
		if errs != nil {
			t.Fatal(errs)
		}
		return show(e)
	}
	if got := typeOf(inner, "v"); got != "string" {
		t.Errorf("inner v is %s", got)
	}
	if got := typeOf(inner, "Square"); got != "bool" {
		t.Errorf("inner Square is %s", got)
	}
	if got := typeOf(s, "v"); got != "int" {
		t.Errorf("outer v is %s", got)
	}
	s.Declare(variable("late", types.Float64))
	if got := typeOf(inner, "late"); got != "float64" {
		t.Errorf("late is %s", got)
	}
	inner.Declare(variable("v", types.Bool))
	if got := typeOf(inner, "v"); got != "bool" {
		t.Errorf("v declared again is %s", got)
	}
	if _, errs := s.pkg.Scope().Expr("v"); len(errs) != 1 || errs[0].Msg != "undefined: v" {
		t.Errorf("another file sees v: %v", errs)
	}
}

// TestManySeats goes beyond one block of the tree, where scopes must not run into each other.
func TestManySeats(t *testing.T) {
	s := inShop(t)
	for i := range int64(fanOut*fanOut + 3*fanOut) {
		name := types.NewConst(token.NoPos, s.pkg.Types, "n", types.Typ[types.UntypedInt], constant.MakeInt64(i))
		e, errs := s.Child(name).Expr("n")
		if errs != nil || constant.Compare(e.Value, token.NEQ, constant.MakeInt64(i)) {
			t.Fatalf("expression %d: %v %v", i, e, errs)
		}
	}
}

func FuzzExpr(f *testing.F) {
	for _, text := range []string{"v", "v }", "v /*", "func() { v = 1 }", "`a\n`", "a, b := 0, 1", "Apply[", "img.(type)"} {
		f.Add(text)
	}
	s := inShop(f)
	f.Fuzz(func(t *testing.T, text string) {
		e, errs := s.Expr(text)
		if len(errs) == 0 && (e.Type == nil) != e.IsVoid {
			t.Errorf("expression %q has neither type nor error", text)
		}
		_, _, typeErrs := s.Type(text)
		_, stmtErrs := s.Stmt(text)
		for _, err := range append(append(errs, typeErrs...), stmtErrs...) {
			if err.Offset < 0 || err.Offset > len(text) || err.Msg == "" || strings.Contains(err.Msg, "\n") {
				t.Errorf("%q: %+v", text, err)
			}
		}
	})
}

func BenchmarkExpr(b *testing.B) {
	s := inShop(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, errs := s.Expr("Square(v) + img.width*2"); errs != nil {
			b.Fatal(errs)
		}
	}
}
