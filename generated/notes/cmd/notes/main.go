// Command notes keeps notes in SQLite or PostgreSQL.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/asyncgen/asyncgen/generated/notes"
)

func main() {
	dsn := flag.String("db", "notes.db", "a postgres:// URL, or an SQLite file")
	flag.Usage = func() { fmt.Fprint(os.Stderr, notes.Usage) }
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := notes.Run(ctx, *dsn, flag.Args(), os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "notes:", err)
		os.Exit(1)
	}
}
