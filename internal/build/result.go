package build

import (
	"io"
	"path/filepath"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/output"
)

// Result is what a run has found.
type Result struct {
	Plan      *output.Plan // of Run: nil where a spec is refused, and where there was trouble
	Unmatched []string     // patterns DIR/... with nothing to do below them

	diags   *diag.List
	sources map[string][]byte // of the files that diagnostics speak of
}

func newResult() *Result { return &Result{diags: new(diag.List), sources: map[string][]byte{}} }

// Refused reports whether a spec is refused: then nothing may be written for any.
func (r *Result) Refused() bool { return r.diags.Failed() }

// Diagnostics returns all that is to be said about the specs, in order, none twice. Paths in the working directory are
// relative to it.
func (r *Result) Diagnostics() []*diag.Diagnostic { return r.diags.Sorted() }

// Print writes the diagnostics, each with the line that it speaks of.
func (r *Result) Print(w io.Writer) { r.diags.Print(w, r.source) }

// source returns the text of a file that a diagnostic speaks of, or nil.
func (r *Result) source(file string) []byte {
	text, ok := r.sources[file]
	if !ok {
		text, _ = readFile(file) // without it the diagnostic is printed all the same
		r.sources[file] = text
	}
	return text
}

// relative shortens all absolute paths in the diagnostics: only then are two findings at one place seen to be one.
func relative(dir string, diags *diag.List) {
	short := func(pos *diag.Pos) {
		if filepath.IsAbs(pos.File) {
			pos.File = shorten(dir, pos.File)
		}
	}
	for i := range diags.Len() {
		d := diags.At(i)
		short(&d.Pos)
		for i := range d.Notes {
			short(&d.Notes[i].Pos)
		}
	}
}
