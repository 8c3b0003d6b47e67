package spec

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestRefused parses each file of testdata/bad, and compares what is printed.
func TestRefused(t *testing.T) {
	cases, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(cases, err)
	}
	for _, name := range cases {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text := archive.Files[0].Data
			var diags diag.List
			Parse(archive.Files[0].Name, text, &diags)
			if !diags.Failed() {
				t.Error("not refused")
			}
			var got bytes.Buffer
			diags.Print(&got, func(string) []byte { return text })
			if *update {
				archive.Files = []txtar.File{archive.Files[0], {Name: "diagnostics", Data: got.Bytes()}}
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(string(archive.Files[1].Data), got.String()); d != "" {
				t.Errorf("diagnostics (-want +got):\n%s", d)
			}
		})
	}
}
