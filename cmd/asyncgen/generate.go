package main

import (
	"fmt"

	"github.com/asyncgen/asyncgen/internal/output"
	"github.com/spf13/cobra"
)

func generate() *cobra.Command {
	return &cobra.Command{
		Use:   "generate" + patterns,
		Short: "Write what is stale or missing, remove what no spec gives any more",
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := accept(cmd, args)
			if err != nil {
				return err
			}
			done, err := r.Plan.Commit(cmd.Context())
			for _, e := range done {
				verb := "wrote"
				if e.State == output.Orphaned {
					verb = "removed"
				}
				fmt.Fprintln(cmd.OutOrStdout(), verb, e.Path)
			}
			return err
		},
	}
}
