package docs

import (
	"os"
	"strings"
	"testing"
)

// The pages whose blocks are tested. Paths are as seen from this folder.
var pages = []string{"../README.md", "../ARCHITECTURE.md", "language.md", "notebook.md", "recipes.md"}

// The kinds of blocks, which is all that stands behind their first ```.
const (
	specBlock      = "yaml spec"    // a whole spec
	userBlock      = "go user"      // the user's Go beside the spec before it, without its package clause
	generatedBlock = "go generated" // declarations that asyncgen makes of that spec
	refusedBlock   = "text refused" // what asyncgen says of that spec, which it refuses
	warnedBlock    = "text warned"  // what asyncgen says of that spec, which it generates all the same
)

// block is a fenced block of a page.
type block struct {
	page       string
	line       int // of the opening ```, from 1
	kind, text string
	first      int // the lines of its text, as indexes into those of the page: first to last-1
	last       int
}

// example is a spec of a page, and the blocks behind it that belong to it.
type example struct {
	spec      block
	user      []block
	generated []block
	refused   []block
	warned    []block
}

// examplesOf returns the examples of a page.
func examplesOf(t *testing.T, page string) []*example {
	t.Helper()
	var all []*example
	for _, b := range blocksOf(t, page) {
		if b.kind == specBlock {
			all = append(all, &example{spec: b})
			continue
		}
		var belongs *[]block
		if n := len(all); n > 0 {
			e := all[n-1]
			belongs = map[string]*[]block{userBlock: &e.user, generatedBlock: &e.generated, refusedBlock: &e.refused, warnedBlock: &e.warned}[b.kind]
		}
		switch {
		case belongs != nil:
			*belongs = append(*belongs, b)
		case strings.Contains(b.kind, " "):
			t.Errorf("%s:%d: a block of kind %q", page, b.line, b.kind)
		}
	}
	return all
}

func blocksOf(t *testing.T, page string) []block {
	t.Helper()
	var all []block
	var open *block
	content := linesOf(t, page)
	for i, line := range content {
		mark, isFence := strings.CutPrefix(line, "```")
		switch {
		case open == nil && isFence:
			open = &block{page: page, line: i + 1, kind: mark, first: i + 1}
		case open != nil && isFence:
			open.last = i
			open.text = strings.Join(content[open.first:i], "\n") + "\n"
			all = append(all, *open)
			open = nil
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: this block has no end", page, open.line)
	}
	return all
}

func linesOf(t *testing.T, page string) []string {
	t.Helper()
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(content), "\n")
}
