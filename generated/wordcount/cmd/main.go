// Command cmd prints the most frequent words of the text files below a folder.
//
//	go run ./generated/wordcount/cmd [-n 20] [FOLDER]
//
// Without a folder it reads the sources of Go's package net.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/asyncgen/asyncgen/generated/wordcount"
)

func main() {
	n := flag.Int("n", 20, "how many words to print")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: wordcount [FLAGS] [FOLDER]")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, flag.Arg(0), *n)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "wordcount:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root string, n int) error {
	if root == "" {
		out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
		if err != nil {
			return fmt.Errorf("no folder given, and go env GOROOT: %w", err)
		}
		root = filepath.Join(strings.TrimSpace(string(out)), "src", "net")
	}
	counts, err := wordcount.Count(ctx, root)
	if err != nil {
		return err
	}
	top, err := wordcount.Top(ctx, counts, n)
	if err != nil {
		return err
	}
	for _, w := range top {
		fmt.Printf("%8d %s\n", w.Count, w.Word)
	}
	return nil
}
