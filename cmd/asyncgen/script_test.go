package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"asyncgen": main})
}

// TestScript runs the command as a user does: a script is a folder of files, and what asyncgen makes of them.
//
// Beside testscript's own commands a script has
//
//	status N PROGRAM [ARGS]   PROGRAM ends with exit code N
//	age FILE...               makes files look untouched for years
//	[!] aged FILE...          they have not been written since
//
// and the condition [root], true where permissions do not hold the user back.
func TestScript(t *testing.T) {
	environment := goEnvironment(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, environment...)
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "root" {
				return false, fmt.Errorf("unknown condition %s", name)
			}
			return os.Geteuid() == 0, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": scriptStatus,
			"age":    scriptAge,
			"aged":   scriptAged,
		},
	})
}

// goEnvironment returns what the go command needs in a script, which has no home: its caches, and no network. Nor is a
// process under the race detector to sleep for a second before it ends.
func goEnvironment(t *testing.T) []string {
	t.Helper()
	names := []string{"GOCACHE", "GOMODCACHE"}
	values, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	vars := []string{"GOTOOLCHAIN=local", "GOPROXY=off", "GOFLAGS=", "GORACE=atexit_sleep_ms=0"}
	for i, value := range strings.Split(strings.TrimSpace(string(values)), "\n") {
		vars = append(vars, names[i]+"="+value)
	}
	return vars
}

func scriptStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N PROGRAM [ARGS]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var failed *exec.ExitError
		if !errors.As(err, &failed) {
			ts.Fatalf("%v", err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

var longAgo = time.Date(2009, 11, 10, 23, 0, 0, 0, time.UTC)

func scriptAge(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: age FILE...")
	}
	for _, name := range args {
		ts.Check(os.Chtimes(ts.MkAbs(name), longAgo, longAgo))
	}
}

func scriptAged(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		info, err := os.Stat(ts.MkAbs(name))
		ts.Check(err)
		if aged := info.ModTime().Equal(longAgo); aged == neg {
			ts.Fatalf("%s was written at %v", name, info.ModTime())
		}
	}
}
