package stock

import (
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/templates"
)

func TestRefused(t *testing.T) {
	const part = `package p

const opt = false

type Box[T any] struct{ v T }

func (b *Box[T]) Get() T { return b.v }

func Strings() *Box[string] { return &Box[string]{} }

func Same[U any](u U) *Box[U] { return box(u) }

func box[T any](v T) *Box[T] { return &Box[T]{v} }

func Count(f func() int) int {
	n := f()
	if opt {
		return n
	}
	return len("")
}

func Init(f func() int) {
	if n := f(); opt {
		_ = n
	}
}

type Two[A, B any] struct{ a A; b B }
`
	tests := []struct {
		name    string
		source  string
		binding Binding
		want    string
	}{
		{"unknown name", part, Binding{Names: map[string]string{"Bax": "x"}}, "there is no Bax"},
		{"name is a keyword", part, Binding{Names: map[string]string{"Box": "map"}}, `Box cannot be called "map"`},
		{"two of a name", part, Binding{Names: map[string]string{"Box": "x", "Same": "x"}}, "Box and Same would both be called x"},
		{"predeclared name", part, Binding{Names: map[string]string{"Box": "len"}}, "cannot be called len"},
		{"unknown type parameter", part, Binding{Types: map[string]string{"X": "int"}}, "no type parameter X"},
		{"unknown constant", part, Binding{Consts: map[string]string{"Box": "1"}}, "no constant Box"},
		{"not a bool", part, Binding{Consts: map[string]string{"opt": "1"}}, "opt is a bool"},
		{"unknown root", part, Binding{Keep: []string{"Bix"}}, "there is no Bix"},
		{"unknown method", part, Binding{Keep: []string{"Box.Put"}}, "Box has no method Put"},
		{
			"two bindings at once", part,
			Binding{Types: map[string]string{"T": "int"}},
			"Box is wanted with T = string here, but is bound to int",
		},
		{
			"inferred otherwise", part,
			Binding{Types: map[string]string{"T": "int", "U": "string"}, Keep: []string{"Same"}},
			"wanted with T = string",
		},
		{"effect lost", part, Binding{Consts: map[string]string{"opt": "false"}, Keep: []string{"Count"}}, "n is not used"},
		{"init statement", part, Binding{Consts: map[string]string{"opt": "true"}}, "cannot have an init statement"},
		{"constraint shared", part, Binding{Types: map[string]string{"A": "int"}}, "bound together"},
		{"foreign import", "package p\nimport _ \"example.com/x\"", Binding{}, "standard library only"},
		{"init", "package p\nfunc init() {}", Binding{}, "no init"},
		{"syntax", "package p\nfunc", Binding{}, "expected"},
		{"undefined", "package p\nfunc F() { g() }", Binding{}, "cannot tell what g is"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := makeFrom([]templates.File{{Name: "p.go", Source: []byte(test.source)}}, test.binding)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
		})
	}
	if _, err := Make("nosuch", Binding{}); err == nil {
		t.Error("a part that does not exist was made")
	}
}

func TestName(t *testing.T) {
	tests := []struct{ prefix, name, want string }{
		{"jobs", "Queue", "jobsQueue"},
		{"jobs", "newQueue", "newJobsQueue"},
		{"jobs", "NewQueue", "newJobsQueue"},
		{"jobs", "errClosed", "errJobsClosed"},
		{"jobs", "ring", "jobsRing"},
		{"DB", "Pool", "dbPool"},
		{"DB", "NewPool", "newDBPool"},
		{"HTTPClient", "Pool", "httpClientPool"},
		{"jobs", "newest", "jobsNewest"},
		{"", "Queue", "queue"},
		{"", "newQueue", "newQueue"},
	}
	for _, test := range tests {
		if got := Name(test.prefix, test.name); got != test.want {
			t.Errorf("Name(%q, %q) = %q, want %q", test.prefix, test.name, got, test.want)
		}
	}
}

func TestMarks(t *testing.T) {
	code := "map[" + Mark("text/template", "Template") + "]" + Mark("math/rand/v2", "Rand") + Mark("", "Own")
	got := Resolve(code, baseName)
	if want := "map[template.Template]rand.RandOwn"; got != want {
		t.Errorf("Resolve: got %q, want %q", got, want)
	}
}
