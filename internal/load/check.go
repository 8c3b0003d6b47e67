package load

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/types"
)

// check type-checks f as the package with that path, and notes the problems of what names name. It does not mind errors.
func (im *imports) check(path string, f *folder, names map[string]bool) *types.Package {
	name := f.name
	if name == "" {
		name = assumedName(path)
	}
	pkg := types.NewPackage(path, name)
	var errs []types.Error
	conf := types.Config{
		Importer:         im,
		IgnoreFuncBodies: true,
		FakeImportC:      true,
		Sizes:            types.SizesFor("gc", build.Default.GOARCH),
		Error: func(err error) {
			var te types.Error
			if errors.As(err, &te) && !te.Soft {
				errs = append(errs, te)
			}
		},
	}
	files := make([]*ast.File, len(f.files))
	for i, file := range f.files {
		files[i] = file.ast
	}
	_ = types.NewChecker(&conf, im.fset, pkg, nil).Files(files) // conf.Error has been told
	if len(errs) > 0 || len(im.sources) > 0 {
		newJudge(im, pkg, f, errs).judge(names)
	}
	return pkg
}

// fromSource type-checks a package that is imported and does not compile.
func (im *imports) fromSource(path string, f *folder) (*types.Package, error) {
	if im.checking[path] {
		return nil, fmt.Errorf("package %s imports itself", path)
	}
	im.checking[path] = true
	pkg := im.check(path, f, f.needs(nil).names)
	pkg.MarkComplete()
	im.packages[path] = pkg
	return pkg, nil
}
