package load

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// check type-checks f as the package with that path, and notes the problems of what names name. It does not mind errors.
// What f names of the types that will be generated there is promised: it is declared as an empty struct.
func (im *imports) check(path string, f *folder, names map[string]bool, generated []string) *types.Package {
	files := make([]*ast.File, len(f.files))
	for i, file := range f.files {
		files[i] = file.ast
	}
	pkg, errs := im.typeCheck(path, f.name, files)
	if promised := missing(errs, generated); len(promised) > 0 {
		pkg, errs = im.typeCheck(path, f.name, append(files, declaring(im.fset, f.name, promised)))
	}
	if len(errs) > 0 || len(im.sources) > 0 {
		newJudge(im, pkg, f, errs).judge(names)
	}
	return pkg
}

// missing returns those of names that errs say are undefined, each once.
func missing(errs []types.Error, names []string) []string {
	var found []string
	for _, err := range errs {
		name, ok := strings.CutPrefix(err.Msg, "undefined: ")
		if ok && slices.Contains(names, name) && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	return found
}

// declaring returns a file that declares types of those names.
func declaring(fset *token.FileSet, pkg string, names []string) *ast.File {
	text := "package " + pkg + "\n"
	for _, name := range names {
		text += "type " + name + " struct{}\n"
	}
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		panic(err)
	}
	return file
}

// typeCheck type-checks the declarations of files.
func (im *imports) typeCheck(path, name string, files []*ast.File) (*types.Package, []types.Error) {
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
	_ = types.NewChecker(&conf, im.fset, pkg, nil).Files(files) // conf.Error has been told
	return pkg, errs
}

// fromSource type-checks a package that is imported and does not compile, or would not be what it will be.
func (im *imports) fromSource(path string, f *folder) (*types.Package, error) {
	if im.checking[path] {
		return nil, fmt.Errorf("package %s imports itself", path)
	}
	im.checking[path] = true
	pkg := im.check(path, f, f.needs(nil).names, nil)
	pkg.MarkComplete()
	im.packages[path] = pkg
	return pkg, nil
}
