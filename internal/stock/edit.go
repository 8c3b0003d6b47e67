package stock

import (
	"bytes"
	"cmp"
	"go/token"
	"slices"
	"strings"
)

// edit replaces the bytes from pos to end by text.
type edit struct {
	pos, end token.Pos
	text     string
}

// sortEdits orders edits by their beginning, the longest first.
func sortEdits(edits []edit) {
	slices.SortStableFunc(edits, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(b.end, a.end))
	})
}

// mergeCuts makes edits disjoint: one inside another goes, and cuts that overlap become one.
func mergeCuts(edits []edit) []edit {
	sortEdits(edits)
	var merged []edit
	for _, e := range edits {
		if n := len(merged); n > 0 && e.pos < merged[n-1].end {
			merged[n-1].end = max(merged[n-1].end, e.end)
			continue
		}
		merged = append(merged, e)
	}
	return merged
}

// removed reports whether the byte at pos has been cut.
func (m *maker) removed(pos token.Pos) bool { return within(m.cuts, pos) }

// within reports whether pos is inside one of the edits, which are disjoint and in order.
func within(edits []edit, pos token.Pos) bool {
	i, found := slices.BinarySearchFunc(edits, pos, func(e edit, p token.Pos) int { return cmp.Compare(e.pos, p) })
	return found && edits[i].end > pos || i > 0 && pos < edits[i-1].end
}

// apply adds to out the source from pos to end, with its edits. Those are in order; one inside another is left out.
func (s *source) apply(out []byte, pos, end token.Pos, edits []edit) []byte {
	at := pos
	i, _ := slices.BinarySearchFunc(edits, pos, func(e edit, p token.Pos) int { return cmp.Compare(e.pos, p) })
	cut := false
	for _, e := range edits[i:] {
		if e.pos >= end {
			break
		}
		if e.pos < at {
			continue
		}
		if e.pos > at {
			out = tidy(out, s.text[s.offset(at):s.offset(e.pos)], cut)
		}
		out = append(out, e.text...)
		cut = e.text == ""
		at = e.end
	}
	if at < end {
		out = tidy(out, s.text[s.offset(at):s.offset(end)], cut)
	}
	return out
}

// tidy adds text to out. Where something was cut between them, no blank line stays behind at an end of a block.
func tidy(out, text []byte, cut bool) []byte {
	if !cut {
		return append(out, text...)
	}
	if bytes.HasSuffix(out, []byte("\n\n")) && closes(text) {
		out = bytes.TrimRight(out, "\n")
		out = append(out, '\n')
	}
	if bytes.HasSuffix(out, []byte("{\n")) {
		text = bytes.TrimLeft(text, "\n")
	}
	return append(out, text...)
}

// closes reports whether text begins with a brace that closes a block.
func closes(text []byte) bool {
	for _, b := range text {
		if !isBlank(b) && b != '\n' {
			return b == '}'
		}
	}
	return false
}

// lines widens pos to end, a statement or the like, to the whole lines that it stands on, if it has them to itself.
// Of the blank lines around it, at most one stays.
func (s *source) lines(pos, end token.Pos) (token.Pos, token.Pos) {
	from, to := s.offset(pos), s.offset(end)
	for from > 0 && isBlank(s.text[from-1]) {
		from--
	}
	if from > 0 && s.text[from-1] != '\n' {
		return pos, end
	}
	to, alone := s.restOfLine(to)
	if !alone {
		return pos, end
	}
	if from > 1 && s.text[from-2] == '\n' {
		if next, empty := s.emptyLine(to); empty {
			to = next
		}
	}
	return s.pos(from), s.pos(to)
}

// emptyLine returns where the line after the one at offset i begins, and whether that one is empty.
func (s *source) emptyLine(i int) (int, bool) {
	for i < len(s.text) && isBlank(s.text[i]) {
		i++
	}
	return i + 1, i < len(s.text) && s.text[i] == '\n'
}

// restOfLine returns where the line after offset i begins, and whether nothing but space and a comment comes before.
func (s *source) restOfLine(i int) (int, bool) {
	for i < len(s.text) && isBlank(s.text[i]) {
		i++
	}
	if strings.HasPrefix(string(s.text[i:min(i+2, len(s.text))]), "//") {
		for i < len(s.text) && s.text[i] != '\n' {
			i++
		}
	}
	if i < len(s.text) && s.text[i] != '\n' {
		return i, false
	}
	return min(i+1, len(s.text)), true
}

// above returns where the comment begins that ends on the line above pos, or pos.
func (m *maker) above(s *source, pos token.Pos) token.Pos {
	line := s.file.Line(pos)
	for _, group := range s.tree.Comments {
		if group.End() < pos && s.file.Line(group.End()) == line-1 {
			first, _ := s.lines(group.Pos(), group.End())
			if first < group.Pos() || s.offset(group.Pos()) == 0 {
				return group.Pos()
			}
		}
	}
	return pos
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' }
