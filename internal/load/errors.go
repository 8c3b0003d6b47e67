package load

import (
	"errors"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"
)

// Error is what is wrong with a piece of Go in a spec.
type Error struct {
	Offset int    // the byte of the text that Msg speaks of; the text's length for its end
	Msg    string // one line, without a place
	Parse  bool   // the text does not parse; otherwise it does not type-check
}

// parseErrors words the first complaint of the parser about text, which began at byte skip of what was parsed.
// Later ones tend to follow from it.
func parseErrors(text string, skip int, what string, err error) []Error {
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return []Error{{Msg: err.Error(), Parse: true}}
	}
	offset := min(max(list[0].Pos.Offset-skip, 0), len(text))
	msg := list[0].Msg
	if wanted, found, ok := strings.Cut(msg, ", found "); ok {
		msg = reworded(wanted, found, what, strings.TrimSpace(text[offset:]) == "")
	} else if strings.Contains(msg, " before newline") && strings.TrimSpace(text[offset:]) == "" {
		msg = "the " + what + " ends too early: " + strings.Replace(msg, " before newline", "", 1)
	}
	return []Error{{offset, strings.Join(strings.Fields(msg), " "), true}}
}

// reworded says "expected WANTED, found FOUND" in terms of the spec; the parser speaks of tokens, and of what the text
// was wrapped in.
func reworded(wanted, found, what string, atEnd bool) string {
	found = strings.Trim(found, "'")
	switch {
	case atEnd:
		return "the " + what + " ends too early: " + wanted
	case wanted == "expected 'EOF'" || wanted == "expected ';'" || wanted == "expected '=='":
		return "unexpected " + found + " after the " + what
	}
	return wanted + ", found " + found
}

// typeError words what go/types said of text, of which byte 0 is at base.
func typeError(text string, base token.Pos, err error) Error {
	var te types.Error
	if !errors.As(err, &te) {
		return Error{Msg: oneLine(err.Error())}
	}
	return Error{Offset: min(max(int(te.Pos-base), 0), len(text)), Msg: oneLine(te.Msg)}
}

// oneLine puts the lines that go/types adds to a message, such as what it has and what it wants, behind the first.
func oneLine(msg string) string {
	first, rest, more := strings.Cut(msg, "\n")
	if !more {
		return first
	}
	lines := strings.Split(rest, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.TrimSuffix(first, ":") + ": " + strings.Join(lines, ", ")
}
