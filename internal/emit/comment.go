package emit

import (
	"strings"
	"unicode"
)

// docComment returns a definition's doc comment: the user's words, or what asyncgen can say of it.
func docComment(words, name, said string) string {
	if strings.TrimSpace(words) == "" {
		return wrapped(name + " " + said)
	}
	return comment(words)
}

// wrapped returns sentences of asyncgen's own as a comment of lines that are not too long.
func wrapped(text string) string {
	var all []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > 100 {
			all = append(all, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return comment(strings.Join(append(all, line), "\n"))
}

// comment returns text as a comment. Whatever it says, it stays one.
func comment(text string) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || r == '\u2028' || r == '\u2029') {
			return ' '
		}
		return r
	}, text)
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimRight(text, " \t\n"), "\n") {
		if rest := strings.TrimSpace(line); strings.HasPrefix(rest, "+build") {
			line = "(" + rest + ")" // else gofmt takes it for a build constraint
		}
		b.WriteString(strings.TrimRight("// "+line, " \t"))
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// oneLine returns Go as it can stand in a sentence.
func oneLine(code string) string {
	words := strings.Join(strings.Fields(code), " ")
	if len(words) > 60 {
		return words[:57] + "..."
	}
	return words
}
