package output

import (
	"os"
	"testing"
)

// TestReplace gives a file of the user's other bytes and leaves its mode; a link to one is refused.
func TestReplace(t *testing.T) {
	enter(t, "-- a.txt --\nold\n")
	if err := os.Chmod("a.txt", 0o600); err != nil {
		t.Fatal(err)
	}
	var plan Plan
	if err := plan.Replace("a.txt", []byte("old\n"), []byte("new\n")); err != nil {
		t.Fatal(err)
	}
	done, err := plan.Commit(t.Context())
	if err != nil || len(done) != 1 || done[0].Path != "a.txt" {
		t.Fatal(done, err)
	}
	if got := get(t, "a.txt"); got != "new\n" {
		t.Errorf("it has %q", got)
	}
	checkMode(t, "a.txt", 0o600)
	if err := os.Symlink("a.txt", "b.txt"); err != nil {
		t.Skip(err)
	}
	plan = Plan{}
	if err := plan.Replace("b.txt", []byte("new\n"), []byte("newer\n")); err != nil {
		t.Fatal(err)
	}
	if done, err = plan.Commit(t.Context()); err == nil || len(done) > 0 {
		t.Error(done, err)
	}
	if got := get(t, "b.txt"); got != "new\n" {
		t.Errorf("it has %q", got)
	}
}
