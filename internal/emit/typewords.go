package emit

import (
	"go/types"
	"slices"
	"strings"
	"unicode"

	"github.com/asyncgen/asyncgen/internal/model"
)

// takeTypes keeps the locals of a flow from hiding the types of its elements and the packages that they come from: a
// func that stands inside names both.
func (g *function) takeTypes(flow *model.Flow) {
	for f := range flow.Flows() {
		for _, s := range f.Stages {
			g.takeType(s.Elem)
			for _, e := range []*model.Expr{s.Expr, s.Init, s.Calls.Key} {
				if e != nil {
					g.takeType(e.Type)
				}
			}
			g.takePartTypes(s.Gather)
		}
	}
	for s := range flow.Sources() {
		g.takeType(model.Elem(s))
		switch s := s.(type) {
		case *model.Range:
			g.takeType(s.Expr.Type)
		case *model.Call:
			for _, a := range s.Args {
				g.takeType(a.Type)
			}
		case *model.Gather:
			g.takePartTypes(s.Parts)
		}
	}
}

func (g *function) takePartTypes(parts []*model.Part) {
	for _, p := range parts {
		g.takeType(p.Expr.Type)
	}
}

// words returns the names and numbers that stand in code.
func words(code string) []string {
	return strings.FieldsFunc(code, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// unlike returns the first of two names that does not stand in a type, for a local beside it.
func (g *function) unlike(t types.Type, first, second string) string {
	if slices.Contains(g.wordsOf(t), first) {
		return second
	}
	return first
}

// takeType takes the names that stand in a type.
func (g *function) takeType(t types.Type) {
	if t == nil {
		return
	}
	for _, w := range g.wordsOf(t) {
		g.locals.taken[w] = true
	}
}

// takeHeldType is takeType of what is held, which may itself be called like its type.
func (g *function) takeHeldType(w *model.With) {
	if w.Var == nil {
		return
	}
	for _, word := range g.wordsOf(w.Var.Type()) {
		if word != w.Var.Name() {
			g.locals.taken[word] = true
		}
	}
}

// takeEffectTypes keeps the locals of a test from hiding its probe, p, and the types that the fakes of effects name.
func (g *function) takeEffectTypes(d *model.Definition) {
	g.locals.taken["p"] = true
	for _, e := range d.AllEffects() {
		for _, vars := range []*types.Tuple{e.Signature().Params(), e.Signature().Results()} {
			for v := range vars.Variables() {
				g.takeType(v.Type())
			}
		}
	}
}

// wordsOf returns the names that stand in a type.
func (g *function) wordsOf(t types.Type) []string {
	name := func(p *types.Package) string {
		if p.Path() == g.file.model.Path {
			return ""
		}
		return p.Name()
	}
	return words(types.TypeString(t, name))
}
