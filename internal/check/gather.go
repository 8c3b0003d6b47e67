package check

import (
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
