package parallel_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzAgainstTheLoop runs each shape beside the sequential loop that it stands for: the same elements in the same
// order, the same failure. Unordered, the elements before a failure are some of them.
func FuzzAgainstTheLoop(f *testing.F) {
	f.Add(uint8(1), uint16(0), uint16(0), uint16(0), uint8(0), uint64(1))
	f.Add(uint8(4), uint16(1000), uint16(2000), uint16(2000), uint8(1), uint64(2))
	f.Add(uint8(8), uint16(700), uint16(300), uint16(310), uint8(2), uint64(3))
	f.Add(uint8(3), uint16(50), uint16(20), uint16(10), uint8(3), uint64(4))
	f.Add(uint8(2), uint16(900), uint16(5000), uint16(400), uint8(2), uint64(5))
	f.Fuzz(func(t *testing.T, workers uint8, n, failAt, leaveAt uint16, copies uint8, delays uint64) {
		count := int(n % 1500)
		work := func(_ context.Context, v int, out []int) ([]int, error) {
			if v == int(failAt) {
				return out, errGone
			}
			if delays>>(v%64)&1 == 1 {
				time.Sleep(time.Duration(v%5) * time.Second)
			}
			for range (v + int(copies)) % 4 {
				out = append(out, v)
			}
			return out, nil
		}
		var want []int
		var wantErr error
		synctest.Test(t, func(*testing.T) { want, wantErr = modelled(count, int(leaveAt), work) })
		for _, s := range shapes {
			for _, ordered := range []bool{true, false} {
				synctest.Test(t, func(t *testing.T) {
					got, err := leaving(s.loop(t.Context(), int(workers%9)+1, ordered, upTo(count), work), int(leaveAt))
					switch {
					case ordered && !errors.Is(err, wantErr):
						t.Fatalf("%s: error %v, want %v", s.name, err, wantErr)
					case ordered && !slices.Equal(want, got):
						t.Fatalf("%s: (-want +got)\n%s", s.name, cmp.Diff(want, got))
					case !ordered && wantErr == nil && err == nil && len(got) != len(want):
						t.Fatalf("%s: %d elements, want %d", s.name, len(got), len(want))
					case !ordered && count <= int(failAt) && err != nil:
						t.Fatalf("%s: error %v", s.name, err)
					}
				})
			}
		}
	})
}

// modelled is what a loop gives that is left after leaveAt elements.
func modelled(n, leaveAt int, work call) (all []int, err error) {
	for v := range n {
		all, err = work(nil, v, all)
		if len(all) > leaveAt {
			return all[:leaveAt+1], nil
		}
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

func leaving(loop func(func([]int, error) bool), leaveAt int) (all []int, err error) {
	for chunk, err := range loop {
		if err != nil {
			return all, err
		}
		for _, v := range chunk {
			if all = append(all, v); len(all) > leaveAt {
				return all, nil
			}
		}
	}
	return all, nil
}
