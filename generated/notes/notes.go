// Package notes keeps notes in a database: SQLite, which is embedded, or PostgreSQL. notes.async.yaml says how connections,
// transactions and rows are held, and asyncgen wrote notes_async.go.
package notes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// schema is all that the database holds. It is the same for all databases.
const schema = `CREATE TABLE IF NOT EXISTS notes (author VARCHAR(200) NOT NULL, text TEXT NOT NULL, PRIMARY KEY (author, text))`

// Note is what somebody has noted. No author notes the same text twice.
type Note struct{ Author, Text string }

// Summary is what an author has written.
type Summary struct {
	Author       string
	Notes, Words int
}

// Add counts a note in. The notes of an author have to come one after another.
func Add(all []Summary, n Note) []Summary {
	if len(all) == 0 || all[len(all)-1].Author != n.Author {
		all = append(all, Summary{Author: n.Author})
	}
	last := &all[len(all)-1]
	last.Notes++
	last.Words += len(strings.Fields(n.Text))
	return all
}

// Store is a database.
type Store struct {
	db       *sql.DB
	numbered bool // placeholders are $1, $2; else ?
}

// Open opens a database: PostgreSQL where dsn is a postgres:// URL, else the SQLite file that dsn names, which it makes
// if there is none.
func Open(ctx context.Context, dsn string) (*Store, error) {
	driver := "sqlite"
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		driver = "pgx"
	} else {
		dsn = "file:" + dsn + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_txlock=immediate"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxIdleConns(0) // ConnPool keeps the idle ones
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s database: %w", driver, err), db.Close())
	}
	return &Store{db, driver == "pgx"}, nil
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Connect makes a connection.
func (s *Store) Connect(ctx context.Context) (*Conn, error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &Conn{conn, s}, nil
}

// query writes a query with the placeholders of the database.
func (s *Store) query(text string) string {
	if !s.numbered {
		return text
	}
	var b strings.Builder
	n := 0
	for _, r := range text {
		if r != '?' {
			b.WriteRune(r)
			continue
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
	}
	return b.String()
}

// Conn is a connection to a database. It is not safe for concurrent use.
type Conn struct {
	conn  *sql.Conn
	store *Store
}

// Close ends the connection.
func (c *Conn) Close() error {
	if err := c.conn.Close(); !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return nil // the driver has given it up: a query was cut short
}

// Ping fails where the connection is not good any more.
func (c *Conn) Ping(ctx context.Context) error { return c.conn.PingContext(ctx) }

// Begin begins a transaction, which is rolled back when ctx is done before its end.
func (c *Conn) Begin(ctx context.Context) (*Tx, error) {
	tx, err := c.conn.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &Tx{tx, c.store}, nil
}

// Select finds the notes of author, or all where author is "".
func (c *Conn) Select(ctx context.Context, author string) (*Rows, error) {
	rows, err := c.conn.QueryContext(ctx, c.store.query("SELECT author, text FROM notes WHERE ? = '' OR author = ? ORDER BY author, text"), author, author)
	if err != nil {
		return nil, err
	}
	return &Rows{rows}, nil
}

// Tx is a transaction.
type Tx struct {
	tx    *sql.Tx
	store *Store
}

// Insert adds a note. The error is of the database, where the note is there already.
func (t *Tx) Insert(ctx context.Context, n Note) error {
	_, err := t.tx.ExecContext(ctx, t.store.query("INSERT INTO notes (author, text) VALUES (?, ?)"), n.Author, n.Text)
	return err
}

// End commits the transaction where err is nil, and else rolls it back.
func (t *Tx) End(err error) error {
	if err == nil {
		return t.tx.Commit()
	}
	if err := t.tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil // ctx was done, and with that it has been rolled back
}

// Rows are notes as the database returns them.
type Rows struct{ rows *sql.Rows }

// Next moves on to the next note, and reports whether there is one.
func (r *Rows) Next() (bool, error) { return r.rows.Next(), r.rows.Err() }

// Note returns the note in hand.
func (r *Rows) Note() (n Note, err error) {
	err = r.rows.Scan(&n.Author, &n.Text)
	return n, err
}

// Close gives up what is left.
func (r *Rows) Close() error { return r.rows.Close() }
