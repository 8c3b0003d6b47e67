package emit

import (
	"fmt"
	"go/types"
	"path"
	"regexp"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/asyncgen/asyncgen/internal/stock"
)

// Code is put together as text in which a mark stands for a member of another package: what the package is called is
// settled when the file is. See imports.

var mark = regexp.MustCompile(stock.MarkBegin + `([^\x02]*)` + stock.MarkMiddle + `([^\x03]*)` + stock.MarkEnd)

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
	return stock.Mark(path, name)
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

var qualified = regexp.MustCompile(stock.MarkMiddle + `\.(\w+)`)

// typ returns the code of a type, as it is written in the package at the path own.
func (m *imports) typ(t types.Type, own string) string {
	text := types.TypeString(t, func(p *types.Package) string {
		if p.Path() == own {
			return ""
		}
		m.names[p.Path()] = p.Name()
		return stock.MarkBegin + p.Path() + stock.MarkMiddle
	})
	return qualified.ReplaceAllString(text, stock.MarkMiddle+"$1"+stock.MarkEnd)
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

// lines puts statements together.
func lines(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p = strings.Trim(p, "\n"); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "\n")
}

// ifThen returns an if statement.
func ifThen(cond string, body ...string) string {
	return fmt.Sprintf("if %s {\n%s\n}", cond, lines(body...))
}

// choice returns s where yes holds.
func choice(yes bool, s string) string { return either(yes, s, "") }

// either returns a where yes holds, and b where not.
func either[T any](yes bool, a, b T) T {
	if yes {
		return a
	}
	return b
}
