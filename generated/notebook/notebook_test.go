package notebook

import (
	"bytes"
	"context"
	"errors"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPrint compares with testdata/expected-output.txt, which holds what the notebook's cells print, values as Go formats them.
func TestPrint(t *testing.T) {
	want, err := os.ReadFile("testdata/expected-output.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := Print(t.Context(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(timeless(string(want)), timeless(got.String())); diff != "" {
		t.Errorf("Print (-want +got):\n%s", diff)
	}
}

// timeless leaves out the times that cell 9 prints.
func timeless(output string) string {
	return regexp.MustCompile(`Done in \d\.\d{4}s`).ReplaceAllString(output, "Done in time")
}

// TestPrintCancelled sees that a cell ends with the cause for which it is cancelled.
func TestPrintCancelled(t *testing.T) {
	enough := errors.New("enough")
	for _, c := range cells {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(enough)
		if err := c.print(ctx, new(bytes.Buffer)); !errors.Is(err, enough) {
			t.Errorf("cell %d: error %v, want %v", c.number, err, enough)
		}
	}
}
