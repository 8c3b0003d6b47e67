package spec

import (
	"regexp"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"gopkg.in/yaml.v3"
)

// key is one key of a mapping: its name, what it is for, and how its value becomes a part of N.
type key[N any] struct {
	name     string
	doc      string
	required bool
	read     func(r *reader, into *N, at Text, n *yaml.Node)
	schema   func(d defs) schema
}

// entry is a key whose value is kept in a field of N.
func entry[N, T any](name string, f form[T], field func(*N) *T, doc string) key[N] {
	return set(name, f, func(n *N, _ Text, v T) { *field(n) = v }, doc)
}

// set is a key whose value is given to a function. at is the key's text.
func set[N, T any](name string, f form[T], set func(n *N, at Text, v T), doc string) key[N] {
	return key[N]{
		name:   name,
		doc:    doc,
		read:   func(r *reader, into *N, at Text, n *yaml.Node) { set(into, at, f.read(r, at, n)) },
		schema: f.schema,
	}
}

// must returns the key as a required one.
func (k key[N]) must() key[N] {
	k.required = true
	return k
}

// mapping is a map with the keys of the language.
type mapping[N any] struct {
	noun  string // what messages call it
	def   string // its name in the schema
	keys  []key[N]
	rules []rule
	main  string                   // the key that a value which is no map is likely meant for; may be ""
	hints map[string]string        // what to say of keys that are often looked for here
	at    func(*N) *Text           // where the key that holds it is kept; may be nil
	check func(r *reader, into *N) // what no rule can say; may be nil
}

// value is the form that gives an N.
func (m mapping[N]) value() form[N] {
	return form[N]{want: m.want(), read: m.read, schema: m.schema}
}

// pointer is the form that gives a *N, which is never nil.
func (m mapping[N]) pointer() form[*N] {
	return to(m.value(), func(_ Text, v N) *N { return &v })
}

func (m mapping[N]) read(r *reader, at Text, n *yaml.Node) N {
	var into N
	if m.at != nil {
		*m.at(&into) = at
	}
	before := r.diags.Len()
	if !r.is(at, n, yaml.MappingNode, m.want()) {
		if m.main != "" && r.diags.Len() > before && plainValue.MatchString(n.Value) {
			r.diags.At(before).Help("write %s: {%s: %s}", at.Value, m.main, n.Value)
		}
		return into
	}
	given := m.readKeys(r, &into, at, n)
	for _, k := range m.keys {
		if _, ok := given.at[k.name]; k.required && !ok {
			r.diags.Errorf(at.Pos, diag.MissingKey, "%s has no %q", given.title, k.name).
				Help("%s: %s", k.name, decapitalized(strings.TrimSuffix(k.doc, ".")))
		}
	}
	for _, rule := range m.rules {
		rule.check(r, given)
	}
	if m.check != nil {
		m.check(r, &into)
	}
	return into
}

// plainValue matches what needs no quotes in {…}.
var plainValue = regexp.MustCompile(`^\w+$`)

// readKeys reads the value of each key, and returns which keys there are.
func (m mapping[N]) readKeys(r *reader, into *N, at Text, n *yaml.Node) keysGiven {
	given := keysGiven{title: m.title(at), pos: at.Pos, at: map[string]diag.Pos{}}
	near := map[string]diag.Pos{}
	for name, value := range r.pairs(n, diag.DuplicateKey) {
		i := slices.IndexFunc(m.keys, func(k key[N]) bool { return k.name == name.Value })
		if i < 0 {
			given.unknown = true
			near[r.unknownKey(given.title, name, m.names(), m.hints)] = name.Pos
			continue
		}
		given.at[name.Value] = name.Pos
		m.keys[i].read(r, into, name, value)
	}
	for name, pos := range near {
		if _, ok := given.at[name]; !ok {
			given.at[name] = pos
		}
	}
	return given
}

// want names the first keys.
func (m mapping[N]) want() string {
	const shown = 4
	names := m.names()
	if len(names) > shown {
		names = append(names[:shown], "…")
	}
	return "a map with " + strings.Join(names, ", ")
}

func (m mapping[N]) names() []string {
	var all []string
	for _, k := range m.keys {
		all = append(all, k.name)
	}
	return all
}

// title is what messages call the mapping under a key: queue jobs, retry.
func (m mapping[N]) title(at Text) string {
	if at.Value == m.noun || at.Value == "" {
		return m.noun
	}
	return m.noun + " " + clip(at.Value)
}

func (m mapping[N]) schema(d defs) schema {
	return d.ref(m.def, func() schema {
		properties, required := schema{}, []string{}
		for _, k := range m.keys {
			properties[k.name] = described(k.schema(d), k.doc)
			if k.required {
				required = append(required, k.name)
			}
		}
		s := schema{"type": "object", "properties": properties, "additionalProperties": false}
		if len(required) > 0 {
			s["required"] = required
		}
		var all []schema
		for _, rule := range m.rules {
			all = append(all, rule.schema())
		}
		if len(all) > 0 {
			s["allOf"] = all
		}
		return s
	})
}
