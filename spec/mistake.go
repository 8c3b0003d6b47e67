package spec

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// mistake is text that YAML does not take as it stands, from start to end: Go that had to be quoted.
type mistake struct {
	start, end int
	what       string // for the message: Go expression, or text
}

// finder looks for mistakes line by line, without a YAML parser: it is asked only where that has given up, because
// yaml.v3's own line is wrong for just these mistakes, and it tells no column.
type finder struct {
	data    []byte
	at      int             // offset of the next line
	anchors map[string]bool // what may be the name of one
	found   []mistake

	limit int // offset that no {…} or […] goes beyond

	columns []int // of the maps and lists that are open
	opens   bool  // the line before has nothing behind its key or dash
	bad     int   // offset of the first line whose indentation fits nothing above it; -1 where there is none
}

// find looks through a text that is not YAML.
func find(data []byte, bom int) *finder {
	f := &finder{data: data, at: bom, anchors: map[string]bool{}, opens: true, bad: -1}
	for _, name := range anchorName.FindAll(data, -1) {
		f.anchors[string(name[1:])] = true
	}
	for f.at < len(f.data) {
		f.line()
	}
	return f
}

var (
	blockKey    = regexp.MustCompile(`^(?:[\pL_$][\pL\pN_$.-]*|"[^"\n]*"|'[^'\n]*')[ \t]*:(?:[ \t]+|$)`)
	blockHeader = regexp.MustCompile(`^[|>][-+0-9]*[ \t]*(?:#.*)?$`)
	loneAnchor  = regexp.MustCompile(`^&[\pL\pN_-]+([ \t]|$)`)
	anchorName  = regexp.MustCompile(`&[\pL\pN_-]+`)
	loneAlias   = regexp.MustCompile(`^\*[\pL\pN_-]+$`)
	loneKey     = regexp.MustCompile(`^[\pL_$][\pL\pN_$.-]*[ \t]*$`)
	standardTag = regexp.MustCompile(`^!!(?:str|int|float|bool|null|map|seq|binary|timestamp|set|omap)\b`)
)

// next returns where the line behind an offset begins.
func (f *finder) next(at int) int {
	if n := bytes.IndexByte(f.data[at:], '\n'); n >= 0 {
		return at + n + 1
	}
	return len(f.data)
}

// rest returns the text from an offset to the end of its line.
func (f *finder) rest(at int) []byte {
	line, _, _ := bytes.Cut(f.data[at:], []byte("\n"))
	return bytes.TrimRight(line, "\r")
}

// line looks at the value that begins on the line at f.at, and goes to the line behind it.
func (f *finder) line() {
	start := f.at
	owner, at := 0, start // the column that a value's further lines are indented beyond
	if f.skips(at) {
		f.at = f.next(at)
		return
	}
	for {
		at += indentation(f.rest(at))
		if text := f.rest(at); len(text) < 2 || text[0] != '-' || !isSpace(text[1]) {
			break
		}
		owner = at - start
		f.column(at, owner)
		f.opens = true
		at++
	}
	text := f.rest(at)
	key := string(blockKey.Find(text))
	if key != "" {
		owner = at - start
		f.column(at, owner)
	}
	at += len(key)
	f.at = f.next(at)
	text = f.rest(at)
	f.opens = len(text) == 0 || strings.IndexByte("#&!", text[0]) >= 0
	if len(text) == 0 || text[0] == '#' {
		return
	}
	what := goExpression
	if strings.HasPrefix(key, "doc") {
		what = "text"
	}
	f.value(at, owner, what)
}

// skips reports whether the line at an offset has nothing for us: it is empty, a comment, a directive, the beginning or
// the end of a document, or indented by a tab.
func (f *finder) skips(at int) bool {
	text := f.rest(at)
	switch content := text[indentation(text):]; {
	case len(content) == 0:
		return true
	case content[0] == '\t':
		f.misplaced(at + indentation(text))
		return true
	case bytes.HasPrefix(text, []byte("%")), bytes.HasPrefix(text, []byte("---")), bytes.HasPrefix(text, []byte("...")):
		return true
	default:
		return content[0] == '#'
	}
}

// column notes that an element of a map or list begins at an offset, in a column counted from 0.
func (f *finder) column(at, column int) {
	top := -1
	for n := len(f.columns); n > 0; n = len(f.columns) {
		if top = f.columns[n-1]; top <= column {
			break
		}
		f.columns, f.opens = f.columns[:n-1], false
	}
	switch {
	case top == column && len(f.columns) > 0:
	case f.opens:
		f.columns = append(f.columns, column)
	default:
		f.misplaced(at)
	}
}

// misplaced notes a line whose indentation is wrong.
func (f *finder) misplaced(at int) {
	if f.bad < 0 {
		f.bad = at
	}
}

// value looks at a value in block context.
func (f *finder) value(at, owner int, what string) {
	found, wrong := len(f.found), false
	switch text := f.rest(at); {
	case blockHeader.Match(text):
		f.at = f.deeper(f.at, owner, false)
		return
	case text[0] == '"' || text[0] == '\'':
		end := yamlQuoteEnd(f.data, at)
		if end < 0 || end > at+len(text) { // over several lines, or never closed
			f.at = max(f.at, end)
			return
		}
		wrong = !f.ends(end)
	case text[0] == '[' || text[0] == '{':
		f.limit = f.flowLimit(owner)
		end := f.flow(at, 0)
		if end < 0 {
			f.found = f.found[:found]
			return
		}
		if wrong = !f.ends(end); !wrong {
			f.at = max(f.at, end)
			return
		}
	default:
		wrong = f.plainIsWrong(at, owner, what)
	}
	end := at + goLineEnd(f.rest(at))
	if further := f.deeper(f.at, owner, true); further > f.at {
		f.at = further
		end = len(bytes.TrimRight(f.data[:further], " \t\r\n"))
	}
	if wrong {
		f.found = append(f.found[:found], mistake{at, end, what})
	}
}

// plainIsWrong reports whether the plain scalar at an offset is none to YAML.
func (f *finder) plainIsWrong(at, owner int, what string) bool {
	text := f.rest(at)
	text = text[:goLineEnd(text)]
	if len(text) == 0 {
		return false
	}
	switch text[0] {
	case '@', '%', '`':
		return true
	case '*':
		return !loneAlias.Match(text) || !f.anchors[string(text[1:])]
	case '&':
		return !loneAnchor.Match(text) || !bytes.ContainsAny(text, " \t") && !f.holds(owner)
	case '!':
		return !standardTag.Match(text)
	}
	i := bytes.Index(text, []byte(": "))
	return i >= 0 && (what == "text" || !loneKey.Match(text[:i]))
}

// ends reports whether nothing but a comment stands on the line from an offset on.
func (f *finder) ends(at int) bool {
	text := bytes.TrimLeft(f.rest(at), " \t")
	return len(text) == 0 || text[0] == '#' && isSpace(f.data[at])
}

// deeper returns the end of the lines at an offset that are indented beyond a column; only those without a key, where
// bare is given.
func (f *finder) deeper(at, column int, bare bool) int {
	end := at
	for ; at < len(f.data); at = f.next(at) {
		text := f.rest(at)
		indent := indentation(text)
		if indent == len(text) {
			continue
		}
		if indent <= column || bare && (blockKey.Match(text[indent:]) || text[indent] == '#' || text[indent] == '-') {
			break
		}
		end = f.next(at)
	}
	return end
}

// holds reports whether the next line that is not empty is indented beyond a column.
func (f *finder) holds(column int) bool {
	for at := f.at; at < len(f.data); at = f.next(at) {
		if text := f.rest(at); indentation(text) < len(text) {
			return indentation(text) > column
		}
	}
	return false
}

// maxFlowDepth is how many levels of {…} and […] are looked into.
const maxFlowDepth = 2 * maxDepth

// flowLimit returns where a {…} or […] ends at the latest whose lines are indented beyond a column: only its last line,
// which closes it, may be less so.
func (f *finder) flowLimit(column int) int {
	end := f.deeper(f.at, column, false)
	if text := bytes.TrimLeft(f.rest(end), " "); len(text) > 0 && (text[0] == ']' || text[0] == '}') {
		end = f.next(end)
	}
	return end
}

// flow looks at the values inside the {…} or […] at an offset, and returns its end; -1 where it has none.
func (f *finder) flow(at, depth int) int {
	closing := f.data[at] + 2 // in ASCII, ] is two behind [, and } two behind {
	for at++; at < f.limit && depth < maxFlowDepth; {
		switch b := f.data[at]; {
		case b == closing:
			return at + 1
		case b == ',' || isSpace(b):
			at++
		case b == '#' && isSpace(f.data[at-1]):
			at += len(f.rest(at))
		case b == ']' || b == '}':
			return -1
		default:
			at += len(blockKey.Find(f.rest(at)))
			if at < f.limit && !isSpace(f.data[at]) {
				if at = f.flowValue(at, depth); at < 0 {
					return -1
				}
			}
		}
	}
	return -1
}

// flowValue looks at one value inside {…} or […], and returns its end.
func (f *finder) flowValue(at, depth int) int {
	found, end := len(f.found), at
	switch f.data[at] {
	case '"', '\'':
		if end = yamlQuoteEnd(f.data, at); end < 0 {
			return -1
		}
	case '[', '{':
		if end = f.flow(at, depth+1); end < 0 {
			return -1
		}
	case ',', ']', '}':
		return at
	default:
		text := f.rest(at)
		end += plainFlowEnd(text)
		if strings.IndexByte("*&!@%`", text[0]) >= 0 {
			end = at
		}
	}
	meant := goEnd(f.data, at)
	if meant <= end {
		return max(end, at+1)
	}
	f.found = append(f.found[:found], mistake{at, meant, goExpression})
	return meant
}

// plainFlowEnd returns where YAML ends the plain scalar at the beginning of a line inside {…} or […].
func plainFlowEnd(text []byte) int {
	for i, b := range text {
		switch {
		case strings.IndexByte(",[]{}", b) >= 0,
			b == ':' && (i+1 == len(text) || isSpace(text[i+1])),
			b == '#' && i > 0 && isSpace(text[i-1]):
			return len(bytes.TrimRight(text[:i], " \t"))
		}
	}
	return len(bytes.TrimRight(text, " \t"))
}

// goLineEnd returns the end of the Go text at the beginning of a line: before a comment, unless that is in a literal.
func goLineEnd(line []byte) int {
	at := 0
	for at < len(line) {
		b := line[at]
		if b == '#' && at > 0 && isSpace(line[at-1]) {
			break
		}
		if strings.IndexByte("\"'`", b) >= 0 {
			if end := literalEnd(line, at); end > 0 {
				at = end
				continue
			}
		}
		at++
	}
	return len(bytes.TrimRight(line[:at], " \t"))
}

// yamlQuoteEnd returns the end of the quoted scalar at an offset, or -1.
func yamlQuoteEnd(data []byte, at int) int {
	mark := data[at]
	for at++; at < len(data); at++ {
		switch b := data[at]; {
		case b == '\\' && mark == '"':
			at++
		case b == mark && mark == '\'' && at+1 < len(data) && data[at+1] == mark:
			at++
		case b == mark:
			return at + 1
		}
	}
	return -1
}

// indentation returns how many spaces a line begins with.
func indentation(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

// mask returns a text in which the mistakes are words of the same length, so that all else stays where it is.
func mask(data []byte, all []mistake) []byte {
	data = slices.Clone(data)
	for _, m := range all {
		for i := m.start; i < m.end; i++ {
			if !isSpace(data[i]) {
				data[i] = 'x'
			}
		}
	}
	return data
}
