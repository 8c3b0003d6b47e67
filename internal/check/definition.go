package check

import (
	"go/token"
	"go/types"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// state is how far the check of a definition has come.
type state[S, M any] struct {
	spec *S // nil where it has been refused, and when it has been checked
	made *M // nil where it has an error
	busy bool
}

// unchecked returns the state of a definition at first.
func unchecked[S, M any](s *S, refused bool) *state[S, M] {
	if refused {
		s = nil
	}
	return &state[S, M]{spec: s}
}

// model returns what check makes of a definition, which is done when it is asked for first: nil where it has an error or is
// being checked. declare brings into scope what is generated for it.
func (s *state[S, M]) model(c *checker, name string, check func(*S) *M, declare func(*M)) *M {
	if s.busy || s.spec == nil {
		return s.made
	}
	s.busy = true
	c.order = append(c.order, name)
	s.made = check(s.spec)
	c.order = c.order[:len(c.order)-1]
	s.busy, s.spec = false, nil
	if s.made != nil {
		declare(s.made)
	}
	return s.made
}

// wayBack writes the way from a definition that is being checked back to itself.
func (c *checker) wayBack(name string) string {
	loop := name
	for i := len(c.order) - 1; i >= 0; i-- {
		loop = c.order[i] + " -> " + loop
		if c.order[i] == name {
			break
		}
	}
	return loop
}

// definition is what the check of a definition gathers beside its model.
type definition struct {
	*model.Definition
	scope *load.Scope
	ok    bool            // nothing is wrong with what it holds
	lost  map[string]bool // names of what it would hold, but for an error
}

// begin opens the check of a definition: its parameters, and the scope that its Go sees.
func (c *checker) begin(d *spec.Definition) *definition {
	def := &definition{
		Definition: &model.Definition{Name: d.Name.Value, Doc: d.Doc.Value, Words: map[string]bool{}, Locals: map[string]bool{}},
		scope:      c.scope.Child(c.ctx),
		ok:         true,
		lost:       map[string]bool{},
	}
	for i, p := range d.Params {
		c.hidesType(d, p.Name)
		if param := c.param(p, i == len(d.Params)-1); param != nil {
			def.Params = append(def.Params, param)
		}
	}
	vars := make([]types.Object, len(def.Params))
	for i, p := range def.Params {
		vars[i] = p.Var
		def.Locals[p.Var.Name()] = true
		c.own[p.Var] = true
	}
	def.scope = def.scope.Child(vars...)
	c.within(def, func() { c.with(def, d.With) })
	return def
}

// hidesType refuses a parameter that is called like a type of the package or the definition itself: the generated code
// needs both.
func (c *checker) hidesType(d *spec.Definition, param spec.Text) {
	if param.Value == d.Name.Value {
		c.diags.Errorf(param.At(0), diag.NameCollision, "parameter %s is called like its definition", param).
			Note(d.Name.At(0), "here").Help("give the parameter another name")
		return
	}
	t, ok := c.pkg.Types.Scope().Lookup(param.Value).(*types.TypeName)
	if !ok || c.pkg.Promised[param.Value] == t {
		return
	}
	c.diags.Errorf(param.At(0), diag.NameCollision, "parameter %s hides a type of the package", param).
		Note(c.pkg.Position(t.Pos()), "%s is declared here", param).Help("give the parameter another name")
}

func (c *checker) param(p spec.Param, last bool) *model.Param {
	g := whole(p.Type)
	variadic := last && len(g.text) > 3 && g.text[:3] == "..."
	if variadic {
		g = goText{g.text[3:], func(i int) diag.Pos { return p.Type.At(i + 3) }}
	}
	t, errs := c.typeOf(g.text)
	if !c.goErrors(c.scope, g, errs) {
		t = types.Typ[types.Invalid] // the parameter is there all the same
	}
	if variadic {
		t = types.NewSlice(t)
	}
	return &model.Param{Var: types.NewParam(token.NoPos, c.pkg.Types, p.Name.Value, t), Variadic: variadic}
}

// within runs check with def as the definition that expressions belong to.
func (c *checker) within(def *definition, check func()) {
	outer := c.def
	c.def = def
	check()
	c.def = outer
}

// isParam reports whether a definition has a parameter of that name.
func isParam(def *definition, name string) bool {
	for _, p := range def.Params {
		if p.Var.Name() == name {
			return true
		}
	}
	return false
}
