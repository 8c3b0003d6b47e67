package spec

import (
	"unicode/utf8"

	"github.com/asyncgen/asyncgen/internal/diag"
	"gopkg.in/yaml.v3"
)

const (
	byteOrderMark = "\uFEFF"
	maxBytes      = 1 << 20 // of a file, in bytes
	maxDepth      = 50      // levels of maps and lists
	maxTold       = 10      // of bytes that no text has
)

// checkBytes refuses a file that is too large, and bytes that no text has: it reports whether there are none.
func (s *source) checkBytes(diags *diag.List) bool {
	if len(s.data) > maxBytes {
		diags.Errorf(s.pos(0), diag.BadYAML, "the file has %d bytes, more than the %d that a spec may have", len(s.data), maxBytes)
		return false
	}
	told := 0
	for at := s.bom; at < len(s.data) && told < maxTold; {
		c, size := utf8.DecodeRune(s.data[at:])
		if what := s.badChar(at, c, size); what != "" {
			diags.Errorf(s.pos(at), diag.BadYAML, "%s", what)
			told++
		}
		at += size
	}
	return told == 0
}

// badChar says what is wrong with a character, or "".
func (s *source) badChar(at int, c rune, size int) string {
	switch {
	case c == utf8.RuneError && size == 1:
		return "this is not UTF-8"
	case c == '\r' && s.at(at+1) != '\n':
		return "a carriage return without a line feed"
	case c == '\t' || c == '\n' || c == '\r':
		return ""
	case c < ' ', c >= 0x7f && c < 0xa0, c == '\uFEFF', c == 0x2028, c == 0x2029, c == 0xfffe, c == 0xffff:
		return "a control character; inside double quotes it can be written as an escape"
	}
	return ""
}

// sanitize goes over the tree in the order of the text: it notes where each node begins, refuses what a spec may not use
// (anchors, aliases, merge keys, tags, too many levels), and finds Go text that YAML has cut into pieces.
func (r *reader) sanitize(root *yaml.Node) {
	s := sanitizer{reader: r}
	s.visit(root, 1, false)
}

type sanitizer struct {
	*reader
	misreadTo int // offset of the end of the Go text that was cut into pieces last: what begins before is a piece of it
}

// visit looks at a node at a depth, counted from 1; flow tells whether it stands in {…} or […].
func (s *sanitizer) visit(n *yaml.Node, depth int, flow bool) {
	at := s.src.offsetOf(n)
	s.offsets[n] = at
	switch {
	case n.Kind == yaml.AliasNode:
		s.diags.Errorf(s.src.pos(at), diag.BadYAML, "a spec has no aliases").
			Help("if this is a Go expression, quote it: %s", quote("*"+n.Value))
		return
	case depth > maxDepth && n.Kind != yaml.ScalarNode:
		s.diags.Errorf(s.src.pos(at), diag.BadYAML, "more than %d levels of maps and lists", maxDepth)
		s.refused[n] = true
		return
	}
	if s.properties(n, at, flow); s.refused[n] {
		return
	}
	if flow && n.Kind == yaml.ScalarNode {
		s.pieces(n, at)
	}
	flow = flow || n.Style&yaml.FlowStyle != 0
	kept := n.Content[:0]
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
	}
	for i := 0; i+step <= len(n.Content); i += step {
		first := n.Content[i]
		if s.src.offsetOf(first) < s.misreadTo || step == 2 && s.mergeKey(first) {
			continue
		}
		for _, child := range n.Content[i : i+step] {
			kept = append(kept, child)
			s.visit(child, depth+1, flow)
		}
	}
	n.Content = kept
}
