package spec

import (
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// TestEaten puts Go text that YAML does not read as it stands where Go text is wanted: it is reported where it begins, with
// the text in quotes as the hint, read as it was meant, and taken without a word when it is quoted.
func TestEaten(t *testing.T) {
	block := []string{
		"*p", "&T{}", "!v.OK", "!ok && v", "-v: x", `[]string{"x"}`, "[]byte(v)", `"q" + v`, "'q' + v", "`raw`", "`raw` + v",
		"@x", "%d", "Item{ID: v}", "[]Item{{ID: 1}, {ID: 2}}", `v == "x: y"`, `v == "a #b"`, "v.A #b", "{v}", "{v, w}",
		"*p.x + *q", "map[string]int{\"a\": 1}", "func() int { return f(x, y: 2) }", "&v", "!f(v, 2)",
	}
	flow := []string{
		"[]byte", "!f(v, 2)", "f(v, 2)", "f(v, filter)", "m[v]", "map[string]int", "[]string{seed}", "Dead{v, err}", "f(g(v, 1), h(2, 3))", "!v.OK",
		"*p", "&T{}", `"q" + v`, `f("a,b")`, `v == "a, b"`, "{v}", "f('}', v)", "@x", "`a` + `b`", "f(v)[0].x(1, 2)",
	}
	for _, text := range block {
		checkEaten(t, "asyncgen: v1\npipelines:\n  A:\n    from: ", text, "   # comment\n    collect: slice\n")
		checkEaten(t, "asyncgen: v1\r\npipelines:\r\n  A:\r\n    from: 3\r\n    stages:\r\n      - map: ", text, "\r\n        as: é\r\n      - tap: x\r\n")
		checkEaten(t, byteOrderMark+"asyncgen: v1 # é\npipelines:\n  A: # é\n    from: ", text, "")
	}
	for _, text := range flow {
		checkEaten(t, "asyncgen: v1\npipelines: {A: {as: é, from: ", text, ", collect: slice}}\n")
		checkEaten(t, "asyncgen: v1\npipelines: {A: {as: é, from: ", text, "}}\n")
		checkEaten(t, "asyncgen: v1\npipelines:\n  A: {\n    as: é,\n    from: ", text, "\n  }\n")
		checkEaten(t, "asyncgen: v1\npipelines: {A: {from: 3, stages: [map: ", text, ", {take: 3, as: x}]}}\n")
	}
}

func checkEaten(t *testing.T, before, text, after string) {
	t.Helper()
	source := []byte(before + text + after)
	if text == "v.A #b" { // a comment behind it is more of the same
		after = strings.TrimPrefix(after, "   # comment")
		source = []byte(before + text + after)
	}
	var diags diag.List
	s := Parse("a.async.yaml", source, &diags)
	all := diags.Sorted()
	if len(all) != 1 || all[0].Code != diag.NeedsQuotes || all[0].Text != "quote this Go expression" {
		t.Errorf("%s: %v\n%s", text, all, source)
		return
	}
	if want := newSource("a.async.yaml", source).pos(len(before)); all[0].Pos != want {
		t.Errorf("%s: at %v, want %v", text, all[0].Pos, want)
	}
	if !strings.HasPrefix(all[0].Hint, "write it as "+quote(text)) {
		t.Errorf("%s: hint %s", text, all[0].Hint)
	}
	checkPlaces(t, source, s, &diags)
	meant := func(s *Spec) string {
		p := s.Pipelines[0]
		if len(p.Stages) > 0 {
			return p.Stages[0].Expr.Value
		}
		return p.From.Expr.Value
	}
	if s == nil || meant(s) != text {
		t.Fatalf("%s: not read as it was meant\n%s", text, source)
	}
	quoted := Quoted(source)
	if want := before + quote(text) + after; string(quoted) != want {
		t.Errorf("%s: quoted %q, want %q", text, quoted, want)
	}
	diags = diag.List{}
	if s = Parse("a.async.yaml", quoted, &diags); diags.Len() > 0 || meant(s) != text {
		t.Errorf("%s: quoted, it is refused: %v", text, diags.Sorted())
	}
}
