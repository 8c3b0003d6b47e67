package soak

import (
	"fmt"
	"strings"

	"github.com/asyncgen/asyncgen/internal/soak/world"
)

// adapter returns the Go file that registers what is generated for a topology.
func adapter(s *world.Shape) string {
	var puts, asks, stats strings.Builder
	for _, q := range s.Queues {
		put, ask, name := "nil", "nil", strings.ToUpper(q.Name)
		if q.Open {
			put = "t.Put" + name
		}
		if q.Reply {
			ask = "t.Ask" + name
		}
		puts.WriteString(put + ", ")
		asks.WriteString(ask + ", ")
		fmt.Fprintf(&stats, "world.Count(s.%s), ", name)
	}
	var collected strings.Builder
	imports := ""
	for i, w := range s.Workers {
		if w.Collects == "" {
			continue
		}
		field := "r." + strings.ToUpper(w.Name)
		switch w.Collects {
		case "slice":
			fmt.Fprintf(&collected, "world.Of(%d, %s...),\n", i, field)
		case "per_worker":
			imports = "\"slices\"\n"
			fmt.Fprintf(&collected, "world.Of(%d, slices.Concat(%s...)...),\n", i, field)
		case "set":
			fmt.Fprintf(&collected, "world.Set(%d, %s),\n", i, field)
		case "map":
			fmt.Fprintf(&collected, "world.Map(%d, %s),\n", i, field)
		case "count", "reduce":
			fmt.Fprintf(&collected, "{Worker: %d, N: %s},\n", i, field)
		case "first", "last":
			fmt.Fprintf(&collected, "world.Maybe(%d, %s, %sOK),\n", i, field, field)
		case "one":
			fmt.Fprintf(&collected, "world.Maybe(%d, %s, %s.ID != 0),\n", i, field, field)
		}
	}
	shape := strings.ReplaceAll(fmt.Sprintf("%#v", *s), "world.Shape{", "\nworld.Shape{")
	return fmt.Sprintf(`package t%d

import (
	"context"
	%s
	"example.com/soak/world"
)

func init() {
	world.Register(&world.Case{
		Shape: %s,
		Start: func(ctx context.Context, run *world.Run, n, size int) (*world.Running, error) {
			t, err := StartSoaked(ctx, run, n, size)
			if err != nil {
				return nil, err
			}
			return &world.Running{
				Put:   []func(ctx context.Context, v world.Item) error{%s},
				Ask:   []func(ctx context.Context, v world.Item) (world.Item, error){%s},
				Join:  t.Join,
				Close: t.Close,
				Abort: t.Abort,
				Wait: func() ([]world.Collected, error) {
					r, err := t.Wait()
					return collected(r), err
				},
				Stats: func() []world.Count {
					s := t.Stats()
					return []world.Count{%s}
				},
			}, nil
		},
		Run: func(ctx context.Context, run *world.Run, n, size int) ([]world.Collected, error) {
			r, err := RunSoaked(ctx, run, n, size)
			return collected(r), err
		},
		Closed: ErrSoakedClosed, Full: ErrSoakedFull, Dropped: ErrSoakedDropped,
	})
}

func collected(r SoakedResult) []world.Collected {
	return []world.Collected{
		%s
	}
}
`, s.Seed, imports, shape, puts.String(), asks.String(), stats.String(), collected.String())
}
