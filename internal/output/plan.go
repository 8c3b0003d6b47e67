// Package output is a set of generated files against the disk: what is fresh, what is not, and how it is brought up to
// date without ever losing a file that asyncgen did not write.
package output

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// Wanted is what one spec gives. Where its files lie follows from Spec alone (see Names).
type Wanted struct {
	Spec string // the spec's path, with slashes
	Code []byte // empty where the spec gives none
	Test []byte // empty where the spec gives none
}

// State says how a file on the disk stands to what is wanted.
type State int

const (
	Fresh    State = iota // as wanted, but perhaps for its line ends
	Stale                 // written by asyncgen, or given to Replace, and not as wanted
	Missing               // wanted, and not there
	Orphaned              // written by asyncgen, and given by no spec any more
	Foreign               // in the place of a wanted file, and not written by asyncgen: nothing may be written
)

// Entry is one file of a plan.
type Entry struct {
	Path  string
	State State
	Old   []byte // what is there; nil where Missing or Foreign
	New   []byte // what is wanted; empty where Orphaned

	mode   fs.FileMode // of the file that is there
	spec   string      // what gives the file
	reason string      // why it is Foreign
}

// Plan is a comparison: an entry for each file that is wanted or orphaned, in the order of their paths.
type Plan struct {
	Entries []Entry
}

// Compare sets what is wanted against the disk. Orphans are looked for in folders, and in the places of the files that a
// wanted spec does not give. It changes nothing.
func Compare(wanted []Wanted, folders []string) (*Plan, error) {
	var p Plan
	known := map[string]bool{}
	for _, w := range wanted {
		code, test := Names(w.Spec)
		for _, file := range []Entry{{Path: code, New: w.Code, spec: w.Spec}, {Path: test, New: w.Test, spec: w.Spec}} {
			known[file.Path] = true
			if err := p.add(file); err != nil {
				return nil, err
			}
		}
	}
	if err := p.addOrphans(folders, known); err != nil {
		return nil, err
	}
	slices.SortFunc(p.Entries, func(a, b Entry) int { return cmp.Compare(a.Path, b.Path) })
	return &p, nil
}

// Orphans returns the paths of the files in folders that were written for a spec that is none of specs.
func Orphans(specs, folders []string) ([]string, error) {
	known := map[string]bool{}
	for _, s := range specs {
		code, test := Names(s)
		known[code], known[test] = true, true
	}
	var p Plan
	err := p.addOrphans(folders, known)
	var paths []string
	for _, e := range p.Entries {
		paths = append(paths, e.Path)
	}
	return paths, err
}

// addOrphans puts the orphans of folders into the plan. Files that are known are none.
func (p *Plan) addOrphans(folders []string, known map[string]bool) error {
	for _, folder := range folders {
		orphans, err := candidates(folder, known)
		if err != nil {
			return err
		}
		for _, file := range orphans {
			if err := p.add(file); err != nil {
				return err
			}
		}
	}
	return nil
}

// Replace puts a file of the user's into the plan that is to have other bytes.
func (p *Plan) Replace(name string, old, wanted []byte) error {
	info, err := os.Lstat(name)
	if err != nil {
		return err
	}
	e := Entry{Path: name, State: Stale, Old: old, New: wanted, mode: info.Mode().Perm()}
	if !info.Mode().IsRegular() {
		e.refuse("%s is a symbolic link", path.Base(name))
	}
	p.Entries = append(p.Entries, e)
	return nil
}

// candidates returns an entry for each file of folder that has the name of an output and is not known yet.
func candidates(folder string, known map[string]bool) ([]Entry, error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var found []Entry
	for _, f := range files {
		name, ok := specOf(f.Name())
		file := path.Join(folder, f.Name())
		if ok && !known[file] {
			known[file] = true
			found = append(found, Entry{Path: file, spec: path.Join(folder, name)})
		}
	}
	return found, nil
}

// add finds out about the file that e names, and puts e into the plan unless it is neither wanted nor an orphan.
func (p *Plan) add(e Entry) error {
	if err := e.look(); err != nil {
		return err
	}
	if e.wanted() {
		if from, ok := origin(e.New); !ok || from != path.Base(e.spec) {
			return fmt.Errorf("internal error: what %s gives has no header", e.spec)
		}
	}
	if e.wanted() || e.State == Orphaned {
		p.Entries = append(p.Entries, e)
	}
	return nil
}

func (e *Entry) wanted() bool { return len(e.New) > 0 }

// look reads the file and settles the state of e.
func (e *Entry) look() error {
	info, err := os.Lstat(e.Path)
	if errors.Is(err, fs.ErrNotExist) {
		e.State = Missing
		return nil
	}
	if err != nil {
		return err
	}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		e.mode = mode.Perm()
		return e.read()
	case mode&fs.ModeSymlink != 0:
		return e.follow()
	case mode.IsDir():
		e.refuse("a folder stands where %s is to be written", path.Base(e.Path))
	default:
		e.refuse("%s is not a regular file", path.Base(e.Path))
	}
	return nil
}

// read settles the state of a regular file. Only one that has the name that its own header asks for is an orphan: a copy
// under another name is the user's.
func (e *Entry) read() error {
	old, err := os.ReadFile(e.Path)
	if err != nil {
		return err
	}
	from, owned := origin(old)
	switch {
	case !e.wanted():
		if owned && from == path.Base(e.spec) {
			e.State, e.Old = Orphaned, old
		}
	case same(old, e.New):
		e.State, e.Old = Fresh, old
	case owned:
		e.State, e.Old = Stale, old
	default:
		e.refuse("asyncgen did not write %s, and leaves it alone", path.Base(e.Path))
	}
	return nil
}

// follow settles the state of a symbolic link. One that leads to what is wanted, as in a build farm, is fresh; any other is
// refused, for writing would replace either the link or a file that lies elsewhere.
func (e *Entry) follow() error {
	if info, err := os.Stat(e.Path); e.wanted() && err == nil && info.Mode().IsRegular() {
		old, err := os.ReadFile(e.Path)
		if err != nil {
			return err
		}
		if same(old, e.New) {
			e.State, e.Old = Fresh, old
			return nil
		}
	}
	e.refuse("%s is a symbolic link", path.Base(e.Path))
	return nil
}

func (e *Entry) refuse(format string, args ...any) {
	e.State, e.reason = Foreign, fmt.Sprintf(format, args...)
}

// same reports whether the file on the disk is what is wanted. The line ends may be those that git makes on Windows: Go
// reads both alike.
func same(old, wanted []byte) bool {
	return bytes.Equal(old, wanted) || bytes.Equal(bytes.ReplaceAll(old, []byte("\r\n"), []byte("\n")), wanted)
}

// Fresh reports whether everything is as wanted.
func (p *Plan) Fresh() bool {
	return !slices.ContainsFunc(p.Entries, func(e Entry) bool { return e.State != Fresh })
}

// Refuse adds an error to diags for each foreign file.
func (p *Plan) Refuse(diags *diag.List) {
	for _, e := range p.Entries {
		if e.State == Foreign {
			diags.Errorf(diag.Pos{File: e.Path}, diag.Owned, "%s", e.reason).
				Note(diag.Pos{File: e.spec}, "it would be written from here").
				Help("move it away, or give the spec another name")
		}
	}
}
