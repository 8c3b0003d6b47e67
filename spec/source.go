package spec

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"github.com/asyncgen/asyncgen/internal/diag"
	"gopkg.in/yaml.v3"
)

// source is a file's bytes and where its lines begin.
//
// Everything inside the package speaks of byte offsets; yaml.v3's lines and columns (which count runes) are turned into
// offsets here, and offsets into places.
type source struct {
	path  string
	data  []byte // as YAML is given it
	given []byte // as it was given: the same but for Go text that YAML does not read, which is masked in data
	lines []int  // offset of each line
	bom   int    // length of a byte order mark at the beginning, which yaml.v3 does not count

	last struct{ line, column, offset int } // of the latest offsetOf: nodes come in order, so the next is near
}

func newSource(path string, data []byte) *source {
	s := &source{path: path, data: data, given: data, lines: []int{0}}
	for i, b := range data {
		if b == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	if bytes.HasPrefix(data, []byte(byteOrderMark)) {
		s.bom = len(byteOrderMark)
	}
	return s
}

// pos returns the place of a byte. The offset behind the last byte is a place too.
func (s *source) pos(offset int) diag.Pos {
	offset = max(0, min(offset, len(s.data)))
	line := sort.SearchInts(s.lines, offset+1) // the number of lines that begin at offset or before
	return diag.Pos{File: s.path, Line: line, Column: offset - s.lines[line-1] + 1}
}

// lineStart returns the offset where a line begins; a line that is not in the file becomes the nearest one that is.
func (s *source) lineStart(line int) int {
	return s.lines[max(0, min(line, len(s.lines))-1)]
}

// lineEnd returns the offset of the end of offset's line, before its line break.
func (s *source) lineEnd(offset int) int {
	end := len(s.data)
	if n := bytes.IndexByte(s.data[offset:], '\n'); n >= 0 {
		end = offset + n
	}
	if end > offset && s.data[end-1] == '\r' {
		end--
	}
	return end
}

// offsetOf returns where a node begins.
func (s *source) offsetOf(n *yaml.Node) int {
	line, column, offset := n.Line, 1, s.lineStart(n.Line)
	if offset == 0 {
		offset = s.bom
	}
	if s.last.line == line && s.last.column <= n.Column && s.last.column > 0 {
		column, offset = s.last.column, s.last.offset
	}
	for ; column < n.Column && offset < len(s.data) && s.data[offset] != '\n'; column++ {
		_, size := utf8.DecodeRune(s.data[offset:])
		offset += size
	}
	s.last.line, s.last.column, s.last.offset = line, column, offset
	return offset
}

// at returns the byte at offset, or 0 behind the end.
func (s *source) at(offset int) byte {
	if offset < 0 || offset >= len(s.data) {
		return 0
	}
	return s.data[offset]
}
