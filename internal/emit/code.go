package emit

import (
	"go/types"
	"path"
	"regexp"
	"strings"

	"github.com/dave/jennifer/jen"
)

// Code is put together as text in which a member of another package stands between marks, as path and name. What the
// package is called is settled when the file is: see imports.
const (
	markPath = "\x01"
	markName = "\x02"
	markEnd  = "\x03"
)

var mark = regexp.MustCompile(markPath + `([^\x02]*)` + markName + `([^\x03]*)` + markEnd)

// imports knows the packages that a file may import, and what each is called there.
type imports struct {
	names map[string]string // by path
	fixed map[string]string // by path: what the spec calls it
}

func newImports() *imports {
	return &imports{names: map[string]string{}, fixed: map[string]string{}}
}

// member returns the code that names a member of a package.
func (m *imports) member(path, pkg, name string) string {
	m.names[path] = pkg
	return markPath + path + markName + name + markEnd
}

// std returns the code that names a member of a package of the standard library: "context.Cause".
func (m *imports) std(member string) string {
	i := strings.LastIndex(member, ".")
	pkg := path.Base(member[:i])
	if pkg == "v2" {
		pkg = path.Base(path.Dir(member[:i]))
	}
	return m.member(member[:i], pkg, member[i+1:])
}

var qualified = regexp.MustCompile(markName + `\.(\w+)`)

// typ returns the code of a type, as it is written in the package at the path own.
func (m *imports) typ(t types.Type, own string) string {
	text := types.TypeString(t, func(p *types.Package) string {
		if p.Path() == own {
			return ""
		}
		m.names[p.Path()] = p.Name()
		return markPath + p.Path() + markName
	})
	return qualified.ReplaceAllString(text, markName+"$1"+markEnd)
}

// statement turns code into what jennifer renders.
func statement(code string) *jen.Statement {
	s := jen.Null()
	for {
		m := mark.FindStringSubmatchIndex(code)
		if m == nil {
			return s.Op(code)
		}
		if m[0] > 0 {
			s.Op(code[:m[0]])
		}
		s.Qual(code[m[2]:m[3]], code[m[4]:m[5]])
		code = code[m[1]:]
	}
}

// settle tells a jennifer file what its imports are called: by their own names, unless those are taken.
func (m *imports) settle(f *jen.File, taken func(name string) bool) {
	used := map[string]bool{}
	for _, p := range sortedKeys(m.names) {
		if alias, ok := m.fixed[p]; ok && !taken(alias) && !used[alias] {
			used[alias] = true
			f.ImportAlias(p, alias)
			continue
		}
		name := m.names[p]
		if !taken(name) && !used[name] {
			used[name] = true
			f.ImportName(p, name)
			continue
		}
		alias := name + "pkg"
		for taken(alias) || used[alias] {
			alias += "_"
		}
		used[alias] = true
		f.ImportAlias(p, alias)
	}
}
