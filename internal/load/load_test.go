package load

import (
	"context"
	"errors"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// write lays the files of an archive out in a new folder, and makes it the working directory.
func write(t testing.TB, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return dir
}

// noGo hides the go command, so that a Load that runs it fails.
func noGo(t testing.TB) { t.Setenv("PATH", "") }

func load(t testing.TB, requests ...Request) []*Package {
	t.Helper()
	generated := map[string]Generated{}
	for _, r := range requests {
		generated[r.Dir] = Generated{}
	}
	return loadWith(t, generated, requests...)
}

// loadWith is load where something is generated in the folders that others import; one that is refused is not among generated.
// A package that is not loaded is nil.
func loadWith(t testing.TB, generated map[string]Generated, requests ...Request) []*Package {
	t.Helper()
	packages := make([]*Package, len(requests))
	err := Load(context.Background(), requests, func(i int, p *Package) (Generated, error) {
		if packages[i] != nil {
			t.Errorf("%s comes twice", p.Dir)
		}
		packages[i] = p
		return generated[p.Dir], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

func names(list ...string) map[string]bool {
	names := map[string]bool{}
	for _, name := range list {
		names[name] = true
	}
	return names
}

// signatures returns the package-level objects of p as Go would write them, those with a problem as that.
func signatures(p *Package) map[string]string {
	all := map[string]string{}
	for _, name := range p.Types.Scope().Names() {
		all[name] = types.ObjectString(p.Types.Scope().Lookup(name), types.RelativeTo(p.Types))
		if problem := p.problemOf(p.Types.Scope().Lookup(name)); problem != "" {
			all[name] = "PROBLEM " + problem
		}
	}
	return all
}

const shopModule = `
-- go.mod --
module example.com/shop // the shop
go 1.25.0
-- img/img.go --
package img

import (
	"context"
	"fmt"
	"net/http"
	t "time"
)

type Image struct {
	Taken t.Time
	raw   []byte
}

func (m *Image) Serve(w http.ResponseWriter, r *http.Request) { fmt.Println(undefined) }

func Square(v int) int { return v * v }

func Fetch(ctx context.Context, id int) (int, error) { return http.StatusOK, RunCrunch(ctx) }

func Resize(m *Image, d t.Duration) *Image { return nil }

func init() {}
-- img/img_test.go --
package img

import "testing"

type fake struct{}

func (fake) Method() {}

func TestSquare(t *testing.T) {}
-- img/other_test.go --
package img_test

func helper() {}
-- img/img_windows_arm.go --
package img

func Elsewhere() {}
-- img/tool.go --
//go:build ignore

package main

func main() {}
`

func TestLoad(t *testing.T) {
	write(t, shopModule)
	p := load(t, Request{Dir: "img", Imports: []string{"net/http", "net/url"}})[0]
	if p.Name != "img" || p.Path != "example.com/shop/img" || p.GoVersion != "1.25.0" || len(p.Errors) > 0 {
		t.Errorf("got %+v", p)
	}
	want := map[string]string{
		"Image":  "type Image struct{Taken time.Time; raw []byte}",
		"Square": "func Square(v int) int",
		"Fetch":  "func Fetch(ctx context.Context, id int) (int, error)",
		"Resize": "func Resize(m *Image, d time.Duration) *Image",
	}
	if diff := cmp.Diff(want, signatures(p)); diff != "" {
		t.Error(diff)
	}
	at := func(file string, line, column int) diag.Pos {
		return diag.Pos{File: "img/" + file, Line: line, Column: column}
	}
	for _, table := range []struct{ got, want map[string]diag.Pos }{
		{p.Declared, map[string]diag.Pos{
			"Image": at("img.go", 10, 6), "Square": at("img.go", 17, 6), "Fetch": at("img.go", 19, 6), "Resize": at("img.go", 21, 6),
		}},
		{p.TestNames, map[string]diag.Pos{"fake": at("img_test.go", 5, 6), "TestSquare": at("img_test.go", 9, 6)}},
		{p.FileImports, map[string]diag.Pos{
			"context": at("img.go", 4, 2), "fmt": at("img.go", 5, 2), "http": at("img.go", 6, 2), "t": at("img.go", 7, 2),
		}},
	} {
		if diff := cmp.Diff(table.want, table.got); diff != "" {
			t.Error(diff)
		}
	}
	if got, want := p.Position(p.Types.Scope().Lookup("Square").Pos()), (diag.Pos{File: "img/img.go", Line: 17, Column: 6}); got != want {
		t.Errorf("Square is at %v", got)
	}
}

// TestTypesAgree reaches types by several ways: each has to be one type.
func TestTypesAgree(t *testing.T) {
	write(t, shopModule)
	p := load(t, Request{Dir: "img", Imports: []string{"net/http", "net/url", "time"}, Names: names("Fetch", "Resize")})[0]
	s := p.Scope()
	for _, path := range []string{"net/http", "net/url", "time", "context"} {
		pkg, err := p.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		s.Declare(types.NewPkgName(token.NoPos, p.Types, pkg.Name(), pkg))
	}
	for _, text := range []string{
		"func(r *http.Request) *url.URL { return r.URL }",
		"Fetch(new(http.Request).Context(), 1)",
		"Resize(&Image{raw: nil}, 5*time.Second).Taken.Sub(time.Now())",
		"(&Image{}).Serve",
		"http.HandlerFunc((&Image{}).Serve)",
		"context.WithTimeout(context.Background(), time.Second)",
	} {
		if _, errs := s.Expr(text); errs != nil {
			t.Errorf("%s: %v", text, errs)
		}
	}
}

// TestNoGoCommand has specs that need no import: the go command must not be run for them.
func TestNoGoCommand(t *testing.T) {
	write(t, shopModule)
	noGo(t)
	p := load(t, Request{Dir: "img", Names: names("Fetch", "Square", "n", "Println")})[0]
	for _, name := range []string{"Image", "Square", "Fetch", "Resize"} {
		if _, ok := p.Declared[name]; !ok {
			t.Errorf("%s is not declared", name)
		}
	}
	pkg, err := p.Import("context")
	if err != nil {
		t.Fatal(err)
	}
	ctx := types.NewParam(token.NoPos, p.Types, "ctx", pkg.Scope().Lookup("Context").Type())
	s := p.Scope().Child(ctx)
	for text, want := range map[string]string{
		"Fetch(ctx, Square(2))":               "(int, error)",
		"ctx.Err()":                           "error",
		"<-ctx.Done()":                        "struct{}",
		"ctx.Value(1)":                        "any",
		"ctx.Deadline()":                      "(deadline Time, ok bool)",
		"func() error { return ctx.Err() }()": "error",
	} {
		e, errs := s.Expr(text)
		if errs != nil {
			t.Errorf("%s: %v", text, errs)
		} else if got := show(e); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	if err := Load(context.Background(), []Request{{Dir: "img", Names: names("Resize")}}, nil); err == nil || !strings.Contains(err.Error(), "go") {
		t.Errorf("without the go command: %v", err)
	}
}

func TestContextStubIsContext(t *testing.T) {
	write(t, shopModule)
	p := load(t, Request{Dir: "img", Imports: []string{"time"}})[0]
	pkg, err := p.Import("context")
	if err != nil {
		t.Fatal(err)
	}
	show := func(p *types.Package) string { return p.Scope().Lookup("Context").Type().Underlying().String() }
	if got, want := show(contextStub()), show(pkg); got != want {
		t.Errorf("the stub is %s, want %s", got, want)
	}
}

func TestFolders(t *testing.T) {
	write(t, `
-- go.mod --
module "example.com/quoted"
-- mixed/a.go --
package mixed
func A() {}
-- mixed/b.go --
package other
func B() {}
-- mixed/c.go --
package mixed
func C() {}
-- mixed/doc.go --
package documentation
-- tests/a_test.go --
package checks_test
func TestA() {}
-- tests/b_test.go --
package checks
func TestB() {}
-- clause/a.go --
func A() {}
-- clause/b.go --
package clause
func B() {}
-- cmd/main.go --
package main
func main() {}
func Run(int) int { return 0 }
-- tagged/a.go --
//go:build special
package tagged
func Special() {}
-- tagged/b.go --
//go:build !special
package tagged
func Plain() {}
-- empty/README --
nothing
`)
	t.Setenv("GOFLAGS", "-mod=mod -tags=other,special")
	noGo(t)
	dirs := []string{"mixed", "tests", "clause", "cmd", "tagged", "empty", "not/there"}
	requests := make([]Request, len(dirs))
	for i, dir := range dirs {
		requests[i] = Request{Dir: dir, Names: names()}
	}
	type summary struct {
		Name, Path, TypesName string
		Declared, Tests       int
		Errors                []diag.Note
	}
	var got []summary
	for _, p := range load(t, requests...) {
		got = append(got, summary{p.Name, p.Path, p.Types.Name(), len(p.Declared), len(p.TestNames), p.Errors})
	}
	want := []summary{
		{"mixed", "example.com/quoted/mixed", "mixed", 2, 0, []diag.Note{{
			Pos: diag.Pos{File: "mixed/b.go", Line: 1, Column: 9}, Text: "this file is of package other, and the others of the folder of package mixed",
		}}},
		{"checks", "example.com/quoted/tests", "checks", 0, 1, nil},
		{"clause", "example.com/quoted/clause", "clause", 1, 0, []diag.Note{{
			Pos: diag.Pos{File: "clause/a.go", Line: 1, Column: 1}, Text: "expected 'package', found 'func'",
		}}},
		{"main", "example.com/quoted/cmd", "main", 2, 0, nil},
		{"tagged", "example.com/quoted/tagged", "tagged", 1, 0, nil},
		{"", "example.com/quoted/empty", "empty", 0, 0, nil},
		{"", "example.com/quoted/not/there", "there", 0, 0, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNoModule(t *testing.T) {
	write(t, "-- shop/a.go --\npackage store\n\nimport \"time\"\n\nfunc Wait(d time.Duration) {}\n")
	for _, dir := range []string{"shop", "not/there"} {
		p := load(t, Request{Dir: dir, Imports: []string{"time", "example.com/x"}})[0]
		if p.Path != filepath.Base(dir) {
			t.Errorf("path %s", p.Path)
		}
		if _, err := p.Import("time"); err != nil {
			t.Error(err)
		}
		_, err := p.Import("example.com/x")
		const want = "package example.com/x is not in the standard library, and there is no go.mod to say where it is"
		if err == nil || err.Error() != want {
			t.Errorf("got %v", err)
		}
	}
}

func TestBrokenModule(t *testing.T) {
	write(t, "-- go.mod --\nmodule example.com/m\nnonsense\n-- a.go --\npackage m\n")
	err := Load(context.Background(), []Request{{Dir: ".", Imports: []string{"time"}}}, nil)
	if err == nil || !strings.Contains(err.Error(), "go.mod:2: unknown directive: nonsense") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}

func TestCancelled(t *testing.T) {
	write(t, "-- a.go --\npackage m\n")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Load(ctx, []Request{{Dir: ".", Imports: []string{"time"}}}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
