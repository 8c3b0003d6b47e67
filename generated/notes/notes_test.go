package notes

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// databases are what the tests run on: SQLite always, and PostgreSQL where ASYNCGEN_PG names one.
func databases(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "notes.db")) })
	t.Run("postgres", func(t *testing.T) {
		dsn := os.Getenv("ASYNCGEN_PG")
		if dsn == "" {
			t.Skip("ASYNCGEN_PG names no database")
		}
		test(t, ownSchema(t, dsn))
	})
}

// ownSchema makes a schema for one test in a PostgreSQL database, and returns the DSN that leads there.
func ownSchema(t *testing.T, dsn string) string {
	t.Helper()
	name := fmt.Sprintf("notes_test_%d", time.Now().UnixNano())
	admin := func(ctx context.Context, statement string) {
		err := WithStore(ctx, dsn, func(ctx context.Context, s *Store) error {
			_, err := s.db.ExecContext(ctx, statement)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	admin(t.Context(), "CREATE SCHEMA "+name)
	t.Cleanup(func() { admin(context.Background(), "DROP SCHEMA "+name+" CASCADE") })
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", name)
	u.RawQuery = query.Encode()
	return u.String()
}

// withPool gives a test a pool of connections to an empty database, and wants all of them back.
func withPool(t *testing.T, test func(t *testing.T, pool *ConnPool)) {
	t.Helper()
	databases(t, func(t *testing.T, dsn string) {
		err := WithStore(t.Context(), dsn, func(ctx context.Context, store *Store) error {
			pool := NewConnPool(store)
			test(t, pool)
			if s := pool.Stats(); s.InUse != 0 || s.Waiting != 0 || s.Failed != 0 {
				t.Errorf("the pool is left as %+v", s)
			}
			if err := pool.Close(ctx); err != nil {
				t.Error(err)
			}
			if s := pool.Stats(); s.Acquired != s.Released {
				t.Errorf("%d connections acquired, %d released", s.Acquired, s.Released)
			}
			if open := store.db.Stats().OpenConnections; open != 0 {
				t.Errorf("%d connections are open", open)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

var (
	ada   = []Note{{"ada", "an engine that weaves"}, {"ada", "numbers of Bernoulli"}}
	grace = []Note{{"grace", "a bug, found"}}
)

// stored returns all notes.
func stored(t *testing.T, pool *ConnPool) (all []Note) {
	t.Helper()
	for n, err := range NewNotes(pool, "").All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

func add(t *testing.T, pool *ConnPool, all ...Note) {
	t.Helper()
	if n, err := Import(t.Context(), pool, all); err != nil || n != len(all) {
		t.Fatalf("Import: %d, %v", n, err)
	}
}

func TestCommit(t *testing.T) {
	withPool(t, func(t *testing.T, pool *ConnPool) {
		add(t, pool, grace...)
		add(t, pool, ada...)
		if diff := cmp.Diff(append(ada, grace...), stored(t, pool)); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
		got, err := Summarize(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Summary{{"ada", 2, 7}, {"grace", 1, 3}}, got); diff != "" {
			t.Errorf("Summarize (-want +got):\n%s", diff)
		}
		if n := pool.Stats().Acquired; n != 1 {
			t.Errorf("%d connections for one after another, want 1", n)
		}
	})
}

// TestRollback leaves a transaction that has inserted in every other way than by its end: nothing is stored.
func TestRollback(t *testing.T) {
	gone := errors.New("gone")
	ways := map[string]func(ctx context.Context, cancel context.CancelCauseFunc) error{
		"error":  func(context.Context, context.CancelCauseFunc) error { return gone },
		"panic":  func(context.Context, context.CancelCauseFunc) error { panic(gone) },
		"goexit": func(context.Context, context.CancelCauseFunc) error { runtime.Goexit(); return nil },
		"cancel": func(ctx context.Context, cancel context.CancelCauseFunc) error {
			cancel(gone)
			return context.Cause(ctx)
		},
	}
	withPool(t, func(t *testing.T, pool *ConnPool) {
		for name, leave := range ways {
			t.Run(name, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				var err error
				var panicked any
				done := make(chan struct{})
				go func() {
					defer close(done)
					defer func() { panicked = recover() }()
					err = WithTx(ctx, pool, func(ctx context.Context, tx *Tx) error {
						if err := tx.Insert(ctx, grace[0]); err != nil {
							return err
						}
						return leave(ctx, cancel)
					})
				}()
				<-done
				if name == "panic" && panicked != error(gone) {
					t.Errorf("it panics with %v", panicked)
				}
				if (name == "error" || name == "cancel") && !errors.Is(err, gone) {
					t.Errorf("error %v, want %v", err, gone)
				}
				if got := stored(t, pool); len(got) > 0 {
					t.Errorf("stored %v, want nothing", got)
				}
			})
		}
	})
}

// TestDuplicate has the database refuse the last note of three: none is stored.
func TestDuplicate(t *testing.T) {
	withPool(t, func(t *testing.T, pool *ConnPool) {
		add(t, pool, grace...)
		if n, err := Import(t.Context(), pool, append(ada, grace...)); err == nil || n != 0 {
			t.Errorf("Import: %d, %v, want an error", n, err)
		}
		if diff := cmp.Diff(grace, stored(t, pool)); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
	})
}

// TestRowsLeft leaves the rows of a query before their end in each way: the connection is back, and good.
func TestRowsLeft(t *testing.T) {
	withPool(t, func(t *testing.T, pool *ConnPool) {
		add(t, pool, ada...)
		lent := func() int { return pool.Stats().InUse }
		for note, err := range NewNotes(pool, "ada").All(t.Context()) {
			if err != nil || note != ada[0] || lent() != 1 {
				t.Errorf("got %v, %v, with %d connections lent", note, err, lent())
			}
			break
		}
		if lent() != 0 {
			t.Error("a loop that is left keeps the connection")
		}
		it := NewNotes(pool, "ada")
		ctx, cancel := context.WithCancel(t.Context())
		if _, ok, err := it.Next(ctx); !ok || err != nil || lent() != 1 {
			t.Errorf("Next: %v, %v, with %d connections lent", ok, err, lent())
		}
		cancel() // that of one Next is not that of the rows
		if note, ok, err := it.Next(t.Context()); !ok || err != nil || note != ada[1] {
			t.Errorf("Next: %v, %v, %v", note, ok, err)
		}
		if err := it.Close(); err != nil || lent() != 0 {
			t.Errorf("Close: %v, with %d connections lent", err, lent())
		}
		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		if _, err := Summarize(ctx, pool); !errors.Is(err, context.Canceled) {
			t.Errorf("Summarize with ctx done: %v", err)
		}
		if diff := cmp.Diff(ada, stored(t, pool)); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
	})
}

// TestTogether has more writers than connections: nothing is lost, and no more connections are made than the pool may hold.
func TestTogether(t *testing.T) {
	withPool(t, func(t *testing.T, pool *ConnPool) {
		var all sync.WaitGroup
		for writer := range 8 {
			all.Go(func() {
				for i := range 5 {
					note := Note{fmt.Sprintf("writer %d", writer), fmt.Sprintf("note %d", i)}
					if _, err := Import(t.Context(), pool, []Note{note}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if n := len(stored(t, pool)); n != 40 {
			t.Errorf("%d notes, want 40", n)
		}
		if n := pool.Stats().Acquired; n > 4 {
			t.Errorf("%d connections, want 4 at most", n)
		}
	})
}

func TestRun(t *testing.T) {
	databases(t, func(t *testing.T, dsn string) {
		run := func(in string, args ...string) string {
			t.Helper()
			var out bytes.Buffer
			if err := Run(t.Context(), dsn, args, strings.NewReader(in), &out); err != nil {
				t.Fatal(err)
			}
			return out.String()
		}
		run("", "add", "grace", "a bug, found")
		got := run("ada: an engine that weaves\nada: numbers of Bernoulli\n", "import") + run("", "list", "ada") + run("", "list") + run("", "summary")
		want := "2 notes\nada: an engine that weaves\nada: numbers of Bernoulli\n" +
			"ada: an engine that weaves\nada: numbers of Bernoulli\ngrace: a bug, found\n" +
			"ada: 2 notes, 7 words\ngrace: 1 notes, 3 words\n"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("output (-want +got):\n%s", diff)
		}
		for _, bad := range []struct{ in, arg string }{{"no colon\n", "import"}, {"", "nonsense"}, {"grace: a bug, found\n", "import"}} {
			if err := Run(t.Context(), dsn, []string{bad.arg}, strings.NewReader(bad.in), new(bytes.Buffer)); err == nil {
				t.Errorf("%s of %q: no error", bad.arg, bad.in)
			}
		}
	})
}

func TestOpenFails(t *testing.T) {
	for _, dsn := range []string{t.TempDir(), "postgres://localhost:1/none?connect_timeout=1"} {
		err := WithStore(t.Context(), dsn, func(context.Context, *Store) error {
			t.Error("the body runs")
			return nil
		})
		if err == nil {
			t.Errorf("%s opens", dsn)
		}
	}
}
