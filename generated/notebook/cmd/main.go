// Command cmd prints what the cells of the notebook print.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/asyncgen/asyncgen/generated/notebook"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := notebook.Print(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "notebook:", err)
		os.Exit(1)
	}
}
