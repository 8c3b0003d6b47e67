// Command bench measures what asyncgen makes beside Go written by hand, and beside libraries of the same trade.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

var (
	rounds = flag.Int("rounds", 5, "how often each is measured; odd, so that there is a median")
	n      = flag.Int("n", 1_000_000, "elements of the tiny workloads; the others take part of it")
	only   = flag.String("only", "", "measure only the contests whose title has this in it")
	docs   = flag.String("docs", "", "the folder to write performance.md and performance.svg to; none are written without")
)

func main() {
	flag.Parse()
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	scores, err := interleave(contests(ctx), *rounds, func(round int) {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, *rounds)
	})
	if err != nil {
		return err
	}
	fmt.Println(table(scores))
	fmt.Println(targetTable(scores))
	if *docs == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(*docs, "performance.md"), []byte(page(scores, *rounds)), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(*docs, "performance.svg"), []byte(chart(scores)), 0o644)
}

func contests(ctx context.Context) []*contest {
	workers := runtime.GOMAXPROCS(0)
	var chosen []*contest
	for _, workload := range [][]*contest{
		pipelines(ctx, *n, workers), maps(ctx, *n, workers), edges(ctx, *n),
		quiet(ctx, max(20, *n/2000)), prefetches(ctx, max(32, *n/10_000)), resources(ctx, *n), pythons(ctx, *n),
	} {
		for _, c := range workload {
			if strings.Contains(c.title, *only) {
				chosen = append(chosen, c)
			}
		}
	}
	return chosen
}
