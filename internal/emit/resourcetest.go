package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// held is a resource in the order in which a func acquires them.
type held struct {
	*model.Resource
	acquire, release *model.Effect // nil where a test cannot take its place
}

// stack returns the resources that a resource's func acquires, outermost first.
func stack(r *model.Resource) []held {
	var all []held
	for _, w := range r.With {
		if w.Pool == nil {
			all = append(all, stack(w.Resource)...)
		}
	}
	return append(all, held{r, outerEffect(r, r.Acquire), outerEffect(r, r.Release)})
}

// outerEffect returns the effect that an expression calls last.
func outerEffect(r *model.Resource, x *model.Expr) *model.Effect {
	if x == nil {
		return nil
	}
	for _, e := range r.Effects {
		if calls(x, e) {
			return e
		}
	}
	return nil
}

// resourceContract adds the test of a resource's contract. There is none where the test cannot tell the resources
// apart, since it cannot take the place of what acquires and releases them.
func (f *file) resourceContract(r *model.Resource) {
	g := f.newFunction(&r.Definition)
	args, pools, ok := g.standIns(&r.Definition, func(v demand) bool { return v.inResource(r) })
	all := stack(r)
	if !ok || !tellable(all) {
		return
	}
	account := g.locals.pick("a", "account")
	use := g.locals.pick("use", "body")
	g.locals.taken[f.innerName(r.FuncName())] = true
	fakes, names := g.fakes(&r.Definition, func(_ int, s seam) string { return g.resourceFake(s, all, account) })
	body := use
	if r.Elem != nil {
		body = fmt.Sprintf("func(ctx %s, _ %s) error { return %s(ctx) }", g.std("context.Context"), g.typ(r.Elem), use)
	}
	call := callOf(f.innerName(r.FuncName()), []string{"ctx"}, args, []string{body}, names)
	var bounded []string
	suppresses := false
	for i, h := range all {
		if h.ReleaseTimeout != nil && h.Release != nil && h.Release.Effect && h.Release.Fails {
			bounded = append(bounded, fmt.Sprintf("%d: %s", i, g.constDuration(h.ReleaseTimeout.Value)))
		}
		suppresses = suppresses || h.Suppress != nil
	}
	list := "nil"
	if len(bounded) > 0 {
		list = fmt.Sprintf("map[int]%s{%s}", g.std("time.Duration"), strings.Join(bounded, ", "))
	}
	ctx := g.std("context.Context")
	f.contractTest(r.FuncName(), "CheckResource", fmt.Sprintf("%d, %s, %t, func(ctx %s, %s *%s, %s func(ctx %s) error) error {\n%s\n}",
		len(all), list, suppresses, ctx, account, f.contract("Account"), use, ctx, lines(lend(account, pools), fakes, "return "+call)))
}

// poolContract adds the test of a resource's pool, where the test can take the place of what acquires and releases.
func (f *file) poolContract(r *model.Resource) {
	g := f.newFunction(&r.Definition)
	args, _, ok := g.standIns(&r.Definition, func(v demand) bool { return v.inResource(r) })
	all := stack(r)
	if !ok || r.Pool == nil || r.Release == nil || !tellable(all) {
		return
	}
	inner := f.innerName(model.NewPoolName(r.Name))
	g.locals.taken[inner] = true
	account := g.locals.pick("a", "account")
	pool := g.locals.pick("pool", "lender")
	use := g.locals.pick("use", "body")
	fakes, names := g.fakes(&r.Definition, func(_ int, s seam) string { return g.resourceFake(s, all, account) })
	ctx := g.std("context.Context")
	body := fmt.Sprintf("func(ctx %s, %s func(ctx %s) error) error {\nreturn %s.With(ctx, func(ctx %s, _ %s) error { return %s(ctx) })\n}",
		ctx, use, ctx, pool, ctx, g.typ(r.Elem), use)
	f.contractTest(model.PoolName(r.Name), "CheckPool", fmt.Sprintf("%t, func(%s *%s) (func(ctx %s, use func(ctx %s) error) error, func(ctx %s) error) {\n%s\n}",
		r.Release.Fails, account, f.contract("Account"), ctx, ctx, ctx,
		lines(fakes, pool+" := "+callOf(inner, args, names), "return "+body+", "+pool+".Close")))
}

// tellable reports whether each acquire and release of a stack has an effect of its own.
func tellable(all []held) bool {
	var seen []*model.Effect
	for _, h := range all {
		if h.acquire == nil || h.Release != nil && h.release == nil {
			return false
		}
		for _, e := range []*model.Effect{h.acquire, h.release} {
			if e == nil {
				continue
			}
			if slices.ContainsFunc(seen, e.Same) {
				return false
			}
			seen = append(seen, e)
		}
	}
	for _, h := range all {
		if e := outerEffect(h.Resource, h.OnError); e != nil && slices.ContainsFunc(seen, e.Same) {
			return false
		}
	}
	return true
}

// resourceFake returns the declaration of a func that stands for an effect of a resource, and keeps the accounts.
func (g *function) resourceFake(s seam, all []held, account string) string {
	for i, h := range all {
		switch {
		case s.effect.Same(h.acquire):
			return g.acquireFake(s, h, i, account)
		case h.release != nil && s.effect.Same(h.release):
			return g.releaseFake(s, h, i, account)
		}
	}
	return g.plainFake(s)
}

// acquireFake stands for an acquire. Of a resource without a release nothing is held.
func (g *function) acquireFake(s seam, h held, i int, account string) string {
	p := g.fakeParts(s)
	late := ""
	if h.Acquire.Effect {
		late = fmt.Sprintf("%s.Late(%d)", account, i)
	}
	if h.Release == nil {
		return p.decl(s.name, "return "+strings.Join(p.values, ", "))
	}
	if !h.Acquire.Fails {
		return p.decl(s.name, lines(late, fmt.Sprintf("%s.Acquired(%d)", account, i), p.returning()))
	}
	return p.decl(s.name, lines(late,
		fmt.Sprintf("if err := %s.Acquire(%d); err != nil {\nreturn %s\n}", account, i, strings.Join(append(slices.Clone(p.zeros[:len(p.zeros)-1]), "err"), ", ")),
		p.returning()))
}

func (g *function) releaseFake(s seam, h held, i int, account string) string {
	p := g.fakeParts(s)
	if !h.Release.Fails {
		return p.decl(s.name, lines(fmt.Sprintf("%s.Released(%d)", account, i), p.returning()))
	}
	ctx := g.std("context.Background") + "()"
	if c := ctxIndex(s.effect.Signature()); c >= 0 {
		ctx = "ctx"
		p.name(c, "ctx")
	}
	values := append(slices.Clone(p.values[:len(p.values)-1]), fmt.Sprintf("%s.Release(%s, %d)", account, ctx, i))
	return p.decl(s.name, "return "+strings.Join(values, ", "))
}

func (g *function) plainFake(s seam) string {
	p := g.fakeParts(s)
	return p.decl(s.name, p.returning())
}

// heldFake stands for an effect of a resource that a definition holds while it runs, and counts what is held.
func (g *function) heldFake(s seam, d *model.Definition, pages []*model.Pages) string {
	var all []held
	for _, w := range d.With {
		if w.Pool == nil {
			all = append(all, stack(w.Resource)...)
		}
	}
	p := g.fakeParts(s)
	count := ""
	for _, h := range all {
		switch {
		case !tellable(all) || h.Release == nil || g.hasOtherUse(h, d):
		case s.effect.Same(h.acquire):
			count = "p.Hold(1)"
		case s.effect.Same(h.release):
			count = "p.Hold(-1)"
		}
	}
	before, ended := g.lastPage(s, p, pages)
	return lines(before, p.decl(s.name, lines(count, ended, p.returning())))
}

// hasOtherUse reports whether what acquires or releases a resource does something else as well, so that its calls do not
// tell what is held: for a stage, or for a resource that has only one of the two.
func (g *function) hasOtherUse(h held, d *model.Definition) bool {
	if slices.ContainsFunc(d.Effects, func(e *model.Effect) bool { return e.Same(h.acquire) || e.Same(h.release) }) {
		return true
	}
	return slices.ContainsFunc(g.file.model.Resources, func(r *model.Resource) bool {
		acquire, release := outerEffect(r, r.Acquire), outerEffect(r, r.Release)
		return (acquire != nil && h.acquire.Same(acquire)) != (release != nil && h.release.Same(release))
	})
}

// heldContract adds the test of the contract of an iterator that holds resources.
func (f *file) heldContract(g *function, it *model.Iterator, call, fakes string) {
	f.contractTest(it.Name, "CheckHeld", fmt.Sprintf("%s{}, func(%s *%s) %s[%s] {\n%s\n}",
		f.contract("Traits"), probeName(fakes), f.contract("Probe"), f.contract("Held"), g.typ(it.Elem), lines(fakes, "return "+call)))
}
