package spec

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/asyncgen/asyncgen/internal/diag"
	"gopkg.in/yaml.v3"
)

// quote returns Go text as a quoted YAML scalar: in double quotes where nothing in it needs an escape there.
func quote(text string) string {
	if !strings.ContainsAny(text, "\"\\\n") {
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// goExpression is what messages call Go text that has to be quoted.
const goExpression = "Go expression"

// misread is Go text that YAML does not read as it is meant, and where it stands.
type misread struct {
	text       Text
	start, end int
}

// needQuotes reports the Go text from start to end, which YAML does not read as one text, and returns it as it was meant.
// or is what else may be meant; it may be empty.
func (r *reader) needQuotes(start, end int, what, or string) Text {
	t := r.src.raw(start, end)
	r.diags.Errorf(t.Pos, diag.NeedsQuotes, "quote this %s", what).Help("write it as %s%s", quote(t.Value), or)
	r.misread[start] = misread{t, start, end}
	return t
}

// bare reports whether a node is a flow map that has keys without values, such as {v}: most likely Go text.
func (r *reader) bare(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode || n.Style&yaml.FlowStyle == 0 || r.reported(n) {
		return false
	}
	for i := 1; i < len(n.Content); i += 2 {
		if implicit(n.Content[i]) {
			return true
		}
	}
	return false
}

// group reports a flow map that stands for Go text.
func (r *reader) group(n *yaml.Node) Text {
	at := r.offsets[n]
	if e, ok := r.misread[at]; ok {
		return e.text
	}
	end := groupEnd(r.src.data, at)
	if end < 0 {
		end = r.src.lineEnd(at)
	}
	return r.needQuotes(at, end, goExpression, "")
}

// comment looks behind a plain scalar for a comment that is rather a part of its Go text: one that leaves quotes or
// brackets open (v == "a #b"), or is joined to its # and set off by one space (v.A #b).
func (r *reader) comment(n *yaml.Node, t Text) Text {
	at := r.offsets[n]
	if _, ok := r.misread[at]; ok || n.Style != 0 {
		return t
	}
	_, end := r.src.scalar(n, at)
	rest := string(r.src.data[end:r.src.lineEnd(end)])
	if !strings.HasPrefix(strings.TrimLeft(rest, " \t"), "#") {
		return t
	}
	joined := len(rest) > 2 && rest[0] == ' ' && rest[1] == '#' && !strings.ContainsRune(" \t#!", rune(rest[2]))
	whole := end + len(strings.TrimRight(rest, " \t"))
	switch {
	case open(t.Value):
		if literals := at + goLineEnd(r.src.data[at:r.src.lineEnd(at)]); literals > end {
			whole = literals
		}
		return r.needQuotes(at, whole, goExpression, "")
	case joined:
		return r.needQuotes(at, whole, goExpression, "; a comment has a space behind its #")
	}
	return t
}

// properties refuses the tag and the anchor of a node; flow tells whether it stands in {…} or […].
func (s *sanitizer) properties(n *yaml.Node, at int, flow bool) {
	tagged := n.Style&yaml.TaggedStyle != 0 || n.Kind == yaml.ScalarNode && n.Style == 0 && s.src.at(at) == '!'
	if !tagged && n.Anchor == "" {
		return
	}
	what := "anchors"
	if tagged {
		what = "tags"
	}
	inside := -1
	if flow {
		inside = goEnd(s.src.data, at)
	}
	// yaml.v3 takes the comma in [!a, {…}] for a part of the tag, and so tags the next element.
	comma := inside > at && s.src.at(inside) == ',' && !bytes.ContainsAny(s.src.data[at:inside], " \t")
	golang := s.src.at(at+1) != '!' && (n.Kind == yaml.ScalarNode && (tagged || implicit(n)) || tagged && comma)
	if !golang {
		s.diags.Errorf(s.src.pos(at), diag.BadYAML, "a spec has no %s", what)
		return
	}
	end := at + goLineEnd(s.src.data[at:s.src.lineEnd(at)])
	if inside > at {
		end = inside
	}
	s.needQuotes(at, end, goExpression, "")
	s.misreadTo = end
	s.refused[n] = n.Kind != yaml.ScalarNode
}

// pieces finds a plain scalar inside {…} or […] that a comma or bracket of its own has cut short, such as f(v, 2).
func (s *sanitizer) pieces(n *yaml.Node, at int) {
	if _, ok := s.misread[at]; ok || n.Style != 0 || !open(n.Value) {
		return
	}
	if end := goEnd(s.src.data, at); end > at+len(n.Value) {
		s.needQuotes(at, end, goExpression, "")
		s.misreadTo = end
	}
}

// mergeKey refuses a merge key.
func (s *sanitizer) mergeKey(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || n.Style != 0 || n.Value != "<<" {
		return false
	}
	s.diags.Errorf(s.src.pos(s.src.offsetOf(n)), diag.BadYAML, "a spec has no merge keys")
	return true
}

// open reports whether Go text has a quote or bracket that is not closed.
func open(text string) bool {
	depth := 0
	for at := 0; at < len(text); {
		switch text[at] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '"', '`':
			end := literalEnd([]byte(text), at)
			if end < 0 {
				return true
			}
			at = end
			continue
		}
		at++
	}
	return depth > 0
}

// maxGoText is how much Go text is looked at, in bytes, to find its end.
const maxGoText = 400

// goEnd returns the end of the Go text that begins at offset inside a flow collection: before the first comma, closing
// bracket or line break that is not inside brackets or quotes of its own. It is -1 where there is none.
func goEnd(data []byte, at int) int {
	start, end := at, at
	for at < len(data) && at-start < maxGoText {
		switch b := data[at]; b {
		case ',', ')', ']', '}', '\n':
			return end
		case '(', '[', '{':
			if at = groupEnd(data, at); at < 0 {
				return -1
			}
		case '"', '`', '\'':
			if at = literalEnd(data, at); at < 0 {
				return -1
			}
		default:
			at++
			if isSpace(b) {
				continue
			}
		}
		end = at
	}
	return -1
}

// groupEnd returns the end of the brackets that open at offset, or -1.
func groupEnd(data []byte, at int) int {
	var closing []byte
	for start := at; at < len(data) && at-start < maxGoText; {
		switch b := data[at]; b {
		case '(':
			closing = append(closing, ')')
		case '[':
			closing = append(closing, ']')
		case '{':
			closing = append(closing, '}')
		case ')', ']', '}':
			if closing[len(closing)-1] != b {
				return -1
			}
			closing = closing[:len(closing)-1]
		case '"', '`', '\'':
			if at = literalEnd(data, at); at < 0 {
				return -1
			}
			continue
		}
		at++
		if len(closing) == 0 {
			return at
		}
	}
	return -1
}

// literalEnd returns the end of the Go literal whose quote is at offset, or -1.
func literalEnd(data []byte, at int) int {
	mark, start := data[at], at
	for at++; at < len(data) && at-start < maxGoText; at++ {
		switch b := data[at]; {
		case b == mark:
			if mark == '\'' && utf8.RuneCount(data[start+1:at]) != 1 && data[start+1] != '\\' {
				return -1 // an apostrophe
			}
			return at + 1
		case b == '\\' && mark != '`':
			at++
		case b == '\n' && mark != '`':
			return -1
		}
	}
	return -1
}
