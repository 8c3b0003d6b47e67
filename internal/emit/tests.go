package emit

import (
	"fmt"
	"go/token"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/internal/stock"
	"github.com/asyncgen/asyncgen/spec"
)

// tests adds the tests of everything that the spec defines: its examples, and the contract that asyncgen promises.
func (f *file) tests() {
	for _, r := range f.model.Resources {
		f.resourceContract(r)
	}
	for _, it := range f.model.Iterators {
		f.examples(&it.Definition, it)
		f.iteratorContract(it)
	}
	for _, p := range f.model.Pipelines {
		f.examples(&p.Definition, p)
		f.pipelineContract(p)
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
	return f.free(stock.Name(lowerCamel(f.model.Spec.Base()), name))
}

// contractPart adds the stock part contract, as much of it as the file needs.
func (f *file) contractPart() {
	if len(f.parts) == 0 {
		return
	}
	part, err := stock.Make("contract", stock.Binding{Prefix: lowerCamel(f.model.Spec.Base()), Keep: sortedKeys(f.parts)})
	if err != nil {
		panic(err)
	}
	f.addPart(part)
}

// iteratorContract adds the test of an iterator's contract.
func (f *file) iteratorContract(it *model.Iterator) {
	g := f.newFunction(&it.Definition)
	args, ok := g.testArgs(&it.Definition)
	if !ok {
		return
	}
	call, fakes := g.startCall(&it.Definition, f.iteratorInner(it), it.Constructor(), args, it.Pages)
	pulled := f.contract("Pulled")
	f.testFunc(it.Name+"Contract", fmt.Sprintf("%s(t, func(%s *%s) %s[%s] {\n%s\n})",
		f.contract("CheckIterator"), probeName(fakes), f.contract("Probe"), pulled, g.typ(it.Elem), lines(fakes, "return "+call)))
}

// pipelineContract adds the test of a pipeline's contract.
func (f *file) pipelineContract(p *model.Pipeline) {
	g := f.newFunction(&p.Definition)
	args, ok := g.testArgs(&p.Definition)
	if !ok {
		return
	}
	call, fakes := g.startCall(&p.Definition, f.pipelineInner(p), p.Name, append([]string{"ctx"}, args...), nil)
	if strings.Contains(fakes, "p.Call(") && batches(&p.Flow) {
		fakes = lines("p.flushes = true", fakes)
	}
	params := fmt.Sprintf("ctx %s, %s *%s", g.std("context.Context"), probeName(fakes), f.contract("Probe"))
	if p.Collect == nil {
		f.testFunc(p.Name+"Contract", fmt.Sprintf("%s(t, func(%s) %s[%s, error] {\n%s\n})",
			f.contract("CheckSeq"), params, g.std("iter.Seq2"), g.typ(p.Elem), lines(fakes, "return "+call)))
		return
	}
	typ, body := g.collectedBody(p, call)
	f.testFunc(p.Name+"Contract", fmt.Sprintf("%s(t, func(%s) (%s, error) {\n%s\n})", f.contract("CheckCollect"), params, typ, lines(fakes, body)))
}

// batches reports whether a flow gathers batches, which are handed on before an error.
func batches(f *model.Flow) bool {
	for _, s := range f.Stages {
		if s.Kind == spec.Batch {
			return true
		}
		if call, ok := s.Inner.(*model.Call); ok && call.Pipeline != nil && batches(&call.Pipeline.Flow) {
			return true
		}
	}
	call, ok := f.Source.(*model.Call)
	return ok && call.Pipeline != nil && batches(&call.Pipeline.Flow)
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
	if strings.Contains(fakes, "p.Call(") || strings.Contains(fakes, "p.held") {
		return "p"
	}
	return "_"
}

// startCall returns the call of a definition with the test's effects in the place of the user's, and their declarations.
func (g *function) startCall(d *model.Definition, inner, outer string, args []string, pages *model.Pages) (call, fakes string) {
	if len(d.AllEffects()) == 0 {
		return callOf(outer, spread(d, args)), ""
	}
	g.locals.taken[inner] = true
	seams := g.seams(d, newEnv())
	var decls, names []string
	for i, s := range seams {
		if i < len(d.Effects) {
			decls = append(decls, g.fake(s, pages))
		} else {
			decls = append(decls, g.heldFake(s, d))
		}
		names = append(names, s.name)
	}
	return callOf(inner, args, names), lines(decls...)
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
	f.function(comment(f.testName(name)+" "+testSays(name)), f.testName(name), "t *"+f.imports.std("testing.T"), "", body)
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
