package check

import (
	"go/types"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// zipNames are what the map behind a zip calls the elements of its parts.
const zipNames = "abcdefgh"

// zip checks sources side by side.
func (c *checker) zip(scope *load.Scope, s spec.Source) model.Source {
	if len(s.Parts) > len(zipNames) {
		c.diags.Errorf(s.Inner.At(0), diag.BadValue, "zip takes at most %d sources, here are %d", len(zipNames), len(s.Parts))
		return nil
	}
	m := &model.Zip{}
	for i, part := range s.Parts {
		name := zipNames[i : i+1]
		if _, hidden := scope.Lookup(name).(*types.Var); hidden && isParam(c.def, name) {
			c.diags.Errorf(part.At(0), diag.NameCollision, "zip: its element is called %s, and so is a param", name).
				Help("give the param another name")
			return nil
		}
		p := c.goSource(scope, whole(part), "zip", nil)
		if p == nil {
			continue
		}
		m.Parts = append(m.Parts, p)
		m.Elems = append(m.Elems, model.Elem(p))
		m.Vars = append(m.Vars, c.newVar(name, model.Elem(p)))
	}
	if len(m.Parts) != len(s.Parts) || len(m.Parts) == 0 {
		return nil
	}
	return m
}

// severalOf returns what the map behind a source sees where that is not one element, and what the source is.
func severalOf(s model.Source) ([]*types.Var, string) {
	switch s := s.(type) {
	case *model.Zip:
		return s.Vars, "zip"
	case *model.Gather:
		var all []*types.Var
		for _, p := range s.Parts {
			if p.Var != nil {
				all = append(all, p.Var)
			}
		}
		return all, "gather"
	}
	return nil, ""
}

// varNames lists variables, for messages.
func varNames(vars []*types.Var) string {
	var all []string
	for _, v := range vars {
		all = append(all, v.Name())
	}
	return join(all)
}
