package check

import (
	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// pipeline returns the model of a pipeline of the spec, or nil where it has an error or uses itself.
func (c *checker) pipeline(name string) *model.Pipeline {
	s := c.pipelines[name]
	if s.busy {
		c.diags.Errorf(s.spec.Name.At(0), diag.Cycle, "pipeline %s uses itself: %s", name, c.wayBack(name))
	}
	return s.model(c, name, c.checkPipeline, c.declarePipeline)
}

func (c *checker) checkPipeline(p *spec.Pipeline) *model.Pipeline {
	def := c.begin(&p.Definition)
	m := &model.Pipeline{}
	ok := false
	var unordered *disorder
	c.within(def, func() {
		f := c.flow(def.scope, p)
		if f == nil {
			return
		}
		m.Flow, unordered = f.Flow, f.unordered
		ok = def.ok && !f.failed
		if p.Collect == nil {
			return
		}
		m.Collect = c.collect(f, p.Collect)
		ok = ok && m.Collect != nil
	})
	if !ok {
		return nil
	}
	m.Definition = *def.Definition
	unordered.leaves(c, m)
	return m
}
