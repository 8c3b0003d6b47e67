package spec

import (
	"maps"
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// Quoted returns the bytes of a spec file in which the Go text that Parse wants in quotes has them, for as long as Parse
// takes the file the better for it. All else stays as it is.
func Quoted(text []byte) []byte {
	q := quoter{left: quoteBudget}
	for now := read(text); ; {
		quoted := q.quote(now, now.misread)
		if !quoted.betterThan(now) {
			return now.text
		}
		now = quoted
	}
}

// reading is how Parse takes the bytes of a spec file.
type reading struct {
	text    []byte
	usable  bool      // there is a Spec
	misread []misread // the Go text that wants quotes, in order
	others  int       // errors of another kind
}

func read(text []byte) reading {
	var diags diag.List
	r, s := parse("", text, &diags)
	now := reading{text: text, usable: s != nil}
	end := 0
	for _, start := range slices.Sorted(maps.Keys(r.misread)) {
		if start >= end { // else it is a piece of the one before
			now.misread = append(now.misread, r.misread[start])
			end = r.misread[start].end
		}
	}
	for _, d := range diags.Sorted() {
		if d.Code != diag.NeedsQuotes {
			now.others++
		}
	}
	return now
}

// betterThan reports whether Parse takes now better than before: a file that it could not use it can, or there is nothing new
// to refuse, and less to quote, or as much but further behind: [!a, f(v, 2)] hides its second element until !a is quoted.
func (now reading) betterThan(before reading) bool {
	if now.usable != before.usable {
		return now.usable
	}
	if now.others > before.others || len(now.misread) > len(before.misread) {
		return false
	}
	behind := slices.CompareFunc(now.misread, before.misread, func(a, b misread) int { return a.start - b.start })
	return len(now.misread) < len(before.misread) || behind > 0
}

// quoteBudget is how many bytes are read at most to mend one file: enough for any but one that is full of what quotes do not mend.
const quoteBudget = 4 * maxBytes

type quoter struct {
	left int // of quoteBudget
}

// quote puts all into quotes; where that does no good, as much of it as does.
func (q *quoter) quote(now reading, all []misread) reading {
	if q.left -= len(now.text); len(all) == 0 || q.left < 0 {
		return now
	}
	var text []byte
	at := 0
	for _, e := range all {
		text = append(append(text, now.text[at:e.start]...), quote(string(now.text[e.start:e.end]))...)
		at = e.end
	}
	if quoted := read(append(text, now.text[at:]...)); quoted.betterThan(now) {
		return quoted
	}
	if len(all) == 1 {
		return now
	}
	half := len(all) / 2
	return q.quote(q.quote(now, all[half:]), all[:half]) // from the end, or the others would have moved
}
