package stock

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/templates"
)

// support is what the bound types of TestParts need in their package.
const support = `
type pairOf[A, B any] struct { a A; b B }
type local struct { pool, queue, item, v, err int }
`

// TestParts makes every part with types of every shape, and type-checks the result against the real imports.
func TestParts(t *testing.T) {
	imports := importer.Default()
	for _, part := range templates.Parts() {
		t.Run(part, func(t *testing.T) {
			tmpl, err := load(part)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{
				"", "int", Mark("bytes", "Buffer"), "*" + Mark("bytes", "Buffer"), "[]byte", "func()", "chan int", "<-chan error", "struct{}",
				"map[string][]int", "pairOf[int, *local]", "any", "error", "local",
			} {
				check(t, imports, part, Binding{Prefix: "jobs", Types: bindAll(tmpl, text)}, text)
			}
			for _, value := range []string{"true", "false"} {
				b := Binding{Prefix: "jobs", Types: bindAll(tmpl, "*local"), Consts: map[string]string{}}
				for name, sym := range tmpl.byName {
					if sym.isConst && sym.value != nil && sym.known.Kind() == constant.Bool {
						b.Consts[name] = value
					}
				}
				check(t, imports, part, b, "options "+value)
				// And each option alone.
				for _, name := range slices.Sorted(maps.Keys(b.Consts)) {
					check(t, imports, part, Binding{Prefix: "jobs", Consts: map[string]string{name: value}}, name+" "+value)
				}
			}
		})
	}
}

// bindAll binds every type parameter that takes any type to text, and the comparable ones to a type that is.
func bindAll(t *template, text string) map[string]string {
	bindings := map[string]string{}
	if text == "" {
		return bindings
	}
	for _, d := range t.decls {
		for _, g := range d.generics {
			if g.list == nil {
				continue
			}
			for _, f := range g.list.List {
				for _, id := range f.Names {
					switch c, _ := f.Type.(*ast.Ident); {
					case c != nil && c.Name == "any":
						bindings[id.Name] = cmp.Or(bindings[id.Name], text)
					case c != nil && c.Name == "comparable":
						bindings[id.Name] = "string"
					}
				}
			}
		}
	}
	return bindings
}

// check makes a part and type-checks it.
func check(t *testing.T, imports types.Importer, part string, b Binding, label string) {
	t.Helper()
	made, err := Make(part, b)
	if err != nil {
		t.Errorf("%s: %v", label, err)
		return
	}
	source := assemble(t, "p", made)
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, part+".go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	extra, err := parser.ParseFile(fset, "support.go", "package p\n"+support, 0)
	if err != nil {
		t.Fatal(err)
	}
	failed := false
	config := types.Config{Importer: imports, Error: func(err error) {
		failed = true
		t.Errorf("%s: %v", label, err)
	}}
	_, _ = config.Check("p", fset, []*ast.File{file, extra}, nil)
	if failed {
		for i, line := range strings.Split(string(source), "\n") {
			t.Logf("%d\t%s", i+1, line)
		}
	}
}

// TestSame makes a part many times over, in several goroutines, and wants the same bytes.
func TestSame(t *testing.T) {
	b := Binding{Prefix: "jobs"}
	want, err := Make("pool", b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			for range 20 {
				got, err := Make("pool", b)
				if err != nil || got != want {
					t.Fatalf("made otherwise: %v", err)
				}
			}
		})
	}
}

func BenchmarkMake(b *testing.B) {
	binding := Binding{Prefix: "jobs", Types: map[string]string{"T": "*" + Mark("bytes", "Buffer")}}
	for b.Loop() {
		if _, err := Make("pool", binding); err != nil {
			b.Fatal(err)
		}
	}
}
