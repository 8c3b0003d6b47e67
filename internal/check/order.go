package check

import (
	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// disorder is an ordered: false, and the pipeline that it stands in where that is another one.
type disorder struct {
	flag *spec.Flag
	in   string
}

// disorderOf returns why the elements of a source do not come in order, nil where they do. A merge has no order to keep:
// whoever puts a stage behind it that needs one means the order in which they come.
func (c *checker) disorderOf(s model.Source) *disorder {
	var parts []model.Source
	switch s := s.(type) {
	case *model.Call:
		return c.unordered[s.Pipeline]
	case *model.Concat:
		parts = s.Parts
	case *model.Zip:
		parts = s.Parts
	}
	for _, p := range parts {
		if d := c.disorderOf(p); d != nil {
			return d
		}
	}
	return nil
}

// leaves notes that the elements of a pipeline leave it in disorder.
func (d *disorder) leaves(c *checker, p *model.Pipeline) {
	if d == nil {
		return
	}
	out := *d
	if out.in == "" {
		out.in = p.Name
	}
	c.unordered[p] = &out
}

// needsOrder are the stages that an unordered one cannot stand before.
var needsOrder = map[spec.StageKind]string{
	spec.Skip: "skips the first", spec.TakeWhile: "ends at the first that does not hold", spec.TakeUntil: "ends at the first that holds",
	spec.SkipWhile: "begins at the first that does not hold", spec.Scan: "accumulates in order", spec.Window: "slides in order",
}

// keepsOrder refuses a stage that needs the order behind one that does not keep it.
func (c *checker) keepsOrder(f *flow, s *spec.Stage) bool {
	why, ok := needsOrder[s.Kind]
	if s.Kind == spec.Distinct && s.Adjacent {
		why, ok = "compares with the one before", true
	}
	if f.unordered == nil || !ok {
		return true
	}
	what, help := label(s), "leave ordered: false out, or move the stage before it"
	if in := f.unordered.in; in != "" {
		what, help = what+" of "+c.def.Name, "leave ordered: false out of "+in
	}
	c.diags.Errorf(f.unordered.flag.Pos, diag.Combination, "ordered: false stands before %s, which %s", what, why).
		Note(s.Key.At(0), "%s needs the order", label(s)).
		Help("%s", help)
	f.unordered = nil // once is enough
	return false
}
