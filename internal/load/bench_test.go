package load

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// manyFolders returns an archive of a module with n small packages, and a request for each.
func manyFolders(n int) (string, []Request) {
	var b strings.Builder
	b.WriteString("-- go.mod --\nmodule example.com/many\ngo 1.25.0\n")
	requests := make([]Request, n)
	for i := range requests {
		dir := fmt.Sprintf("p%d", i)
		fmt.Fprintf(&b, `-- %[1]s/p.go --
package %[1]s

import (
	"context"
	"fmt"
)

type Conn struct{ last fmt.Stringer }

func (c *Conn) Close(ctx context.Context) error { return fmt.Errorf("closed %%v", c.last) }

func Connect(ctx context.Context, dsn string) (*Conn, error) { return &Conn{}, nil }
`, dir)
		requests[i] = Request{Dir: dir, Imports: []string{"fmt"}}
	}
	return b.String(), requests
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			archive, requests := manyFolders(n)
			write(b, archive)
			b.ReportAllocs()
			for b.Loop() {
				load(b, requests...)
			}
		})
	}
	b.Run("no-go-command", func(b *testing.B) {
		archive, requests := manyFolders(1)
		write(b, archive)
		requests[0] = Request{Dir: requests[0].Dir, Names: names("v")}
		b.ReportAllocs()
		for b.Loop() {
			load(b, requests...)
		}
	})
}

// BenchmarkGoList is what BenchmarkLoad/1 is to be compared with.
func BenchmarkGoList(b *testing.B) {
	archive, _ := manyFolders(1)
	write(b, archive)
	for b.Loop() {
		if err := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export", "./p0").Run(); err != nil {
			b.Fatal(err)
		}
	}
}
