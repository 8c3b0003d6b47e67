package spec

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// goodSpecs returns the files of testdata/good.
func goodSpecs(t testing.TB) [][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/good/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var all [][]byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}

// badSpecs returns the specs of testdata/bad.
func badSpecs(t testing.TB) [][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var all [][]byte
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, archive.Files[0].Data)
	}
	return all
}

func TestParseGood(t *testing.T) {
	for _, text := range goodSpecs(t) {
		var diags diag.List
		s := Parse("good.async.yaml", text, &diags)
		if s == nil || diags.Len() > 0 {
			var out bytes.Buffer
			diags.Print(&out, func(string) []byte { return text })
			t.Fatalf("%s", out.String())
		}
		checkPlaces(t, text, s, &diags)
	}
}

// TestParse looks at one of each part of what Parse returns.
func TestParse(t *testing.T) {
	const text = `asyncgen: v1
package: shop
imports: [time, {tpl: text/template}]
iterators:
  Pages: {paginate: {fetch: "FetchPage(ctx, page)", emit: pages, prefetch: 2}}
pipelines:
  P:
    doc: does it
    params: {n: int, rest: ...string}
    with: {db: DB(n)}
    from: {zip: [A, B]}
    as: pair
    stages:
      - {map: F, as: f, ordered: false, retry: {attempts: 3, jitter: true}, on_error: {call: Log}}
      - {as: d, distinct: {by: v, adjacent: true}}
      - gather: {a: A(v)}
    collect: {map: {key: v.K, value: v, on_duplicate: error}}
    examples: [{call: P(ctx), error: ErrGone}]
resources:
  R: {acquire: Open, pool: {max: 3}}
topologies:
  T:
    queues: {q: {capacity: unbounded, open: true}}
    producers: {p: {from: x, route: [{when: v > 1, into: q}, {into: q}]}}
    consumers: {c: {from: [q], on_error: {into: q}, collect: per_worker}, d: {from: q}}
    shutdown: join
`
	var diags diag.List
	s := Parse(`dir/shop.async.yaml`, []byte(text), &diags)
	if s == nil || diags.Len() > 0 {
		t.Fatal(diags.Sorted())
	}
	var got []string
	lines := strings.Split(text, "\n")
	say := func(all ...Text) {
		for _, text := range all {
			got = append(got, text.Value)
			if !text.Given() {
				continue
			}
			rest := strings.TrimPrefix(lines[text.Pos.Line-1][text.Pos.Column-1:], `"`)
			if !strings.HasPrefix(rest, text.Value) {
				t.Errorf("%q is said to be at %v, where %q is", text.Value, text.Pos, rest)
			}
		}
	}
	p, it, topology := s.Pipelines[0], s.Iterators[0], s.Topologies[0]
	say(s.Package, s.Imports[0].Name, s.Imports[1].Name, s.Imports[1].Path)
	say(it.Name, it.Paginate.Key, it.Paginate.Fetch, it.Paginate.Emit, it.Paginate.Prefetch)
	say(p.Doc, p.Params[1].Name, p.Params[1].Type, p.With[0].Name, p.With[0].Resource)
	say(p.From.Key, p.From.Inner, p.From.Parts[1], p.As)
	say(p.Stages[0].Key, p.Stages[0].Expr, p.Stages[0].As, p.Stages[0].Calls.Retry.Key, p.Stages[0].Calls.Retry.Attempts)
	say(p.Stages[0].Calls.OnError.Key, p.Stages[0].Calls.OnError.Call)
	say(p.Stages[1].Key, p.Stages[1].Expr, p.Stages[1].As, p.Stages[2].Gather[0].Name, p.Stages[2].Gather[0].Expr)
	say(p.Collect.Key, p.Collect.Kind, p.Collect.MapKey, p.Collect.MapValue, p.Collect.OnDuplicate)
	say(p.Examples[0].Call, p.Examples[0].Error, s.Resources[0].Acquire, s.Resources[0].Pool.Max)
	say(topology.Queues[0].Name, topology.Queues[0].Capacity, topology.Producers[0].End.Route[0].When)
	say(topology.Consumers[0].From[0], topology.Consumers[0].Calls.OnError.Into, topology.Consumers[0].End.Collect.Kind)
	say(topology.Consumers[1].From[0], topology.Shutdown)
	want := []string{
		"shop", "", "tpl", "text/template",
		"Pages", "paginate", "FetchPage(ctx, page)", "pages", "2",
		"does it", "rest", "...string", "db", "DB(n)",
		"from", "zip", "B", "pair",
		"map", "F", "f", "retry", "3",
		"on_error", "Log",
		"distinct", "v", "d", "a", "A(v)",
		"collect", "map", "v.K", "v", "error",
		"P(ctx)", "ErrGone", "Open", "3",
		"q", "unbounded", "v > 1",
		"q", "q", "per_worker", "q", "join",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	kinds := []any{s.Base(), p.From.Kind, p.Stages[1].Adjacent, p.Stages[1].Kind, p.Stages[0].Calls.Ordered.Given, p.Stages[0].Calls.Ordered.Value}
	if d := cmp.Diff([]any{"shop", Zip, true, Distinct, true, false}, kinds); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestNames(t *testing.T) {
	const text = `asyncgen: v1
iterators: {It: {paginate: {fetch: 'page1(ctx, "no", page)', until: done}}}
pipelines:
  P:
    doc: never this
    params: {param: "map[string]Typ"}
    from: {gather: {field: call(ctx)}}
    as: alias
    stages: [map: '{broken, x: 1.', take: most, batch: {every: wait}]
    collect: {into: Sink}
topologies:
  T:
    queues: {jobs: {of: Job, capacity: 3, delay: v.Due}}
    producers: {p: {from: source, into: jobs}}
    consumers: {c: {from: jobs, partition_by: v.Host, route: [{when: cond, into: jobs}, {into: jobs}]}}
`
	var diags diag.List
	s := Parse("x.async.yaml", []byte(text), &diags)
	if diags.Len() > 0 {
		t.Fatal(diags.Sorted())
	}
	want := []string{
		"Due", "Host", "Job", "Sink", "Typ", "broken", "call", "cond", "ctx", "done", "most", "page", "page1", "source",
		"string", "v", "wait", "x",
	}
	if d := cmp.Diff(want, slices.Sorted(maps.Keys(s.Identifiers()))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestBase(t *testing.T) {
	for path, want := range map[string]string{
		"crunch.async.yaml": "crunch", "a/b.async.yaml": "b", `a\b.async.yaml`: "b", "odd.yaml": "odd.yaml",
	} {
		if got := (&Spec{Path: path}).Base(); got != want {
			t.Errorf("Base of %s is %s, want %s", path, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"map", "filter", "take_while", "on_error"}
	for s, want := range map[string]string{
		"mpa": "map", "fliter": "filter", "take-while": "take_while", "onerror": "on_error", "ma": "map", "m": "", "": "",
		"concurrency": "", "filters": "filter",
	} {
		if got := Nearest(s, words); got != want {
			t.Errorf("nearest to %q is %q, want %q", s, got, want)
		}
	}
}
