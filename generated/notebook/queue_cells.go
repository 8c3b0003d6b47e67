package notebook

import (
	"context"
	"fmt"
	"io"
	"slices"
)

// Process makes ten of one, as the consumers of cell 11 do. The error is ctx's.
func Process(ctx context.Context, item int) (int, error) {
	return item * 10, Pause(ctx)
}

func printCrunch(ctx context.Context, w io.Writer) error {
	got, err := RunCrunch(ctx, 6)
	if err != nil {
		return err
	}
	slices.Sort(got.Worker) // they come as they are ready
	_, err = fmt.Fprintf(w, "All results: %v\n", got.Worker)
	return err
}

func printDrained(ctx context.Context, w io.Writer) error {
	got, err := RunDrain(ctx, []int{1, 2, 3, 4, 5, 6})
	if err != nil {
		return err
	}
	for consumer := range got.Squares {
		fmt.Fprintf(w, "  Consumer-%d: has ended\n", consumer)
	}
	all := slices.Concat(got.Squares...)
	slices.Sort(all)
	_, err = fmt.Fprintf(w, "All squared values: %v\n", all)
	return err
}
