package main

import (
	"encoding/json"
	"io"

	"github.com/asyncgen/asyncgen/internal/build"
	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/spf13/cobra"
)

func check() *cobra.Command {
	var lines bool
	cmd := &cobra.Command{
		Use:   "check" + patterns,
		Short: "Tell what is wrong with specs, and write nothing",
		RunE: func(cmd *cobra.Command, args []string) error {
			if !lines {
				_, err := accept(cmd, args)
				return err
			}
			r, err := run(cmd, args, build.Run)
			if err := printJSON(cmd.OutOrStdout(), r.Diagnostics()); err != nil {
				return err
			}
			if err == nil && r.Refused() {
				err = refused
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&lines, "json", false, "print diagnostics on standard output, each as a JSON object on a line")
	return cmd
}

// place is a place as it is in JSON. Line and column are 0 where a file as a whole is meant.
type place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// note is a diag.Note as it is in JSON.
type note struct {
	place
	Text string `json:"text"`
}

// finding is a diag.Diagnostic as it is in JSON.
type finding struct {
	place
	Severity string    `json:"severity"`
	Code     diag.Code `json:"code"`
	Text     string    `json:"text"`
	Notes    []note    `json:"notes,omitempty"`
	Hint     string    `json:"hint,omitempty"`
}

// printJSON writes each diagnostic as one line.
func printJSON(w io.Writer, diagnostics []*diag.Diagnostic) error {
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	for _, d := range diagnostics {
		f := finding{place: place(d.Pos), Severity: d.Severity.String(), Code: d.Code, Text: d.Text, Hint: d.Hint}
		for _, n := range d.Notes {
			f.Notes = append(f.Notes, note{place(n.Pos), n.Text})
		}
		if err := lines.Encode(f); err != nil {
			return err
		}
	}
	return nil
}
