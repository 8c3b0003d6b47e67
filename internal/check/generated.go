package check

import (
	"go/types"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// makeNamed checks the definition that an expression names and that is not in scope yet. It reports whether that has
// brought it there.
func (c *checker) makeNamed(undefined string) bool {
	name, ok := strings.CutPrefix(undefined, "undefined: ")
	if !ok {
		return false
	}
	if s, ok := c.pipelines[name]; ok && s.made == nil && !s.busy {
		return c.pipeline(name) != nil
	}
	for n, s := range c.iterators {
		it := model.Iterator{Definition: model.Definition{Name: n}}
		if (n == name || it.Constructor() == name) && s.made == nil && !s.busy {
			return c.iterator(n) != nil
		}
	}
	return false
}

// declarePipeline brings the func that is generated for a pipeline into scope.
func (c *checker) declarePipeline(p *model.Pipeline) {
	params := []*types.Var{c.ctx}
	variadic := false
	for _, q := range p.Params {
		params = append(params, q.Var)
		variadic = q.Variadic
	}
	results := []types.Type{c.seq2(p.Elem)}
	if p.Collect != nil {
		results = append(resultsOf(p), errorType)
	}
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), c.vars(results...), variadic)
	c.scope.Declare(types.NewFunc(0, c.pkg.Types, p.Name, sig))
}

// declareIterator brings the type and the constructor that are generated for an iterator into scope.
func (c *checker) declareIterator(it *model.Iterator) {
	name := types.NewTypeName(0, c.pkg.Types, it.Name, nil)
	named := types.NewNamed(name, types.NewStruct(nil, nil), nil)
	recv := types.NewVar(0, c.pkg.Types, "it", types.NewPointer(named))
	method := func(name string, results ...types.Type) {
		sig := types.NewSignatureType(recv, nil, nil, types.NewTuple(c.ctx), c.vars(results...), false)
		named.AddMethod(types.NewFunc(0, c.pkg.Types, name, sig))
	}
	method("Next", it.Elem, types.Typ[types.Bool], errorType)
	method("All", c.seq2(it.Elem))
	if len(it.With) > 0 {
		named.AddMethod(types.NewFunc(0, c.pkg.Types, "Close", types.NewSignatureType(recv, nil, nil, nil, c.vars(errorType), false)))
	}
	var params []*types.Var
	variadic := false
	for _, q := range it.Params {
		params = append(params, q.Var)
		variadic = q.Variadic
	}
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), c.vars(recv.Type()), variadic)
	c.scope.Declare(name)
	c.scope.Declare(types.NewFunc(0, c.pkg.Types, it.Constructor(), sig))
}

var errorType = types.Universe.Lookup("error").Type()

// seq2 returns what iter.Seq2[elem, error] is underneath.
func (c *checker) seq2(elem types.Type) types.Type {
	yield := types.NewSignatureType(nil, nil, nil, c.vars(elem, errorType), c.vars(types.Typ[types.Bool]), false)
	return types.NewSignatureType(nil, nil, nil, c.vars(yield), nil, false)
}

// vars returns unnamed parameters or results of these types.
func (c *checker) vars(all ...types.Type) *types.Tuple {
	var vars []*types.Var
	for _, t := range all {
		vars = append(vars, types.NewParam(0, c.pkg.Types, "", t))
	}
	return types.NewTuple(vars...)
}
