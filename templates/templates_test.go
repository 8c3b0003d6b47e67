package templates

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The parts share how a failure goes from one goroutine to another, word for word; a part stands alone, so each has it.
// A file that needs several parts has what they share but once.
func TestFailuresAreTheSameInAllParts(t *testing.T) {
	first := map[string]string{}
	for _, part := range Parts() {
		files, err := Source(part)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if !slices.Contains([]string{"panic.go", "failure.go"}, f.Name) {
				continue
			}
			_, body, _ := strings.Cut(string(f.Source), "\n")
			if first[f.Name] == "" {
				first[f.Name] = body
			}
			if diff := cmp.Diff(first[f.Name], body); diff != "" {
				t.Errorf("%s: %s: %s", part, f.Name, diff)
			}
		}
	}
	if len(first) != 2 {
		t.Errorf("%d files are shared", len(first))
	}
}
