// Package notebook is a chapter on asynchronous patterns, told with asyncgen: notebook.async.yaml says how the ordinary
// functions below are connected, and asyncgen wrote the iterators, pipelines and resources in notebook_async.go. Print runs the cells.
package notebook

import (
	"context"
	"fmt"
	"runtime"
)

// Item is what FetchItems yields.
type Item struct {
	ID    int
	Name  string
	Value int
}

// NewItem returns item number id, which is worth ten times its number.
func NewItem(id int) Item {
	return Item{ID: id, Name: fmt.Sprintf("item-%d", id), Value: id * 10}
}

// Pause lets other goroutines run, as asyncio.sleep(0) does. The error is ctx's.
func Pause(ctx context.Context) error {
	runtime.Gosched()
	return ctx.Err()
}

// FetchPage returns the numbers from offset on, size of them at most and all below total, as a database would. The
// error is ctx's.
func FetchPage(ctx context.Context, offset, size, total int) ([]int, error) {
	if err := Pause(ctx); err != nil {
		return nil, err
	}
	var page []int
	for n := offset; n < min(offset+size, total); n++ {
		page = append(page, n)
	}
	return page, nil
}
