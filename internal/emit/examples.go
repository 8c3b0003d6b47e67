package emit

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// examples adds the test that runs a definition's examples, and the Go Example that shows the first.
func (f *file) examples(d *model.Definition, noun any) {
	if len(d.Examples) == 0 {
		return
	}
	g, t := f.newFunction(d), f.tester()
	var cases []string
	needsCtx := false
	for _, e := range d.Examples {
		call, title := g.exampleCall(d, noun, e)
		body := g.exampleBody(noun, e, call)
		needsCtx = needsCtx || strings.Contains(body, "ctx")
		cases = append(cases, fmt.Sprintf("%s.Run(%q, func(%s *%s) {\n%s\n})", t, title, t, g.std("testing.T"), body))
	}
	body := lines(cases...)
	if needsCtx {
		body = lines("ctx := "+t+".Context()", body)
	}
	name := d.Name
	if r, ok := noun.(*model.Resource); ok {
		name = r.FuncName()
	}
	f.testFunc(name+"Examples", body)
	f.goExample(d, noun)
}

// exampleCall returns the code of an example's call, and how the test is titled.
func (g *function) exampleCall(d *model.Definition, noun any, e *model.Example) (call, title string) {
	var args, texts []string
	listed := false // the elements of a variadic parameter, one by one
	for _, a := range e.Args {
		texts = append(texts, exprText(a))
		if listed = a.Node == nil; !listed {
			args = append(args, g.expr(a, newEnv()))
		}
		for _, item := range a.List {
			args = append(args, g.expr(item, newEnv()))
		}
	}
	if r, ok := noun.(*model.Resource); ok {
		return callOf(r.FuncName(), []string{"ctx"}, args), callOf(r.FuncName(), texts)
	}
	if !listed {
		args = spread(d, args)
	}
	if it, ok := noun.(*model.Iterator); ok {
		return callOf(it.Constructor(), args) + ".All(ctx)", callOf(it.Constructor(), texts)
	}
	name := calledName(d, noun)
	return callOf(name, []string{"ctx"}, args), callOf(name, texts)
}

// calledName returns the name of the func that a definition's examples call.
func calledName(d *model.Definition, noun any) string {
	switch n := noun.(type) {
	case *model.Topology:
		return n.RunName()
	case *model.Resource:
		return n.FuncName()
	}
	return d.Name
}

func exprText(e *model.Expr) string {
	if e.Node != nil {
		return oneLine(e.Text)
	}
	var items []string
	for _, item := range e.List {
		items = append(items, oneLine(item.Text))
	}
	return strings.Join(items, ", ")
}

// exampleBody returns the statements that run one example.
func (g *function) exampleBody(noun any, e *model.Example, call string) string {
	isSeq, endless := ranged(noun)
	if e.Err != nil {
		return g.exampleError(noun, e, call, isSeq)
	}
	results, t := make([]string, len(e.Want)), g.file.tester()
	var wants []string
	checks := []string{ifThen("err != nil", t+".Fatal(err)")}
	for i, w := range e.Want {
		number := choice(len(e.Want) > 1, fmt.Sprint(i+1))
		want := "want" + number
		results[i] = "got" + number
		differ := fmt.Sprintf("!%s(%s, %s)", g.std("reflect.DeepEqual"), results[i], want)
		if isSeq {
			differ = "len(got)+len(want) > 0 && " + differ
		}
		checks = append(checks,
			ifThen(differ, fmt.Sprintf("%s.Errorf(\"got %%v, want %%v\", %s, %s)", t, results[i], want)))
		wants = append(wants, g.wanted(want, w))
	}
	if isSeq {
		most := "len(want)"
		if !endless {
			most += "+1"
		}
		call = fmt.Sprintf("%s(%s, %s)", g.file.contract("Elements"), call, most)
	}
	rest := resultCount(noun) - len(results)
	for range rest {
		results = append(results, "_")
	}
	if resultCount(noun) == 0 {
		return ifThen("err := "+call+"; err != nil", t+".Fatal(err)")
	}
	return lines(lines(wants...), strings.Join(append(results, "err"), ", ")+" := "+call, lines(checks...))
}

// wanted returns the declaration of what an example is to give.
func (g *function) wanted(name string, w *model.Expr) string {
	code := g.expr(w, newEnv())
	if sameType(w, w.Type) && !isNilExpr(w) {
		return name + " := " + code
	}
	return fmt.Sprintf("var %s %s = %s", name, g.typ(w.Type), code)
}

func isNilExpr(e *model.Expr) bool {
	return e.Node != nil && e.Info.Types[e.Node].IsNil()
}

// exampleError returns the statements that run an example that is to fail.
func (g *function) exampleError(noun any, e *model.Example, call string, isSeq bool) string {
	if isSeq {
		call = fmt.Sprintf("%s(%s, %d)", g.file.contract("Elements"), call, 1_000_000)
	}
	blanks := strings.Repeat("_, ", max(resultCount(noun), either(isSeq, 1, 0)))
	want := g.expr(e.Err, newEnv())
	return lines(blanks+"err := "+call,
		"var want error = "+want,
		ifThen(fmt.Sprintf("!%s(err, want)", g.std("errors.Is")), g.file.tester()+".Errorf(\"got error %v, want %v\", err, want)"))
}

// ranged reports whether a definition's elements are ranged over, and whether they never end.
func ranged(noun any) (isSeq, endless bool) {
	switch n := noun.(type) {
	case *model.Iterator:
		return true, n.Endless()
	case *model.Pipeline:
		return n.Collect == nil, n.Endless()
	}
	return false, false
}

// resultCount returns how many values a definition's call gives beside the error; 1 where it is ranged over.
func resultCount(noun any) int {
	if _, ok := noun.(*model.Resource); ok {
		return 0
	}
	p, ok := noun.(*model.Pipeline)
	if !ok || p.Collect == nil {
		return 1
	}
	switch p.Collect.Kind {
	case model.CollectInto:
		return 0
	case model.CollectFirst, model.CollectLast:
		return 2
	}
	return 1
}

// goExample adds a Go Example of the first example, which go doc shows. It has an output, and so is run, where that can be
// told from the spec, and nothing is called that may print by itself.
func (f *file) goExample(d *model.Definition, noun any) {
	e := d.Examples[0]
	name := "Example" + calledName(d, noun)
	if !token.IsExported(d.Name) || f.model.Taken[name] {
		return
	}
	output, ok := printedBy(e, noun)
	if _, endless := ranged(noun); endless && e.Err == nil && !ok {
		return // there is no telling where to stop
	}
	switch {
	case !ok || d.Acts && strings.Contains(output, "\n"):
		output = ""
	case d.Acts:
		output = strings.Replace(output, "// Output:", "// It prints", 1)
	}
	g := f.newFunction(d)
	call, _ := g.exampleCall(d, noun, e)
	f.function("", name, "", "", lines("ctx := "+g.std("context.Background")+"()", g.showing(call, e, noun), output))
}

// printedBy returns the Output comment of what showing prints, if that is plain enough.
func printedBy(e *model.Example, noun any) (output string, ok bool) {
	isSeq, _ := ranged(noun)
	_, isTopology := noun.(*model.Topology)
	switch {
	case e.Err != nil:
		return "// Output: true", true
	case len(e.Want) == 0:
		return "// Output: <nil>", true
	case isTopology:
		return printedResult(e.Want[0])
	}
	return printed(e.Want[0], isSeq)
}

// showing returns the statements that print what a call gives.
func (g *function) showing(call string, e *model.Example, noun any) string {
	println := g.std("fmt.Println")
	isSeq, endless := ranged(noun)
	if e.Err != nil {
		told := fmt.Sprintf("%s(%s(err, %s))", println, g.std("errors.Is"), g.expr(e.Err, newEnv()))
		if isSeq {
			return fmt.Sprintf("for _, err := range %s {\n%s\n}", call, ifThen("err != nil", told))
		}
		return lines(strings.Repeat("_, ", resultCount(noun))+"err := "+call, told)
	}
	if len(e.Want) == 0 {
		return lines("err := "+call, println+"(err)")
	}
	if _, ok := noun.(*model.Topology); ok {
		return lines("got, err := "+call, ifThen("err != nil", println+"(err)", "return"), g.std("fmt.Printf")+`("%+v\n", got)`)
	}
	if !isSeq {
		blanks := strings.Repeat(", _", resultCount(noun)-1)
		return lines(fmt.Sprintf("got%s, err := %s", blanks, call), ifThen("err != nil", println+"(err)", "return"), println+"(got)")
	}
	count, stop := "", ""
	if endless {
		n := len(e.Want[0].Node.(*ast.CompositeLit).Elts)
		count, stop = "shown := 0", ifThen(fmt.Sprintf("shown++; shown == %d", n), "break")
	}
	return lines(count, fmt.Sprintf("for v, err := range %s {\n%s\n}", call,
		lines(ifThen("err != nil", println+"(err)", "return"), println+"(v)", stop)))
}

// printed returns the Output comment of an example: what fmt.Println makes of the wanted value, if that is plain enough.
func printed(want *model.Expr, isSeq bool) (string, bool) {
	if !isSeq {
		text, ok := shown(want.Node, want.Info)
		return "// Output: " + text, ok
	}
	list, ok := ast.Unparen(want.Node).(*ast.CompositeLit)
	if !ok || len(list.Elts) == 0 {
		return "", false
	}
	out := []string{"// Output:"}
	for _, elt := range list.Elts {
		text, ok := shown(elt, want.Info)
		if !ok {
			return "", false
		}
		out = append(out, "// "+text)
	}
	return strings.Join(out, "\n"), true
}

// printedResult returns the Output comment of an example of a topology: what fmt.Printf makes of its result with %+v.
func printedResult(want *model.Expr) (string, bool) {
	list, ok := ast.Unparen(want.Node).(*ast.CompositeLit)
	if !ok || len(list.Elts) == 0 {
		return "", false
	}
	given := map[string]ast.Expr{}
	result := want.Type.Underlying().(*types.Struct)
	for i, elt := range list.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			given[kv.Key.(*ast.Ident).Name] = kv.Value
			continue
		}
		given[result.Field(i).Name()] = elt
	}
	var parts []string
	for field := range result.Fields() {
		text, ok := shownZero(field.Type())
		if e := given[field.Name()]; e != nil {
			text, ok = shown(e, want.Info)
		}
		if !ok {
			return "", false
		}
		parts = append(parts, field.Name()+":"+text)
	}
	return "// Output: {" + strings.Join(parts, " ") + "}", true
}

// shownZero returns what fmt makes of a type's zero value.
func shownZero(t types.Type) (string, bool) {
	switch t := types.Unalias(t).(type) {
	case *types.Slice:
		return "[]", true
	case *types.Map:
		return "map[]", true
	case *types.Basic:
		switch {
		case t.Info()&types.IsBoolean != 0:
			return "false", true
		case t.Info()&types.IsInteger != 0:
			return "0", true
		}
	}
	return "", false
}

// shown returns what fmt.Println makes of an expression: a constant, or a slice or map of such.
func shown(e ast.Expr, info *types.Info) (string, bool) {
	e = ast.Unparen(e)
	if tv := info.Types[e]; tv.Value != nil {
		return shownConstant(tv)
	}
	if info.Types[e].IsNil() {
		return shownZero(info.TypeOf(e))
	}
	list, ok := e.(*ast.CompositeLit)
	if !ok {
		return "", false
	}
	switch info.TypeOf(e).(type) {
	case *types.Slice, *types.Array:
		return shownList(list.Elts, info)
	case *types.Map:
		return shownMap(list.Elts, info)
	}
	return "", false
}

func shownConstant(tv types.TypeAndValue) (string, bool) {
	if _, plain := types.Unalias(tv.Type).(*types.Basic); !plain {
		return "", false // it may have a method String
	}
	switch tv.Value.Kind() {
	case constant.String:
		s := constant.StringVal(tv.Value)
		return s, s != "" && s == strings.TrimSpace(s) && !strings.ContainsAny(s, "\n\r")
	case constant.Int, constant.Bool:
		return tv.Value.ExactString(), true
	}
	return "", false
}

func shownList(elts []ast.Expr, info *types.Info) (string, bool) {
	var parts []string
	for _, elt := range elts {
		text, ok := shown(elt, info)
		if _, keyed := elt.(*ast.KeyValueExpr); keyed || !ok {
			return "", false
		}
		parts = append(parts, text)
	}
	return "[" + strings.Join(parts, " ") + "]", true
}

// shownMap relies on fmt printing a map in the order of its keys.
func shownMap(elts []ast.Expr, info *types.Info) (string, bool) {
	type entry struct {
		key  constant.Value
		text string
	}
	var entries []entry
	for _, elt := range elts {
		kv, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			return "", false
		}
		key, okKey := shown(kv.Key, info)
		value, okValue := shown(kv.Value, info)
		if !okKey || !okValue || info.Types[kv.Key].Value == nil {
			return "", false
		}
		entries = append(entries, entry{info.Types[kv.Key].Value, key + ":" + value})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		if constant.Compare(a.key, token.LSS, b.key) {
			return -1
		}
		return 1
	})
	var parts []string
	for _, e := range entries {
		parts = append(parts, e.text)
	}
	return "map[" + strings.Join(parts, " ") + "]", true
}
