package spec

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
	"gopkg.in/yaml.v3"
)

// nameKind is a kind of names that the user chooses.
type nameKind struct {
	noun  string    // what it names
	taken []string  // names that are in scope already
	twice diag.Code // what it is to give one twice
	hides bool      // it may be one that Go predeclares
}

// identifierPattern is Go's identifiers as a regular expression that all dialects have; it takes anything beyond ASCII for
// a letter.
const identifierPattern = `^([A-Za-z_]|[^\x00-\x7f])([A-Za-z0-9_]|[^\x00-\x7f])*$`

// scope is what Go text sees whatever its names.
var scope = []string{"ctx", "v", "i", "acc", "err"}

func localName(noun string, twice diag.Code) nameKind {
	return nameKind{noun: noun, taken: scope, twice: twice}
}

func (k nameKind) schema(d defs) schema {
	def, taken := "name", k.taken
	if len(k.taken) > 0 {
		def += "_but_" + k.taken[0]
	}
	if k.hides {
		def = "any_" + def
	} else {
		taken = append(types.Universe.Names(), taken...)
	}
	return identifierSchema(d, def, taken)
}

// identifierSchema is a Go identifier that is none of taken.
func identifierSchema(d defs, def string, taken []string) schema {
	return d.ref(def, func() schema {
		taken := append([]string{"_"}, taken...)
		for t := token.BREAK; t <= token.VAR; t++ {
			taken = append(taken, t.String())
		}
		slices.Sort(taken)
		return schema{"type": "string", "pattern": identifierPattern, "not": schema{"enum": taken}}
	})
}

// checkName refuses a name that Go or the language has taken.
func (r *reader) checkName(name Text, kind nameKind) {
	why := ""
	switch s := name.Value; {
	case s == "_":
		why = "it is blank in Go"
	case token.IsKeyword(s):
		why = "it is a keyword of Go"
	case !token.IsIdentifier(s):
		why = "it is not a Go identifier"
	case types.Universe.Lookup(s) != nil && !kind.hides:
		why = "it is predeclared in Go"
	case slices.Contains(kind.taken, s) && s == "init":
		why = "Go calls functions of that name itself"
	case slices.Contains(kind.taken, s):
		why = "it has a meaning of its own in Go text"
	default:
		return
	}
	r.diags.Errorf(name.Pos, diag.BadName, "%s cannot be the name of %s: %s", quoted(name.Value), article(kind.noun), why)
}

// asName is the value of as.
var asName = nameForm(localName("variable", diag.NameCollision))

// nameForm is a name as a value.
func nameForm(kind nameKind) form[Text] {
	f := reference("the name of " + article(kind.noun))
	plain := f.read
	f.read = func(r *reader, at Text, n *yaml.Node) Text {
		t := plain(r, at, n)
		if t.Given() {
			r.checkName(t, kind)
		}
		return t
	}
	f.schema = kind.schema
	return f
}
