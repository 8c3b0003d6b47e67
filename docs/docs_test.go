// Package docs tests the documents: every whole spec in them is built beside the Go that they show, what they show of the
// output and of messages is what asyncgen gives, and the generated tests pass.
package docs

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/internal/build"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the generated and refused blocks of the documents")

// TestBuild builds every example in a package of its own, compares what the documents show of it, and runs its tests.
func TestBuild(t *testing.T) {
	module := t.TempDir()
	write(t, filepath.Join(module, "go.mod"), "module example.com/docs\n\ngo 1.25\n")
	var pagesExamples [][]*example
	for _, page := range pages {
		page, err := filepath.Abs(page)
		if err != nil {
			t.Fatal(err)
		}
		pagesExamples = append(pagesExamples, examplesOf(t, page))
	}
	t.Chdir(module)
	for i, examples := range pagesExamples {
		var shown []replacement
		for k, e := range examples {
			shown = append(shown, e.build(t, fmt.Sprintf("page%d/example%d", i, k))...)
		}
		settle(t, shown)
	}
	if testing.Short() {
		return
	}
	out, err := exec.Command("go", "test", "./...").CombinedOutput()
	if err != nil {
		t.Errorf("go test of all examples: %v\n%s", err, out)
	}
}

// replacement is what a block should hold.
type replacement struct {
	block
	want string
}

// build generates an example in a folder, and returns what its blocks should hold.
func (e *example) build(t *testing.T, dir string) []replacement {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "shop.async.yaml"), e.spec.text)
	for i, b := range e.user {
		write(t, filepath.Join(dir, "shop"+strings.Repeat("_more", i)+".go"), "package "+filepath.Base(dir)+"\n\n"+b.text)
	}
	r, err := build.Run(t.Context(), []string{dir})
	if err != nil {
		t.Errorf("%s:%d: %v", e.spec.page, e.spec.line, err)
		return nil
	}
	var said bytes.Buffer
	r.Print(&said)
	var shown []replacement
	for _, b := range slices.Concat(e.refused, e.warned) {
		shown = append(shown, replacement{b, strings.ReplaceAll(said.String(), dir+"/", "")})
	}
	if r.Refused() != (len(e.refused) > 0) || (said.Len() > 0) != (len(e.refused)+len(e.warned) > 0) {
		t.Errorf("%s:%d: refused: %v\n%s", e.spec.page, e.spec.line, r.Refused(), said.String())
	}
	if r.Refused() {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		return shown
	}
	if _, err := r.Plan.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(filepath.Join(dir, "shop_async.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range e.generated {
		shown = append(shown, replacement{b, declarations(t, b, string(code))})
	}
	return shown
}

// settle compares blocks of one page with what they should hold, or rewrites them.
func settle(t *testing.T, shown []replacement) {
	t.Helper()
	slices.SortFunc(shown, func(a, b replacement) int { return b.first - a.first }) // from the end on: lines move
	for _, r := range shown {
		if r.text == r.want {
			continue
		}
		if !*update {
			t.Errorf("%s:%d (-the document +asyncgen; -update rewrites it):\n%s", r.page, r.line, cmp.Diff(r.text, r.want))
			continue
		}
		content := linesOf(t, r.page)
		content = slices.Replace(content, r.first, r.last, strings.Split(strings.TrimSuffix(r.want, "\n"), "\n")...)
		write(t, r.page, strings.Join(content, "\n"))
	}
}

// declarations returns, as code declares it, everything that the block declares, in the block's order.
func declarations(t *testing.T, b block, code string) string {
	t.Helper()
	given := split(t, code)
	var want []string
	for _, d := range split(t, "package p\n\n"+b.text) {
		i := slices.IndexFunc(given, func(g decl) bool { return g.name == d.name })
		if i < 0 {
			t.Errorf("%s:%d: asyncgen declares no %s", b.page, b.line, d.name)
			continue
		}
		want = append(want, given[i].text)
	}
	return strings.Join(want, "\n")
}

// decl is a top-level declaration with its doc comment.
type decl struct{ name, text string }

func split(t *testing.T, code string) []decl {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", code, parser.ParseComments)
	if err != nil {
		t.Fatalf("%v in\n%s", err, code)
	}
	var all []decl
	for _, d := range file.Decls {
		name, doc := "", (*ast.CommentGroup)(nil)
		switch d := d.(type) {
		case *ast.FuncDecl:
			name, doc = d.Name.Name, d.Doc
			if d.Recv != nil {
				name = receiver.FindString(code[fset.Position(d.Recv.Pos()).Offset:]) + "." + name
			}
		case *ast.GenDecl:
			if d.Tok != token.TYPE {
				continue
			}
			name, doc = d.Specs[0].(*ast.TypeSpec).Name.Name, d.Doc
		}
		from := d.Pos()
		if doc != nil {
			from = doc.Pos()
		}
		all = append(all, decl{name, code[fset.Position(from).Offset:fset.Position(d.End()).Offset] + "\n"})
	}
	return all
}

// receiver finds the type in what follows the opening bracket of a receiver.
var receiver = regexp.MustCompile(`[A-Z]\w*`)

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestLinks sees that the files that the documents point to are there.
func TestLinks(t *testing.T) {
	for _, page := range pages {
		for i, line := range linesOf(t, page) {
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				target, _, _ := strings.Cut(m[1], "#")
				if target == "" || strings.Contains(target, "://") {
					continue
				}
				if _, err := os.Stat(filepath.Join(filepath.Dir(page), target)); err != nil {
					t.Errorf("%s:%d: %v", page, i+1, err)
				}
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)
