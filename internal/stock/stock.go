// Package stock makes stock parts concrete. A part is a generic Go package under templates that compiles and is tested
// as it stands; Make turns it into the declarations that a user's generated file holds.
//
// The text of a part is changed by edits at the offsets of its identifiers and folded statements, never by printing
// its syntax tree, so comments and layout stay as they were written.
package stock

import (
	"fmt"
	"sync"

	"github.com/asyncgen/asyncgen/templates"
)

// Binding says how a part is made concrete. The zero Binding gives the part as it is, under unexported names.
type Binding struct {
	// Names maps names of the part's package-level declarations to names in the output.
	// A declaration that is left out is called Name(Prefix, its name), and a number where that is taken.
	Names  map[string]string
	Prefix string

	// Types maps type parameters, by their names in the generic declarations, to Go types, which may hold marks.
	// What is not bound stays generic.
	Types map[string]string

	// Consts maps package-level constants, the part's options, to literals. Conditions on those are folded.
	Consts map[string]string

	// Keep lists the declarations that are wanted ("Queue", "NewQueue", "Queue.Put"); only those and what they reach
	// are made. A type brings its exported methods along, unless Keep names methods of it: then those alone.
	// If Keep is empty, everything exported is wanted, apart from the constants bound.
	Keep []string
}

// Name returns what a declaration called name is called with a prefix, in lower camel case: Queue with the prefix jobs
// is jobsQueue, NewQueue newJobsQueue, and errClosed errJobsClosed.
func Name(prefix, name string) string { return defaultName(prefix, name) }

// Make returns the declarations of the named part under the binding b, without package clause and imports: valid Go once
// its marks are resolved, but yet to be formatted. A part is parsed once; Make may be called by several goroutines.
//
// An error tells of a binding that does not fit the part: a name that it does not have, a type parameter bound to
// two types at once, an option that leaves a local variable unused.
func Make(part string, b Binding) (string, error) {
	t, err := load(part)
	if err != nil {
		return "", fmt.Errorf("stock: %w", err)
	}
	code, err := t.make(b)
	if err != nil {
		return "", fmt.Errorf("stock: part %s: %w", part, err)
	}
	return code, nil
}

// parsed caches the templates of parts, each a func() (*template, error).
var parsed sync.Map

func load(part string) (*template, error) {
	once, ok := parsed.Load(part)
	if !ok {
		once, _ = parsed.LoadOrStore(part, sync.OnceValues(func() (*template, error) {
			files, err := templates.Source(part)
			if err != nil {
				return nil, err
			}
			t, err := parse(files)
			if err != nil {
				return nil, fmt.Errorf("part %s: %w", part, err)
			}
			return t, nil
		}))
	}
	return once.(func() (*template, error))()
}
