package check

import (
	"go/types"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// gather checks calls that are made side by side. It returns nil where one has an error.
func (c *checker) gather(scope *load.Scope, fields []spec.Field, what string) []*model.Part {
	var parts []*model.Part
	for _, f := range fields {
		name := what + ": " + f.Name.Value
		e := c.value(scope, whole(f.Expr), name)
		if e == nil {
			continue
		}
		parts = append(parts, &model.Part{Var: c.newVar(f.Name.Value, e.Type), Name: f.Name.Value, Expr: e})
		c.def.Locals[f.Name.Value] = true
	}
	if len(parts) != len(fields) {
		return nil
	}
	return parts
}

// merge checks sources whose elements are taken as they come.
func (c *checker) merge(scope *load.Scope, s spec.Source) model.Source {
	m := &model.Merge{}
	for _, part := range s.Parts {
		p := c.goSource(scope, whole(part), "merge", nil)
		if p == nil {
			continue
		}
		m.Parts = append(m.Parts, p)
		elem := model.Elem(p)
		if m.Elem == nil {
			m.Elem = elem
		}
		if !types.Identical(m.Elem, elem) {
			c.diags.Errorf(part.At(0), diag.WrongElement, "merge: %s has elements of type %s, those before it %s", part, c.typeName(elem), c.typeName(m.Elem))
			return nil
		}
	}
	if len(m.Parts) != len(s.Parts) || len(m.Parts) == 0 {
		return nil
	}
	return m
}
