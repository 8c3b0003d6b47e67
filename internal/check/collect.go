package check

import (
	"go/types"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// collect checks what becomes of a flow's elements.
func (c *checker) collect(f *flow, s *spec.Collect) *model.Collect {
	m := &model.Collect{Kind: model.CollectKind(s.Kind.Value), V: c.newVar("v", f.elem), I: c.newVar("i", types.Typ[types.Int])}
	scope := f.scope.Child(m.V, m.I)
	switch m.Kind {
	case model.CollectSlice:
		m.Type = types.NewSlice(f.elem)
	case model.CollectSet:
		if !c.mapKey(whole(s.Kind), f.elem, "collect: set: an element") {
			return nil
		}
		m.Type = types.NewMap(f.elem, types.NewStruct(nil, nil))
	case model.CollectCount:
		m.Type = types.Typ[types.Int]
	case model.CollectFirst, model.CollectLast, model.CollectOne:
		m.Type = f.elem
	case model.CollectMap:
		return c.collectMap(scope, s, m)
	case model.CollectReduce:
		m.Init, m.Step, m.Acc = c.accumulate(f, s.Init, s.Step, m.V, m.I, "reduce")
		if m.Step == nil {
			return nil
		}
		m.Type = m.Acc.Type()
	case model.CollectInto:
		if m.Into = c.sink(scope, whole(s.Into), "into", m.V); m.Into == nil {
			return nil
		}
	default:
		c.diags.Errorf(s.Kind.At(0), diag.Combination, "collect: %s belongs to a consumer, not to a pipeline", s.Kind)
		return nil
	}
	return m
}

func (c *checker) collectMap(scope *load.Scope, s *spec.Collect, m *model.Collect) *model.Collect {
	m.Key = c.call(scope, whole(s.MapKey), "map: key", m.V)
	m.Value = c.call(scope, whole(s.MapValue), "map: value", m.V)
	if m.Key == nil || m.Value == nil || !c.mapKey(whole(s.MapKey), m.Key.Type, "map: key") {
		return nil
	}
	m.First, m.Fail = s.OnDuplicate.Value == "first", s.OnDuplicate.Value == "error"
	m.Type = types.NewMap(m.Key.Type, m.Value.Type)
	return m
}

// mapKey refuses a type that cannot be the key of a map.
func (c *checker) mapKey(g goText, t types.Type, what string) bool {
	if types.Comparable(t) {
		return true
	}
	c.diags.Errorf(g.at(0), diag.WrongResult, "%s is %s, which cannot be compared", what, c.typeName(t))
	return false
}
