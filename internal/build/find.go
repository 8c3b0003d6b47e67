package build

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/spec"
)

// deep is how a pattern ends that means all folders below as well.
const deep = "..."

// match is what one pattern names.
type match struct {
	pattern string
	deep    bool
	folders []string // as they are shown; none where the pattern is a spec
	specs   int
}

// finder turns patterns into specs. A spec or folder that is reached in several ways is taken once, as it was first named.
type finder struct {
	dir     string // the working directory
	matches []match
	specs   []found
	folders []string
	seen    map[string]bool   // real paths of the specs and folders so far
	shown   map[string]string // how a folder is shown, by its real path: one way, or a file would seem to be two
}

// found is one spec: its path as it is shown, and where it really lies.
type found struct {
	path, real string
}

// find resolves the patterns SPEC, DIR and DIR/... against the working directory dir. Whether a folder holds anything is
// not asked.
func find(dir string, patterns []string) (*finder, error) {
	f := &finder{dir: dir, seen: map[string]bool{}, shown: map[string]string{}}
	for _, pattern := range patterns {
		m := match{pattern: pattern}
		if err := f.resolve(&m); err != nil {
			return nil, err
		}
		f.matches = append(f.matches, m)
	}
	slices.SortFunc(f.specs, func(a, b found) int { return strings.Compare(a.path, b.path) })
	return f, nil
}

// paths returns the specs as they are shown.
func (f *finder) paths() []string {
	var all []string
	for _, s := range f.specs {
		all = append(all, s.path)
	}
	return all
}

func (f *finder) resolve(m *match) error {
	name := filepath.ToSlash(m.pattern)
	if below, ok := strings.CutSuffix(name, deep); ok && (below == "" || strings.HasSuffix(below, "/")) {
		m.deep, name = true, path.Clean(below+".")
	}
	if name == "" {
		return errors.New("an empty path names no spec")
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such spec or folder", m.pattern)
	case err != nil:
		return err
	case info.IsDir():
		return f.folder(m, name)
	case m.deep || !strings.HasSuffix(name, spec.Suffix):
		return fmt.Errorf("%s is neither a spec (NAME%s) nor a folder", m.pattern, spec.Suffix)
	}
	real, err := realPath(filepath.Dir(name))
	if err != nil {
		return err
	}
	f.spec(m, path.Dir(name), real, path.Base(name))
	return nil
}

// folder takes in the folder called name, which the pattern gives.
func (f *finder) folder(m *match, name string) error {
	real, err := realPath(name)
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return err
	}
	return f.enter(m, name, real, entries)
}

// enter takes the specs of a folder, and what is below where the pattern says so.
func (f *finder) enter(m *match, name, real string, entries []os.DirEntry) error {
	shown := f.show(name, real)
	m.folders = append(m.folders, shown)
	if !f.seen[real] {
		f.seen[real] = true
		f.folders = append(f.folders, shown)
	}
	for _, entry := range entries {
		switch {
		case hidden(entry.Name()):
		case entry.IsDir():
			if err := f.below(m, path.Join(name, entry.Name()), filepath.Join(real, entry.Name())); err != nil {
				return err
			}
		case strings.HasSuffix(entry.Name(), spec.Suffix):
			f.spec(m, name, real, entry.Name())
		}
	}
	return nil
}

// below enters a folder inside another, unless Go's ./... would pass it over: for its name, or as a module of its own.
func (f *finder) below(m *match, name, real string) error {
	if base := path.Base(name); !m.deep || base == "vendor" || base == "node_modules" || base == "testdata" {
		return nil
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == "go.mod" && !e.IsDir() }) {
		return nil
	}
	return f.enter(m, name, real, entries)
}

// spec takes the spec called base in a folder.
func (f *finder) spec(m *match, folder, real, base string) {
	m.specs++
	shown := f.show(folder, real)
	real = filepath.Join(real, base)
	if f.seen[real] {
		return
	}
	f.seen[real] = true
	f.specs = append(f.specs, found{path.Join(shown, base), real})
}

// show returns how a folder is shown: as it was first named.
func (f *finder) show(name, real string) string {
	if _, ok := f.shown[real]; !ok {
		f.shown[real] = shorten(f.dir, name)
	}
	return f.shown[real]
}

// hidden reports whether Go passes over a file or folder of this name.
func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }

// realPath returns the absolute path of a folder with every symbolic link followed.
func realPath(folder string) (string, error) {
	real, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return "", err
	}
	return filepath.Abs(real)
}

// shorten returns the file's path with slashes, relative to the absolute path dir unless that is longer.
func shorten(dir, file string) string {
	full := filepath.FromSlash(file)
	if !filepath.IsAbs(full) {
		full = filepath.Join(dir, full)
	}
	short, err := filepath.Rel(dir, full)
	if err != nil || len(short) > len(full) {
		short = full
	}
	return filepath.ToSlash(short)
}
