package stock

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// reach finds the declarations that the output needs, and the fields.
type reach struct {
	m       *maker
	decls   map[*decl]bool
	fields  map[*field]bool
	members map[*symbol]bool            // fields and methods that are mentioned
	names   map[string]bool             // members that are mentioned by a name that could be any type's
	only    map[*symbol]map[string]bool // types of which Keep names methods, and those
	queue   []*decl
}

// reachable starts from what is wanted and follows all that it mentions.
func (m *maker) reachable() (*reach, error) {
	r := &reach{
		m: m, decls: map[*decl]bool{}, fields: map[*field]bool{}, members: map[*symbol]bool{},
		names: map[string]bool{}, only: map[*symbol]map[string]bool{},
	}
	if err := r.roots(); err != nil {
		return nil, err
	}
	// What is mentioned late can bring back a member of what was reached early: go on until nothing is added.
	for {
		before := len(r.decls) + len(r.fields)
		for len(r.queue) > 0 {
			d := r.queue[0]
			r.queue = r.queue[1:]
			r.follow(d)
		}
		for _, d := range m.t.decls {
			if r.decls[d] {
				r.membersOf(d)
			}
		}
		if len(r.queue) == 0 && len(r.decls)+len(r.fields) == before {
			return r, nil
		}
	}
}

func (r *reach) roots() error {
	keep := r.m.b.Keep
	if len(keep) == 0 {
		for _, d := range r.m.t.decls {
			for _, sym := range d.names {
				_, option := r.m.consts[sym]
				if sym.kind == globalName && ast.IsExported(sym.name) && !option {
					r.add(d)
				}
			}
		}
		return nil
	}
	for _, name := range keep {
		global, method, isMethod := strings.Cut(name, ".")
		sym := r.m.t.byName[global]
		if sym == nil {
			return fmt.Errorf("there is no %s to keep", global)
		}
		r.add(sym.decl)
		if !isMethod {
			continue
		}
		i := slices.IndexFunc(sym.methods, func(s *symbol) bool { return s.name == method })
		if i < 0 {
			return fmt.Errorf("%s has no method %s to keep", global, method)
		}
		if r.only[sym] == nil {
			r.only[sym] = map[string]bool{}
		}
		r.only[sym][method] = true
	}
	return nil
}

func (r *reach) add(d *decl) {
	if d != nil && !r.decls[d] {
		r.decls[d] = true
		r.queue = append(r.queue, d)
	}
}

// follow reaches what d mentions outside its fields.
func (r *reach) follow(d *decl) {
	for _, ref := range d.refs {
		if !slices.ContainsFunc(d.fields, func(f *field) bool { return f.pos <= ref.pos && ref.pos < f.end }) {
			r.mention(ref)
		}
	}
}

func (r *reach) mention(ref ref) {
	if r.m.removed(ref.pos) {
		return
	}
	switch {
	case ref.sym == nil:
		r.names[ref.name] = true
	case ref.sym.kind == globalName:
		r.add(ref.sym.decl)
	case ref.sym.kind == fieldName, ref.sym.kind == methodName:
		r.members[ref.sym] = true
	}
}

// membersOf reaches the methods and fields of d, a declaration that is needed.
func (r *reach) membersOf(d *decl) {
	for _, sym := range d.names {
		for _, method := range sym.methods {
			if r.needsMethod(sym, method) {
				r.add(method.decl)
			}
		}
	}
	for _, f := range d.fields {
		if r.fields[f] || !r.needsField(f) {
			continue
		}
		r.fields[f] = true
		for _, ref := range d.refs {
			if f.pos <= ref.pos && ref.pos < f.end {
				r.mention(ref)
			}
		}
	}
}

func (r *reach) needsMethod(of, method *symbol) bool {
	if r.members[method] || r.names[method.name] {
		return true
	}
	if only := r.only[of]; only != nil {
		return only[method.name]
	}
	return ast.IsExported(method.name)
}

// needsField reports whether f stays: it is mentioned, or never was.
func (r *reach) needsField(f *field) bool {
	return f.always || slices.ContainsFunc(f.syms, func(s *symbol) bool {
		return s.uses == 0 || r.members[s] || r.names[s.name]
	})
}
