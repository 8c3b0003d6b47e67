package load

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"sync"
)

// contextStub returns a package context in which there is Context alone, for specs that need no other import: to ask
// the go command for the real one would take longer than all the rest.
var contextStub = sync.OnceValue(func() *types.Package {
	time := checkStub("time", `package time
type Time struct{ wall uint64 }`, nil)
	return checkStub("context", `package context
import "time"
type Context interface {
	Deadline() (deadline time.Time, ok bool)
	Done() <-chan struct{}
	Err() error
	Value(key any) any
}`, stubs{"time": time})
})

// iterStub is contextStub for package iter and Seq2: what pipelines without collect are generated with.
var iterStub = sync.OnceValue(func() *types.Package {
	return checkStub("iter", `package iter
type Seq2[K, V any] func(yield func(K, V) bool)`, nil)
})

// stubs imports from itself.
type stubs map[string]*types.Package

func (s stubs) Import(path string) (*types.Package, error) {
	if pkg := s[path]; pkg != nil {
		return pkg, nil
	}
	return nil, fmt.Errorf("no stub of %s", path)
}

func checkStub(path, text string, importer types.Importer) *types.Package {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		panic(err)
	}
	conf := types.Config{Importer: importer}
	pkg, err := conf.Check(path, fset, []*ast.File{file}, nil)
	if err != nil {
		panic(err)
	}
	return pkg
}
