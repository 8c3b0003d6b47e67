// Package templates holds the source of the stock parts: generic Go packages, one a folder, that package stock makes
// concrete in a user's generated files.
package templates

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// A pattern cannot leave the tests out, so Source does.
//
//go:embed */*.go
var parts embed.FS

// File is one source file of a part.
type File struct {
	Name   string // within the part's folder
	Source []byte
}

// Parts returns the names of all parts, in order.
func Parts() []string {
	dirs, err := parts.ReadDir(".")
	if err != nil {
		panic(err) // the root of an embedded file system is always there
	}
	var names []string
	for _, d := range dirs {
		if d.IsDir() {
			names = append(names, d.Name())
		}
	}
	return names
}

// Source returns the files of a part without its tests: the one called like the part first, for that is where a reader
// begins, then the others in the order of their names.
func Source(part string) ([]File, error) {
	names, err := fs.Glob(parts, part+"/*.go")
	if err != nil {
		return nil, fmt.Errorf("part %q: %w", part, err)
	}
	var files []File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := parts.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("part %q: %w", part, err)
		}
		files = append(files, File{Name: path.Base(name), Source: source})
	}
	slices.SortStableFunc(files, func(a, b File) int {
		if a.Name == part+".go" {
			return -1
		}
		if b.Name == part+".go" {
			return 1
		}
		return 0
	})
	if len(files) == 0 {
		return nil, fmt.Errorf("part %q: there is none", part)
	}
	return files, nil
}
