package output

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// newMode is the mode of a file that was not there, before the umask.
const newMode fs.FileMode = 0o644

// pending holds what has been written and is not in place yet: the temporary file, by the path that it is meant for.
type pending map[string]string

// Commit brings the disk up to date: it writes what is stale or missing and removes what is orphaned, and returns the
// entries that it did so with, in the order of their paths. A file that is fresh is not touched.
//
// First everything is written beside its place under a temporary name, then each is renamed into place. Until the first
// rename, a failure or the end of ctx leaves the disk as it was; after it, ctx is not asked any more, and a failure leaves
// what is in place by then. In no case does a temporary file or half a file stay. A plan with a foreign file is refused.
func (p *Plan) Commit(ctx context.Context) (done []Entry, err error) {
	files := pending{}
	defer func() { err = errors.Join(err, files.discard()) }()
	if err := p.prepare(ctx, files); err != nil {
		return nil, err
	}
	for _, e := range p.Entries {
		if e.State == Fresh {
			continue
		}
		if err := files.apply(e); err != nil {
			return done, err
		}
		done = append(done, e)
	}
	return done, nil
}

// prepare writes all that is to be written under temporary names.
func (p *Plan) prepare(ctx context.Context, files pending) error {
	for _, e := range p.Entries {
		if e.State == Foreign {
			return fmt.Errorf("%s: %s", e.Path, e.reason)
		}
	}
	for _, e := range p.Entries {
		if ctx.Err() != nil {
			break
		}
		if e.State != Stale && e.State != Missing {
			continue
		}
		temporary, err := write(e)
		if err != nil {
			return fmt.Errorf("cannot write %s, nothing was changed: %w", e.Path, err)
		}
		files[e.Path] = temporary
	}
	if ctx.Err() != nil {
		return fmt.Errorf("nothing was changed: %w", context.Cause(ctx))
	}
	return nil
}

// apply puts e's file into its place, or removes it where e is an orphan.
func (files pending) apply(e Entry) error {
	if e.State == Orphaned {
		if err := os.Remove(e.Path); err != nil {
			return fmt.Errorf("cannot remove %s: %w", e.Path, err)
		}
		return nil
	}
	if err := os.Rename(files[e.Path], e.Path); err != nil {
		return fmt.Errorf("cannot replace %s: %w", e.Path, err)
	}
	delete(files, e.Path)
	return nil
}

// discard removes the temporary files that did not come into place.
func (files pending) discard() error {
	var errs []error
	for _, temporary := range files {
		errs = append(errs, os.Remove(temporary))
	}
	return errors.Join(errs...)
}

// write writes e's new content beside its place, with the mode of the file that it will replace, and returns the name.
// On failure it leaves nothing behind.
func write(e Entry) (name string, err error) {
	file, err := create(filepath.Dir(e.Path))
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = file.Write(e.New)
	if err == nil && e.State == Stale {
		err = file.Chmod(e.mode)
	}
	return file.Name(), errors.Join(err, file.Close())
}

// create opens a new file in folder, of a name that Go passes over. Unlike os.CreateTemp it leaves the mode to the umask.
func create(folder string) (*os.File, error) {
	const attempts = 100
	for i := 1; ; i++ {
		name := filepath.Join(folder, fmt.Sprintf(".asyncgen-%08x", rand.Uint32()))
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, newMode)
		if !errors.Is(err, fs.ErrExist) || i == attempts {
			return file, err
		}
	}
}
