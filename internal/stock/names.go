package stock

import (
	"fmt"
	"go/scanner"
	"go/token"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// defaultName puts the prefix before name, behind a leading new or err.
func defaultName(prefix, name string) string {
	if prefix == "" {
		return lower(name)
	}
	for _, verb := range []string{"new", "err"} {
		rest, ok := strings.CutPrefix(lower(name), verb)
		if r, _ := utf8.DecodeRuneInString(rest); ok && unicode.IsUpper(r) {
			return verb + upper(prefix) + rest
		}
	}
	return lower(prefix) + upper(name)
}

func upper(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// lower makes the first word of s small: Queue is queue, DB db, DBPool dbPool.
func lower(s string) string {
	runes := []rune(s)
	for i, r := range runes {
		if !unicode.IsUpper(r) || i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
			break
		}
		runes[i] = unicode.ToLower(r)
	}
	return string(runes)
}

// rename decides what every global is called, and refuses names that the binding has wrong.
// Where two that are live would have the same name by default, as Run and run, the later one gets a number.
func (m *maker) rename(live map[*decl]bool) error {
	for _, name := range slices.Sorted(maps.Keys(m.b.Names)) {
		if m.t.byName[name] == nil {
			return fmt.Errorf("there is no %s to name", name)
		}
	}
	taken := map[string]string{}
	claim := func(name, to string) error {
		sym := m.t.byName[name]
		m.names[sym] = to
		if !live[sym.decl] {
			return nil
		}
		if !token.IsIdentifier(to) {
			return fmt.Errorf("%s cannot be called %q", name, to)
		}
		if other, ok := taken[to]; ok {
			return fmt.Errorf("%s and %s would both be called %s", other, name, to)
		}
		taken[to] = name
		return nil
	}
	names := slices.Sorted(maps.Keys(m.t.byName))
	for _, name := range names {
		if to, given := m.b.Names[name]; given {
			if err := claim(name, to); err != nil {
				return err
			}
		}
	}
	for _, name := range names {
		if _, given := m.b.Names[name]; given {
			continue
		}
		to := defaultName(m.b.Prefix, name)
		for i := 2; live[m.t.byName[name].decl] && taken[to] != ""; i++ {
			to = fmt.Sprintf("%s%d", defaultName(m.b.Prefix, name), i)
		}
		if err := claim(name, to); err != nil {
			return err
		}
	}
	return nil
}

// bindTypes refuses bindings of type parameters that the part does not have.
func (m *maker) bindTypes() error {
	owners := map[string]bool{}
	for _, sym := range m.t.byName {
		for _, p := range sym.params {
			owners[p.owner] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.b.Types)) {
		if !owners[name] {
			return fmt.Errorf("there is no type parameter %s", name)
		}
		m.free[name] = freeNames(m.b.Types[name])
	}
	return nil
}

// bound returns the type that a type parameter is bound to.
func (m *maker) bound(p *symbol) (string, bool) {
	text, ok := m.b.Types[p.owner]
	return text, ok
}

// freeNames returns the names in a Go type that a local could hide.
func freeNames(text string) []string {
	var names []string
	text = Resolve(text, func(path string) string {
		names = append(names, baseName(path))
		return "."
	})
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, []byte(text), func(token.Position, string) {}, 0)
	previous := token.ILLEGAL
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return names
		}
		if tok == token.IDENT && previous != token.PERIOD {
			names = append(names, lit)
		}
		previous = tok
	}
}

// inserted returns the names that r brings into the output where the part had another one.
func (m *maker) inserted(r ref) []string {
	if r.sym == nil {
		return nil
	}
	switch r.sym.kind {
	case globalName:
		return []string{m.names[r.sym]}
	case importName:
		return []string{r.sym.base}
	case typeParam:
		if _, bound := m.bound(r.sym); bound {
			return m.free[r.sym.owner]
		}
	}
	return nil
}

// renameLocals finds new names for the locals of d that would hide what the output refers to.
func (m *maker) renameLocals(d *decl) {
	for _, r := range d.refs {
		for _, name := range m.inserted(r) {
			for _, local := range d.localsBy[name] {
				if local.hidesAt(r.pos, d) && !m.removed(r.pos) {
					m.renameLocal(d, local)
				}
			}
		}
	}
}

// renameLocal gives a local its name and the least number that makes it one of its own.
func (m *maker) renameLocal(d *decl, local *symbol) {
	_, bound := m.bound(local)
	if _, done := m.locals[local]; done || bound && local.kind == typeParam {
		return
	}
	taken := map[string]bool{}
	for _, r := range d.refs {
		for _, name := range m.inserted(r) {
			taken[name] = true
		}
	}
	for i := 2; ; i++ {
		name := fmt.Sprintf("%s%d", local.name, i)
		if !taken[name] && !m.t.names[name] {
			m.locals[local] = name
			return
		}
	}
}

// hidesAt reports whether the local's scope reaches pos.
func (s *symbol) hidesAt(pos token.Pos, d *decl) bool {
	if s.from == s.to {
		return s.kind == localName && !s.from.IsValid() && s.variable && d.pos <= pos
	}
	return s.from <= pos && pos < s.to
}
