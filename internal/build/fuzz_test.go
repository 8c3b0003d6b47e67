package build

import (
	"bytes"
	"context"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/asyncgen/asyncgen/internal/check"
	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/emit"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/spec"
)

// FuzzGenerate wants every spec to be refused, or to give Go that compiles, vets and is formatted. A spec is text; where
// that is empty, it is put together by what the choices say, so that most of it fits.
func FuzzGenerate(f *testing.F) {
	for _, kind := range []string{"good", "bad"} {
		for _, g := range goldens(f, kind) {
			for _, file := range g.archive.Files {
				if strings.HasSuffix(file.Name, spec.Suffix) && len(file.Data) < 4000 {
					f.Add(string(file.Data), []byte{})
				}
			}
		}
	}
	for i := range 20 {
		f.Add("", bytes.Repeat([]byte{byte(i), byte(7 * i), 3, byte(i * i), 1}, 12))
	}
	shop := newShop(f)
	f.Fuzz(func(t *testing.T, text string, choices []byte) {
		if text == "" {
			text = (&composer{choices: choices}).compose()
		}
		if _, _, err := shop.generate(t, text); err != nil {
			t.Errorf("%s\n%s", brief(err), text)
		}
	})
}

// shop is the package that specs are checked against, loaded once for many of them.
type shop struct {
	dir     string
	mu      sync.Mutex
	uses    int
	pkg     *load.Package
	vetting *vetting
}

// freshAfter is how many specs one load serves: what is typed is never forgotten.
const freshAfter = 5000

var shopImports = []string{"cmp", "context", "errors", "fmt", "iter", "maps", "slices", "strconv", "strings", "time"}

func newShop(t testing.TB) *shop {
	t.Helper()
	user, err := os.ReadFile("testdata/user.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{dir: t.TempDir()}
	write(t, s.dir+"/go.mod", []byte("module example.com/shop\n\ngo 1.25\n"))
	write(t, s.dir+"/shop.go", user)
	s.vetting = &vetting{
		path: "example.com/shop", name: "shop", user: map[string]string{"shop.go": string(user)},
		importer: newImporter(t, append([]string{"testing", "testing/synctest", "runtime", "reflect", "runtime/debug", "sync", "sync/atomic", "math", "math/rand/v2"}, shopImports...)...),
	}
	return s
}

// generate takes a spec down the line. It reports whether the spec was generated, and what is wrong with the output.
func (s *shop) generate(t testing.TB, text string) (bool, *diag.List, error) {
	t.Helper()
	diags := new(diag.List)
	parsed := spec.Parse(s.dir+"/x.async.yaml", []byte(text), diags)
	if diags.Failed() {
		return false, diags, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	file := check.Spec(parsed, s.loaded(t), diags)
	if diags.Failed() {
		return false, diags, nil
	}
	code, test, err := emit.File(file)
	if err == nil {
		err = s.vetting.check(map[string][]byte{"x_async.go": code, "x_async_test.go": test})
	}
	return true, diags, err
}

func (s *shop) loaded(t testing.TB) *load.Package {
	if s.uses%freshAfter == 0 {
		err := load.Load(context.Background(), []load.Request{{Dir: s.dir, Imports: shopImports}}, func(_ int, p *load.Package) (load.Generated, error) {
			s.pkg = p
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.uses++
	return s.pkg
}
