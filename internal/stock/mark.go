package stock

import "strings"

// A mark stands for a member of an imported package, because only the emitter knows by which name a file imports it.
const (
	MarkBegin  = "\x01" // stands before the path
	MarkMiddle = "\x02" // before the name
	MarkEnd    = "\x03"
)

// Mark returns the text that stands for the member name of the package at path, in what Make returns and in a Binding.
func Mark(path, name string) string {
	return MarkBegin + path + MarkMiddle + name + MarkEnd
}

// Resolve replaces every mark in code by NAME.MEMBER, where local gives the name that the file has for an import path.
// An empty name stands for the file's own package: the member is then not qualified.
func Resolve(code string, local func(path string) string) string {
	var out strings.Builder
	for {
		before, path, member, rest, ok := cutMark(code)
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		if name := local(path); name != "" {
			out.WriteString(name)
			out.WriteByte('.')
		}
		out.WriteString(member)
		code = rest
	}
}

// cutMark splits code at its first mark. Without one, before is all of code.
func cutMark(code string) (before, path, member, rest string, ok bool) {
	before, rest, ok = strings.Cut(code, MarkBegin)
	if !ok {
		return code, "", "", "", false
	}
	path, rest, _ = strings.Cut(rest, MarkMiddle)
	member, rest, _ = strings.Cut(rest, MarkEnd)
	return before, path, member, rest, true
}

// baseName guesses the name of the package at path: its last element that is not a version.
func baseName(path string) string {
	dir, base := cutLast(path)
	if dir != "" && len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		_, base = cutLast(dir)
	}
	return base
}

func cutLast(path string) (dir, base string) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}
