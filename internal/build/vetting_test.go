package build

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/assign"
	"golang.org/x/tools/go/analysis/passes/bools"
	"golang.org/x/tools/go/analysis/passes/copylock"
	"golang.org/x/tools/go/analysis/passes/defers"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/analysis/passes/nilfunc"
	"golang.org/x/tools/go/analysis/passes/shift"
	"golang.org/x/tools/go/analysis/passes/stdmethods"
	"golang.org/x/tools/go/analysis/passes/stringintconv"
	"golang.org/x/tools/go/analysis/passes/unreachable"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/gcexportdata"
)

// vetting compiles and vets generated files beside the user's, without a build: the packages that they may import are
// read once, as export data.
type vetting struct {
	path, name string
	user       map[string]string // the user's files
	importer   *exportImporter
}

// vets are those of go vet's analyzers that look at one package by itself.
var vets = []*analysis.Analyzer{
	assign.Analyzer, bools.Analyzer, copylock.Analyzer, defers.Analyzer, nilfunc.Analyzer, shift.Analyzer,
	stdmethods.Analyzer, stringintconv.Analyzer, unreachable.Analyzer,
}

// check reports what a reviewer's tools would: Go that does not parse, compile or vet, or is not formatted.
func (v *vetting) check(generated map[string][]byte) error {
	fset := token.NewFileSet()
	var files []*ast.File
	parse := func(name string, text []byte) error {
		f, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		files = append(files, f)
		return err
	}
	for _, name := range sortedKeys(v.user) {
		if err := parse(name, []byte(v.user[name])); err != nil {
			return err
		}
	}
	for _, name := range sortedKeys(generated) {
		text := generated[name]
		if err := parse(name, text); err != nil {
			return err
		}
		if formatted, err := format.Source(text); err != nil || !bytes.Equal(formatted, text) {
			return fmt.Errorf("%s is not as gofmt has it (%v)", name, err)
		}
	}
	return v.compile(fset, files)
}

func (v *vetting) compile(fset *token.FileSet, files []*ast.File) error {
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
	var errs []error
	conf := types.Config{Importer: v.importer, GoVersion: "go1.25", Error: func(err error) { errs = append(errs, err) }}
	pkg, _ := conf.Check(v.path, fset, files, info) // conf.Error has been told
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	inspected := inspector.New(files)
	for _, a := range vets {
		pass := &analysis.Pass{
			Analyzer: a, Fset: fset, Files: files, Pkg: pkg, TypesInfo: info, TypesSizes: types.SizesFor("gc", "amd64"),
			ResultOf: map[*analysis.Analyzer]any{inspect.Analyzer: inspected},
			Report: func(d analysis.Diagnostic) {
				errs = append(errs, fmt.Errorf("%s: %s: %s", fset.Position(d.Pos), a.Name, d.Message))
			},
		}
		if _, err := a.Run(pass); err != nil {
			return err
		}
	}
	return errors.Join(errs...)
}

// exportImporter reads packages from the export data that the go command has.
type exportImporter struct {
	files map[string]string // by import path

	mu       sync.Mutex
	packages map[string]*types.Package
}

// newImporter asks the go command for the packages at the given paths, and all that they import.
func newImporter(t testing.TB, paths ...string) *exportImporter {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Export"}, paths...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	im := &exportImporter{files: map[string]string{}, packages: map[string]*types.Package{"unsafe": types.Unsafe}}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); err == io.EOF {
			return im
		} else if err != nil {
			t.Fatal(err)
		}
		im.files[p.ImportPath] = p.Export
	}
}

func (im *exportImporter) Import(path string) (*types.Package, error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	if p := im.packages[path]; p != nil && p.Complete() {
		return p, nil
	}
	name := im.files[path]
	if name == "" {
		return nil, fmt.Errorf("no export data of %s", path)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	r, err := gcexportdata.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(r, token.NewFileSet(), im.packages, path)
}

// brief is the first lines of an error.
func brief(err error) string {
	lines := strings.Split(err.Error(), "\n")
	return strings.Join(lines[:min(len(lines), 5)], "\n")
}
