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
func Parse(path string, source []byte, diags *diag.List) *Spec {
	_, s := parse(filepath.ToSlash(path), source, diags)
	return s
}

func parse(path string, text []byte, diags *diag.List) (*reader, *Spec) {
	src := newSource(path, text)
	r := &reader{
		src:     src,
		diags:   diags,
		offsets: map[*yaml.Node]int{},
		refused: map[*yaml.Node]bool{},
		misread: map[int]misread{},
	}
	if !src.checkBytes(diags) {
		return r, nil
	}
	root := r.document()
	if root == nil {
		return r, nil
	}
	r.sanitize(root)
	s := file.read(r, Text{Value: file.noun, Pos: src.pos(src.bom)}, root)
	s.Path, s.Source, s.goTexts = path, text, r.goTexts
	return r, &s
}

// document returns the one document's root, or nil where there is none.
func (r *reader) document() *yaml.Node {
	first, second, err := decode(r.src.data)
	if err != nil && !errors.Is(err, io.EOF) {
		first, second, err = r.repaired(err)
	}
	switch {
	case errors.Is(err, io.EOF):
		r.diags.Errorf(r.src.pos(r.src.bom), diag.MissingKey, "spec has no \"asyncgen\"").
			Help("asyncgen: the version of the language: v1")
		return nil
	case err != nil:
		return nil
	case second != nil:
		r.diags.Errorf(r.src.pos(r.src.offsetOf(second)), diag.BadYAML, "a spec is one document: a second one begins here")
	}
	return first.Content[0]
}

// repaired reports the Go text that keeps a file from being YAML, and decodes the file as if it were quoted, so that the
// rest is read too. The error is reported already.
func (r *reader) repaired(err error) (first, second *yaml.Node, _ error) {
	finder := find(r.src.data, r.src.bom)
	all := finder.found
	lines := map[int]bool{}
	for _, m := range all {
		t := r.needQuotes(m.start, m.end, m.what, "")
		for line := t.Pos.Line; line <= r.src.pos(m.end).Line+1; line++ {
			lines[line] = true
		}
	}
	if len(all) > 0 {
		r.src.data = mask(r.src.data, all)
		first, second, err = decode(r.src.data)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		pos, message := r.syntaxError(err)
		if finder.bad >= 0 {
			pos, message = r.src.pos(finder.bad), "the indentation fits no line above"
			if r.src.at(finder.bad) == '\t' {
				message = "the indentation has a tab, and takes spaces only"
			}
		}
		if !lines[pos.Line] {
			r.diags.Errorf(pos, diag.BadYAML, "not YAML: %s", clip(message))
		}
	}
	return first, second, err
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

var (
	yamlLine      = regexp.MustCompile(`^line (\d+): `)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
	// parserError is what yaml.v3's parser says, whose lines count from 0; those of its scanner count from 1.
	parserError = regexp.MustCompile(`^did not find expected (<|node content|'-'|key|',')`)
)

// syntaxError returns what yaml.v3 has against the file, and the place that it names, as far as it names one.
func (r *reader) syntaxError(err error) (diag.Pos, string) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = strings.TrimPrefix(message, m[0])
	}
	if parserError.MatchString(message) {
		line++
	}
	at := r.src.lineStart(line)
	if m := unknownAnchor.FindStringSubmatch(message); m != nil {
		at = max(0, bytes.Index(r.src.data, []byte("*"+m[1])))
	}
	for b := r.src.at(at); b == ' '; b = r.src.at(at) {
		at++
	}
	return r.src.pos(at), message
}
