package spec

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/asyncgen/asyncgen/internal/diag"
)

const head = "asyncgen: v1\n"

// TestHostile parses files that were made to hurt: each is refused, at once, and says why.
func TestHostile(t *testing.T) {
	const most = maxBytes
	tests := map[string]struct{ text, want string }{
		"10 MB":            {strings.Repeat("a", 10<<20), "1:1: error: the file has 10485760 bytes"},
		"flow lists":       {head + "x: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "2:53: error: more than 50 levels"},
		"flow maps":        {head + "x: " + strings.Repeat("{a: ", 9000) + strings.Repeat("}", 9000), "2:200: error: more than 50 levels"},
		"block lists":      {head + "x:\n " + strings.Repeat("- ", 9000) + "y", "3:100: error: more than 50 levels"},
		"block maps":       {deepMap(1000), "52:51: error: more than 50 levels"},
		"too deep at all":  {head + "x: " + strings.Repeat("[", 500000), "error: not YAML: exceeded max depth"},
		"never closed":     {head + "x: " + strings.Repeat("[", 9000), "error: not YAML"},
		"many keys":        {head + strings.Repeat("a: b\n", most/6), `3:1: error: "a" is given twice`},
		"unknown keys":     {head + numbered("asyncgeq%d: b\n", 60000), `2:1: error: spec has no key "asyncgeq0"`},
		"long key":         {head + strings.Repeat("a", most/2) + ": x", "2:1: error"},
		"comments":         {head + strings.Repeat("#x\n", most/4) + "x: y", "x: y"},
		"one long list":    {head + "imports: [" + strings.Repeat("é, ", most/8) + "]", "is imported twice"},
		"open brackets":    {head + "imports: [" + strings.Repeat("f(, ", most/8) + "]", "cannot be imported"},
		"half quotes":      {head + "imports: [" + strings.Repeat("f('a, ", most/8) + "]", "cannot be imported"},
		"aliases":          {head + "x: @\n" + strings.Repeat("- *a\n", most/8), "quote this Go expression"},
		"anchors":          {head + "x: @\n" + strings.Repeat("- &a\n", most/8), "quote this Go expression"},
		"anchors, nested":  {head + "x: @\n" + nested("a: &b", 700), "2:4: error: quote this Go expression"},
		"quotes":           {head + "x: @\n" + strings.Repeat("a: '\n", most/8), "quote this Go expression"},
		"apostrophes":      {head + "x: @" + strings.Repeat("'", most/2), "quote this Go expression"},
		"broken lists":     {head + "x: @\n" + strings.Repeat("a: [[[[[[[[[[(\n", most/16), "quote this Go expression"},
		"broken maps":      {head + "x: @\ny: " + strings.Repeat("{a: (b, c", most/10), "quote this Go expression"},
		"laughs":           {head + "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: *c", "2:4: error: a spec has no anchors"},
		"alias of itself":  {head + "a: &a [*a]", "2:8: error: a spec has no aliases"},
		"unknown alias":    {head + "imports: *nothing", "2:10: error: quote this Go expression"},
		"NUL":              {head + "a: \x00", "2:4: error: a control character"},
		"escape":           {head + "a: \x1b[2J", "2:4: error: a control character"},
		"C1":               {head + "é: \u0085", "2:5: error: a control character"},
		"line separator":   {head + "a: \u2028", "2:4: error: a control character"},
		"byte order marks": {byteOrderMark + head + byteOrderMark, "2:1: error: a control character"},
		"UTF-16":           {"\xff\xfea\x00", "1:1: error: this is not UTF-8"},
		"half a rune":      {head + "a: \xc3", "2:4: error: this is not UTF-8"},
		"surrogate":        {head + "a: \xed\xa0\x80", "2:4: error: this is not UTF-8"},
		"old Mac":          {"asyncgen: v1\rpipelines: {}", "1:13: error: a carriage return without a line feed"},
		"only NULs":        {strings.Repeat("\x00", most), "1:10: error: a control character"},
		"second document":  {head + "---\n" + head, "2:1: error: a spec is one document"},
		"end and more":     {head + "...\nx: y\n", "3:1: error: not YAML"},
		"directive":        {"%YAML 1.2\n---\n" + head, "error: not YAML"},
		"empty":            {"", `1:1: error: spec has no "asyncgen"`},
		"null":             {"~", "1:1: error: spec: want a map"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var diags diag.List
			start := time.Now()
			Parse("a.async.yaml", []byte(test.text), &diags)
			took, most := time.Since(start), 40*time.Second // a loaded machine and -race included: what is quadratic takes minutes
			if strings.Contains(test.want, "levels") {
				most = 5 * time.Second
			}
			if took > most {
				t.Errorf("took %v", took)
			}
			var all strings.Builder
			for _, d := range diags.Sorted() {
				fmt.Fprintln(&all, d)
				if len(d.Text) > 400 {
					t.Errorf("a message of %d bytes", len(d.Text))
				}
			}
			if name == "comments" {
				if !diags.Failed() || diags.Len() != 1 {
					t.Errorf("got %s", all.String())
				}
				return
			}
			if !strings.Contains(all.String(), test.want) {
				t.Errorf("want %s, got:\n%.2000s", test.want, all.String())
			}
			if !diags.Failed() {
				t.Error("not refused")
			}
		})
	}
}

func deepMap(levels int) string { return head + nested("a:", levels) }

func nested(line string, levels int) string {
	var b strings.Builder
	for i := range levels {
		fmt.Fprintf(&b, "%s%s\n", strings.Repeat(" ", i), line)
	}
	return b.String()
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestTolerated parses files that are odd and nothing worse.
func TestTolerated(t *testing.T) {
	for name, text := range map[string]string{
		"byte order mark": byteOrderMark + head + "iterators: {A: {yield: x}}",
		"CRLF":            "asyncgen: v1\r\niterators:\r\n  A:\r\n    yield: x\r\n",
		"markers":         "---\nasyncgen: v1\n...\n",
		"flow":            "{asyncgen: v1, iterators: {A: {yield: x}}}",
		"quoted keys":     "\"asyncgen\": \"v1\"\n'iterators': {\"A\": {yield: 'x'}}",
		"raw numbers":     head + "iterators: {A: {yield: 0x10, while: true, next: 0777}}",
		"comments":        head + "iterators: {A: {yield: x}} #comment\n#another",
		"hash in Go":      head + "iterators: {A: {yield: \"v.A #b\"}}\npipelines: {B: {from: a#b}}",
	} {
		t.Run(name, func(t *testing.T) {
			var diags diag.List
			if s := Parse("a.async.yaml", []byte(text), &diags); s == nil || diags.Len() > 0 {
				t.Errorf("refused: %v", diags.Sorted())
			}
		})
	}
}

func TestRawText(t *testing.T) {
	var diags diag.List
	text := byteOrderMark + "asyncgen: v1\r\niterators: {A: {yield: 0x10, while: true, next: 0o17}}\r\n"
	it := Parse("a.async.yaml", []byte(text), &diags).Iterators[0]
	for _, test := range []struct {
		text   Text
		value  string
		column int
	}{{it.Name, "A", 13}, {it.Yield, "0x10", 24}, {it.While, "true", 37}, {it.Next, "0o17", 49}} {
		if test.text.Value != test.value || test.text.Pos.Line != 2 || test.text.Pos.Column != test.column {
			t.Errorf("got %q at %v, want %q at 2:%d", test.text.Value, test.text.Pos, test.value, test.column)
		}
	}
}

// texts returns every Text in a value.
func texts(v reflect.Value) []Text {
	var all []Text
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			all = texts(v.Elem())
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return nil
		}
		for i := range v.Len() {
			all = append(all, texts(v.Index(i))...)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Text]() && v.CanInterface() {
			return []Text{v.Interface().(Text)}
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				all = append(all, texts(v.Field(i))...)
			}
		}
	}
	return all
}

// checkPlaces fails unless every place of a parsed file is inside it.
func checkPlaces(t *testing.T, text []byte, s *Spec, diags *diag.List) {
	t.Helper()
	lines := strings.Split(string(text), "\n")
	inside := func(what string, pos diag.Pos) {
		if pos.Line < 1 || pos.Line > len(lines) || pos.Column < 1 || pos.Column > len(lines[pos.Line-1])+1 {
			t.Errorf("%s: %v is outside of the file", what, pos)
		}
	}
	seen := map[string]bool{}
	for _, d := range diags.Sorted() {
		inside(d.Text, d.Pos)
		for _, n := range d.Notes {
			inside(n.Text, n.Pos)
		}
		seen[d.String()] = true
	}
	if diags.Len() != len(seen) {
		t.Errorf("%d diagnostics, %d of them distinct", diags.Len(), len(seen))
	}
	if s == nil {
		if !diags.Failed() {
			t.Error("nil without an error")
		}
		return
	}
	for _, text := range append(texts(reflect.ValueOf(s)), s.goTexts...) {
		if !text.Given() {
			continue
		}
		inside(text.Value, text.Pos)
		last := text.Pos
		for i := range len(text.Value) + 1 {
			pos := text.At(i)
			inside(text.Value, pos)
			if pos.Compare(last) < 0 {
				t.Errorf("byte %d of %q is at %v, before %v", i, text.Value, pos, last)
			}
			last = pos
		}
	}
}

// TestBroken parses good specs with bytes deleted, doubled and replaced.
func TestBroken(t *testing.T) {
	good := goodSpecs(t)
	r := rand.New(rand.NewPCG(1, 2))
	const nasty = "{}[]:,#&*!|>'\"%@`?-~ \n\r\t\x00é\xff0a"
	for range 600 {
		text := append([]byte(nil), good[r.IntN(len(good))]...)
		for range 1 + r.IntN(4) {
			at := r.IntN(len(text))
			switch r.IntN(3) {
			case 0:
				text = append(text[:at], text[min(len(text), at+1+r.IntN(8)):]...)
			case 1:
				text = append(text[:at:at], append([]byte{nasty[r.IntN(len(nasty))]}, text[at:]...)...)
			default:
				text[at] = nasty[r.IntN(len(nasty))]
			}
		}
		var diags diag.List
		checkPlaces(t, text, Parse("a.async.yaml", text, &diags), &diags)
		if t.Failed() {
			t.Fatalf("%s", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range append(goodSpecs(f), badSpecs(f)...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var diags diag.List
		start := time.Now()
		s := Parse("a.async.yaml", text, &diags)
		if took := time.Since(start); took > 40*time.Second {
			t.Errorf("took %v", took)
		}
		checkPlaces(t, text, s, &diags)
		if s != nil {
			s.Identifiers()
		}
	})
}
