package spec

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/asyncgen/asyncgen/internal/diag"
)

func TestParseGood(t *testing.T) {
	files, err := filepath.Glob("testdata/good/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var diags diag.List
		if s := Parse(file, text, &diags); s == nil || diags.Len() > 0 {
			var out bytes.Buffer
			diags.Print(&out, func(string) []byte { return text })
			t.Errorf("%s", out.String())
		}
	}
}
