package stock

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// maker is the making of one part under one binding.
type maker struct {
	t *template
	b Binding

	names  map[*symbol]string         // of the globals
	locals map[*symbol]string         // of those that are renamed
	consts map[*symbol]constant.Value // of the constants bound; nil where the literal is more than one
	free   map[string][]string        // by type parameter: the names in its binding
	cuts   []edit                     // what is gone
	edits  []edit                     // what is called otherwise
}

func (t *template) make(b Binding) (string, error) {
	m := &maker{
		t: t, b: b,
		names: map[*symbol]string{}, locals: map[*symbol]string{},
		consts: map[*symbol]constant.Value{}, free: map[string][]string{},
	}
	for _, step := range []func() error{m.bindTypes, m.bindConsts, m.cutAll} {
		if err := step(); err != nil {
			return "", err
		}
	}
	r, err := m.reachable()
	if err != nil {
		return "", err
	}
	if err := m.rename(r.decls); err != nil {
		return "", err
	}
	builtins := map[string]bool{}
	for _, d := range t.decls {
		if !r.decls[d] {
			continue
		}
		if err := m.checkArguments(d); err != nil {
			return "", err
		}
		m.renameLocals(d)
		m.edit(d, builtins)
	}
	for _, name := range m.names {
		if builtins[name] {
			return "", fmt.Errorf("a declaration cannot be called %s: the part uses the predeclared one", name)
		}
	}
	return m.render(r), nil
}

// bindConsts gives the bound constants their literals.
func (m *maker) bindConsts() error {
	for _, name := range slices.Sorted(maps.Keys(m.b.Consts)) {
		sym := m.t.byName[name]
		if sym == nil || !sym.isConst || sym.value == nil {
			return fmt.Errorf("there is no constant %s with a value of its own", name)
		}
		v := literalValue(m.b.Consts[name])
		if sym.known.Kind() == constant.Bool && (v == nil || v.Kind() != constant.Bool) {
			return fmt.Errorf("the constant %s is a bool", name)
		}
		m.consts[sym] = v
		m.cuts = append(m.cuts, edit{sym.value.Pos(), sym.value.End(), m.b.Consts[name]})
	}
	return nil
}

// literalValue returns the value of a Go literal, or nil for any other text.
func literalValue(text string) constant.Value {
	switch text {
	case "true", "false":
		return constant.MakeBool(text == "true")
	}
	e, err := parser.ParseExpr(text)
	if err != nil {
		return nil
	}
	negative := false
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.SUB {
		negative, e = true, u.X
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return nil
	}
	v := constant.MakeFromLiteral(lit.Value, lit.Kind, 0)
	if negative && lit.Kind == token.INT {
		return constant.UnaryOp(token.SUB, v, 0)
	}
	return v
}

// cutAll folds the options and drops the type parameters and arguments that are bound.
func (m *maker) cutAll() error {
	for _, d := range m.t.decls {
		for _, g := range d.generics {
			if err := m.cutBound(g); err != nil {
				return err
			}
		}
		if !m.hasOption(d) {
			continue
		}
		if err := m.fold(d); err != nil {
			return err
		}
		if err := m.dropUnused(d); err != nil {
			return err
		}
	}
	m.cuts = mergeCuts(m.cuts)
	return nil
}

func (m *maker) hasOption(d *decl) bool {
	return len(m.consts) > 0 && slices.ContainsFunc(d.refs, func(r ref) bool {
		if r.sym == nil || !r.sym.isConst || r.kind == definition {
			return false
		}
		_, bound := m.consts[r.sym]
		return bound || r.sym.value != nil
	})
}

// cutBound takes what is bound out of a list in brackets.
func (m *maker) cutBound(g generic) error {
	var items []ast.Node
	if g.list != nil {
		for _, id := range flatten(g.list) {
			items = append(items, id)
		}
	}
	for _, arg := range g.args {
		items = append(items, arg)
	}
	bound := make([]bool, len(items))
	for i := range items {
		_, bound[i] = m.bound(g.of.params[i])
	}
	switch {
	case !slices.Contains(bound, true):
	case !slices.Contains(bound, false):
		m.cuts = append(m.cuts, edit{g.pos, g.end, ""})
	default:
		ends, err := m.ends(g, items, bound)
		if err != nil {
			return err
		}
		m.cutItems(ends, items, bound)
	}
	return nil
}

// ends returns where each item ends: of a type parameter, behind its constraint.
func (m *maker) ends(g generic, items []ast.Node, bound []bool) ([]token.Pos, error) {
	ends := make([]token.Pos, len(items))
	for i, item := range items {
		ends[i] = item.End()
	}
	if g.list == nil {
		return ends, nil
	}
	i := 0
	for _, f := range g.list.List {
		for range f.Names[1:] {
			if bound[i] != bound[i+1] {
				return nil, fmt.Errorf("%s: type parameters that share a constraint are bound together",
					m.t.fset.Position(f.Pos()))
			}
			i++
		}
		ends[i] = f.End()
		i++
	}
	return ends, nil
}

// cutItems cuts the items that are dead, with a comma each.
func (m *maker) cutItems(ends []token.Pos, items []ast.Node, dead []bool) {
	for i := 0; i < len(items); i++ {
		if !dead[i] {
			continue
		}
		first := i
		for i+1 < len(items) && dead[i+1] {
			i++
		}
		if i+1 < len(items) {
			m.cuts = append(m.cuts, edit{items[first].Pos(), items[i+1].Pos(), ""})
		} else {
			m.cuts = append(m.cuts, edit{ends[first-1], ends[i], ""})
		}
	}
}

// checkArguments refuses an instantiation in d of something that is bound otherwise.
func (m *maker) checkArguments(d *decl) error {
	for _, g := range d.generics {
		if g.receiver || m.removedBefore(g.pos) {
			continue
		}
		for i, arg := range g.args {
			want, bound := m.bound(g.of.params[i])
			if got := m.text(d, arg); bound && got != want {
				return m.conflict(g.pos, g.of, i, got, want)
			}
		}
	}
	for _, n := range d.inferred {
		if m.removed(n.pos) {
			continue
		}
		for i, arg := range n.args {
			want, bound := m.bound(n.of.params[i])
			if got, known := m.typeText(arg); bound && known && got != want {
				return m.conflict(n.pos, n.of, i, got, want)
			}
		}
	}
	return nil
}

func (m *maker) conflict(pos token.Pos, of *symbol, i int, got, want string) error {
	return fmt.Errorf("%s: %s is wanted with %s = %s here, but is bound to %s",
		m.t.fset.Position(pos), of.name, of.params[i].owner, got, want)
}

// removedBefore reports whether the name before a bracket has been cut.
func (m *maker) removedBefore(bracket token.Pos) bool { return m.removed(bracket - 1) }

// text returns the source of e as the output has it.
func (m *maker) text(d *decl, e ast.Expr) string {
	var edits []edit
	for _, r := range d.refs {
		if e.Pos() <= r.pos && r.end <= e.End() {
			if text, changed := m.replacement(r); changed {
				edits = append(edits, edit{r.pos, r.end, text})
			}
		}
	}
	sortEdits(edits)
	return string(d.src.apply(nil, e.Pos(), e.End(), edits))
}

// typeText returns an inferred type argument as the output has it, where that is simple.
func (m *maker) typeText(t types.Type) (string, bool) {
	switch t := t.(type) {
	case *types.TypeParam:
		sym := m.t.symbols[t.Obj()]
		if sym == nil {
			return "", false
		}
		if text, bound := m.bound(sym); bound {
			return text, true
		}
		return sym.name, true
	case *types.Basic:
		return t.Name(), t.Kind() != types.Invalid
	}
	return "", false
}

// edit notes all that is called otherwise in d, and the predeclared names that stay.
func (m *maker) edit(d *decl, builtins map[string]bool) {
	for _, r := range d.refs {
		if m.removed(r.pos) {
			continue
		}
		if r.sym != nil && r.sym.kind == builtinName {
			builtins[r.name] = true
		}
		if text, changed := m.replacement(r); changed {
			m.edits = append(m.edits, edit{r.pos, r.end, text})
		}
	}
	for _, n := range d.mentions {
		if !m.removed(n.pos) {
			m.edits = append(m.edits, edit{n.pos, n.end, m.names[n.sym]})
		}
	}
}

// replacement returns what stands in the output for r.
func (m *maker) replacement(r ref) (string, bool) {
	if r.sym == nil {
		return "", false
	}
	switch r.sym.kind {
	case globalName:
		return m.names[r.sym], m.names[r.sym] != r.name
	case fieldName:
		if r.sym.embeds != nil && r.sym.embeds.kind == globalName {
			return m.names[r.sym.embeds], true
		}
	case importName:
		return Mark(r.sym.path, r.name), true
	case typeParam:
		if text, bound := m.bound(r.sym); bound {
			return parenthesised(text, r), true
		}
	}
	name, renamed := m.locals[r.sym]
	return name, renamed
}

// parenthesised puts a type in parentheses where Go would read it otherwise.
func parenthesised(text string, r ref) string {
	arrow := strings.HasPrefix(text, "<-")
	if r.element && arrow ||
		r.callee && (arrow || strings.HasPrefix(text, "*") || strings.HasPrefix(text, "func") || strings.HasPrefix(text, "chan")) {
		return "(" + text + ")"
	}
	return text
}

// render writes what is reachable, in the order of the sources.
func (m *maker) render(r *reach) string {
	groups := map[*ast.GenDecl]bool{}
	for _, d := range m.t.decls {
		switch {
		case d.group != nil && r.decls[d]:
			groups[d.group] = true
		case d.group != nil:
			pos, end := d.src.lines(d.pos, d.end)
			m.cuts = append(m.cuts, edit{pos, end, ""})
		}
		for _, f := range d.fields {
			if !r.fields[f] {
				pos, end := d.src.lines(m.above(d.src, f.pos), f.end)
				m.cuts = append(m.cuts, edit{pos, end, ""})
			}
		}
	}
	edits := slices.Concat(mergeCuts(m.cuts), m.edits)
	sortEdits(edits)
	out := make([]byte, 0, m.t.size)
	for _, d := range m.t.decls {
		pos, end, wanted := d.pos, d.end, r.decls[d]
		if d.group != nil {
			pos, end, wanted = start(d.group.Doc, d.group), d.group.End(), groups[d.group]
			delete(groups, d.group)
		}
		if wanted {
			out = d.src.apply(out, pos, end, edits)
			out = append(out, "\n\n"...)
		}
	}
	return string(out)
}
