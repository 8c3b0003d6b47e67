package spec

import (
	"go/token"
	"path"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"gopkg.in/yaml.v3"
)

// file is the whole of a spec.
var file = mapping[Spec]{
	noun: "spec", def: "spec",
	keys: []key[Spec]{
		set("asyncgen", word("v1"), func(*Spec, Text, Text) {}, "The version of the language: v1.").must(),
		set("$schema", prose, func(*Spec, Text, Text) {}, "The schema, for a YAML editor."),
		entry("package", packageName, func(s *Spec) *Text { return &s.Package },
			"The Go package; left out: the one in the folder, or the folder's name."),
		set("imports", list(importPath, "import"), setImports, "What the Go text may name: PATH, or NAME: PATH."),
		entry("iterators", iterators, func(s *Spec) *[]*Iterator { return &s.Iterators }, "Objects that are pulled."),
		entry("pipelines", pipelines, func(s *Spec) *[]*Pipeline { return &s.Pipelines }, "Generator functions."),
		entry("resources", resources, func(s *Spec) *[]*Resource { return &s.Resources }, "Scoped acquire and release."),
		entry("topologies", topologies, func(s *Spec) *[]*Topology { return &s.Topologies }, "Pipelines joined by queues."),
	},
	check: func(r *reader, s *Spec) {
		r.checkDefinitions(s)
		r.checkImports(s.Imports)
	},
}

// packageName is the value of package.
var packageName = form[Text]{
	want: "the name of a package",
	read: nameForm(nameKind{noun: "package", hides: true}).read,
	schema: func(d defs) schema {
		s := identifierSchema(d, "package_name", nil)
		d["package_name"].(schema)["type"] = []string{"string", "boolean"} // true is a Go identifier too
		return s
	},
}

func setImports(s *Spec, _ Text, all []Import) {
	for _, i := range all {
		if i.Path.Given() {
			s.Imports = append(s.Imports, i)
		}
	}
}

// importPath is an element of imports.
var importPath = form[Import]{
	want: "an import path, or NAME: PATH",
	read: func(r *reader, at Text, n *yaml.Node) Import {
		if n.Kind != yaml.MappingNode {
			return Import{Path: r.importPath(at, n)}
		}
		if len(n.Content) != 2 {
			r.wrongKind(at, n, "an import path, or NAME: PATH")
			return Import{}
		}
		for name, value := range r.pairs(n, diag.DuplicateKey) {
			if !token.IsIdentifier(name.Value) || name.Value == "_" {
				r.diags.Errorf(name.Pos, diag.BadName, "%s cannot be the name of an import: it is not a Go identifier", quoted(name.Value))
			}
			return Import{Name: name, Path: r.importPath(name, value)}
		}
		return Import{}
	},
	schema: func(d defs) schema {
		return schema{"anyOf": []schema{textSchema(d), {
			"type": "object", "minProperties": 1, "maxProperties": 1,
			"propertyNames": identifierSchema(d, "import_name", nil), "additionalProperties": textSchema(d),
		}}}
	},
}

func (r *reader) importPath(at Text, n *yaml.Node) Text {
	t := r.scalar(at, n, "an import path")
	if !t.Given() {
		return t
	}
	why := ""
	switch p := t.Value; {
	case p == "C":
		why = "cgo has no part in generated code"
	case strings.ContainsAny(p, " \t\n\"'`\\!#$%&()*,:;<=>?[]^{|}"):
		why = "it has a character that no import path has"
	case strings.HasPrefix(p, "/"):
		why = "it is absolute"
	case p == "." || p == ".." || strings.HasPrefix(p, "./") || strings.HasPrefix(p, "../"):
		why = "it is relative"
	case path.Clean(p) != p || strings.HasPrefix(p, "-"):
		why = "it is not a clean path"
	default:
		return t
	}
	r.diags.Errorf(t.Pos, diag.BadImport, "%s cannot be imported: %s", quoted(t.Value), why)
	return t
}

// checkImports refuses an import given twice, and a name given to two.
func (r *reader) checkImports(all []Import) {
	paths, named := map[[2]string]Text{}, map[string]Text{}
	for _, i := range all {
		id := [2]string{i.Name.Value, i.Path.Value}
		if first, ok := paths[id]; ok {
			r.diags.Errorf(i.Path.Pos, diag.BadImport, "%s is imported twice", quoted(i.Path.Value)).Note(first.Pos, "first here")
			continue
		}
		paths[id] = i.Path
		if first, ok := named[i.Name.Value]; ok {
			r.diags.Errorf(i.Name.Pos, diag.NameCollision, "%s is the name of an import already", quoted(i.Name.Value)).
				Note(first.Pos, "here")
		} else if i.Name.Given() {
			named[i.Name.Value] = i.Name
		}
	}
}

// checkDefinitions refuses a name that is in two of the four maps.
func (r *reader) checkDefinitions(s *Spec) {
	first := map[string]*Definition{}
	for _, d := range s.Definitions() {
		if f, ok := first[d.Name.Value]; ok {
			r.diags.Errorf(d.Name.Pos, diag.NameCollision, "%s is the name of %s already", quoted(d.Name.Value), article(f.Noun)).
				Note(f.Name.Pos, "here")
			continue
		}
		first[d.Name.Value] = d
	}
}
