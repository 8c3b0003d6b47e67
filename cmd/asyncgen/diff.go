package main

import (
	"bufio"
	"errors"

	"github.com/spf13/cobra"
)

func diff() *cobra.Command {
	return &cobra.Command{
		Use:   "diff" + patterns,
		Short: "Show what generate would change, and exit with 1 if that is anything",
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := accept(cmd, args)
			if errors.Is(err, refused) {
				return trouble
			}
			if err != nil || r.Plan.Fresh() {
				return err
			}
			w := bufio.NewWriter(cmd.OutOrStdout())
			if err := errors.Join(r.Plan.Diff(w), w.Flush()); err != nil {
				return err
			}
			return stale
		},
	}
}
