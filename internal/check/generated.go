package check

import (
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// makeNamed checks the definition that generates a name which is not in scope yet, be it of this spec or of another of the
// folder. It reports whether that has brought the name there.
func (c *checker) makeNamed(undefined string) bool {
	name, ok := strings.CutPrefix(undefined, "undefined: ")
	if !ok {
		return false
	}
	for _, by := range c.beside {
		if g := by.generator(name); g != nil && !g.busy && g.made() {
			c.scope.Declare(by.scope.Lookup(name))
			return true
		}
	}
	return false
}

// makeMembers checks the definition that generates a type of which a member is missed: the user's Go has named that
// type before. Where the member is missed in a type of the user's, that may embed any of those. It reports whether that has
// brought a type into scope.
func (c *checker) makeMembers(missing string) bool {
	m := lacking.FindStringSubmatch(missing)
	if m == nil {
		return false
	}
	names := []string{m[1] + m[2]}
	if c.pkg.Promised[names[0]] == nil {
		names = slices.Sorted(maps.Keys(c.pkg.Promised))
	}
	made := false
	for _, name := range names {
		if c.scope.Lookup(name) == nil && c.makeNamed("undefined: "+name) {
			made = true
		}
	}
	return made
}

var lacking = regexp.MustCompile(`\(type \*?(\w+) has no field or method |: \*?(\w+) does not implement .* \(missing method `)

// toldBeside reports whether another spec of the folder generates a name but for an error, which is told there.
func (c *checker) toldBeside(undefined string) bool {
	name, ok := strings.CutPrefix(undefined, "undefined: ")
	return ok && slices.ContainsFunc(c.beside, func(by *checker) bool {
		g := by.generator(name)
		return by != c && g != nil && !g.busy && !g.made()
	})
}

// generator is a definition that generates a name.
type generator struct {
	busy bool        // it is being checked
	made func() bool // checks it, and reports whether the name is in scope then
}

// generator returns the definition of the spec that generates a name, or nil.
func (c *checker) generator(name string) *generator {
	if s, ok := c.pipelines[name]; ok {
		return &generator{s.busy, func() bool { return c.pipeline(name) != nil }}
	}
	for n, s := range c.iterators {
		if name == n || name == model.ConstructorName(n) {
			return &generator{s.busy, func() bool { return c.iterator(n) != nil }}
		}
	}
	for n, s := range c.resources {
		if name == model.WithName(n) || slices.Contains(model.PoolNames(n), name) && c.scope.Lookup(model.PoolName(n)) != nil {
			return &generator{s.busy, func() bool { return c.resource(n) != nil }}
		}
	}
	for n, s := range c.started {
		if slices.Contains(model.TopologyNames(n), name) {
			return &generator{s.busy, func() bool { return c.topologyOf(n) != nil }}
		}
	}
	return nil
}

// declarePipeline brings the func that is generated for a pipeline into scope.
func (c *checker) declarePipeline(p *model.Pipeline) {
	results := []types.Type{c.seq2(p.Elem)}
	if p.Collect != nil {
		results = append(resultsOf(p), errorType)
	}
	c.declareFunc(p.Name, []*types.Var{c.ctx}, p.Params, results...)
}

// declareFunc brings a func that is generated for a definition into scope: it takes first, and the definition's params.
func (c *checker) declareFunc(name string, first []*types.Var, all []*model.Param, results ...types.Type) {
	params, variadic := slices.Clip(first), false
	for _, p := range all {
		params = append(params, p.Var)
		variadic = p.Variadic
	}
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), c.vars(results...), variadic)
	c.scope.Declare(types.NewFunc(0, c.pkg.Types, name, sig))
}

// declareTopology brings the types and funcs that are generated for a topology into scope.
func (c *checker) declareTopology(t *topology) {
	stats := types.NewStruct(c.fields(types.Typ[types.Int64], "Put", "Handled", "Failed", "Dropped", "Undelivered", "Depth", "InFlight"), nil)
	each := c.declareType(t.Name+"QueueStats", stats)
	var queues []string
	for _, q := range t.Queues {
		queues = append(queues, model.FieldName(q.Name))
	}
	counts := c.declareType(t.Name+"Stats", types.NewStruct(c.fields(each, queues...), nil))
	t.result = c.declareType(t.Name+"Result", types.NewStruct(t.Results(), nil))
	named := c.declareType(t.Name, types.NewStruct(nil, nil))
	method := func(name string, params []*types.Var, results ...types.Type) {
		c.declareMethod(named, name, params, results...)
	}
	for _, q := range t.Queues {
		params := []*types.Var{c.ctx, types.NewParam(0, c.pkg.Types, "v", q.Elem)}
		if q.Open {
			method("Put"+model.FieldName(q.Name), params, errorType)
		}
		if q.Answer != nil {
			method("Ask"+model.FieldName(q.Name), params, q.Answer, errorType)
		}
	}
	method("Join", []*types.Var{c.ctx}, errorType)
	method("Close", nil)
	method("Abort", []*types.Var{types.NewParam(0, c.pkg.Types, "cause", errorType)})
	method("Wait", nil, t.result, errorType)
	method("Stats", nil, counts)
	c.declareFunc(t.RunName(), []*types.Var{c.ctx}, t.Params, t.result, errorType)
	c.declareFunc(t.StartName(), []*types.Var{c.ctx}, t.Params, types.NewPointer(named), errorType)
	for _, what := range []string{"Closed", "Full", "Dropped"} {
		c.scope.Declare(types.NewVar(0, c.pkg.Types, t.ErrName(what), errorType))
	}
}

// declareType brings a type that is generated into scope: the one that the user's Go names, if it does.
func (c *checker) declareType(name string, underlying *types.Struct) *types.Named {
	if promised := c.pkg.Promised[name]; promised != nil {
		c.scope.Declare(promised)
		named := promised.Type().(*types.Named)
		c.pkg.Fulfil(named, underlying)
		return named
	}
	obj := types.NewTypeName(0, c.pkg.Types, name, nil)
	c.scope.Declare(obj)
	return types.NewNamed(obj, underlying, nil)
}

// userMethods returns the methods that the user's Go declares for the types of the output. None of the others has a place.
func (c *checker) userMethods() []model.Method {
	var all []model.Method
	for _, name := range typesOf(c.spec) {
		promised := c.pkg.Promised[name]
		if promised == nil {
			continue
		}
		for m := range promised.Type().(*types.Named).Methods() {
			if at := c.pkg.Position(m.Pos()); at.Line > 0 {
				all = append(all, model.Method{Type: name, Name: m.Name(), Generated: c.names.where[name], Declared: at})
			}
		}
	}
	return all
}

// declareMethod adds a method to a type that is generated. Its receiver is a pointer.
func (c *checker) declareMethod(of *types.Named, name string, params []*types.Var, results ...types.Type) {
	recv := types.NewVar(0, c.pkg.Types, "", types.NewPointer(of))
	sig := types.NewSignatureType(recv, nil, nil, types.NewTuple(params...), c.vars(results...), false)
	of.AddMethod(types.NewFunc(0, c.pkg.Types, name, sig))
}

// fields returns fields of one type.
func (c *checker) fields(typ types.Type, names ...string) []*types.Var {
	var all []*types.Var
	for _, name := range names {
		all = append(all, types.NewField(0, c.pkg.Types, name, typ, false))
	}
	return all
}

// declareIterator brings the type and the constructor that are generated for an iterator into scope.
func (c *checker) declareIterator(it *model.Iterator) {
	named := c.declareType(it.Name, types.NewStruct(nil, nil))
	c.declareMethod(named, "Next", []*types.Var{c.ctx}, it.Elem, types.Typ[types.Bool], errorType)
	c.declareMethod(named, "All", []*types.Var{c.ctx}, c.seq2(it.Elem))
	if it.Holds() {
		c.declareMethod(named, "Close", nil, errorType)
	}
	c.declareFunc(it.Constructor(), nil, it.Params, types.NewPointer(named))
}

var errorType = types.Universe.Lookup("error").Type()

// seq2 returns iter.Seq2[elem, error].
func (c *checker) seq2(elem types.Type) types.Type {
	pkg, err := c.pkg.Import("iter")
	if err != nil { // which has been told for context: nothing can be loaded
		return types.Typ[types.Invalid]
	}
	seq, err := types.Instantiate(nil, pkg.Scope().Lookup("Seq2").Type(), []types.Type{elem, errorType}, false)
	if err != nil {
		panic(err)
	}
	return seq
}

// vars returns unnamed parameters or results of these types.
func (c *checker) vars(all ...types.Type) *types.Tuple {
	var vars []*types.Var
	for _, t := range all {
		vars = append(vars, types.NewParam(0, c.pkg.Types, "", t))
	}
	return types.NewTuple(vars...)
}
