package spec

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the committed files that tests compare with")

func TestSchemaCommitted(t *testing.T) {
	const file = "schema.json"
	if *update {
		if err := os.WriteFile(file, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(committed), string(Schema())); d != "" {
		t.Errorf("schema.json is stale, run go test ./spec -update:\n%s", d)
	}
}
