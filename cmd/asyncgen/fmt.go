package main

import (
	"fmt"

	"github.com/asyncgen/asyncgen/internal/build"
	"github.com/spf13/cobra"
)

func format() *cobra.Command {
	return &cobra.Command{
		Use:   "fmt" + patterns,
		Short: "Quote the Go in specs that YAML eats, and change nothing else",
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := run(cmd, args, build.Format)
			if err == nil {
				err = rewrite(cmd, r)
			}
			r.Print(cmd.ErrOrStderr())
			if err == nil && r.Refused() {
				err = refused
			}
			return err
		},
	}
}

// rewrite commits the plan, and prints the name of each file that it changed.
func rewrite(cmd *cobra.Command, r *build.Result) error {
	done, err := r.Plan.Commit(cmd.Context())
	for _, e := range done {
		fmt.Fprintln(cmd.OutOrStdout(), e.Path)
	}
	return err
}
