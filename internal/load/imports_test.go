package load

import (
	"context"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestImport(t *testing.T) {
	write(t, `
-- go.mod --
module example.com/m
go 1.25.0
-- app/app.go --
package app
-- app/internal/in/in.go --
package in
-- other/internal/in/in.go --
package in
-- prog/main.go --
package main
func main() {}
-- back/back.go --
package back
import _ "example.com/m/app"
-- empty/x.txt --
`)
	for path, want := range map[string]string{
		"strings":                         "",
		"unsafe":                          "",
		"example.com/m/app/internal/in":   "",
		"example.com/m/other/internal/in": "package example.com/m/other/internal/in is internal: it cannot be imported from here",
		"internal/cpu":                    "package internal/cpu is internal: it cannot be imported from here",
		"example.com/m/app":               "package example.com/m/app is the one that the spec sits in: it needs no import",
		"example.com/m/prog":              "package example.com/m/prog is a program: it cannot be imported",
		"example.com/m/back":              "package example.com/m/back imports the one that the spec sits in: that would be an import cycle",
		"example.com/x/y":                 "package example.com/x/y is not in the module: run go get example.com/x/y",
		"strinks":                         "package strinks is not in the standard library",
		"example.com/m/nope":              "package example.com/m/nope: the module has no Go there",
		"example.com/m/empty":             "package example.com/m/empty: the module has no Go there",
		"./app":                           `"./app" is not an import path`,
		"...":                             `"..." is not an import path`,
		"all":                             `"all" is not an import path`,
		"-json":                           `"-json" is not an import path`,
		"strings@v1":                      `"strings@v1" is not an import path`,
		"":                                `"" is not an import path`,
		"C":                               `"C" is not an import path`,
	} {
		t.Run(path, func(t *testing.T) {
			p := load(t, Request{Dir: "app", Imports: []string{path}})[0]
			got := ""
			pkg, err := p.Import(path)
			if err != nil {
				got = err.Error()
			}
			if got != want || (pkg == nil) == (err == nil) {
				t.Errorf("got %v, %q, want %q", pkg, got, want)
			}
		})
	}
}

// ofThisRun are packages that will only compile after the run, or be others then.
const ofThisRun = `
-- go.mod --
module example.com/m
go 1.25.0
-- a/a.go --
package a

import "net/url"

type T struct{ Run *RunX; Name string; URL url.URL }

var Shared = Gen()

func A() int { return Gen() }
-- a/a_async.go --
package a

func Stale() int { return gone }
-- b/b.go --
package b

import (
	"example.com/m/a"
	"example.com/m/fine"
)

func B(t a.T) fine.F { return 1 }
func Run() *a.RunX { return nil }
func Stale() { a.Stale() }

var Lock = new(a.RunX).Locker()
-- fine/fine.go --
package fine

type F int
-- c/c.go --
package c

import (
	"example.com/m/b"
	"example.com/m/fine"
)

func C(f fine.F) int { return b.B(nope) }
func D() any { return b.Run() }
-- fresh/fresh.go --
package fresh

import "example.com/m/old"

func Fresh() any { return old.Stale() }
-- old/old_async.go --
package old

func Stale() int { return 0 }
`

func TestImportOfThisRun(t *testing.T) {
	write(t, ofThisRun)
	packages := loadWith(t, map[string]Generated{
		"a": {"a_async.go": []byte(`package a
import "sync"
type RunX struct{ mu sync.Mutex }
func (r *RunX) Wait() int { return nope }
func (r *RunX) Locker() sync.Locker { return &r.mu }
func Gen() int { return 1 }`)},
		"old": {"old_async.go": []byte(`package old
func Young() int { return 0 }`)},
	},
		Request{Dir: "c", Names: names("C"), Imports: []string{"example.com/m/b", "example.com/m/a", "example.com/m/old", "example.com/m/fresh", "net/url"}},
		Request{Dir: "old", Outputs: []string{"old_async.go"}},
		Request{Dir: "a", Names: names("T"), Outputs: []string{"a_async.go"}},
	)
	if _, ok := packages[2].Declared["Stale"]; ok {
		t.Error("an output was read")
	}
	c := packages[0]
	if c.Imported || !packages[1].Imported || !packages[2].Imported {
		t.Errorf("imported: c %t, old %t, a %t", c.Imported, packages[1].Imported, packages[2].Imported)
	}
	s := c.Scope()
	for _, path := range []string{"example.com/m/a", "example.com/m/b", "example.com/m/old", "net/url"} {
		pkg, err := c.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		s.Declare(types.NewPkgName(token.NoPos, c.Types, pkg.Name(), pkg))
	}
	for text, want := range map[string]Error{
		"C(b.B(a.T{Name: `x`, URL: url.URL{}}))": {},
		"a.A() + len(a.T{}.Name)":                {},
		"a.T{}.URL.Host":                         {},
		"b.Run().Wait() + a.T{}.Run.Wait()":      {},
		"a.Shared + a.Gen() + old.Young()":       {},
		"b.Lock.Lock":                            {},
		"a.Stale()":                              {2, "undefined: a.Stale", false},
		"old.Stale()":                            {4, "undefined: old.Stale", false},
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

// TestImportOfRefused leaves out what imports a package for which nothing is generated.
func TestImportOfRefused(t *testing.T) {
	write(t, ofThisRun)
	requests := []Request{
		{Dir: "c", Imports: []string{"example.com/m/b", "example.com/m/fresh"}},
		{Dir: "a", Names: names("T"), Outputs: []string{"a_async.go"}},
		{Dir: "old", Outputs: []string{"old_async.go"}},
		{Dir: "fine"},
	}
	for _, test := range []struct {
		generated []string
		want      [4]bool
	}{
		{[]string{"a", "old", "fine"}, [4]bool{true, true, true, true}},
		{[]string{"a", "fine"}, [4]bool{true, true, true, true}}, // no declaration of fresh rests on old
		{[]string{"old", "fine"}, [4]bool{false, true, true, true}},
	} {
		generated := map[string]Generated{}
		for _, dir := range test.generated {
			generated[dir] = Generated{}
		}
		var got [4]bool
		for i, p := range loadWith(t, generated, requests...) {
			got[i] = p != nil
		}
		if got != test.want {
			t.Errorf("generated in %v: loaded %v, want %v", test.generated, got, test.want)
		}
	}
}

// TestImportCycle has folders whose specs import each other.
func TestImportCycle(t *testing.T) {
	write(t, `
-- go.mod --
module example.com/m
go 1.25.0
-- h/h.go --
package h

import "example.com/m/a"

type H struct{ a.A }
`)
	for _, test := range []struct{ a, from, path, want string }{
		{"example.com/m/b", "b", "example.com/m/a", "package example.com/m/a imports the one that the spec sits in: that would be an import cycle"},
		{"example.com/m/h", "a", "example.com/m/h", "package example.com/m/h imports the one that the spec sits in: that would be an import cycle"},
		{"errors", "b", "example.com/m/a", ""},
	} {
		got := ""
		requests := []Request{{Dir: "a", Imports: []string{test.a}}, {Dir: "b", Imports: []string{"example.com/m/a"}}}
		err := Load(context.Background(), requests, func(_ int, p *Package) (Generated, error) {
			if _, err := p.Import(test.path); p.Dir == test.from && err != nil {
				got = err.Error()
			}
			return Generated{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got != test.want {
			t.Errorf("a imports %s: got %q, want %q", test.a, got, test.want)
		}
	}
}

// TestWorkspace has two modules of one workspace, one of which only the workspace knows to find.
func TestWorkspace(t *testing.T) {
	write(t, `
-- go.work --
go 1.25.0
use (
	./one
	./two
)
-- one/go.mod --
module example.com/one
go 1.25.0
-- one/one.go --
package one

import "example.com/two"

func One(t two.Two) {}
-- two/go.mod --
module example.com/two
go 1.25.0
-- two/two.go --
package two

type Two struct{}
-- apart/go.mod --
module example.com/apart
go 1.25.0
-- apart/apart.go --
package apart

import "time"

func Apart(d time.Duration) {}
`)
	packages := load(t, Request{Dir: "one"}, Request{Dir: "two", Imports: []string{"errors"}})
	if got, want := signatures(packages[0])["One"], "func One(t example.com/two.Two)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if packages[0].Fset != packages[1].Fset {
		t.Error("the modules of a workspace are loaded apart")
	}
	t.Setenv("GOWORK", "off")
	packages = load(t, Request{Dir: "one"}, Request{Dir: "apart"}, Request{Dir: "two"})
	want := []string{
		"PROBLEM its parameter t has type two.Two, and package example.com/two is not in the module: run go get example.com/two",
		"func Apart(d time.Duration)",
		"type Two struct{}",
	}
	got := []string{signatures(packages[0])["One"], signatures(packages[1])["Apart"], signatures(packages[2])["Two"]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVendor(t *testing.T) {
	write(t, `
-- go.mod --
module example.com/m
go 1.25.0
require example.com/dep v1.0.0
-- m.go --
package m

import "example.com/dep/go-things.v2"

func M(t things.Thing) {}
-- vendor/modules.txt --
# example.com/dep v1.0.0
## explicit; go 1.25
example.com/dep/go-things.v2
-- vendor/example.com/dep/go-things.v2/dep.go --
package things

type Thing struct{}
`)
	p := load(t, Request{Dir: ".", Imports: []string{"example.com/dep/other"}})[0]
	if got, want := signatures(p)["M"], "func M(t example.com/dep/go-things.v2.Thing)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, ok := p.FileImports["things"]; !ok {
		t.Errorf("imports %v", p.FileImports)
	}
	if _, err := p.Import("example.com/dep/other"); err == nil {
		t.Error("imported what is not vendored")
	}
}

// TestNamedUnlikePath has a package whose name its path does not tell, and one imported by a dot.
func TestNamedUnlikePath(t *testing.T) {
	write(t, `
-- go.mod --
module example.com/m
go 1.25.0
-- x/x.go --
package unlike

type X struct{}
-- dot/dot.go --
package dot

type D struct{}
-- m.go --
package m

import (
	. "example.com/m/dot"
	"example.com/m/x"
)

func F(v unlike.X) D { return D{} }
`)
	p := load(t, Request{Dir: ".", Names: names("F")})[0]
	if got, want := signatures(p)["F"], "func F(v example.com/m/x.X) example.com/m/dot.D"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := slices.Sorted(maps.Keys(p.FileImports)); !slices.Equal(got, []string{"D", "unlike"}) {
		t.Errorf("imports %v", got)
	}
}

func TestAssumedName(t *testing.T) {
	for path, want := range map[string]string{
		"fmt": "fmt", "net/http": "http", "gopkg.in/yaml.v3": "yaml", "example.com/go-yaml.v3": "yaml",
		"example.com/chi/v5": "chi", "github.com/mattn/go-sqlite3": "sqlite3", "example.com/a-b": "a", "v2": "v2", "x/日本": "日本",
	} {
		if got := assumedName(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}
