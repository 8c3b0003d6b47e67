package emit

import (
	"fmt"
)

// window slides over the elements. Each slice is the receiver's own.
func (g *function) window(s *stage, d *down) *down {
	size := g.count(s, s.Size, "size", 1)
	step := "1"
	if s.Step != nil {
		step = g.count(s, s.Step, "step", 1)
	}
	window := g.locals.pick("recent", "sliding")
	s.declare("var %s %s", window, g.typ(s.Elem))
	gap := g.gap(s, size, step)
	return sieve(d, func(v string, at place) string {
		kept := at.kept
		at.skip, at.kept = nil, ""
		keep := window + " = nil"
		if slide := slide(s, size, step); slide != size {
			keep = fmt.Sprintf("%s = %s(%s[%s:])", window, g.std("slices.Clone"), s.out, slide)
		}
		rest := d.elem(s.out, at)
		g.use(s.out)
		take := lines(fmt.Sprintf("%s := %s", s.out, window), keep, gap.reset, rest)
		add := lines(kept, fmt.Sprintf("%s = append(%s, %s)", window, window, g.use(v)))
		if at.next != "" {
			return lines(gap.skip(at.next), add, ifThen(fmt.Sprintf("len(%s) < %s", window, size), at.next), take)
		}
		inner := lines(add, ifThen(fmt.Sprintf("len(%s) >= %s", window, size), take))
		return gap.around(inner)
	})
}

// slide returns how many elements leave the window: the step, or all where that is longer.
func slide(s *stage, size, step string) string {
	n, sizeKnown := s.Size.Int()
	m, stepKnown := s.Step.Int()
	switch {
	case s.Step == nil || sizeKnown && stepKnown && m <= n:
		return step
	case sizeKnown && stepKnown:
		return size
	}
	return fmt.Sprintf("min(%s, %s)", size, step)
}

// gap is the elements between two windows, where the step may be longer than a window.
type gap struct {
	name  string
	reset string
}

func (g *function) gap(s *stage, size, step string) gap {
	n, sizeKnown := s.Size.Int()
	m, stepKnown := s.Step.Int()
	if s.Step == nil || sizeKnown && stepKnown && m <= n {
		return gap{}
	}
	name := g.locals.pick("gap", "between")
	s.declare("%s := 0", name)
	if sizeKnown && stepKnown {
		return gap{name, fmt.Sprintf("%s = %d", name, m-n)}
	}
	return gap{name, fmt.Sprintf("%s = max(0, %s-%s)", name, step, size)}
}

// skip passes over an element between two windows.
func (p gap) skip(next string) string {
	if p.name == "" {
		return ""
	}
	return ifThen(p.name+" > 0", p.name+"--", next)
}

// around passes over an element between two windows where other statements follow.
func (p gap) around(body string) string {
	if p.name == "" {
		return body
	}
	return fmt.Sprintf("if %s > 0 {\n%s--\n} else {\n%s\n}", p.name, p.name, body)
}
