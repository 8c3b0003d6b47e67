package build

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mutatedSpec has each way to hold a resource.
const mutatedSpec = `asyncgen: v1
resources:
  DB: {params: {dsn: string}, acquire: "Connect(ctx, dsn)", release: v.Close(ctx), release_timeout: 5s, pool: {max: 2}}
  Tx: {params: {dsn: string}, with: {db: DB(dsn)}, acquire: db.Begin(ctx), release: "v.End(ctx, err)"}
  Lock: {acquire: Lock(), release: Unlock()}
iterators:
  Rows: {params: {dsn: string}, with: {tx: Tx(dsn)}, init: i := 0, while: i < 3, yield: "tx.Row(ctx, i)", next: i++}
pipelines:
  Locked: {params: {dsn: string}, with: {_lock: Lock(), db: DB(dsn)}, from: 3, stages: [map: "db.Row(ctx, v)"]}
  Lent: {params: {pool: "*DBPool"}, with: {db: pool}, from: 3, stages: [map: "db.Row(ctx, v)"]}
  Sum: {params: {dsn: string}, with: {db: DB(dsn)}, from: 3, stages: [map: "db.Row(ctx, v)"], collect: {reduce: {init: 0, step: acc + v}}}
`

const mutatedGo = `package held

import "context"

type Conn struct{}
type Txn struct{}

func Connect(ctx context.Context, dsn string) (*Conn, error) { return &Conn{}, nil }
func (*Conn) Close(ctx context.Context) error                { return nil }
func (*Conn) Row(ctx context.Context, n int) (int, error)    { return n, nil }
func (*Conn) Begin(ctx context.Context) (*Txn, error)        { return &Txn{}, nil }
func (*Txn) End(ctx context.Context, err error) error        { return nil }
func (*Txn) Row(ctx context.Context, n int) (int, error)     { return n, nil }
func Lock()                                                  {}
func Unlock()                                                {}
`

// TestMutants has the generated tests kill mutants of the generated code: releases that are dropped, doubled, run before
// the body, with its ctx or without an end, whose errors or panics are lost; bodies that run without their resource.
// All mutants are in one binary, which an environment variable tells to be one of them.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the mutants, and runs the generated tests once for each")
	}
	t.Chdir(t.TempDir())
	write(t, "go.mod", []byte("module example.com/held\n\ngo 1.25\n"))
	write(t, "held.go", []byte(mutatedGo))
	write(t, "held.async.yaml", []byte(mutatedSpec))
	generate(t, ".")
	source, err := os.ReadFile("held_async.go")
	if err != nil {
		t.Fatal(err)
	}
	mutants := new(breeder)
	write(t, "held_async.go", mutants.breed(t, source))
	write(t, "mutant.go", []byte("package held\n\nimport \"os\"\n\nvar mutant = os.Getenv(\"MUTANT\")\n"))
	goCommand(t, "test", "-c", "-o", "held.test", ".")
	if t.Failed() {
		return
	}
	if out, err := runMutant(t, "none"); err != nil {
		t.Fatalf("without a mutation the tests fail: %v\n%s", err, out)
	}
	kinds := map[string]int{}
	for i, name := range mutants.names {
		kinds[strings.Fields(name)[0]]++
		t.Run(name, func(t *testing.T) {
			if out, err := runMutant(t, fmt.Sprint(i)); err == nil {
				t.Errorf("the generated tests let it live\n%s", out)
			}
		})
	}
	for _, kind := range []string{"drop", "double", "reorder", "bind", "ignore", "forget", "lie", "lose", "outlast"} {
		if kinds[kind] == 0 {
			t.Errorf("no mutant is of kind %s", kind)
		}
	}
}

// runMutant runs the tests of one mutant.
func runMutant(t *testing.T, mutant string) ([]byte, error) {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "held.test"), "-test.timeout=60s", "-test.failfast")
	cmd.Env = append(os.Environ(), "MUTANT="+mutant)
	return cmd.CombinedOutput()
}

// breeder puts mutations into a Go file, of which the variable mutant switches one on.
type breeder struct {
	names  []string
	source []byte
	fset   *token.FileSet
	edits  []mutation
}

type mutation struct {
	from, to int
	text     string
}

// breed returns source with all mutations.
func (b *breeder) breed(t *testing.T, source []byte) []byte {
	t.Helper()
	b.source, b.fset = source, token.NewFileSet()
	f, err := parser.ParseFile(b.fset, "", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || strings.Contains(strings.ToLower(fn.Name.Name), "pool") && fn.Name.Name != "newDBPool" ||
			fn.Recv != nil && strings.Contains(b.text(fn.Recv), "Pool") {
			continue // of the pool as a stock part, which has tests of its own
		}
		ast.Inspect(fn, func(n ast.Node) bool {
			b.mutate(fn.Name.Name, n)
			return true
		})
	}
	return b.edited()
}

// mutate adds the mutations of one node of the func called name.
func (b *breeder) mutate(name string, n ast.Node) {
	switch n := n.(type) {
	case *ast.DeferStmt:
		b.deferred(name, n)
	case *ast.ExprStmt:
		if b.text(n) == "it.stop()" {
			b.without("drop the stop of "+name, n)
		}
	case *ast.ReturnStmt:
		if code := b.text(n); name == "newDBPool" && strings.Contains(code, "closeCall(") && !strings.Contains(code, "DBPool") {
			b.beside("drop the release of the pool", n, "return nil")
			b.beside("double the release of the pool", n, strings.TrimPrefix(code, "return "))
		}
	case *ast.SwitchStmt:
		if strings.Contains(b.text(n), "errors.Join") {
			b.without("forget the release error of "+name, n)
		}
	case *ast.AssignStmt:
		if b.text(n) == "returned = true" && name != "All" { // of that, the golden cases know what a release is told
			b.without("lie to the release of "+name, n)
		}
	case *ast.CallExpr:
		switch call := b.text(n); {
		case call == "context.WithoutCancel(ctx)":
			b.instead("bind the release of "+name+" to the body's ctx", n, "context.Context", "ctx")
		case strings.HasSuffix(call, "5*time.Second)"):
			b.names = append(b.names, "outlast the timeout of "+name)
			b.edits = append(b.edits, mutation{
				b.at(n.Args[1].Pos()), b.at(n.Args[1].End()),
				fmt.Sprintf("map[bool]time.Duration{true: 1 << 60, false: 5 * time.Second}[%s]", b.on()),
			})
		}
	case *ast.IfStmt:
		cond := b.text(n.Cond)
		if name == "withTx" && cond == "ctx.Err() != nil" && !strings.Contains(b.text(n), "too late") {
			return // withDB has looked just before
		}
		if cond == "err != nil" || cond == "ctx.Err() != nil" && strings.HasPrefix(name, "with") {
			b.names = append(b.names, fmt.Sprintf("ignore %s of %s at line %d", cond, name, b.fset.Position(n.Pos()).Line))
			b.edits = append(b.edits, mutation{b.at(n.Cond.Pos()), b.at(n.Cond.End()), cond + " && !(" + b.on() + ")"})
		}
	}
}

// deferred adds the mutations of a defer: of a release, of All's Close, of the body's panic.
func (b *breeder) deferred(name string, n *ast.DeferStmt) {
	code := b.text(n)
	switch {
	case strings.HasPrefix(code, "defer panic("):
		b.without("lose the panic of the body of "+name, n)
	case !strings.HasPrefix(code, "defer func()"):
	case strings.HasPrefix(name, "with"):
		release := strings.TrimPrefix(code, "defer ")
		b.without("drop the release of "+name, n)
		b.beside("double the release of "+name, n, code)
		b.beside("reorder the release of "+name+" and its body", n, release+map[bool]string{true: "\nreturned = true"}[name == "withTx"]+"\nif true { return use("+b.given(name)+") }")
	default:
		b.without("drop the close of "+name, n)
	}
}

// given returns what a body is given beside ctx.
func (b *breeder) given(name string) string {
	return map[string]string{"withDB": "ctx, db", "withTx": "ctx, tx", "withLock": "ctx"}[name]
}

func (b *breeder) on() string              { return fmt.Sprintf("mutant == %q", fmt.Sprint(len(b.names)-1)) }
func (b *breeder) at(pos token.Pos) int    { return b.fset.Position(pos).Offset }
func (b *breeder) text(n ast.Node) string  { return string(b.source[b.at(n.Pos()):b.at(n.End())]) }
func (b *breeder) insert(at int, s string) { b.edits = append(b.edits, mutation{at, at, s}) }

// without leaves a statement out.
func (b *breeder) without(name string, n ast.Stmt) {
	b.names = append(b.names, name)
	b.insert(b.at(n.Pos()), "if !("+b.on()+") {\n")
	b.insert(b.at(n.End()), "\n}")
}

// beside puts statements before one.
func (b *breeder) beside(name string, n ast.Stmt, code string) {
	b.names = append(b.names, name)
	b.insert(b.at(n.Pos()), "if "+b.on()+" {\n"+code+"\n}\n")
}

// instead puts an expression in the place of another.
func (b *breeder) instead(name string, n ast.Expr, typ, code string) {
	b.names = append(b.names, name)
	b.insert(b.at(n.Pos()), fmt.Sprintf("map[bool]%s{true: %s, false: ", typ, code))
	b.insert(b.at(n.End()), "}["+b.on()+"]")
}

// edited returns the source with the edits made, those at one place in the order in which they were added.
func (b *breeder) edited() []byte {
	slices.SortStableFunc(b.edits, func(x, y mutation) int { return x.from - y.from })
	var out bytes.Buffer
	at := 0
	for _, e := range b.edits {
		out.Write(b.source[at:e.from])
		out.WriteString(e.text)
		at = e.to
	}
	out.Write(b.source[at:])
	return out.Bytes()
}
