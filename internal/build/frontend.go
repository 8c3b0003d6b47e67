package build

import (
	"context"

	"github.com/asyncgen/asyncgen/internal/check"
	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/emit"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// frontEnd is the steps that read and check specs; tests replace them.
type frontEnd struct {
	parse func(path string, source []byte, diags *diag.List) *spec.Spec
	check func(ctx context.Context, specs []*spec.Spec, orphans []string, diags *diag.List) ([]checked, error)
}

// checked is a model, and what makes Go of it. emit may run beside the emit of another.
type checked struct {
	*model.File
	emit func() (code, test []byte, err error)
}

// line is the front end of Run.
var line = frontEnd{parse: spec.Parse, check: checkSpecs}

// checkSpecs is check.Specs, with the emit.File of each model.
func checkSpecs(ctx context.Context, specs []*spec.Spec, orphans []string, diags *diag.List) ([]checked, error) {
	emitted := map[*model.File]checked{} // for other folders, which import it
	files, err := check.Specs(ctx, specs, orphans, func(f *model.File) ([]byte, error) {
		code, test, err := emit.File(f)
		emitted[f] = checked{f, func() ([]byte, []byte, error) { return code, test, err }}
		wanted, err := emitted[f].output()
		return wanted.Code, err
	}, diags)
	if err != nil {
		return nil, err
	}
	all := make([]checked, len(files))
	for i, f := range files {
		all[i] = checked{f, func() ([]byte, []byte, error) { return emit.File(f) }}
		if done, ok := emitted[f]; ok {
			all[i] = done
		}
	}
	return all, nil
}
