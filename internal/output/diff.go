package output

import (
	"io"

	"github.com/rogpeppe/go-internal/diff"
)

// nowhere stands for a file that is not there, as patch has it.
const nowhere = "/dev/null"

// Diff writes what Commit would change as a unified diff, which patch -p0 takes. Of a foreign file it shows nothing.
func (p *Plan) Diff(w io.Writer) error {
	for _, e := range p.Entries {
		from, to := e.Path, e.Path
		switch e.State {
		case Fresh, Foreign:
			continue
		case Missing:
			from = nowhere
		case Orphaned:
			to = nowhere
		case Stale:
		}
		if _, err := w.Write(diff.Diff(from, e.Old, to, e.New)); err != nil {
			return err
		}
	}
	return nil
}
