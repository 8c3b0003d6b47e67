package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

const tree = `
-- go.mod --
module example.com/x
-- a.async.yaml --
-- b.async.yaml --
-- c.yaml --
-- .#a.async.yaml --
-- _off.async.yaml --
-- sub/s.async.yaml --
-- sub/testdata/t.async.yaml --
-- sub/a folder/ü.async.yaml --
-- vendor/v.async.yaml --
-- node_modules/n.async.yaml --
-- .git/g.async.yaml --
-- _build/u.async.yaml --
-- nested/go.mod --
module example.com/nested
-- nested/n.async.yaml --
-- nested/deep/d.async.yaml --
-- fake/go.mod/keep --
-- fake/f.async.yaml --
-- dir.async.yaml/inside.async.yaml --
-- none/keep --
`

// enter makes a new folder the working one, with the files of the archive in it, and returns its path.
func enter(t *testing.T, archive string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, f := range txtar.Parse([]byte(archive)).Files {
		put(t, f.Name, string(f.Data))
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func put(t *testing.T, name, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

func paths(specs []found) []string {
	var all []string
	for _, s := range specs {
		all = append(all, s.path)
	}
	return all
}

func TestFind(t *testing.T) {
	dir := enter(t, tree)
	if err := os.Symlink("sub", "link"); err != nil {
		t.Skip(err)
	}
	everySpec := []string{
		"a.async.yaml", "b.async.yaml", "dir.async.yaml/inside.async.yaml", "fake/f.async.yaml",
		"sub/a folder/ü.async.yaml", "sub/s.async.yaml",
	}
	everyFolder := []string{".", "dir.async.yaml", "fake", "fake/go.mod", "none", "sub", "sub/a folder"}
	for _, c := range []struct {
		name           string
		patterns       []string
		specs, folders []string
	}{
		{"folder", []string{"."}, []string{"a.async.yaml", "b.async.yaml"}, []string{"."}},
		{"spec", []string{"./b.async.yaml"}, []string{"b.async.yaml"}, nil},
		{"folder with a spec's name", []string{"dir.async.yaml"}, []string{"dir.async.yaml/inside.async.yaml"}, []string{"dir.async.yaml"}},
		{"below", []string{"./..."}, everySpec, everyFolder},
		{"below, without a slash", []string{"..."}, everySpec, everyFolder},
		{
			"below what is passed over, when named",
			[]string{"nested/...", "vendor/...", "sub/testdata"},
			[]string{"nested/deep/d.async.yaml", "nested/n.async.yaml", "sub/testdata/t.async.yaml", "vendor/v.async.yaml"},
			[]string{"nested", "nested/deep", "vendor", "sub/testdata"},
		},
		{
			"one spec in many ways",
			[]string{"a.async.yaml", "./a.async.yaml", filepath.Join(dir, "a.async.yaml"), "sub/../a.async.yaml", "."},
			[]string{"a.async.yaml", "b.async.yaml"},
			[]string{"."},
		},
		{
			"through a link, as first named",
			[]string{"link/s.async.yaml", "sub", "link"},
			[]string{"link/s.async.yaml"},
			[]string{"link"},
		},
		{"absolute", []string{filepath.Join(dir, "sub")}, []string{"sub/s.async.yaml"}, []string{"sub"}},
		{"hidden spec, when named", []string{"_off.async.yaml"}, []string{"_off.async.yaml"}, nil},
		{"nothing", []string{"none"}, nil, []string{"none"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := find(dir, c.patterns)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.specs, paths(f.specs)); d != "" {
				t.Errorf("specs (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.folders, f.folders); d != "" {
				t.Errorf("folders (-want +got):\n%s", d)
			}
		})
	}
}

func TestFindFromAside(t *testing.T) {
	dir := enter(t, tree)
	t.Chdir("none")
	f, err := find(filepath.Join(dir, "none"), []string{"../sub", "../none/../b.async.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"../b.async.yaml", "../sub/s.async.yaml"}, paths(f.specs)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestFindTrouble(t *testing.T) {
	dir := enter(t, tree)
	for _, c := range []struct{ pattern, want string }{
		{"x.async.yaml", "x.async.yaml: no such spec or folder"},
		{"x/...", "x/...: no such spec or folder"},
		{"c.yaml", "c.yaml is neither a spec (NAME.async.yaml) nor a folder"},
		{"a.async.yaml/...", "a.async.yaml/... is neither a spec (NAME.async.yaml) nor a folder"},
		{"a...", "a...: no such spec or folder"},
		{"", "an empty path names no spec"},
		{"a\x00b", "invalid argument"},
	} {
		_, err := find(dir, []string{c.pattern})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.pattern, err, c.want)
		}
	}
}

func TestShorten(t *testing.T) {
	dir, err := filepath.Abs(filepath.FromSlash("/home/me/project/sub"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, want string }{
		{"./a.go", "a.go"},
		{"../sub/a.go", "a.go"},
		{"../a.go", "../a.go"},
		{filepath.Join(dir, "x y", "a.go"), "x y/a.go"},
		{filepath.Join(filepath.VolumeName(dir)+string(filepath.Separator), "usr", "a.go"), filepath.ToSlash(filepath.VolumeName(dir)) + "/usr/a.go"},
	} {
		if got := shorten(dir, c.file); got != c.want {
			t.Errorf("shorten(%q) = %q, want %q", c.file, got, c.want)
		}
	}
}
