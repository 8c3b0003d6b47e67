package emit

import (
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// concat loops over sources one after another. Where one loop cannot leave the function, a flag keeps the next from starting.
func (g *function) concat(s *model.Concat, e *env, d *down, name string, at place) *part {
	p := &part{first: d}
	shared, shares := d, !d.terminal || d.byName
	if shares {
		var decl string
		decl, shared = g.share(name, s.Elem, d)
		p.before = append(p.before, decl)
	}
	inner := *shared
	inner.end, inner.list = nil, nil
	ended := g.locals.pick("ended", "over")
	stops, parted := false, g.parted
	g.parted = true
	defer func() { g.parted = parted }()
	var loops []string
	for i, part := range s.Parts {
		each := inner
		each.elem = func(v string, in place) string {
			in.stop = lines(ended+" = true", in.stop)
			code := inner.elem(v, in)
			stops = stops || strings.Contains(code, ended+" = true")
			return code
		}
		partName := name
		if i > 0 || shares {
			partName = g.locals.pick(name, typeNoun(s.Elem), "item")
		}
		here := at
		if i < len(s.Parts)-1 {
			here.next = ""
		}
		src := g.source(part, e, &each, partName, here)
		if i == 0 && at.left == "" {
			at.left = src.left
		}
		loop := src.code(here)
		loops = append(loops, loop)
		if endsInLoop(loop) {
			break // the parts behind it are never reached
		}
	}
	for i := 1; stops && i < len(loops); i++ {
		loops[i] = ifThen("!"+ended, loops[i])
	}
	if stops {
		p.before = append(p.before, ended+" := false")
	}
	p.loop = lines(loops...)
	return p
}
