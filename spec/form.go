package spec

import (
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
	"gopkg.in/yaml.v3"
)

// form is a kind of value: what it is called, how it is read, and how a JSON Schema describes it. The language is a tree
// of forms; Parse and Schema both walk it, so neither can know a key that the other does not.
type form[T any] struct {
	want   string // what a message says is wanted, such as "a Go expression"
	read   func(r *reader, at Text, n *yaml.Node) T
	schema func(d defs) schema
}

// golang is Go text. It may be anything but empty.
func golang(want string) form[Text] {
	return form[Text]{
		want:   want,
		read:   func(r *reader, at Text, n *yaml.Node) Text { return r.golang(at, n, want) },
		schema: textSchema,
	}
}

// textSchema is any scalar but an empty one: Parse takes it as it is written, whatever YAML holds it for.
func textSchema(d defs) schema {
	return d.ref("text", func() schema {
		return schema{"type": []string{"string", "number", "boolean"}, "minLength": 1}
	})
}

var (
	goExpr     = golang("a Go expression")
	goFunc     = golang("a function or a Go expression")
	goType     = golang("a Go type")
	goStmt     = golang("a simple Go statement")
	goNumber   = golang("a number")
	goDuration = golang("a duration")
	goRate     = golang("a rate such as 50/s")
)

// prose is text that stays as it is, and may be empty.
var prose = form[Text]{
	want: "a text",
	read: func(r *reader, at Text, n *yaml.Node) Text {
		if !r.is(at, n, yaml.ScalarNode, "a text") {
			return Text{}
		}
		return r.text(n)
	},
	schema: func(defs) schema { return schema{"type": []string{"string", "number", "boolean"}} },
}

// reference is the name of something of this spec. Whether it exists is asked by package check.
func reference(what string) form[Text] {
	return form[Text]{
		want:   what,
		read:   func(r *reader, at Text, n *yaml.Node) Text { return r.scalar(at, n, what) },
		schema: textSchema,
	}
}

// word is one of a closed list of words.
func word(words ...string) form[Text] {
	want := "one of " + strings.Join(words, ", ")
	if len(words) == 1 {
		want = words[0]
	}
	return form[Text]{
		want:   want,
		read:   func(r *reader, at Text, n *yaml.Node) Text { return r.word(at, n, want, words) },
		schema: func(defs) schema { return schema{"enum": words} },
	}
}

// wordOr is word where there is another form beside it, which messages tell of too.
func wordOr(other string, words ...string) form[Text] {
	f := word(words...)
	want := f.want + " or " + other
	f.read = func(r *reader, at Text, n *yaml.Node) Text { return r.word(at, n, want, words) }
	return f
}

// boolean is true or false, and none of the other words that YAML once took for them.
var boolean = form[Flag]{
	want: "true or false",
	read: func(r *reader, at Text, n *yaml.Node) Flag {
		if n.Kind == yaml.ScalarNode && n.Style != 0 && !r.reported(n) {
			r.diags.Errorf(r.pos(n), diag.WrongKind, "%s: want true or false without quotes", clip(at.Value))
			return Flag{}
		}
		t := r.word(at, n, "true or false", []string{"true", "false"})
		return Flag{Given: t.Given(), Value: t.Value == "true", Pos: t.Pos}
	},
	schema: func(defs) schema { return schema{"type": "boolean"} },
}

// list is a list of values, one at least.
func list[T any](element form[T], noun string) form[[]T] {
	want := "a list of " + plural(noun)
	return form[[]T]{
		want: want,
		read: func(r *reader, at Text, n *yaml.Node) []T {
			if !r.is(at, n, yaml.SequenceNode, want) {
				return nil
			}
			if len(n.Content) == 0 {
				r.wrongKind(at, n, want)
			}
			var all []T
			for _, e := range n.Content {
				all = append(all, element.read(r, Text{Value: noun, Pos: r.pos(e)}, e))
			}
			return all
		},
		schema: func(d defs) schema {
			return schema{"type": "array", "minItems": 1, "items": element.schema(d)}
		},
	}
}

// names is a map from names, which the user chooses, to values.
func names[V, T any](kind nameKind, element form[V], made func(name Text, v V) T) form[[]T] {
	want := "a map of " + plural(kind.noun) + " by name"
	return form[[]T]{
		want: want,
		read: func(r *reader, at Text, n *yaml.Node) []T {
			if !r.is(at, n, yaml.MappingNode, want) {
				return nil
			}
			var all []T
			for name, value := range r.pairs(n, kind.twice) {
				r.checkName(name, kind)
				all = append(all, made(name, element.read(r, name, value)))
			}
			return all
		},
		schema: func(d defs) schema {
			return schema{"type": "object", "propertyNames": kind.schema(d), "additionalProperties": element.schema(d)}
		},
	}
}

// either is a scalar form, or else another one; both give the same kind of thing.
func either[T any](scalar, other form[T], kind yaml.Kind) form[T] {
	want := scalar.want + " or " + other.want
	return form[T]{
		want: want,
		read: func(r *reader, at Text, n *yaml.Node) T {
			switch {
			case n.Kind == kind && !r.bare(n):
				return other.read(r, at, n)
			case n.Kind == yaml.ScalarNode && (n.Value != "" || r.reported(n)) || r.bare(n):
				return scalar.read(r, at, n)
			default:
				r.is(at, n, 0, want)
			}
			var none T
			return none
		},
		schema: func(d defs) schema { return schema{"anyOf": []schema{scalar.schema(d), other.schema(d)}} },
	}
}

// to turns what a form gives into something else.
func to[A, B any](f form[A], turn func(at Text, a A) B) form[B] {
	return form[B]{
		want:   f.want,
		read:   func(r *reader, at Text, n *yaml.Node) B { return turn(at, f.read(r, at, n)) },
		schema: f.schema,
	}
}
