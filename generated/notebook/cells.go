package notebook

import (
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
)

// cell is one cell of the notebook: it prints what the cell prints.
type cell struct {
	number int
	print  func(ctx context.Context, w io.Writer) error
}

var cells = []cell{
	{1, printRange},
	{2, printCollected},
	{3, printPages},
	{4, printGenerated},
	{5, printValuable},
	{6, printEvenSquares},
	{7, printResource},
	{8, printTracked},
	{9, printTimed},
	{10, printQueried},
	{11, printCrunch},
	{12, printDrained},
	{13, printClicks},
	{14, printUsers},
	{15, printSafe},
	{16, printResilient},
}

// Print runs the cells in order and writes to w what each prints, with its number above it. It stops at the first
// error: a cell's, ctx's or w's.
func Print(ctx context.Context, w io.Writer) error {
	for _, c := range cells {
		if _, err := fmt.Fprintf(w, "### cell %d\n", c.number); err != nil {
			return err
		}
		if err := c.print(ctx, w); err != nil {
			return fmt.Errorf("cell %d: %w", c.number, err)
		}
	}
	return nil
}

func printRange(ctx context.Context, w io.Writer) error {
	fmt.Fprintln(w, "Async for loop:")
	for i, err := range NewAsyncRange(5).All(ctx) {
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "  %d\n", i)
	}
	return nil
}

func printCollected(ctx context.Context, w io.Writer) error {
	collected, err := Collect(ctx, 4)
	if err != nil {
		return err
	}
	evens, err := CollectEven(ctx, 10)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "Collected: %v\nEven numbers: %v\n", collected, evens)
	return err
}

func printPages(ctx context.Context, w io.Writer) error {
	fmt.Fprintln(w, "Paginated results (page size 3):")
	for page, err := range NewAsyncPaginator(10, 3).All(ctx) {
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "  Page: %v\n", page)
	}
	return nil
}

func printGenerated(ctx context.Context, w io.Writer) error {
	values, err := gather(asyncRange(ctx, 5))
	if err != nil {
		return err
	}
	collected, err := gather(asyncRange(ctx, 3))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "Values: %v\nCollected: %v\n", values, collected)
	return err
}

func printValuable(ctx context.Context, w io.Writer) error {
	fmt.Fprintln(w, "Items with value >= 30:")
	for item, err := range FilterValuable(ctx, FetchItems(ctx, 8), 30) {
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "  %+v\n", item)
	}
	return nil
}

func printEvenSquares(ctx context.Context, w io.Writer) error {
	squares, err := EvenSquares(ctx, 8)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "Even squares of 0..7: %v\n", squares)
	return err
}

func printUsers(ctx context.Context, w io.Writer) error {
	unique, err := UniqueIDs(ctx, 10)
	if err != nil {
		return err
	}
	names, err := UserMap(ctx, 5)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "Unique IDs: %v\nUser map: %v\n", slices.Sorted(maps.Keys(unique)), names)
	return err
}

// gather returns the elements of seq, as a list comprehension does.
func gather[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}
