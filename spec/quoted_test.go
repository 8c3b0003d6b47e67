package spec

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// TestQuoted quotes what stands beside other mistakes and other layout, and touches neither.
func TestQuoted(t *testing.T) {
	const head = "asyncgen: v1\npipelines:\n  A:\n"
	for name, test := range map[string]struct{ text, want string }{
		"nothing":      {head + "    from: xs # v.A\n", head + "    from: xs # v.A\n"},
		"the forms":    {head + "    stages: [map: f(v, 2), filter: !v.OK, {map: {v}, as: w}, tap: *p]\n", head + "    stages: [map: \"f(v, 2)\", filter: \"!v.OK\", {map: \"{v}\", as: w}, tap: \"*p\"]\n"},
		"hidden":       {head + "    {from: {zip: [!a, f(v, 2), !b, {v}]}, stages: [tap: !f, map: f(v, 2)]}\n", head + "    {from: {zip: [\"!a\", \"f(v, 2)\", \"!b\", \"{v}\"]}, stages: [tap: \"!f\", map: \"f(v, 2)\"]}\n"},
		"comment":      {head + "    from: v.A #b\n\n\n    as:   w   # é\n", head + "    from: \"v.A #b\"\n\n\n    as:   w   # é\n"},
		"Go's quotes":  {head + "    from: \"q\" + 'é' + v # c\n", head + "    from: '\"q\" + ''é'' + v' # c\n"},
		"lines":        {head + "    from: *p +\r\n      *q\r\n    as: w\r\n", head + "    from: '*p +\r\n      *q'\r\n    as: w\r\n"},
		"a text":       {head + "    doc: A: it's\n    from: xs\n", head + "    doc: \"A: it's\"\n    from: xs\n"},
		"unknown key":  {head + "    form: xs\n    from: *p\n", head + "    form: xs\n    from: \"*p\"\n"},
		"alias":        {head + "    doc: &a x\n    from: *a\n", head + "    doc: &a x\n    from: *a\n"},
		"one and junk": {head + "    from: *p\n    as: w\n\tx\n", head + "    from: \"*p\"\n    as: w\n\tx\n"},
		"no YAML":      {"{{", "{{"},
		"no text":      {"\xff\x00*p", "\xff\x00*p"},
		"empty":        {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := []byte(test.text)
			if got := string(Quoted(text)); got != test.want {
				t.Errorf("%s\nbecomes\n%s\nwant\n%s", text, got, test.want)
			}
			checkQuoted(t, text)
		})
	}
}

// TestQuotedMuch has many mistakes, one of which cannot be mended: the others are.
func TestQuotedMuch(t *testing.T) {
	const misread, stays = "  A: {from: xs, stages: [map: f(v, 2)]}\n", "  B: {from: xs, f(w, 2): x}\n"
	text := "asyncgen: v1\npipelines:\n" + strings.Repeat(misread, 700) + stays + strings.Repeat(misread, 300)
	want := strings.ReplaceAll(text, "f(v, 2)", `"f(v, 2)"`)
	if got := string(Quoted([]byte(text))); got != want {
		t.Errorf("%d bytes, want %d", len(got), len(want))
	}
}

// TestQuotedHostile has nothing but what cannot be mended, and does not take for ever.
func TestQuotedHostile(t *testing.T) {
	text := []byte("asyncgen: v1\npipelines:\n")
	for i := range 20_000 {
		text = fmt.Appendf(text, "  A%d: {from: xs, f(w, 2): x}\n", i)
	}
	start := time.Now()
	if got := Quoted(text); !bytes.Equal(got, text) {
		t.Errorf("it becomes %d bytes, has %d", len(got), len(text))
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	}
}

// checkQuoted fails where Quoted touches a file that has nothing to quote, does not do its work in one go, changes more than
// quotes, or leaves a file that Parse takes worse.
func checkQuoted(t *testing.T, text []byte) {
	t.Helper()
	before := slices.Clone(text)
	quoted := Quoted(text)
	was, is := read(before), read(quoted)
	switch {
	case !bytes.Equal(text, before):
		t.Errorf("%q: it was written over", before)
	case len(was.misread) == 0 && !bytes.Equal(quoted, text):
		t.Errorf("%q: there is nothing to quote in it, and it becomes %q", text, quoted)
	case !bytes.Equal(Quoted(quoted), quoted):
		t.Errorf("%q: what it becomes is not left alone: %q", text, quoted)
	case !bytes.Equal(unquoted(text), unquoted(quoted)):
		t.Errorf("%q: more than quotes changed: %q", text, quoted)
	case was.usable && (!is.usable || is.others > was.others):
		t.Errorf("%q: it becomes worse: %q", text, quoted)
	}
}

// unquoted returns text without any quotes.
func unquoted(text []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("'"), nil), []byte(`"`), nil)
}

func FuzzQuoted(f *testing.F) {
	for _, text := range append(goodSpecs(f), badSpecs(f)...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		checkQuoted(t, text)
		var diags diag.List
		if Parse("", text, &diags); diags.Len() == 0 && !bytes.Equal(Quoted(text), text) {
			t.Errorf("%q: it is a good spec", text)
		}
	})
}
