package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// begin opens the check of a definition: its parameters, and the scope that its Go sees.
func (c *checker) begin(d *spec.Definition) *definition {
	def := &definition{
		Definition: &model.Definition{Name: d.Name.Value, Doc: d.Doc.Value, Words: map[string]bool{}, Locals: map[string]bool{}},
		scope:      c.scope.Child(c.ctx),
		ok:         true,
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
	if !ok {
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
	if !c.goErrors(g, errs) {
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

// iterator returns the model of an iterator of the spec, or nil where it has an error.
func (c *checker) iterator(name string) *model.Iterator {
	s := c.iterators[name]
	if s.made != nil || s.busy {
		return s.made
	}
	s.busy = true // once is enough: an iterator uses no other definition
	def := c.begin(&s.spec.Definition)
	it := &model.Iterator{}
	c.within(def, func() {
		if s.spec.Paginate != nil {
			it.Pages, it.Elem = c.pages(def, s.spec.Paginate)
			return
		}
		it.Loop, it.Elem = c.loop(def, s.spec)
	})
	if it.Elem == nil || !def.ok {
		return nil
	}
	it.Definition = *def.Definition
	s.made = it
	c.declareIterator(it)
	return it
}

// loop checks the loop form of an iterator.
func (c *checker) loop(def *definition, it *spec.Iterator) (*model.Loop, types.Type) {
	l := &model.Loop{}
	scope := def.scope
	if it.Init.Given() {
		if l.Init = c.stmt(scope, it.Init); l.Init == nil {
			return nil, nil
		}
		l.Vars = l.Init.Defs
		scope = scope.Child(objects(l.Vars)...)
	}
	ok := true
	if it.While.Given() {
		l.While = c.truth(scope, whole(it.While), "while", nil)
		ok = l.While != nil
	}
	if it.Next.Given() {
		l.Next = c.stmt(scope, it.Next)
		ok = ok && l.Next != nil
	}
	l.Yield = c.value(scope, whole(it.Yield), "yield")
	if l.Yield == nil || !ok {
		return nil, nil
	}
	if l.Next != nil && len(l.Next.Defs) > 0 {
		c.diags.Errorf(it.Next.At(0), diag.BadGo, "next: declares %s, which nothing could use", l.Next.Defs[0].Name()).
			Help("assign with = to what init declares")
		return nil, nil
	}
	if v := unread(l); v != nil {
		c.diags.Errorf(it.Init.At(0), diag.BadType, "init: %s is declared and not used", v.Name())
		return nil, nil
	}
	return l, l.Yield.Type
}

// unread returns a variable of init that nothing reads, or nil. Go refuses such a one.
func unread(l *model.Loop) *types.Var {
	read := map[types.Object]bool{}
	uses := func(node ast.Node, info *types.Info, but []ast.Expr) {
		ast.Inspect(node, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if ok && !slices.Contains(but, ast.Expr(id)) {
				read[info.Uses[id]] = true
			}
			return true
		})
	}
	uses(l.Yield.Node, l.Yield.Info, nil)
	if l.While != nil {
		uses(l.While.Node, l.While.Info, nil)
	}
	if l.Next != nil {
		var targets []ast.Expr
		if a, ok := l.Next.Node.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
			targets = a.Lhs
		}
		uses(l.Next.Node, l.Next.Info, targets)
	}
	for _, v := range l.Vars {
		if !read[v] {
			return v
		}
	}
	return nil
}

func objects(vars []*types.Var) []types.Object {
	all := make([]types.Object, len(vars))
	for i, v := range vars {
		all[i] = v
	}
	return all
}

// stmt checks a simple statement, and notes the parameters that it assigns to.
func (c *checker) stmt(scope *load.Scope, t spec.Text) *model.Stmt {
	g := whole(t)
	s, errs := scope.Stmt(g.text)
	if !c.goErrors(g, errs) {
		return nil
	}
	m := &model.Stmt{Text: s.Text, Node: s.Node, Base: s.Base, Info: s.Info, Defs: s.Defs}
	for _, v := range s.Defs {
		c.def.Locals[v.Name()] = true
		c.own[v] = true
		if v.Name() == "ctx" {
			c.diags.Errorf(t.At(0), diag.BadName, "ctx cannot be declared: it is the context")
			return nil
		}
	}
	m.Effect = c.effects(s.Node, s.Info)
	for _, id := range assigned(s.Node) {
		obj := s.Info.Uses[id]
		if obj == c.ctx {
			c.diags.Errorf(g.at(int(id.Pos()-s.Base)), diag.BadGo, "ctx cannot be assigned to")
			return nil
		}
		for _, p := range c.def.Params {
			if p.Var == obj {
				p.Assigned = true
			}
		}
	}
	return m
}

// assigned returns the variables that a statement assigns to, or takes the address of.
func assigned(s ast.Stmt) []*ast.Ident {
	var all []*ast.Ident
	add := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.ParenExpr:
				e = x.X
			case *ast.IndexExpr:
				e = x.X // of an array
			case *ast.SelectorExpr:
				e = x.X
			case *ast.Ident:
				all = append(all, x)
				return
			default:
				return
			}
		}
	}
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				add(l)
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				add(n.X)
			}
		}
		return true
	})
	return all
}

// pages checks a paginated fetch.
func (c *checker) pages(def *definition, p *spec.Paginate) (*model.Pages, types.Type) {
	m := &model.Pages{Whole: p.Emit.Value == "pages"}
	m.Mode = c.pageMode(def, p.Fetch)
	if m.Mode == "" {
		return nil, nil
	}
	if p.Prefetch.Given() {
		if m.Ahead = c.integer(def.scope, p.Prefetch, "prefetch", 1); m.Ahead == nil {
			return nil, nil
		}
	}
	place := types.Type(types.Typ[types.Int])
	if m.Mode == model.ByCursor {
		if place = c.cursorType(def, p.Fetch); place == nil {
			return nil, nil
		}
	}
	m.Place = types.NewParam(token.NoPos, c.pkg.Types, string(m.Mode), place)
	def.Locals[m.Place.Name()] = true
	c.own[m.Place] = true
	scope := def.scope.Child(m.Place)
	if p.Until.Given() {
		if m.Until = c.truth(scope, whole(p.Until), "until", nil); m.Until == nil {
			return nil, nil
		}
	}
	elem := c.fetch(scope, p.Fetch, m)
	if elem == nil {
		return nil, nil
	}
	if m.Whole {
		elem = m.Slice
	}
	return m, elem
}

// pageMode returns which of offset, page and cursor the fetch names.
func (c *checker) pageMode(def *definition, fetch spec.Text) model.Mode {
	node, err := parser.ParseExpr(fetch.Value)
	if err != nil {
		c.typed(def.scope, whole(fetch)) // reports what is wrong
		return ""
	}
	var modes []model.Mode
	ast.Inspect(node, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			ast.Inspect(sel.X, func(ast.Node) bool { return true })
		}
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		for _, m := range []model.Mode{model.ByOffset, model.ByPage, model.ByCursor} {
			if id.Name == string(m) && !isParam(def, id.Name) && !contains(modes, m) {
				modes = append(modes, m)
			}
		}
		return true
	})
	switch len(modes) {
	case 1:
		return modes[0]
	case 0:
		c.diags.Errorf(fetch.At(0), diag.BadGo, "fetch: names none of offset, page and cursor").
			Help("give one of them to the call: it is the place of the page to fetch")
	default:
		c.diags.Errorf(fetch.At(0), diag.BadGo, "fetch: names both %s and %s, want one of them", modes[0], modes[1])
	}
	return ""
}

func contains(modes []model.Mode, m model.Mode) bool {
	for _, x := range modes {
		if x == m {
			return true
		}
	}
	return false
}

func isParam(def *definition, name string) bool {
	for _, p := range def.Params {
		if p.Var.Name() == name {
			return true
		}
	}
	return false
}

// cursorType returns the type of the cursor: the second result of the function that fetch calls.
func (c *checker) cursorType(def *definition, fetch spec.Text) types.Type {
	node, _ := parser.ParseExpr(fetch.Value)
	call, ok := ast.Unparen(node).(*ast.CallExpr)
	if !ok {
		c.diags.Errorf(fetch.At(0), diag.WrongResult, "fetch: %s is no call, want one that returns ([]T, C, error)", fetch)
		return nil
	}
	fun := c.typed(def.scope, whole(fetch).part(call.Fun))
	if fun == nil {
		return nil
	}
	sig, ok := fun.Type.Underlying().(*types.Signature)
	if !ok || sig.Results().Len() != 3 {
		d := c.diags.Errorf(fetch.At(0), diag.WrongResult, "fetch: %s is %s, want a func that returns ([]T, C, error)",
			whole(fetch).part(call.Fun).text, c.typeName(fun.Type))
		c.declaredHere(d, funcNamed(fun.Node, fun.Info))
		return nil
	}
	cursor := sig.Results().At(1).Type()
	if !types.Comparable(cursor) {
		d := c.diags.Errorf(fetch.At(0), diag.WrongResult, "fetch: its cursor is %s, which cannot be compared: the zero cursor is the end", c.typeName(cursor))
		c.declaredHere(d, funcNamed(fun.Node, fun.Info))
		return nil
	}
	return cursor
}

// fetch checks the call that fetches a page, and returns the type of an item.
func (c *checker) fetch(scope *load.Scope, t spec.Text, m *model.Pages) types.Type {
	g := whole(t)
	e := c.typed(scope, g)
	if e == nil {
		return nil
	}
	want, n := "([]T, error)", 2
	if m.Mode == model.ByCursor {
		want, n = "([]T, C, error)", 3
	}
	results := tuple(e)
	if len(results) != n || !isError(results[n-1]) {
		c.wrongResult(g, e, "fetch", want)
		return nil
	}
	slice, ok := results[0].Underlying().(*types.Slice)
	if !ok {
		c.wrongResult(g, e, "fetch", want)
		return nil
	}
	m.Fetch = c.model(e)
	m.Slice = results[0]
	return slice.Elem()
}
