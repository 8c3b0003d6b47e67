package emit

import (
	"fmt"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/model"
)

// zip loops over the first of its parts, and takes one element of each of the others for every one of it.
func (g *function) zip(s *model.Zip, e *env, d *down, at place) *part {
	p := &part{}
	names := make([]string, len(s.Parts))
	for i := range s.Parts {
		names[i] = e.vars[s.Vars[i]]
	}
	var beside []*puller
	for i, part := range s.Parts[1:] {
		pull := g.puller(part, e, d, names[i+1])
		p.before = append(p.before, pull.before...)
		beside = append(beside, pull)
	}
	pair := ""
	for _, pull := range beside {
		if pull.indexed && pair == "" {
			pair = g.locals.pick("pair", "row")
			p.before = append(p.before, pair+" := -1")
		}
	}
	each := behind(d, func(_ string, in place) string {
		rest := d.elem("", in)
		var takes []string
		if pair != "" {
			takes = append(takes, pair+"++")
		}
		for i, pull := range beside {
			takes = append(takes, pull.take(pair, g.used[names[i+1]], in))
		}
		return lines(lines(takes...), rest)
	})
	more := g.parted || at.label != nil // follows in this func
	if more {
		at.next = ""
	}
	src := g.source(s.Parts[0], e, each, names[0], at)
	p.before = append(p.before, src.before...)
	p.guards = src.guards
	p.loop, p.first = src.loop, src.first
	if more {
		for _, pull := range beside {
			p.loop = lines(p.loop, pull.stop)
		}
	}
	return p
}

// zipNames picks the names of the elements of a zip, and tells e of them.
func (g *function) zipNames(s *model.Zip, e *env) {
	for i, part := range s.Parts {
		e.vars[s.Vars[i]] = g.partName(part, s.Elems[i])
	}
}

func (g *function) partName(part model.Source, elem types.Type) string {
	switch part := part.(type) {
	case *model.Call:
		return g.locals.pick(singular(part.Definition().Name), typeNoun(elem), "item")
	case *model.Range:
		return g.locals.pick(exprNoun(part.Expr), typeNoun(elem), "item")
	}
	return g.locals.pick(typeNoun(elem), "item")
}

// puller takes elements one at a time.
type puller struct {
	before  []string
	indexed bool // take uses the number of the pair
	take    func(pair string, used bool, in place) string
	stop    string // the statement that ends it
}

// puller returns how the elements of a zip's later part are taken.
func (g *function) puller(s model.Source, e *env, d *down, name string) *puller {
	if !byNumber(s) {
		return g.pullCall(s, e, d, name)
	}
	r := s.(*model.Range)
	over := g.expr(r.Expr, e)
	if r.Kind == model.Int {
		return &puller{indexed: true, take: func(pair string, used bool, in place) string {
			bound := pair
			if !types.Identical(r.Elem, types.Typ[types.Int]) {
				bound = g.typ(r.Elem) + "(" + pair + ")"
			}
			return lines(ifThen(bound+" >= "+over, in.stop), choice(used, name+" := "+bound))
		}}
	}
	list := g.locals.pick(severalOf(name), "elements")
	return &puller{before: []string{list + " := " + over}, indexed: true, take: func(pair string, used bool, in place) string {
		return lines(ifThen(fmt.Sprintf("%s >= len(%s)", pair, list), in.stop), choice(used, fmt.Sprintf("%s := %s[%s]", name, list, pair)))
	}}
}

// pulls reports whether a source that is fused has a zip with a part that is pulled.
func pulls(s model.Source) bool {
	switch s := s.(type) {
	case *model.Call:
		return s.Pipeline != nil && !holds(s) && pulls(s.Pipeline.Source)
	case *model.Concat:
		return slices.ContainsFunc(s.Parts, pulls)
	case *model.Zip:
		return pulls(s.Parts[0]) || slices.ContainsFunc(s.Parts[1:], func(part model.Source) bool { return !byNumber(part) })
	}
	return false
}

// byNumber reports whether the elements of a zip's part can be had by their number.
func byNumber(s model.Source) bool {
	r, ok := s.(*model.Range)
	return ok && !r.Expr.Fails && !r.Expr.Effect && (r.Kind == model.Int || r.Kind == model.Slice || r.Kind == model.Array)
}

// pullCall pulls a source that pushes. It is turned around by iter.Pull2, which costs a switch of coroutines an element.
func (g *function) pullCall(s model.Source, e *env, d *down, name string) *puller {
	next, stop := g.locals.pick("next", "pull"), g.locals.pick("stop", "stopPulling")
	ok := g.locals.pick("ok", "more")
	elem := model.Elem(s)
	seq := g.asSeq2(s, e, elem)
	return &puller{
		stop: stop + "()",
		before: []string{
			fmt.Sprintf("%s, %s := %s(%s)", next, stop, g.std("iter.Pull2"), seq),
			"defer " + stop + "()",
		},
		take: func(_ string, used bool, in place) string {
			v := "_"
			if used {
				v = name
			}
			return lines(
				fmt.Sprintf("%s, %s, %s := %s()", v, g.err, ok, next),
				ifThen("!"+ok, in.stop),
				ifThen(g.err+" != nil", d.fail(g.err, in)))
		},
	}
}

// asSeq2 returns the code of a source as an iter.Seq2 of its own.
func (g *function) asSeq2(s model.Source, e *env, elem types.Type) string {
	inner := g.nested()
	yield := inner.locals.pick("yield", "push")
	to := inner.yielding(yield)
	name := inner.locals.pick(typeNoun(elem), "item", "element", "value")
	at := inner.seqPlace(yield, elem)
	p := inner.source(s, e.clone(), to(name, e), name, at)
	code := p.code(at)
	delete(inner.locals.taken, p.left) // nobody sees it from here on
	return fmt.Sprintf("func(%s func(%s, error) bool) {\n%s\n}", yield, g.typ(elem), code)
}
