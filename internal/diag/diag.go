// Package diag holds what asyncgen has to say about a spec: a message at a place.
package diag

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Pos is a place in a file. Lines and columns count from 1, columns in bytes.
// The zero Pos is no place at all; a Pos with a file and no line is the file as a whole.
type Pos struct {
	File         string
	Line, Column int
}

// String returns FILE:LINE:COLUMN, or as much of it as is known.
func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Compare orders places by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Severity tells whether a diagnostic keeps a spec from being generated.
type Severity int

const (
	Error   Severity = iota // the spec is refused
	Warning                 // the spec is generated all the same
)

// String returns the word that is printed.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Note is a second place that explains a diagnostic, such as the declaration of a function.
type Note struct {
	Pos  Pos
	Text string
}

// Diagnostic is one finding.
type Diagnostic struct {
	Pos      Pos
	Severity Severity
	Code     Code
	Text     string // one line, without a full stop
	Notes    []Note // places that explain it
	Hint     string // what to do; may be empty
}

// String returns the first line of a diagnostic as it is printed.
func (d Diagnostic) String() string {
	return fmt.Sprintf("%s: %s: %s [%s]", d.Pos, d.Severity, d.Text, d.Code)
}

// Note adds a place that explains d, and returns d.
func (d *Diagnostic) Note(pos Pos, format string, args ...any) *Diagnostic {
	d.Notes = append(d.Notes, Note{pos, fmt.Sprintf(format, args...)})
	return d
}

// Help sets what to do about d, and returns d.
func (d *Diagnostic) Help(format string, args ...any) *Diagnostic {
	d.Hint = oneLine(fmt.Sprintf(format, args...))
	return d
}

var breaks = regexp.MustCompile(`\s*\n\s*`)

// oneLine puts Go of several lines that a text quotes on one.
func oneLine(text string) string { return breaks.ReplaceAllString(text, " ") }

// List collects diagnostics. The zero List is empty and ready to use.
type List struct {
	all []*Diagnostic
}

// Errorf adds an error and returns it, for notes and a hint to be added.
func (l *List) Errorf(pos Pos, code Code, format string, args ...any) *Diagnostic {
	return l.add(pos, Error, code, format, args)
}

// Warnf adds a warning and returns it.
func (l *List) Warnf(pos Pos, code Code, format string, args ...any) *Diagnostic {
	return l.add(pos, Warning, code, format, args)
}

func (l *List) add(pos Pos, severity Severity, code Code, format string, args []any) *Diagnostic {
	d := &Diagnostic{Pos: pos, Severity: severity, Code: code, Text: oneLine(fmt.Sprintf(format, args...))}
	l.all = append(l.all, d)
	return d
}

// Append adds all of m's diagnostics to l.
func (l *List) Append(m *List) { l.all = append(l.all, m.all...) }

// Of returns the diagnostics of l that have one of codes.
func (l *List) Of(codes ...Code) *List {
	return &List{slices.DeleteFunc(slices.Clone(l.all), func(d *Diagnostic) bool { return !slices.Contains(codes, d.Code) })}
}

// Len returns how many diagnostics there are, warnings included.
func (l *List) Len() int { return len(l.all) }

// At returns the i-th diagnostic in the order they were added.
func (l *List) At(i int) *Diagnostic { return l.all[i] }

// Failed reports whether there is an error among the diagnostics.
func (l *List) Failed() bool {
	return slices.ContainsFunc(l.all, func(d *Diagnostic) bool { return d.Severity == Error })
}

// Sorted returns the diagnostics in the order of their places, none twice.
func (l *List) Sorted() []*Diagnostic {
	sorted := slices.Clone(l.all)
	slices.SortStableFunc(sorted, func(a, b *Diagnostic) int { return a.Pos.Compare(b.Pos) })
	var unique []*Diagnostic
	seen := map[string]bool{}
	for _, d := range sorted {
		if line := d.String(); !seen[line] {
			seen[line] = true
			unique = append(unique, d)
		}
	}
	return unique
}

// Print writes the diagnostics in order: each with the line it speaks of and a caret, its notes, and what to do.
// source returns the text of a file, or nil where it is not to be had.
func (l *List) Print(w io.Writer, source func(file string) []byte) {
	for _, d := range l.Sorted() {
		fmt.Fprintln(w, d)
		if line, ok := lineOf(source(d.Pos.File), d.Pos.Line); ok {
			printLine(w, line, d.Pos.Column)
		}
		for _, n := range d.Notes {
			fmt.Fprintf(w, "%s: note: %s\n", n.Pos, n.Text)
		}
		if d.Hint != "" {
			fmt.Fprintf(w, "    %s\n", d.Hint)
		}
	}
}

// maxWidth is how much of a line is shown, in bytes.
const maxWidth = 160

func lineOf(source []byte, number int) (string, bool) {
	if source == nil || number < 1 {
		return "", false
	}
	for i := 1; ; i++ {
		line, rest, more := bytes.Cut(source, []byte("\n"))
		if i == number {
			text := strings.TrimRight(string(line), "\r")
			return text, len(text) <= maxWidth
		}
		if !more {
			return "", false
		}
		source = rest
	}
}

// printLine shows line with a caret under column. What stands before the caret keeps its tabs, so that both line up;
// a control character is shown as a space.
func printLine(w io.Writer, line string, column int) {
	shown := strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, line)
	fmt.Fprintf(w, "    %s\n", shown)
	if column < 1 || column > len(line)+1 {
		return
	}
	pad := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, line[:column-1])
	fmt.Fprintf(w, "    %s^\n", pad)
}
