package build

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/asyncgen/asyncgen/spec"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Whatever the order of the specs, and however many are made at a time, a spec gives the same bytes.
func TestDeterministic(t *testing.T) {
	enterModule(t, goldens(t, "good"))
	names, err := filepath.Glob("*/*" + spec.Suffix)
	if err != nil {
		t.Fatal(err)
	}
	want := emitted(t, names)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 6 {
		runtime.GOMAXPROCS([]int{1, 8}[round%2])
		random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		got := emitted(t, names)
		for _, name := range sortedKeys(want) {
			if !bytes.Equal(want[name], got[name]) {
				t.Errorf("round %d: %s differs:\n%s", round, name, got[name])
			}
		}
	}
}

// emitted returns what the specs give, in the order given.
func emitted(t *testing.T, names []string) map[string][]byte {
	t.Helper()
	r := newResult()
	var specs []*spec.Spec
	for _, name := range names {
		parsed, err := line.read(t.Context(), name, r)
		if err != nil {
			t.Fatal(err)
		}
		specs = append(specs, parsed)
	}
	files, err := line.checkAll(t.Context(), specs, nil, r.diags)
	if err != nil || r.Refused() {
		t.Fatalf("%v\n%s", err, printed(r))
	}
	outputs, err := emitAll(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, o := range outputs {
		all[o.Spec] = o.Code
		all[o.Spec+" tests"] = o.Test
	}
	return all
}
