package notebook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

func printResource(ctx context.Context, w io.Writer) error {
	err := WithAsyncResource(ctx, w, func(ctx context.Context, r *Resource) error {
		result, err := r.DoWork(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "  Inside: %s\n", result)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, "  After: resource released")
	return err
}

func printTracked(ctx context.Context, w io.Writer) error {
	var events Events
	err := WithTrackedResource(ctx, &events, func(context.Context) error {
		events.Add("use")
		return nil
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "Events: %v\n", events)
	return err
}

func printTimed(ctx context.Context, w io.Writer) error {
	sleep := func(d time.Duration) func(context.Context, time.Time) error {
		return func(ctx context.Context, _ time.Time) error {
			select {
			case <-time.After(d):
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
	if err := WithAsyncTimer(ctx, w, "fetch", sleep(50*time.Millisecond)); err != nil {
		return err
	}
	return WithAsyncTimer(ctx, w, "compute", sleep(20*time.Millisecond))
}

func printQueried(ctx context.Context, w io.Writer) error {
	return WithAsyncDBConnection(ctx, w, "postgres://localhost/mydb", func(ctx context.Context, conn *MockConnection) error {
		rows, err := conn.Query(ctx, "SELECT * FROM users")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "  Query result: %v\n", rows)
		return err
	})
}

func printClicks(ctx context.Context, w io.Writer) error {
	clicks, err := ClickFilter(ctx, w, 8)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "  Click events: %+v\n", clicks)
	return err
}

func printSafe(ctx context.Context, w io.Writer) error {
	fmt.Fprintln(w, "Normal case:")
	err := WithSafeResource(ctx, w, "DB", func(_ context.Context, db *Safe) error {
		_, err := fmt.Fprintf(w, "  Using %s\n", db.Name)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "\nError case:")
	err = WithSafeResource(ctx, w, "DB", func(context.Context, *Safe) error { return ErrConnectionLost })
	if !errors.Is(err, ErrConnectionLost) {
		return err
	}
	_, err = fmt.Fprintln(w, "  Handled the error")
	return err
}

func printResilient(ctx context.Context, w io.Writer) error {
	fmt.Fprintln(w, "Full iteration:")
	for val, err := range ResilientStream(ctx, w, []string{"a", "b", "c"}) {
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "    got: %s\n", val)
	}
	fmt.Fprintln(w, "\nEarly exit (break):")
	for val, err := range ResilientStream(ctx, w, []string{"x", "y", "z"}) {
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "    got: %s\n", val)
		if val == "x" {
			break
		}
	}
	return nil
}
