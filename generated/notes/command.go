package notes

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
)

// Usage says how the command is called.
const Usage = `usage: notes [-db DSN] COMMAND
  add AUTHOR TEXT   adds a note
  import            adds the notes of standard input, lines of AUTHOR: TEXT; all of them or none
  list [AUTHOR]     lists notes
  summary           counts notes and words by author
DSN is a postgres:// URL, or the name of an SQLite file.
`

// Run runs one command on the database that dsn names.
func Run(ctx context.Context, dsn string, args []string, in io.Reader, out io.Writer) error {
	return WithStore(ctx, dsn, func(ctx context.Context, store *Store) (err error) {
		pool := NewConnPool(store)
		defer func() {
			if closeErr := pool.Close(ctx); err == nil {
				err = closeErr
			}
		}()
		return run(ctx, pool, args, in, out)
	})
}

func run(ctx context.Context, pool *ConnPool, args []string, in io.Reader, out io.Writer) error {
	switch {
	case len(args) == 3 && args[0] == "add":
		_, err := Import(ctx, pool, []Note{{args[1], args[2]}})
		return err
	case len(args) == 1 && args[0] == "import":
		return importAll(ctx, pool, in, out)
	case len(args) == 1 && args[0] == "list":
		return list(ctx, pool, "", out)
	case len(args) == 2 && args[0] == "list":
		return list(ctx, pool, args[1], out)
	case len(args) == 1 && args[0] == "summary":
		return printSummary(ctx, pool, out)
	}
	return fmt.Errorf("no such command: %q\n%s", strings.Join(args, " "), Usage)
}

func importAll(ctx context.Context, pool *ConnPool, in io.Reader, out io.Writer) error {
	var all []Note
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		author, text, ok := strings.Cut(lines.Text(), ": ")
		if !ok {
			return fmt.Errorf("line %d: %q is not AUTHOR: TEXT", len(all)+1, lines.Text())
		}
		all = append(all, Note{author, text})
	}
	if err := lines.Err(); err != nil {
		return err
	}
	n, err := Import(ctx, pool, all)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d notes\n", n)
	return err
}

func list(ctx context.Context, pool *ConnPool, author string, out io.Writer) error {
	for note, err := range NewNotes(pool, author).All(ctx) {
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s: %s\n", note.Author, note.Text); err != nil {
			return err
		}
	}
	return nil
}

func printSummary(ctx context.Context, pool *ConnPool, out io.Writer) error {
	all, err := Summarize(ctx, pool)
	if err != nil {
		return err
	}
	for _, s := range all {
		if _, err := fmt.Fprintf(out, "%s: %d notes, %d words\n", s.Author, s.Notes, s.Words); err != nil {
			return err
		}
	}
	return nil
}
