// Package emit writes a checked spec as Go: the code, and the tests that hold it to its contract.
package emit

import (
	"bytes"
	"cmp"
	"fmt"
	"go/format"
	"go/types"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/internal/output"
	"github.com/asyncgen/asyncgen/internal/stock"
)

// File emits a spec's two files. An error is a fault of asyncgen's own.
func File(m *model.File) (code, test []byte, err error) {
	if code, err = render(m, (*file).code); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", m.Spec.Path, err)
	}
	if test, err = render(m, (*file).tests); err != nil {
		return nil, nil, fmt.Errorf("%s: tests: %w", m.Spec.Path, err)
	}
	return code, test, nil
}

// file is a file in the making.
type file struct {
	model   *model.File
	imports *imports
	out     *jen.File
	cause   string // the name of the func that turns the echo of a cancellation into its cause; "" while nothing needs it
	helpers []string
	parts   map[string]bool   // what the tests need of the stock part contract
	stock   map[string]bool   // what the code needs of the stock parts behind concurrent stages
	crew    map[string]bool   // what the code needs of the stock part crew
	known   map[string]string // the declarations of stock parts that the file has, and their code
	late    *lateness         // nil until somebody asks
	err     error             // the first fault of asyncgen's
}

func render(m *model.File, fill func(*file)) ([]byte, error) {
	f := &file{
		model: m, imports: newImports(), out: jen.NewFilePathName(m.Path, m.Package),
		crew: map[string]bool{}, known: map[string]string{},
	}
	f.out.HeaderComment(output.Header(m.Spec.Path))
	fill(f)
	f.stockParts()
	for _, h := range f.helpers {
		f.add(h)
	}
	if f.err != nil {
		return nil, f.err
	}
	f.imports.settle(f.out, f.declares)
	var b bytes.Buffer
	if err := f.out.Render(&b); err != nil {
		return nil, fmt.Errorf("asyncgen wrote Go that does not parse (this is a fault of asyncgen): %w", err)
	}
	code := grouped(b.Bytes())
	if !f.documented() {
		return code, nil
	}
	return format.Source(code) // once more: what gofmt makes of a doc comment, it may change again
}

// grouped puts the imports of the standard library before all others, as people do: theirs are the paths without a dot in
// the first element.
func grouped(code []byte) []byte {
	const opening = "\nimport (\n"
	before, rest, found := strings.Cut(string(code), opening)
	list, after, _ := strings.Cut(rest, ")\n")
	var groups [2]string
	for line := range strings.Lines(list) {
		_, path, _ := strings.Cut(line, `"`)
		host, _, _ := strings.Cut(path, "/")
		if strings.Contains(host, ".") {
			groups[1] += line
		} else {
			groups[0] += line
		}
	}
	if !found || groups[0] == "" || groups[1] == "" {
		return code
	}
	return []byte(before + opening + groups[0] + "\n" + groups[1] + ")\n" + after)
}

// documented reports whether the user's own words stand in the file.
func (f *file) documented() bool {
	for _, d := range f.model.Definitions() {
		if d.Doc != "" {
			return true
		}
	}
	return false
}

// code adds everything that the spec defines.
func (f *file) code() {
	for _, r := range f.model.Resources {
		f.resource(r)
	}
	for _, it := range f.model.Iterators {
		f.iterator(it)
		if f.lateness().each[&it.Definition] {
			f.eachIterator(it)
		}
	}
	for _, p := range f.model.Pipelines {
		f.pipeline(p)
	}
	var topologies []*topology
	for _, t := range f.model.Topologies {
		topologies = append(topologies, f.topology(t))
	}
	f.topologyParts(topologies)
}

// declares reports whether a name means something else than an import somewhere in the file.
func (f *file) declares(name string) bool {
	if f.model.Declared[name] {
		return true
	}
	return f.isLocal(name)
}

// isLocal reports whether the spec gives a variable this name.
func (f *file) isLocal(name string) bool {
	for _, d := range f.model.Definitions() {
		if d.Locals[name] {
			return true
		}
	}
	return false
}

// add adds a declaration.
func (f *file) add(code string) {
	f.out.Add(statement(code))
	f.out.Line()
}

// stockPart returns the declarations of a stock part. What is wrong with the binding is an error of the file.
func (f *file) stockPart(name string, b stock.Binding) string {
	code, err := stock.Make(name, b)
	f.err = cmp.Or(f.err, err)
	return code
}

// addPart adds declarations of a stock part.
func (f *file) addPart(code string) {
	for _, m := range mark.FindAllStringSubmatch(code, -1) {
		f.imports.std(m[1] + "." + m[2])
	}
	f.add(code)
}

// function adds a func with its doc comment.
func (f *file) function(doc, name, params, results, body string) {
	f.out.Add(docLines(doc).Func().Id(name).Params(statement(params)).Add(statement(results)).Block(statement(body)))
	f.out.Line()
}

// docLines returns a doc comment and the end of its last line; nothing where there is none.
func docLines(doc string) *jen.Statement {
	if doc == "" {
		return jen.Null()
	}
	return statement(doc).Line()
}

// method adds a method with its doc comment.
func (f *file) method(doc, recv, name, params, results, body string) {
	f.out.Add(statement(doc).Line().Func().Params(jen.Id(recv)).Id(name).Params(statement(params)).Add(statement(results)).Block(statement(body)))
	f.out.Line()
}

// plainName qualifies a type in a comment.
func (f *file) plainName(p *types.Package) string {
	if p.Path() == f.model.Path {
		return ""
	}
	return p.Name()
}

// causeFunc returns the name of the func that turns an effect's error into ctx's cause where it only echoes that.
func (f *file) causeFunc() string {
	if f.cause != "" {
		return f.cause
	}
	f.cause = f.free(f.model.Prefix + "Cause")
	std := f.imports.std
	f.helpers = append(f.helpers, fmt.Sprintf(`// %s returns err, or the cause of ctx's end where err only says that ctx is done.
func %s(ctx %s, err error) error {
	if ctx.Err() != nil && %s(err, ctx.Err()) {
		return %s(ctx)
	}
	return err
}`, f.cause, f.cause, std("context.Context"), std("errors.Is"), std("context.Cause")))
	return f.cause
}

// free returns name, or name with a number behind it: one that the package does not have.
func (f *file) free(name string) string {
	for i, try := 2, name; ; i++ {
		if !f.model.Taken[try] && usable(try) && !f.isLocal(try) {
			return try
		}
		try = fmt.Sprintf("%s%d", name, i)
	}
}
