package spec

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// encoder writes one scalar in some style, and remembers where it put each byte of the value.
type encoder struct {
	*rand.Rand
	out       []byte
	value     []byte
	where     []int
	lineBreak string
	indent    int
}

func (e *encoder) raw(s string) { e.out = append(e.out, s...) }

func (e *encoder) newLine(indent int) {
	e.raw(e.lineBreak)
	e.raw(strings.Repeat(" ", indent))
}

// put adds bytes of the value that stand at where, and are written as text.
func (e *encoder) put(value, text string) {
	for i := range len(value) {
		at := len(e.out)
		if value == text {
			at += i
		}
		e.value = append(e.value, value[i])
		e.where = append(e.where, at)
	}
	e.raw(text)
}

func (e *encoder) pick(of ...string) string { return of[e.IntN(len(of))] }

// fold writes a line break inside a quoted or plain scalar: as a space, or as one line break or two.
func (e *encoder) fold() {
	end := len(e.out)
	e.raw(e.pick("", "", "  ", "\t"))
	n := e.IntN(3)
	for i := range n + 1 {
		if i > 0 {
			e.value = append(e.value, '\n')
			e.where = append(e.where, len(e.out))
		}
		e.raw(e.lineBreak)
	}
	if n == 0 {
		e.value = append(e.value, ' ')
		e.where = append(e.where, end)
	}
	e.raw(strings.Repeat(" ", e.indent+e.IntN(3)))
}

// flow writes a plain, single-quoted or double-quoted scalar.
func (e *encoder) flow(style string) {
	e.raw(style)
	e.put("v", "v")
	for range e.IntN(30) {
		switch n := e.IntN(12); {
		case n == 0:
			e.fold()
			e.put("w", "w")
		case n == 1:
			gap := e.pick(" ", "  ", " \t ")
			e.put(gap, gap)
			e.put("x", "x")
		case n < 5 && style == `"`:
			escape := [][2]string{
				{"\n", `\n`},
				{"\t", `\t`},
				{`"`, `\"`},
				{`\`, `\\`},
				{"é", `\xe9`},
				{"日", `\u65e5`},
				{"😀", `\U0001f600`},
				{"\x00", `\0`},
				{"\u0085", `\N`},
				{"\u2028", `\L`},
			}[e.IntN(10)]
			e.put(escape[0], escape[1])
		case n == 5 && style == `"`:
			e.raw(`\`)
			e.newLine(e.indent + e.IntN(3))
			e.put("y", "y")
		case n < 5 && style == `'`:
			e.put("'", "''")
		default:
			c := e.pick("a", "1", "(", ")", "é", "日", "😀", "*", "%", "+", "&")
			e.put(c, c)
		}
	}
	e.raw(style)
}

// block writes a literal scalar.
func (e *encoder) block() {
	chomp := e.pick("", "-", "+")
	e.raw("|" + chomp)
	e.newLine(e.indent)
	lines := 1 + e.IntN(5)
	for i := range lines {
		if i == 0 {
			e.put("v", "v")
		}
		if i == lines-1 {
			e.put("z", "z")
		} else if e.IntN(4) > 0 {
			text := e.pick("é(x)", "  b", "# no comment", "a: b", "\tc")
			e.put(text, text)
		}
		at := len(e.out)
		e.raw(e.lineBreak)
		if chomp != "-" || i < lines-1 {
			e.value = append(e.value, '\n')
			e.where = append(e.where, at)
		}
		if i < lines-1 {
			e.raw(strings.Repeat(" ", e.indent))
		}
	}
}

// folded writes a folded scalar of lines that fold, lines that do not, and empty ones.
func (e *encoder) folded() {
	e.raw(">-")
	e.newLine(e.indent)
	e.put("日v", "日v")
	for range e.IntN(6) {
		end, empty := len(e.out), e.IntN(3)
		for i := range empty {
			e.raw(e.lineBreak)
			if i == 0 {
				continue
			}
			e.value, e.where = append(e.value, '\n'), append(e.where, len(e.out)-len(e.lineBreak))
		}
		if empty > 0 {
			e.value, e.where = append(e.value, '\n'), append(e.where, len(e.out))
		} else {
			e.value, e.where = append(e.value, ' '), append(e.where, end)
		}
		e.newLine(e.indent)
		e.put("w é", "w é")
	}
	e.raw(e.lineBreak)
}

func TestTextAt(t *testing.T) {
	for seed := range uint64(4000) {
		e := &encoder{Rand: rand.New(rand.NewPCG(seed, 1)), lineBreak: "\n", indent: 6}
		if seed%2 == 1 {
			e.lineBreak = "\r\n"
		}
		e.raw(e.pick("", byteOrderMark))
		e.raw("asyncgen: v1" + e.lineBreak + "pipelines:" + e.lineBreak + `  "A":` + e.lineBreak + "    from: ")
		start := len(e.out)
		switch seed % 5 {
		case 0:
			e.flow("")
		case 1:
			e.flow(`'`)
		case 2:
			e.flow(`"`)
		case 3:
			e.block()
		case 4:
			e.folded()
		}
		if seed%5 < 3 {
			e.raw(e.lineBreak)
		}
		e.raw("    collect: slice # é")
		var diags diag.List
		s := Parse("a.async.yaml", e.out, &diags)
		if s == nil || diags.Len() > 0 {
			t.Fatalf("seed %d: refused: %v\n%s", seed, diags.Sorted(), e.out)
		}
		got, places := s.Pipelines[0].From.Expr, newSource(s.Path, e.out)
		if got.Value != string(e.value) {
			t.Fatalf("seed %d: value %q, want %q\n%s", seed, got.Value, e.value, e.out)
		}
		if want := places.pos(start); got.Pos != want {
			t.Errorf("seed %d: begins at %v, want %v", seed, got.Pos, want)
		}
		for i, at := range e.where {
			if want := places.pos(at); got.At(i) != want {
				t.Fatalf("seed %d: byte %d of %q is at %v, want %v\n%s", seed, i, got.Value, got.At(i), want, e.out)
			}
		}
	}
}
