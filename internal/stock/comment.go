package stock

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mention is the name of a global in a comment.
type mention struct {
	pos, end token.Pos
	sym      *symbol
}

// findMentions notes where the comments of d speak of globals: in the first word of a doc comment (or the one after an
// article), in doc links, and wherever a word cannot be English: in camel case, or with a capital within a sentence.
func (t *template) findMentions(d *decl) {
	for _, group := range d.src.tree.Comments {
		if group.Pos() < d.pos || group.End() > d.end {
			continue
		}
		for i, c := range group.List {
			doc := i == 0 && t.isDoc(d, group)
			t.mentionsIn(d, c, doc)
		}
	}
}

func (t *template) isDoc(d *decl, group *ast.CommentGroup) bool {
	switch n := d.node.(type) {
	case *ast.FuncDecl:
		return n.Doc == group
	case *ast.GenDecl:
		return n.Doc == group
	case ast.Spec:
		return specDoc(n) == group
	}
	return false
}

func (t *template) mentionsIn(d *decl, c *ast.Comment, doc bool) {
	number := 0
	for i := 2; i < len(c.Text); { // past the comment's // or /*
		r, size := utf8.DecodeRuneInString(c.Text[i:])
		if !isNameRune(r) {
			i += size
			continue
		}
		word := c.Text[i : i+nameLen(c.Text[i:])]
		first := doc && number == 0
		if first && (word == "A" || word == "An" || word == "The") {
			number--
		}
		number++
		if sym := t.byName[word]; sym != nil && (first && slices.Contains(d.names, sym) || linked(c.Text, i, word) || isCamel(word) || isCapital(c.Text[:i], word)) {
			pos := c.Pos() + token.Pos(i)
			d.mentions = append(d.mentions, mention{pos, pos + token.Pos(len(word)), sym})
		}
		i += len(word)
	}
}

func isNameRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func nameLen(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool { return !isNameRune(r) })
	if n < 0 {
		return len(s)
	}
	return n
}

// linked reports whether the word at i begins a doc link: [Name], [*Name] or [Name.Method].
func linked(text string, i int, word string) bool {
	before := strings.TrimSuffix(text[:i], "*")
	after := text[i+len(word):]
	return strings.HasSuffix(before, "[") && (strings.HasPrefix(after, "]") || strings.HasPrefix(after, "."))
}

// isCamel reports whether a capital follows a small letter.
func isCamel(word string) bool {
	small := false
	for _, r := range word {
		if small && unicode.IsUpper(r) {
			return true
		}
		small = small || unicode.IsLower(r)
	}
	return false
}

// isCapital reports whether word begins with a capital although before, which is what comes before it, does not end a
// sentence.
func isCapital(before, word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, " "))
	return unicode.IsUpper(r) && (isNameRune(last) || last == ',' || last == '(')
}
