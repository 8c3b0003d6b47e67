package build

import (
	"bytes"
	"context"
	"os"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/output"
	"github.com/asyncgen/asyncgen/spec"
)

// Format takes the specs that patterns name, as Run does, but only as far as they are YAML. The plan of the result has those
// in which Go text wants quotes, with the quotes; what cannot be mended so goes to the result, and keeps no other spec from
// being changed. The error is as with Run.
func Format(ctx context.Context, patterns []string) (*Result, error) {
	r := newResult()
	r.Plan = new(output.Plan)
	dir, err := os.Getwd()
	if err != nil {
		return r, err
	}
	f, err := find(dir, patterns)
	if err != nil {
		return r, err
	}
	for _, at := range f.specs {
		if ctx.Err() != nil {
			return r, context.Cause(ctx)
		}
		if err := r.format(at.path); err != nil {
			return r, err
		}
	}
	return r, r.unmatched(f.matches)
}

// format puts one spec into the plan if it has to change, and reports what is left to quote, and what is not YAML.
func (r *Result) format(name string) error {
	source, err := readFile(name)
	if err != nil {
		return err
	}
	quoted := spec.Quoted(source)
	diags := new(diag.List)
	spec.Parse(name, quoted, diags)
	r.diags.Append(diags.Of(diag.BadYAML, diag.NeedsQuotes))
	r.sources[name] = quoted
	if bytes.Equal(quoted, source) {
		return nil
	}
	return r.Plan.Replace(name, source, quoted)
}
