package wordcount

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// TestCountNet counts the whole of Go's package net, as a naive program does.
func TestCountNet(t *testing.T) {
	root := netFolder(t)
	got, err := Count(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	want := naive(t, root)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Count(%s) (-naive +got):\n%s", root, diff)
	}
	if got["conn"] < 1000 { // a tree that is there, and read
		t.Errorf("conn comes %d times in %s", got["conn"], root)
	}
}

func netFolder(t *testing.T) string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skipf("go env GOROOT: %v", err)
	}
	root := filepath.Join(strings.TrimSpace(string(out)), "src", "net")
	if _, err := os.Stat(root); err != nil {
		t.Skip(err)
	}
	return root
}

// naive counts with nothing but maps, slices and whole files in memory.
func naive(t *testing.T, root string) map[string]int {
	counts := map[string]int{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, line := range strings.Split(string(content), "\n") {
			if !utf8.ValidString(line) {
				continue
			}
			spaced := []rune(line)
			for i, r := range spaced {
				if !unicode.IsLetter(r) {
					spaced[i] = ' '
				}
			}
			for _, word := range strings.Fields(string(spaced)) {
				if len(word) > 1 {
					counts[strings.ToLower(word)]++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

func TestCount(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	tests := []struct {
		name  string
		files map[string]string
		want  map[string]int
	}{
		{"no files", nil, map[string]int{}},
		{"folders", map[string]string{"a.txt": "to be, or\nnot to be", "b/c/d.txt": "Be!"}, map[string]int{"to": 2, "be": 3, "or": 1, "not": 1}},
		{"line ends", map[string]string{"a": "one\r\ntwo\n\n\nthree"}, map[string]int{"one": 1, "two": 1, "three": 1}},
		{"short words", map[string]string{"a": "a b2c ä öl"}, map[string]int{"ä": 1, "öl": 1}},
		{"no text", map[string]string{"a": "good\nba\xffd\nwell"}, map[string]int{"good": 1, "well": 1}},
		{"a long line", map[string]string{"a": long + " yy"}, map[string]int{long: 1, "yy": 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Count(t.Context(), write(t, test.files))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Count (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCountErrors(t *testing.T) {
	if _, err := Count(t.Context(), filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: error %v", err)
	}
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(enough)
	if _, err := Count(ctx, write(t, map[string]string{"a": "one"})); err != enough {
		t.Errorf("cancelled: error %v, want its cause", err)
	}
}

// TestLinesBreak leaves the loop at every line of two files.
func TestLinesBreak(t *testing.T) {
	root := write(t, map[string]string{"a": "1\n2", "b": "3\n4\n"})
	all := []string{"1", "2", "3", "4"}
	for k := 1; k <= len(all); k++ {
		var got []string
		for line, err := range Lines(t.Context(), root) {
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, line); len(got) == k {
				break
			}
		}
		if diff := cmp.Diff(all[:k], got); diff != "" {
			t.Errorf("break at %d (-want +got):\n%s", k, diff)
		}
	}
}

// write makes a folder of files.
func write(t *testing.T, files map[string]string) string {
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}
