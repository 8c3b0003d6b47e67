package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"gopkg.in/yaml.v3"
)

// Parse reads one spec file. It reports everything that is wrong with its shape to diags, each at its place, and returns
// nil where nothing of it is usable; what it returns after an error may lack what was refused. It does not touch the disk
// and starts no goroutine.
func Parse(path string, text []byte, diags *diag.List) *Spec {
	path = filepath.ToSlash(path)
	src := newSource(path, text)
	if !src.tame(diags) {
		return nil
	}
	r := &reader{
		src:     src,
		diags:   diags,
		offsets: map[*yaml.Node]int{},
		refused: map[*yaml.Node]bool{},
		eaten:   map[int]Text{},
	}
	root := r.document()
	if root == nil {
		return nil
	}
	r.sanitize(root)
	s := file.read(r, Text{Pos: src.pos(src.bom)}, root)
	s.Path, s.Source, s.golangs = path, text, r.golangs
	return &s
}

// document returns the one document's root, or nil where there is none.
func (r *reader) document() *yaml.Node {
	first, second, err := decode(r.src.data)
	switch {
	case errors.Is(err, io.EOF):
		r.diags.Errorf(r.src.pos(r.src.bom), diag.MissingKey, "the file is empty: it has no \"asyncgen\"")
		return nil
	case err != nil:
		r.syntaxError(err)
		return nil
	case second != nil:
		r.diags.Errorf(r.src.pos(r.src.offsetOf(second)), diag.BadYAML, "a spec is one document: a second one begins here")
	}
	return first.Content[0]
}

// decode returns the first document of a text, and the second where there is one. The error is io.EOF where there is none.
func decode(text []byte) (first, second *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil { // yaml.v3 has panicked over broken files before
			err = fmt.Errorf("yaml: %v", p)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	first, second = new(yaml.Node), new(yaml.Node)
	if err := decoder.Decode(first); err != nil {
		return nil, nil, err
	}
	if len(first.Content) == 0 {
		return nil, nil, io.EOF
	}
	switch err := decoder.Decode(second); {
	case errors.Is(err, io.EOF):
		return first, nil, nil
	case err != nil:
		return nil, nil, err
	}
	return first, second, nil
}

// yamlLine is how yaml.v3 tells a line.
var yamlLine = regexp.MustCompile(`^line (\d+): `)

// syntaxError reports what yaml.v3 does not take, at the line it names, or else at the first.
func (r *reader) syntaxError(err error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = strings.TrimPrefix(message, m[0])
	}
	at := r.src.lineStart(line)
	for b := r.src.at(at); b == ' ' || b == '\t'; b = r.src.at(at) {
		at++
	}
	r.diags.Errorf(r.src.pos(at), diag.BadYAML, "not YAML: %s", clip(message))
}
