package emit

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// cargo is what crosses from one side of a split to the other: an element, or a struct of it and of what the spec has
// named before and uses behind.
type cargo struct {
	name   string   // of the local that holds it
	typ    string   // its type
	fields []string // the locals that it carries; one: it is that local itself
}

// pack returns the code of a cargo made of its locals.
func (c *cargo) pack() string {
	if len(c.fields) == 1 {
		return c.fields[0]
	}
	return c.typ + "{" + strings.Join(c.fields, ", ") + "}"
}

// unpack returns the statement that makes locals of a cargo again, of those that are used.
func (c *cargo) unpack(used func(string) bool) string {
	if len(c.fields) == 1 {
		return ""
	}
	var names, values []string
	for _, f := range c.fields {
		if used(f) {
			names = append(names, f)
			values = append(values, c.name+"."+f)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, ", ") + " := " + strings.Join(values, ", ")
}

// whole returns code with the cargo itself in the place of one that is made of all its locals again, "" where it needs
// these otherwise.
func (c *cargo) whole(code string) string {
	if len(c.fields) == 1 || !strings.Contains(code, c.pack()) {
		return ""
	}
	code = strings.ReplaceAll(code, c.pack(), c.name)
	for _, w := range words(code) {
		if slices.Contains(c.fields, w) {
			return ""
		}
	}
	return code
}

// taking makes code that is given a cargo: the statements that body returns, with the locals before them that those use.
// name is what holds the cargo: "_" where nothing of it is used.
func (g *function) taking(c *cargo, body func() string) (code, name string) {
	before := map[string]bool{}
	for _, f := range c.fields {
		before[f], g.used[f] = g.used[f], false
	}
	if len(c.fields) > 1 {
		g.used[c.name] = false
	}
	code = body()
	if whole := c.whole(code); whole != "" {
		code = whole
		for _, f := range c.fields {
			g.used[f] = false
		}
		g.used[c.name] = true
	}
	unpack := c.unpack(func(l string) bool { return g.used[l] })
	name = c.name
	if !g.used[name] && unpack == "" {
		name = "_"
	}
	for f, was := range before {
		g.used[f] = g.used[f] || was
	}
	return lines(unpack, code), name
}

// local is a local name and the type of what it holds.
type local struct {
	name string
	typ  types.Type
}

// newCargo returns the cargo of some locals, and the declaration of its type, if it needs one.
func (g *function) newCargo(all []local) (c *cargo, decl string) {
	c = &cargo{}
	var fields strings.Builder
	for _, l := range all {
		c.fields = append(c.fields, l.name)
		fmt.Fprintf(&fields, "%s %s\n", l.name, g.typ(l.typ))
	}
	if len(all) == 1 {
		c.name, c.typ = all[0].name, g.typ(all[0].typ)
		return c, ""
	}
	c.name = g.locals.pick("item", "result", "parcel")
	if c.typ = g.cargos[fields.String()]; c.typ != "" {
		return c, ""
	}
	c.typ = g.locals.pick(all[0].name+"Item", all[0].name+"Parcel")
	g.cargos[fields.String()] = c.typ
	return c, fmt.Sprintf("type %s struct {\n%s}", c.typ, fields.String())
}

// carried returns the locals that cross a split behind the first n stages: the element, or the several of a zip or a
// gather, and what the spec has named before and uses in what stands behind.
func (g *function) carried(f *model.Flow, e *env, names []string, n int, behind []*model.Expr) []local {
	var all []local
	carry := func(name string, typ types.Type) {
		if name != "" && !slices.ContainsFunc(all, func(o local) bool { return o.name == name }) {
			all = append(all, local{name, typ})
		}
	}
	if elem := elemBefore(f, n); elem != nil {
		carry(names[n], elem)
	}
	for _, v := range namedBefore(f, n) {
		if slices.ContainsFunc(behind, func(x *model.Expr) bool { return x.Mentions(v) }) {
			carry(e.vars[v], v.Type())
		}
	}
	return all
}

// namedBefore returns what the spec has named in front of stage n.
func namedBefore(f *model.Flow, n int) []*types.Var {
	all := []*types.Var{f.As}
	switch s := f.Source.(type) {
	case *model.Zip:
		all = append(all, s.Vars...)
	case *model.Gather:
		all = append(all, partVars(s.Parts)...)
	}
	for _, s := range f.Stages[:n] {
		all = append(all, s.As)
		all = append(all, partVars(s.Gather)...)
	}
	return slices.DeleteFunc(all, func(v *types.Var) bool { return v == nil })
}

func partVars(parts []*model.Part) []*types.Var {
	var all []*types.Var
	for _, p := range parts {
		all = append(all, p.Var)
	}
	return all
}
