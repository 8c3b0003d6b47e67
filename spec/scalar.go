package spec

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// lexer reads one scalar a second time, after yaml.v3, to learn where each byte of its value stands: yaml.v3 tells only
// where a scalar begins. The rules of folding and escaping are those of YAML 1.2, chapters 7 and 8.
type lexer struct {
	src   *source
	at    int // offset of the next byte of the source
	value []byte
	runs  []run
	next  int // offset at which a byte continues the last run; -1 where none does
}

// scalar returns the text of a scalar node that begins at offset, and the offset behind it.
func (s *source) scalar(n *yaml.Node, offset int) (text Text, end int) {
	l := &lexer{src: s, at: offset, next: -1}
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		l.double()
	case n.Style&yaml.SingleQuotedStyle != 0:
		l.single()
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		l.block(n.Value, n.Style&yaml.FoldedStyle != 0)
	default:
		l.plain(n.Value)
	}
	text = Text{Value: n.Value, Pos: s.pos(offset), runs: l.runs}
	if string(l.value) != n.Value { // a tag or an anchor stands before the scalar: it is refused elsewhere
		text.runs = []run{{0, text.Pos}}
		for i := range len(n.Value) {
			text.runs = append(text.runs, run{i + 1, text.Pos})
		}
	}
	return text, l.at
}

// raw returns the text from start to end, as it was given, folded like a plain scalar.
func (s *source) raw(start, end int) Text {
	given := *s
	given.data = s.given
	l := &lexer{src: &given, at: start, next: -1}
	for l.at < end {
		l.word()
	}
	l.end(l.at)
	return Text{Value: string(l.value), Pos: s.pos(start), runs: l.runs}
}

// put adds a byte of the value that stands at offset.
func (l *lexer) put(b byte, offset int) {
	if offset != l.next {
		l.runs = append(l.runs, run{len(l.value), l.src.pos(offset)})
	}
	l.value = append(l.value, b)
	l.next = offset + 1
	if b == '\n' {
		l.next = -1
	}
}

// stand adds bytes that all stand at one offset: what an escape means.
func (l *lexer) stand(text string, offset int) {
	for i := range len(text) {
		l.next = -1
		l.put(text[i], offset)
	}
	l.next = -1
}

// end gives the place behind the value, which is offset.
func (l *lexer) end(offset int) {
	if offset != l.next {
		l.runs = append(l.runs, run{len(l.value), l.src.pos(offset)})
	}
}

// copy adds the next byte of the source as it is.
func (l *lexer) copy() {
	l.put(l.src.data[l.at], l.at)
	l.at++
}

func (l *lexer) more() bool { return l.at < len(l.src.data) }

// space reads white space inside a quoted or plain scalar. Line breaks in it fold: one is a space, of several the first
// is dropped. Behind an escaped line break (joined) there is one less to drop.
func (l *lexer) space(joined bool) {
	start := l.at
	var breaks []int
	for ; isSpace(l.src.at(l.at)); l.at++ {
		if l.src.data[l.at] == '\n' {
			breaks = append(breaks, l.breakAt(l.at))
		}
	}
	switch {
	case joined:
	case len(breaks) == 0:
		for i := start; i < l.at; i++ {
			l.put(l.src.data[i], i)
		}
	case len(breaks) == 1:
		l.put(' ', start)
		breaks = nil
	default:
		breaks = breaks[1:]
	}
	for _, at := range breaks {
		l.put('\n', at)
	}
	if l.src.lineEnd(start) < l.at {
		l.next = -1 // what follows stands on another line
	}
}

// breakAt returns where the line break whose \n is at offset begins.
func (l *lexer) breakAt(offset int) int {
	if l.src.at(offset-1) == '\r' {
		return offset - 1
	}
	return offset
}

func (l *lexer) plain(value string) {
	for len(l.value) < len(value) && l.more() {
		l.word()
	}
	l.end(l.at)
}

// word reads white space, which is folded, or a byte of anything else.
func (l *lexer) word() {
	if isSpace(l.src.at(l.at)) {
		l.space(false)
	} else {
		l.copy()
	}
}

func (l *lexer) single() {
	for l.at++; l.more(); {
		switch b := l.src.at(l.at); {
		case b == '\'' && l.src.at(l.at+1) == '\'':
			l.put('\'', l.at)
			l.at += 2
		case b == '\'':
			l.end(l.at)
			l.at++
			return
		default:
			l.word()
		}
	}
}

func (l *lexer) double() {
	for l.at++; l.more(); {
		switch b := l.src.at(l.at); {
		case b == '"':
			l.end(l.at)
			l.at++
			return
		case b == '\\':
			l.escape()
		default:
			l.word()
		}
	}
}

// escapes are the escapes of a letter, and what each means.
var escapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r", 'e': "\x1b",
	' ': " ", '"': `"`, '\'': "'", '\\': `\`, 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

func (l *lexer) escape() {
	start, b := l.at, l.src.at(l.at+1)
	l.at += 2
	switch digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[b]; {
	case digits > 0:
		end := min(l.at+digits, len(l.src.data))
		code, _ := strconv.ParseUint(string(l.src.data[l.at:end]), 16, 32)
		l.at = end
		l.stand(string(utf8.AppendRune(nil, rune(code))), start)
	case b == '\r':
		l.at++
		l.space(true)
	case b == '\n':
		l.space(true)
	default:
		l.stand(escapes[b], start)
	}
}

// block reads a literal or folded scalar whose value is known: it tells the indentation, which may be given by a digit
// and the surroundings.
func (l *lexer) block(value string, folded bool) {
	header := l.src.data[l.at:l.src.lineEnd(l.at)]
	header, _, _ = bytes.Cut(header, []byte("#"))
	strip, keep := bytes.ContainsRune(header, '-'), bytes.ContainsRune(header, '+')
	l.nextLine()
	indent := l.indent(value)
	var lineBreak []int // the break behind the line before; breaks are those of empty lines since
	blank := false      // the line before begins with white space
	breaks, inside := l.emptyLines(indent)
	for inside {
		white := isSpace(l.src.at(l.at))
		if folded && !blank && !white && len(lineBreak) > 0 {
			if len(breaks) == 0 {
				l.put(' ', lineBreak[0])
			}
			lineBreak = nil
		}
		l.breaks(append(lineBreak, breaks...))
		blank = white
		for end := l.src.lineEnd(l.at); l.at < end; {
			l.copy()
		}
		lineBreak, breaks = nil, nil
		if at := l.at; l.nextLine() {
			lineBreak = []int{at}
		}
		breaks, inside = l.emptyLines(indent)
	}
	if !strip {
		l.breaks(lineBreak)
	}
	if keep {
		l.breaks(breaks)
	}
	if n := len(l.value); n > 0 && l.value[n-1] == '\n' {
		last := Text{runs: l.runs}.At(n - 1)
		l.runs = append(l.runs, run{n, last})
		return
	}
	l.end(l.at)
}

func (l *lexer) breaks(offsets []int) {
	for _, at := range offsets {
		l.put('\n', at)
	}
}

// nextLine goes to the beginning of the next line, and reports whether there was a line break.
func (l *lexer) nextLine() bool {
	n := bytes.IndexByte(l.src.data[l.at:], '\n')
	if n < 0 {
		l.at = len(l.src.data)
		return false
	}
	l.at += n + 1
	return true
}

// emptyLines skips lines that have nothing beyond the indentation, and the indentation of the next. It returns where
// their breaks are, and whether the next line is one of the scalar.
func (l *lexer) emptyLines(indent int) (breaks []int, inside bool) {
	for l.more() {
		start := l.at
		for l.at-start < indent && l.src.at(l.at) == ' ' {
			l.at++
		}
		end := l.src.lineEnd(l.at)
		if l.at < end {
			return breaks, l.at-start == indent
		}
		if end == len(l.src.data) {
			break
		}
		breaks = append(breaks, end)
		l.nextLine()
	}
	return breaks, false
}

// indent returns by how many spaces the lines of a block scalar with this value are indented.
func (l *lexer) indent(value string) int {
	for _, line := range strings.Split(value, "\n") {
		content := strings.TrimLeft(line, " ")
		if content == "" {
			continue
		}
		for at := l.at; at < len(l.src.data); {
			end := l.src.lineEnd(at)
			source := string(l.src.data[at:end])
			if rest := strings.TrimLeft(source, " "); rest != "" {
				return max(0, len(source)-len(rest)-(len(line)-len(content)))
			}
			n := bytes.IndexByte(l.src.data[end:], '\n')
			if n < 0 {
				break
			}
			at = end + n + 1
		}
		break
	}
	return 0
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }
