package stock

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/format"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/asyncgen/asyncgen/templates"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGolden compares what is made of small parts with the golden files, then compiles it all, and runs it.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module cases\n\ngo 1.25.0\n")
	var imports, calls strings.Builder
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) { golden(t, path, filepath.Join(dir, name)) })
		fmt.Fprintf(&imports, "import %s %q\n", name, "cases/"+name)
		fmt.Fprintf(&calls, "\tfmt.Println(%q)\n\t%s.Run()\n", "-- "+name, name)
	}
	write(t, filepath.Join(dir, "main.go"), "package main\n\nimport \"fmt\"\n"+imports.String()+"\nfunc main() {\n"+calls.String()+"}\n")
	run := exec.Command("go", "run", ".")
	run.Dir = dir
	run.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	got, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("go run: %v\n%s", err, got)
	}
	compare(t, "testdata/output.txt", string(got))
}

// golden makes one case, writes it to dir, and compares it.
func golden(t *testing.T, path, dir string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var binding Binding
	var files []templates.File
	var want *txtar.File
	for i, f := range archive.Files {
		switch f.Name {
		case "binding.json":
			if err := json.Unmarshal(f.Data, &binding); err != nil {
				t.Fatal(err)
			}
		case "use.go":
			write(t, filepath.Join(dir, f.Name), string(f.Data))
		case "want.go":
			want = &archive.Files[i]
		default:
			files = append(files, templates.File{Name: f.Name, Source: f.Data})
		}
	}
	made, err := makeFrom(files, binding)
	if err != nil {
		t.Fatal(err)
	}
	got := assemble(t, filepath.Base(dir), made)
	write(t, filepath.Join(dir, "made.go"), string(got))
	if *update {
		if want == nil {
			archive.Files = append(archive.Files, txtar.File{Name: "want.go"})
			want = &archive.Files[len(archive.Files)-1]
		}
		want.Data = got
		write(t, path, string(txtar.Format(archive)))
		return
	}
	if want == nil {
		t.Fatal("no want.go")
	}
	if diff := cmp.Diff(string(want.Data), string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// makeFrom is Make for a part that is given as files.
func makeFrom(files []templates.File, b Binding) (string, error) {
	t, err := parse(files)
	if err != nil {
		return "", err
	}
	return t.make(b)
}

// assemble makes a file of a part, as the emitter would.
func assemble(t testing.TB, pkg, code string) []byte {
	imports := map[string]bool{}
	code = Resolve(code, func(path string) string {
		imports[path] = true
		return baseName(path)
	})
	var file bytes.Buffer
	fmt.Fprintf(&file, "package %s\n\n", pkg)
	if len(imports) > 0 {
		fmt.Fprintf(&file, "import (\n")
		for _, path := range slices.Sorted(maps.Keys(imports)) {
			fmt.Fprintf(&file, "\t%q\n", path)
		}
		fmt.Fprintf(&file, ")\n\n")
	}
	file.WriteString(code)
	source, err := format.Source(file.Bytes())
	if err != nil {
		t.Fatalf("%v\n%s", err, file.Bytes())
	}
	return source
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		write(t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: -want +got:\n%s", path, diff)
	}
}
