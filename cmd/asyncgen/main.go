// Command asyncgen writes the concurrent Go that *.async.yaml specs describe, and its tests, beside them.
//
//	asyncgen generate|check|diff|fmt [SPEC|DIR|DIR/...]...
//
// A folder means the specs in it, DIR/... those below as well; without arguments it is the working directory. If one spec
// of a command is refused, nothing is written for any; but fmt, which only puts quotes around Go, mends what it can.
//
// Exit codes of generate, check and fmt: 0 all is well, 1 a spec is refused, 2 trouble (usage, files, the Go toolchain).
// Of diff: 0 all outputs are fresh, 1 some are not, 2 trouble, or a spec is refused.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/asyncgen/asyncgen/internal/build"
	"github.com/asyncgen/asyncgen/spec"
	"github.com/spf13/cobra"
)

// status is an exit code as an error: all that there is to say has been said.
type status int

const (
	refused status = 1 // by generate, check and fmt: a spec is wrong
	stale   status = 1 // by diff: an output is not what its spec gives
	trouble status = 2
)

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := root().ExecuteContext(ctx)
	stop()
	os.Exit(int(exit(err)))
}

// exit prints what err has to say that is not printed yet, and returns the exit code.
func exit(err error) status {
	var s status
	switch {
	case err == nil:
		return 0
	case errors.As(err, &s):
		return s
	}
	fmt.Fprintf(os.Stderr, "asyncgen: %v\n", err)
	return trouble
}

func root() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:               "asyncgen",
		Short:             "Write the concurrent Go that *.async.yaml specs describe",
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if dir == "" {
				return nil
			}
			return os.Chdir(dir)
		},
	}
	cmd.PersistentFlags().StringVarP(&dir, "directory", "C", "", "change to this folder first")
	cmd.AddCommand(generate(), check(), diff(), format(), schema(), version())
	return cmd
}

// patterns is how the usage of a verb that takes specs ends.
const patterns = " [SPEC|DIR|DIR/...]..."

// run takes the specs that args name down a line, and says which of args named none.
func run(cmd *cobra.Command, args []string, line func(context.Context, []string) (*build.Result, error)) (*build.Result, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	r, err := line(cmd.Context(), args)
	for _, pattern := range r.Unmatched {
		fmt.Fprintf(cmd.ErrOrStderr(), "asyncgen: no specs (NAME%s) in %s\n", spec.Suffix, pattern)
	}
	return r, err
}

// accept is run for a verb that goes on with the plan: it prints the diagnostics, and stops at a refusal.
func accept(cmd *cobra.Command, args []string) (*build.Result, error) {
	r, err := run(cmd, args, build.Run)
	r.Print(cmd.ErrOrStderr())
	if err == nil && r.Refused() {
		err = refused
	}
	return r, err
}
