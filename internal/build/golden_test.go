package build

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the wanted parts of the golden cases")

// goldenModule is the module that all cases are folders of.
const goldenModule = "module example.com/golden\n\ngo 1.25\n"

// goldenDir is where the cases are, seen from this package.
const goldenDir = "../../testdata"

// diagnosticsFile is the part of a bad case that holds all that is printed.
const diagnosticsFile = "diagnostics"

// golden is a case: prose, what the user wrote, and what asyncgen makes of it.
type golden struct {
	name    string
	file    string // the archive, absolute
	archive *txtar.Archive
}

// goldens reads the cases of a kind.
func goldens(t testing.TB, kind string) []*golden {
	t.Helper()
	entries, err := os.ReadDir(path.Join(goldenDir, kind))
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	var all []*golden
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".txtar")
		if !ok {
			t.Fatalf("%s is no case", e.Name())
		}
		file := path.Join(here, goldenDir, kind, e.Name())
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(bytes.TrimSpace(archive.Comment)) == 0 {
			t.Errorf("%s does not say what it is about", e.Name())
		}
		all = append(all, &golden{name, file, archive})
	}
	return all
}

// wanted reports whether a file of a case is made by asyncgen.
func wanted(name string) bool {
	return name == diagnosticsFile || strings.HasSuffix(name, "_async.go") || strings.HasSuffix(name, "_async_test.go")
}

// unpack writes what the user wrote into the folder called like the case.
func (g *golden) unpack(t testing.TB) {
	t.Helper()
	for _, f := range g.archive.Files {
		if !wanted(f.Name) {
			write(t, path.Join(g.name, f.Name), f.Data)
		}
	}
}

func write(t testing.TB, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(path.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// compare compares what asyncgen made with what the archive has, or rewrites that.
func (g *golden) compare(t *testing.T, made map[string][]byte) {
	t.Helper()
	if *update {
		g.rewrite(t, made)
		return
	}
	for _, f := range g.archive.Files {
		if !wanted(f.Name) {
			continue
		}
		if d := cmp.Diff(string(f.Data), string(made[f.Name])); d != "" {
			t.Errorf("%s (-want +got):\n%s", f.Name, d)
		}
		delete(made, f.Name)
	}
	for name, data := range made {
		t.Errorf("%s is not wanted:\n%s", name, data)
	}
}

// rewrite puts what asyncgen made behind what the user wrote.
func (g *golden) rewrite(t *testing.T, made map[string][]byte) {
	t.Helper()
	fresh := &txtar.Archive{Comment: g.archive.Comment}
	for _, f := range g.archive.Files {
		if !wanted(f.Name) {
			fresh.Files = append(fresh.Files, f)
		}
	}
	for _, name := range sortedKeys(made) {
		fresh.Files = append(fresh.Files, txtar.File{Name: name, Data: made[name]})
	}
	text := txtar.Format(fresh)
	if old, err := os.ReadFile(g.file); err == nil && bytes.Equal(old, text) {
		return
	}
	write(t, g.file, text)
}

// enterModule makes a new folder the working one, and all cases packages of a module there.
func enterModule(t testing.TB, cases []*golden) {
	t.Helper()
	helpers, err := os.ReadFile(path.Join(goldenDir, "want/want.go"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	write(t, "go.mod", []byte(goldenModule))
	write(t, "want/want.go", helpers)
	for _, g := range cases {
		g.unpack(t)
	}
}

// TestGolden generates all good cases, in one run, and compares every byte. What was generated is vetted, and its tests
// and those of the cases are run under the race detector: all cases in one build.
func TestGolden(t *testing.T) {
	cases := goldens(t, "good")
	enterModule(t, cases)
	r, err := Run(t.Context(), []string{"./..."})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Diagnostics()) > 0 {
		t.Fatalf("good cases have diagnostics:\n%s", printed(r))
	}
	if _, err := r.Plan.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, g := range cases {
		t.Run(g.name, func(t *testing.T) { g.compare(t, generatedIn(t, g.name)) })
	}
	if again, err := Run(t.Context(), []string{"./..."}); err != nil || !again.Plan.Fresh() {
		t.Errorf("generated twice, it is not the same: %v\n%s", err, printed(again))
	}
	t.Run("vet", func(t *testing.T) { goCommand(t, "vet", "./...") })
	t.Run("test", func(t *testing.T) { goCommand(t, "test", "-race", "./...") })
}

// generatedIn returns the files that asyncgen wrote into a folder.
func generatedIn(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string][]byte{}
	for _, e := range entries {
		if !wanted(e.Name()) {
			continue
		}
		data, err := os.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		made[e.Name()] = data
	}
	return made
}

// goCommand runs the go command, which has to succeed.
func goCommand(t *testing.T, args ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and runs all good cases")
	}
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOPROXY=off", "GOTOOLCHAIN=local", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// TestGoldenRefused checks all bad cases in one run, and compares all that is printed for each.
func TestGoldenRefused(t *testing.T) {
	cases := goldens(t, "bad")
	enterModule(t, cases)
	r, err := Run(t.Context(), []string{"./..."})
	if err != nil {
		t.Fatal(err)
	}
	if r.Plan != nil {
		t.Fatal("bad cases are generated")
	}
	for _, g := range cases {
		t.Run(g.name, func(t *testing.T) {
			said := saidOf(r, g.name)
			if said == "" { // what is wrong shows only where all else is right
				said = saidAlone(t, g)
			}
			if said == "" {
				t.Fatal("it is not refused")
			}
			g.compare(t, map[string][]byte{diagnosticsFile: []byte(said)})
		})
	}
}

// saidOf returns what a run has to say of the case in the folder dir, as if it had been run there.
func saidOf(r *Result, dir string) string {
	inside := func(pos diag.Pos) diag.Pos {
		pos.File = strings.TrimPrefix(pos.File, dir+"/")
		return pos
	}
	own := &Result{diags: new(diag.List), sources: map[string][]byte{}}
	for _, d := range r.Diagnostics() {
		if !strings.HasPrefix(d.Pos.File, dir+"/") {
			continue
		}
		own.sources[inside(d.Pos).File] = r.source(d.Pos.File)
		copied := own.diags.Errorf(inside(d.Pos), d.Code, "%s", d.Text)
		copied.Severity, copied.Hint = d.Severity, d.Hint
		for _, n := range d.Notes {
			copied.Note(inside(n.Pos), "%s", n.Text)
		}
	}
	return printed(own)
}

// saidAlone returns what is said of a case by itself.
func saidAlone(t *testing.T, g *golden) string {
	t.Helper()
	r, err := Run(t.Context(), []string{"./" + g.name})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Refused() {
		return ""
	}
	return saidOf(r, g.name)
}

// TestGoldenCodes wants every kind of diagnostic to have a bad case.
func TestGoldenCodes(t *testing.T) {
	var all bytes.Buffer
	for _, g := range goldens(t, "bad") {
		for _, f := range g.archive.Files {
			if f.Name == diagnosticsFile {
				all.Write(f.Data)
			}
		}
	}
	elsewhere := map[diag.Code]bool{
		diag.Deadlock: true, diag.Unreachable: true, diag.NotTotal: true, diag.Unbounded: true, // topologies are not generated yet
	}
	for n := 1; n <= 25; n++ {
		code := diag.Code(fmt.Sprintf("AG%03d", n))
		if !elsewhere[code] && !bytes.Contains(all.Bytes(), []byte("["+code+"]")) {
			t.Errorf("no case shows %s", code)
		}
	}
}
