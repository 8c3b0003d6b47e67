package spec

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"

	"github.com/asyncgen/asyncgen/internal/diag"
	"gopkg.in/yaml.v3"
)

// reader walks the nodes of one file.
type reader struct {
	src     *source
	diags   *diag.List
	offsets map[*yaml.Node]int
	refused map[*yaml.Node]bool // nodes that are reported already, and not to be reported again
	misread map[int]misread     // Go text that YAML does not read, by where it begins: reported already
	goTexts []Text              // all Go text, in order
}

func (r *reader) pos(n *yaml.Node) diag.Pos { return r.src.pos(r.offsets[n]) }

// text returns a scalar.
func (r *reader) text(n *yaml.Node) Text {
	if e, ok := r.misread[r.offsets[n]]; ok {
		return e.text
	}
	t, _ := r.src.scalar(n, r.offsets[n])
	return t
}

// reported tells whether there is a diagnostic for a node already.
func (r *reader) reported(n *yaml.Node) bool {
	_, ok := r.misread[r.offsets[n]]
	return r.refused[n] || n.Kind == yaml.AliasNode || ok && n.Kind == yaml.ScalarNode
}

// is reports whether a node is of a kind, and adds an error where it is not. An empty scalar is of no kind but a text.
func (r *reader) is(at Text, n *yaml.Node, kind yaml.Kind, want string) bool {
	switch {
	case r.reported(n):
		return false
	case n.Kind == kind:
		return true
	}
	r.wrongKind(at, n, want)
	return false
}

func (r *reader) wrongKind(at Text, n *yaml.Node, want string) {
	pos := r.pos(n)
	if implicit(n) {
		pos = at.Pos
	}
	r.diags.Errorf(pos, diag.WrongKind, "%s: want %s, found %s", clip(at.Value), want, r.found(n))
}

// implicit reports whether a node is a value that was left out.
func implicit(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 }

// found says what a node is.
func (r *reader) found(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a map"
	case n.Kind == yaml.SequenceNode && len(n.Content) == 0:
		return "an empty list"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case strings.TrimSpace(n.Value) == "":
		return "nothing"
	}
	return quoted(r.text(n).Value)
}

// scalar returns a scalar that may not be empty; the zero Text where it is refused.
func (r *reader) scalar(at Text, n *yaml.Node, want string) Text {
	if !r.is(at, n, yaml.ScalarNode, want) {
		return Text{}
	}
	t := r.text(n)
	if strings.TrimSpace(t.Value) == "" {
		r.wrongKind(at, n, want)
		return Text{}
	}
	return t
}

// word returns a scalar that is one of words.
func (r *reader) word(at Text, n *yaml.Node, want string, words []string) Text {
	t := r.scalar(at, n, want)
	if !t.Given() || slices.Contains(words, t.Value) {
		return t
	}
	d := r.diags.Errorf(t.Pos, diag.BadValue, "%s: want %s, found %s", clip(at.Value), want, quoted(t.Value))
	if near := Nearest(t.Value, words); near != "" && len(words) > 1 {
		d.Help("did you mean %q?", near)
	}
	return Text{}
}

// golang returns Go text.
func (r *reader) golang(at Text, n *yaml.Node, want string) Text {
	e, ok := r.misread[r.offsets[n]]
	t := e.text
	switch {
	case ok && (n.Kind == yaml.ScalarNode || r.refused[n]):
	case r.bare(n):
		t = r.group(n)
	default:
		if t = r.scalar(at, n, want); !t.Given() {
			return t
		}
		t = r.comment(n, t)
	}
	r.goTexts = append(r.goTexts, t)
	return t
}

// pairs goes over a mapping's keys and values. A key given twice is reported under code, and left out the second time.
func (r *reader) pairs(n *yaml.Node, code diag.Code) iter.Seq2[Text, *yaml.Node] {
	return func(yield func(Text, *yaml.Node) bool) {
		first := map[string]diag.Pos{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if r.reported(k) {
				continue
			}
			if k.Kind != yaml.ScalarNode {
				r.diags.Errorf(r.pos(k), diag.BadYAML, "a key is a name, not %s", r.found(k))
				continue
			}
			name := r.text(k)
			if pos, ok := first[name.Value]; ok {
				r.diags.Errorf(name.Pos, code, "%s is given twice", quoted(name.Value)).Note(pos, "first here")
				continue
			}
			first[name.Value] = name.Pos
			if !yield(name, n.Content[i+1]) {
				return
			}
		}
	}
}

// unknownKey reports a key that the language does not have, and returns the one that it is likely meant to be, or "".
func (r *reader) unknownKey(title string, name Text, known []string, hints map[string]string) string {
	d := r.diags.Errorf(name.Pos, diag.UnknownKey, "%s has no key %s", title, quoted(name.Value))
	near := Nearest(name.Value, known)
	switch hint := hints[name.Value]; {
	case hint != "":
		d.Help("%s", hint)
	case near != "":
		d.Help("did you mean %q?", near)
	case len(known) == 1:
		d.Help("its only key is %s", known[0])
	default:
		d.Help("its keys are %s", strings.Join(known, ", "))
	}
	return near
}

// clip shortens a text for a message to one line of moderate length.
func clip(s string) string {
	const most = 60
	if runes := []rune(s[:min(len(s), 4*most)]); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return strings.Join(strings.FieldsFunc(s, func(c rune) bool { return c == ' ' || unicode.IsControl(c) }), " ")
}

// quoted returns a text in quotes for a message.
func quoted(s string) string { return fmt.Sprintf("%q", clip(s)) }

// decapitalized returns a sentence as it goes on behind a colon: an abbreviation keeps its capitals.
func decapitalized(s string) string {
	first, _, _ := strings.Cut(s, " ")
	if first == "Go" || len(first) > 1 && strings.ToUpper(first) == first {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// article returns a noun with the indefinite article.
func article(noun string) string {
	if strings.ContainsRune("aeio", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// plural returns the plural of a noun.
func plural(noun string) string {
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return stem + "ies"
	}
	return noun + "s"
}
