package emit

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/internal/stock"
	"github.com/asyncgen/asyncgen/spec"
)

// tests adds the tests of everything that the spec defines: its examples, and the contract that asyncgen promises.
func (f *file) tests() {
	for _, r := range f.model.Resources {
		f.examples(&r.Definition, r)
		f.resourceContract(r)
		f.poolContract(r)
	}
	for _, it := range f.model.Iterators {
		f.examples(&it.Definition, it)
		f.iteratorContract(it)
	}
	for _, p := range f.model.Pipelines {
		f.examples(&p.Definition, p)
		f.pipelineContract(p)
	}
	for _, t := range f.model.Topologies {
		f.examples(&t.Definition, t)
		f.topologyContract(t)
	}
	f.contractPart()
}

// contract notes that the file needs a func of the stock part contract, and returns what it is called.
func (f *file) contract(name string) string {
	if f.parts == nil {
		f.parts = map[string]bool{}
	}
	f.parts[name] = true
	return f.contractName(name)
}

func (f *file) contractName(name string) string {
	return f.free(stock.Name(f.model.Prefix, name))
}

// contractPart adds the stock part contract, as much of it as the file needs.
func (f *file) contractPart() {
	if len(f.parts) == 0 {
		return
	}
	f.addPart(f.stockPart("contract", stock.Binding{Prefix: f.model.Prefix, Keep: sortedKeys(f.parts)}))
}

// iteratorContract adds the test of an iterator's contract.
func (f *file) iteratorContract(it *model.Iterator) {
	g := f.newFunction(&it.Definition)
	args, pools, ok := g.standIns(&it.Definition, func(v demand) bool { return v.inIterator(it) })
	if !ok {
		return
	}
	call, fakes := g.startCall(&it.Definition, f.iteratorInner(it), it.Constructor(), args, []*model.Pages{it.Pages})
	fakes = lines(lend("p", pools), fakes)
	if len(it.With) > 0 {
		f.heldContract(g, it, call, fakes)
		return
	}
	pulled := f.contract("Pulled")
	traits := ""
	if it.Pages != nil && it.Pages.Ahead != nil {
		traits = f.contract("Traits") + "{Ahead: true}, "
	}
	f.contractTest(it.Name, "CheckIterator"+choice(traits != "", "With"), fmt.Sprintf("%sfunc(%s *%s) %s[%s] {\n%s\n}",
		traits, probeName(fakes), f.contract("Probe"), pulled, g.typ(it.Elem), lines(fakes, "return "+call)))
}

// pipelineContract adds the test of a pipeline's contract.
func (f *file) pipelineContract(p *model.Pipeline) {
	if p.NeverReturns() && len(p.Effects) == 0 {
		return // nothing could end it but ctx
	}
	g := f.newFunction(&p.Definition)
	args, pools, ok := g.standIns(&p.Definition, func(v demand) bool { return v.inPipeline(p) })
	if !ok {
		return
	}
	call, fakes := g.startCall(&p.Definition, f.pipelineInner(p), p.Name, append([]string{"ctx"}, args...), flowPages(&p.Flow))
	fakes = lines(lend("p", pools), fakes)
	traits := f.traits(p, fakes)
	params := fmt.Sprintf("ctx %s, %s *%s", g.std("context.Context"), probeName(fakes), f.contract("Probe"))
	if p.Collect == nil {
		f.contractTest(p.Name, "CheckSeq"+choice(traits != "", "With"), fmt.Sprintf("%sfunc(%s) %s[%s, error] {\n%s\n}",
			traits, params, g.std("iter.Seq2"), g.typ(p.Elem), lines(fakes, "return "+call)))
		return
	}
	typ, body := g.collectedBody(p, call)
	f.contractTest(p.Name, "CheckCollect"+choice(traits != "", "With"), fmt.Sprintf("%sfunc(%s) (%s, error) {\n%s\n}",
		traits, params, typ, lines(fakes, body)))
}

// traits returns what a pipeline's contract has to allow for, as an argument: nothing where that is nothing.
func (f *file) traits(p *model.Pipeline, fakes string) string {
	found := map[string]bool{}
	findTraits(&p.Flow, found)
	if !strings.Contains(fakes, "p.Call(") {
		delete(found, "Flushes")
	}
	if found["Flushes"] && forestalls(p) || found["Unordered"] && endsEarly(p) {
		found["Tolerant"] = true
	}
	if len(found) == 0 {
		return ""
	}
	var fields []string
	for _, name := range sortedKeys(found) {
		fields = append(fields, name+": true")
	}
	return f.contract("Traits") + "{" + strings.Join(fields, ", ") + "}, "
}

// findTraits finds the traits of a flow, and of what it is made of.
func findTraits(flow *model.Flow, found map[string]bool) {
	set := func(name string, yes bool) {
		if yes {
			found[name] = true
		}
	}
	for f := range flow.Flows() {
		for _, s := range f.Stages {
			set("Flushes", s.Kind == spec.Batch)
			set("Ahead", s.Beside() || s.Kind == spec.Rate || s.Kind == spec.GatherStage || s.Calls.Timeout != nil)
			set("Unordered", s.Calls.Workers != nil && !s.Calls.Ordered)
			set("Tolerant", s.Calls.Retry != nil || s.Calls.OnError != nil)
		}
	}
	for s := range flow.Sources() {
		switch s := s.(type) {
		case *model.Call:
			set("Ahead", s.Iterator != nil && s.Iterator.Pages != nil && s.Iterator.Pages.Ahead != nil)
		case *model.Gather:
			set("Ahead", true)
		case *model.Merge:
			set("Ahead", true)
			set("Unordered", true)
		}
	}
}

// forestalls reports whether what a batch of a pipeline hands on before an error may end it, well or with another error.
func forestalls(p *model.Pipeline) bool {
	fails := func(e *model.Expr) bool { return e != nil && e.Fails && !e.Effect }
	if c := p.Collect; c != nil {
		ends := c.Kind == model.CollectFirst || c.Kind == model.CollectOne || c.Fail
		if ends || slices.ContainsFunc([]*model.Expr{c.Key, c.Value, c.Step, c.Into}, fails) {
			return true
		}
	}
	flows := slices.Collect(p.Flow.Flows()) // from the outermost
	slices.Reverse(flows)
	batched := false
	for _, f := range flows {
		for _, s := range f.Stages {
			if batched && (s.Takes() || slices.ContainsFunc(s.Exprs(), fails)) {
				return true
			}
			batched = batched || s.Kind == spec.Batch
		}
	}
	return false
}

// endsEarly reports whether a pipeline may have all that it wants before its source ends.
func endsEarly(p *model.Pipeline) bool {
	for f := range p.Flow.Flows() {
		if slices.ContainsFunc(f.Stages, (*model.Stage).Takes) {
			return true
		}
	}
	return p.Collect != nil && p.Collect.Kind == model.CollectFirst
}

// flowPages returns the paginated fetches of the iterators that a flow pulls.
func flowPages(f *model.Flow) []*model.Pages {
	var all []*model.Pages
	for s := range f.Sources() {
		if c, ok := s.(*model.Call); ok && c.Iterator != nil {
			all = append(all, c.Iterator.Pages)
		}
	}
	return all
}

// collectedBody returns the type of what a pipeline collects as one value, and the statements that return it.
func (g *function) collectedBody(p *model.Pipeline, call string) (typ, body string) {
	switch p.Collect.Kind {
	case model.CollectInto:
		return "struct{}", "return struct{}{}, " + call
	case model.CollectFirst, model.CollectLast:
		typ = fmt.Sprintf("struct {\nv %s\nok bool\n}", g.typ(p.Collect.Type))
		return typ, lines("v, ok, err := "+call, "return "+typ+"{v, ok}, err")
	}
	return g.typ(p.Collect.Type), "return " + call
}

// probeName is what a contract's func calls its probe: nothing where there are no effects.
func probeName(fakes string) string {
	if strings.Contains(fakes, "p.Lend(") || strings.Contains(fakes, "p.Call(") || strings.Contains(fakes, "p.Hold(") || strings.Contains(fakes, "p.Calls(") {
		return "p"
	}
	return "_"
}

// startCall returns the call of a definition with the test's effects in the place of the user's, and their declarations.
func (g *function) startCall(d *model.Definition, inner, outer string, args []string, pages []*model.Pages) (call, fakes string) {
	if len(d.AllEffects()) == 0 {
		return callOf(outer, spread(d, args)), ""
	}
	g.locals.taken[inner] = true
	decls, names := g.fakes(d, func(i int, s seam) string {
		if i < len(d.Effects) {
			return g.fake(s, pages)
		}
		return g.heldFake(s, d, pages)
	})
	return callOf(inner, args, names), decls
}

// spread writes the last argument of a variadic definition as one.
func spread(d *model.Definition, args []string) []string {
	if n := len(d.Params); n > 0 && d.Params[n-1].Variadic {
		args = append([]string{}, args...)
		args[len(args)-1] += "..."
	}
	return args
}

// testFunc adds a test.
func (f *file) testFunc(name, body string) {
	f.function(comment(f.testName(name)+" "+testSays(name)), f.testName(name), f.tester()+" *"+f.imports.std("testing.T"), "", body)
}

// contractTest adds a test that calls a func of the stock part contract with args.
func (f *file) contractTest(name, check, args string) {
	f.testFunc(name+"Contract", fmt.Sprintf("%s(%s, %s)", f.contract(check), f.tester(), args))
}

// tester returns what the tests call their *testing.T: t, where that is no name of the package.
func (f *file) tester() string {
	if f.model.Declared["t"] {
		return f.free("test")
	}
	return "t"
}

func testSays(name string) string {
	if strings.HasSuffix(name, "Contract") {
		return "holds " + strings.TrimSuffix(name, "Contract") + " to what asyncgen promises of it."
	}
	return "runs the examples of the spec."
}

func (f *file) testName(name string) string {
	if !token.IsExported(name) {
		name = "_" + name
	}
	return f.free("Test" + name)
}
