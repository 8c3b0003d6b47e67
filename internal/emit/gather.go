package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// gatherNames picks the locals of what the calls of a gather give, and tells e of them.
func (g *function) gatherNames(parts []*model.Part, e *env) {
	for _, p := range parts {
		if p.Var != nil {
			e.vars[p.Var] = g.locals.pick(p.Name, p.Name+"Value")
		}
	}
}

// gatherStage makes a gather's calls side by side, for each element.
func (g *function) gatherStage(s *stage, d *down) *down {
	up := behind(d, func(v string, at place) string {
		rest := d.elem(v, at)
		return lines(g.gather(s.Gather, s.env, d, at), rest)
	})
	up.looks, up.observed = true, true
	return up
}

// gather returns the statements that make calls side by side.
func (g *function) gather(parts []*model.Part, e *env, d *down, at place) string {
	ctx := g.std("context.Context")
	var decls, calls []string
	declared := "" // the type of the variables in the last declaration
	for _, p := range parts {
		name := "_"
		if g.used[e.vars[p.Var]] {
			name = e.vars[p.Var]
			typ, last := g.typ(p.Expr.Type), len(decls)-1
			if typ == declared {
				decls[last] = strings.TrimSuffix(decls[last], " "+typ) + ", " + name + " " + typ
			} else {
				decls, declared = append(decls, fmt.Sprintf("var %s %s", name, typ)), typ
			}
		}
		code := g.expr(p.Expr, e)
		if p.Expr.Fails {
			calls = append(calls, fmt.Sprintf("func(ctx %s) (err error) {\n%s, err = %s\nreturn err\n}", ctx, name, code))
			continue
		}
		calls = append(calls, fmt.Sprintf("func(ctx %s) error {\n%s = %s\nreturn nil\n}", ctx, name, code))
	}
	call := fmt.Sprintf("%s(\nctx,\n%s,\n)", g.file.stockName("Gather"), strings.Join(calls, ",\n"))
	return lines(lines(decls...), ifThen(fmt.Sprintf("%s := %s; %s != nil", g.err, call, g.err), d.fail(g.err, at)))
}

// gatherSource is a source of one element: what calls side by side give.
func (g *function) gatherSource(s *model.Gather, e *env, d *down, at place) *part {
	in := g.inLoop("", at)
	rest := d.elem("", in)
	body := lines(g.gather(s.Parts, e, d, in), rest)
	if all := words(body); !slices.Contains(all, "continue") && !slices.Contains(all, "break") {
		return &part{first: d, loop: body}
	}
	return &part{first: d, loop: in.label.before(fmt.Sprintf("for range 1 { // one element\n%s\n}", body))}
}

// merge ranges over sources as their elements come.
func (g *function) merge(s *model.Merge, e *env, d *down, name string, at place) *part {
	c := &cargo{name: name, typ: g.typ(s.Elem), fields: []string{name}}
	args := []string{"ctx"}
	for _, p := range s.Parts {
		args = append(args, "\n"+g.handingOn(c, func(to *down, inside place) string {
			return g.source(p, e.clone(), to, name, inside).code(inside)
		}))
	}
	args[len(args)-1] += ",\n"
	return &part{first: d, loop: g.overElements(callOf(g.file.stockName("Merge"), args), c, d, at)}
}
