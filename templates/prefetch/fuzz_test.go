package prefetch_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// FuzzPages fetches pages of any sizes ahead by offset: all items come once, in order.
func FuzzPages(f *testing.F) {
	f.Add(uint8(4), []byte{3, 3, 3, 1})
	f.Add(uint8(1), []byte{1, 9, 9, 2, 2, 2, 7})
	f.Add(uint8(9), []byte{})
	f.Fuzz(func(t *testing.T, ahead uint8, sizes []byte) {
		s := &store{}
		for _, size := range sizes[:min(len(sizes), 100)] {
			s.sizes = append(s.sizes, int(size%16)+1)
		}
		synctest.Test(t, func(t *testing.T) {
			got, err := all(t.Context(), s.byOffset(int(ahead%20)+1, nil))
			if diff := cmp.Diff(numbers(s.starts()[len(s.sizes)]), got); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	})
}
