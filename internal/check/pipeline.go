package check

import (
	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// pipeline returns the model of a pipeline of the spec, or nil where it has an error or uses itself.
func (c *checker) pipeline(name string) *model.Pipeline {
	s := c.pipelines[name]
	if s.made != nil {
		return s.made
	}
	if s.busy {
		c.cycle(name)
		return nil
	}
	if s.spec == nil {
		return nil // refused before
	}
	s.busy = true
	c.order = append(c.order, name)
	made := c.checkPipeline(s.spec)
	c.order = c.order[:len(c.order)-1]
	s.busy, s.spec, s.made = false, nil, made
	if made != nil {
		c.declarePipeline(made)
	}
	return made
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

// cycle reports a pipeline that uses itself, once, at the first of the loop.
func (c *checker) cycle(name string) {
	c.diags.Errorf(c.pipelines[name].spec.Name.At(0), diag.Cycle, "pipeline %s uses itself: %s", name, c.wayBack(name))
}

// wayBack writes the way from a definition that is being checked back to itself.
func (c *checker) wayBack(name string) string {
	loop := name
	for i := len(c.order) - 1; i >= 0; i-- {
		loop = c.order[i] + " -> " + loop
		if c.order[i] == name {
			break
		}
	}
	return loop
}
