package load

import (
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// module is the module that a folder is in. The zero module is none.
type module struct {
	dir       string // absolute
	path      string
	goVersion string // of the directive go
	work      string // the file go.work that holds for it; "" outside of a workspace
}

// modules finds modules, and remembers them by folder.
type modules map[string]*module

// of returns the module of the folder abs, which need not exist.
func (m modules) of(abs string) *module {
	if known := m[abs]; known != nil {
		return known
	}
	found := &module{}
	if text, err := os.ReadFile(filepath.Join(abs, "go.mod")); err == nil {
		found = &module{dir: abs, work: workspace(abs)}
		found.path, found.goVersion = directives(string(text))
	} else if parent := filepath.Dir(abs); parent != abs {
		found = m.of(parent)
	}
	m[abs] = found
	return found
}

// directives returns what a go.mod says after module and go.
func directives(text string) (modulePath, goVersion string) {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "//")
		words := strings.Fields(line)
		if len(words) != 2 {
			continue
		}
		switch words[0] {
		case "module":
			modulePath = words[1]
			if s, err := strconv.Unquote(modulePath); err == nil {
				modulePath = s
			}
		case "go":
			goVersion = words[1]
		}
	}
	return modulePath, goVersion
}

// workspace returns the go.work that the go command uses in dir, or "".
func workspace(dir string) string {
	switch work := os.Getenv("GOWORK"); work {
	case "":
	case "off":
		return ""
	default:
		return work
	}
	for {
		work := filepath.Join(dir, "go.work")
		if _, err := os.Stat(work); err == nil {
			return work
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// buildRoot names the build list that m's packages are built with.
func (m *module) buildRoot() string {
	if m.work != "" {
		return m.work
	}
	return m.dir
}

// importPath returns the import path of the folder abs of m.
func (m *module) importPath(abs string) string {
	if m.dir == "" || m.path == "" {
		return filepath.Base(abs)
	}
	rel, err := filepath.Rel(m.dir, abs)
	if err != nil {
		return filepath.Base(abs)
	}
	return path.Join(m.path, filepath.ToSlash(rel))
}

// existing returns the nearest folder at or above dir that exists.
func existing(dir string) string {
	for {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return dir
		}
		dir = parent
	}
}
