// Package build runs the steps from specs to files: find, read, parse, check, emit, compare. Every verb of the command but
// fmt uses Run; fmt uses Format. Neither changes anything on the disk: only a Commit of the plan that it returns does.
package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/output"
	"github.com/asyncgen/asyncgen/spec"
)

// Run runs all steps for the specs that patterns name, each SPEC, DIR or DIR/.... What is wrong with the specs goes to the
// result; the error is trouble of another kind: a path, the disk, the Go toolchain, the end of ctx. The result is never nil,
// and holds what was found until then.
func Run(ctx context.Context, patterns []string) (*Result, error) {
	return line.run(ctx, patterns)
}

func (s frontEnd) run(ctx context.Context, patterns []string) (*Result, error) {
	r := newResult()
	dir, err := os.Getwd()
	if err != nil {
		return r, err
	}
	defer relative(dir, r.diags)
	f, err := find(dir, patterns)
	if err != nil {
		return r, err
	}
	plan, err := s.plan(ctx, f, r)
	if err != nil || r.Refused() {
		return r, err
	}
	if plan.Refuse(r.diags); r.Refused() {
		return r, nil
	}
	r.Plan = plan
	return r, r.unmatched(f.matches)
}

// plan returns how the outputs of what was found stand to the disk; nil where a spec is refused.
func (s frontEnd) plan(ctx context.Context, f *finder, r *Result) (*output.Plan, error) {
	collisions(f.specs, r.diags)
	var specs []*spec.Spec
	for _, at := range f.specs {
		parsed, err := s.read(ctx, at.path, r)
		if err != nil {
			return nil, err
		}
		if parsed != nil {
			specs = append(specs, parsed)
		}
	}
	orphans, err := output.Orphans(f.paths(), f.folders)
	if err != nil {
		return nil, err
	}
	files, err := s.checkAll(ctx, specs, orphans, r.diags)
	if err != nil || r.Refused() {
		return nil, err
	}
	wanted, err := emitAll(ctx, files)
	if err != nil {
		return nil, err
	}
	for i, f := range files {
		if err := f.members(wanted[i].Code, r.diags); err != nil {
			return nil, err
		}
	}
	return output.Compare(wanted, f.folders)
}

// collisions refuses specs whose outputs are one file where case is ignored, as on macOS and Windows.
func collisions(specs []found, diags *diag.List) {
	taken := map[string]string{}
	for _, s := range specs {
		key := strings.ToLower(s.real)
		if first, ok := taken[key]; ok {
			diags.Errorf(diag.Pos{File: s.path}, diag.NameCollision, "this spec and %s give the same files where case is ignored", first).
				Note(diag.Pos{File: first}, "the other spec")
			continue
		}
		taken[key] = s.path
	}
}

// read reads and parses one spec. It returns nil where the spec is refused.
func (s frontEnd) read(ctx context.Context, name string, r *Result) (*spec.Spec, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err := output.CheckName(name); err != nil {
		r.diags.Errorf(diag.Pos{File: name}, diag.BadName, "%v", err)
		return nil, nil
	}
	source, err := readFile(name)
	if err != nil {
		return nil, err
	}
	r.sources[name] = source
	diags := new(diag.List)
	parsed := s.parse(name, source, diags)
	r.diags.Append(diags)
	if diags.Failed() && parsed != nil && !parsed.Refuse(diags.Sorted()) {
		return nil, nil
	}
	return parsed, nil
}

// readFile reads a regular file: of any other kind, reading might never end.
func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("not a regular file")}
	}
	return os.ReadFile(name)
}

// checkAll checks the specs that could be parsed, so that one run tells of all mistakes.
func (s frontEnd) checkAll(ctx context.Context, specs []*spec.Spec, orphans []string, diags *diag.List) ([]checked, error) {
	if len(specs) == 0 {
		return nil, nil
	}
	files, err := s.check(ctx, specs, orphans, diags)
	if err != nil {
		return nil, err
	}
	if !diags.Failed() && len(files) != len(specs) {
		return nil, fmt.Errorf("internal error: %d specs were checked and %d came back", len(specs), len(files))
	}
	return files, nil
}

// emitAll makes Go of all files, as many at a time as there are processors.
func emitAll(ctx context.Context, files []checked) ([]output.Wanted, error) {
	wanted := make([]output.Wanted, len(files))
	errs := make([]error, len(files))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(files) {
					return
				}
				wanted[i], errs[i] = files[i].output()
			}
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return wanted, errors.Join(errs...)
}

func (c checked) output() (output.Wanted, error) {
	code, test, err := c.emit()
	if err != nil {
		return output.Wanted{}, fmt.Errorf("%s: internal error: %w", c.Spec.Path, err)
	}
	return output.Wanted{Spec: c.Spec.Path, Code: code, Test: test}, nil
}

// unmatched reports the folders in which there is nothing to do: neither a spec nor what one has left behind. For
// DIR/... that is no error, as with Go's.
func (r *Result) unmatched(matches []match) error {
	var errs []error
	for _, m := range matches {
		switch {
		case m.specs > 0 || r.orphansIn(m.folders):
		case m.deep:
			r.Unmatched = append(r.Unmatched, m.pattern)
		default:
			errs = append(errs, fmt.Errorf("no specs (NAME%s) in %s", spec.Suffix, m.pattern))
		}
	}
	return errors.Join(errs...)
}

func (r *Result) orphansIn(folders []string) bool {
	return slices.ContainsFunc(r.Plan.Entries, func(e output.Entry) bool {
		return slices.Contains(folders, path.Dir(e.Path))
	})
}
