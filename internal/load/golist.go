package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// listed is what the go command says of a package.
type listed struct {
	ImportPath string
	Name       string
	Dir        string
	Export     string // the file with the export data; "" where the package does not compile
	Standard   bool
	Deps       []string // all that it imports, directly or not
	Error      *struct{ Err string }
}

// goList asks the go command in dir for the packages with the given import paths. Packages that are not there, or
// do not compile, are in the result too. The environment is left as it is, and so is go.mod.
func goList(ctx context.Context, dir string, paths []string) ([]*listed, error) {
	args := []string{"list", "-export", "-e", "-json=ImportPath,Name,Dir,Export,Standard,Deps,Error", "--"}
	cmd := exec.CommandContext(ctx, "go", append(args, paths...)...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		if text := strings.TrimSpace(stderr.String()); text != "" {
			return nil, errors.New(oneLine(text))
		}
		return nil, fmt.Errorf("go list: %w", err)
	}
	var packages []*listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		p := &listed{}
		if err := dec.Decode(p); err == io.EOF {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages = append(packages, p)
	}
}

// listable reports whether the go command takes path for the import path of one package, and not for a pattern, a
// folder, a version or a flag.
func listable(path string) bool {
	switch path {
	case "", "C", "unsafe", "all", "std", "cmd", "tool", "work", "main":
		return false
	}
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-._~/+", r) || r > 0x7f
	}
	return !strings.ContainsAny(path[:1], "-./") && !strings.Contains(path, "...") &&
		strings.IndexFunc(path, func(r rune) bool { return !plain(r) }) < 0
}
