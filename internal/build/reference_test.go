package build

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// author writes pipelines at random, each twice: for the spec, and as plain code of one function a stage.
type author struct {
	random    *rand.Rand
	spec      strings.Builder
	code      strings.Builder // the plain pipelines, Ref0, Ref1…
	tests     strings.Builder
	pipelines int
}

// TestReference runs pipelines put together at random against plain ones: elements, the error, the order and number of
// all that is called, whenever the loop is left.
func TestReference(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs hundreds of pipelines")
	}
	t.Chdir(referenceDir(t))
	a := &author{random: rand.New(rand.NewPCG(4, 1))}
	for range 300 {
		a.pipeline()
	}
	write(t, "go.mod", []byte(goldenModule))
	write(t, "r.async.yaml", []byte("asyncgen: v1\n"+iteratorsOfReference+"pipelines:\n"+a.spec.String()))
	write(t, "ref_test.go", []byte("package reference\n\nimport (\n\"context\"\n\"testing\"\n)\n\n"+a.code.String()+a.tests.String()))
	generate(t, ".")
	goCommand(t, "test", "-timeout", "1m", "./...")
}

// referenceDir returns a folder with the functions that the pipelines call.
func referenceDir(t *testing.T) string {
	t.Helper()
	runtime, err := os.ReadFile("testdata/reference.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("REFERENCE_DIR") // to look at what was written
	if dir == "" {
		dir = t.TempDir()
	}
	write(t, dir+"/reference.go", runtime)
	return dir
}

const iteratorsOfReference = `iterators:
  Upto: {params: {stop: int}, init: "n := 0", while: n < stop, yield: n, next: n++}
  Fibs: {params: {most: int}, init: "a, b := 1, 1", while: a < most, yield: a, next: "a, b = b, a+b"}
  Trials: {params: {stop: int}, init: "n := 0", while: n < stop, yield: Try(n * 3), next: n++}
`

func (a *author) pick(all ...string) string { return all[a.random.IntN(len(all))] }

// pipeline writes one pipeline: its spec, its reference, its test.
func (a *author) pipeline() {
	name := fmt.Sprintf("P%d", a.pipelines)
	from, ref := a.source()
	var stages []string
	elem := "int"
	if strings.HasPrefix(from, "{zip") {
		stages = append(stages, `map: "a*3 + b + i"`)
	}
	for range a.random.IntN(6) {
		stages, ref, elem = a.stage(stages, ref, elem)
	}
	fmt.Fprintf(&a.spec, "  %s:\n    params: {n: int}\n    from: %s\n", name, from)
	if len(stages) > 0 {
		fmt.Fprintf(&a.spec, "    stages:\n")
		for _, s := range stages {
			fmt.Fprintf(&a.spec, "      - %s\n", s)
		}
	}
	fmt.Fprintf(&a.code, "func Ref%s(ctx context.Context, n int) stream[%s] {\n\treturn %s\n}\n\n", name, elem, ref)
	made, want := fmt.Sprintf("%s(ctx, n)", name), fmt.Sprintf("Ref%s(ctx, n)", name)
	check := fmt.Sprintf("same(t, %s, %s)", made, want)
	if a.random.IntN(3) == 0 {
		check = a.collect(made, want, elem)
	} else if elem == "int" {
		a.pipelines++
	}
	if check[0] == 's' && elem != "int" || check[0] != 's' { // no source for those that follow
		renamed := fmt.Sprintf("Q%d", a.random.Uint64())
		a.rename(name, renamed)
		check = strings.NewReplacer(name+"(", renamed+"(", "Ref"+name+"(", "Ref"+renamed+"(").Replace(check)
		name = renamed
	}
	fmt.Fprintf(&a.tests, "func Test%s(t *testing.T) {\n\tctx := context.Background()\n\tfor _, n := range []int{0, 1, 3, 6} {\n\t\t%s\n\t}\n}\n\n", name, check)
}

// rename gives the last pipeline another name.
func (a *author) rename(name, renamed string) {
	swap := func(b *strings.Builder, from, to string) {
		text := b.String()
		i := strings.LastIndex(text, from)
		b.Reset()
		b.WriteString(text[:i] + to + text[i+len(from):])
	}
	swap(&a.spec, "  "+name+":\n", "  "+renamed+":\n")
	swap(&a.code, "func Ref"+name+"(", "func Ref"+renamed+"(")
}

// source returns a from, and its reference.
func (a *author) source() (from, ref string) {
	switch a.random.IntN(10) {
	case 0:
		one, r1 := a.plainSource()
		two, r2 := a.plainSource()
		return fmt.Sprintf("{concat: [%q, %q]}", one, two), fmt.Sprintf("concat(%s, %s)", r1, r2)
	case 1:
		one, r1 := a.plainSource()
		two, r2 := a.plainSource()
		return fmt.Sprintf("{zip: [%q, %q]}", one, two),
			fmt.Sprintf("zip(%s, %s, func(i, a, b int) (int, error) { return a*3 + b + i, nil })", r1, r2)
	}
	from, ref = a.plainSource()
	return fmt.Sprintf("%q", from), ref
}

func (a *author) plainSource() (from, ref string) {
	arg := a.pick("n", "n+2", "8", "12", "1", "0")
	if a.pipelines > 0 && a.random.IntN(3) == 0 {
		name := fmt.Sprintf("P%d", a.random.IntN(a.pipelines))
		return name + "(" + arg + ")", "Ref" + name + "(ctx, " + arg + ")"
	}
	switch a.random.IntN(9) {
	case 0:
		return arg, "fromInt(" + arg + ")"
	case 1:
		return "[]int{3, 1, n, 1, 5, 9, 2, 6, 5}", "fromSlice([]int{3, 1, n, 1, 5, 9, 2, 6, 5})"
	case 2:
		return "[4]int{1, 1, n, 4}", "fromSlice([]int{1, 1, n, 4})"
	case 3:
		return "Some(" + arg + ")", "fromSeq(Some(" + arg + "))"
	case 4:
		return "Risky(" + arg + ")", "fromSeq2(Risky(" + arg + "))"
	case 5:
		return "Upto(" + arg + ")", "fromInt(" + arg + ")"
	case 6:
		return "Fibs(40)", "fromSlice([]int{1, 1, 2, 3, 5, 8, 13, 21, 34})"
	case 7:
		return "Trials(" + arg + ")", "mapping(fromInt(" + arg + "), func(_, v int) (int, error) { return Try(v * 3) })"
	}
	return "Channel(" + arg + ")", "lazily(func() stream[int] { return fromChan(Channel(" + arg + ")) })"
}

// stage adds a stage.
func (a *author) stage(stages []string, ref, elem string) ([]string, string, string) {
	text, ref, elem := a.anyStage(ref, elem)
	return append(stages, text), ref, elem
}

func (a *author) anyStage(ref, elem string) (string, string, string) {
	count := a.pick("0", "1", "2", "3", "5", "n", "n-1")
	plain := func(kind, call, e string) (string, string, string) { // a stage of a Go expression that cannot fail
		return fmt.Sprintf("%s: %q", kind, e), fmt.Sprintf("%s(%s, func(i int, v %s) (bool, error) { return %s, nil })", call, ref, elem, e), elem
	}
	switch a.random.IntN(4) {
	case 0:
		return "take: " + count, fmt.Sprintf("take(%s, %s)", ref, count), elem
	case 1:
		if a.random.IntN(2) == 0 {
			return "skip: " + count, fmt.Sprintf("skip(%s, %s)", ref, count), elem
		}
	}
	if elem == "[]int" {
		switch a.random.IntN(7) {
		case 0, 1:
			return "flatten: v", fmt.Sprintf("flatten(%s, func(i int, v []int) (stream[int], error) { return fromSlice(v), nil })", ref), "int"
		case 2:
			return "map: Sum", fmt.Sprintf("mapping(%s, func(i int, v []int) (int, error) { return Sum(v), nil })", ref), "int"
		case 3:
			return `map: "len(v) + v[0] + i"`, fmt.Sprintf("mapping(%s, func(i int, v []int) (int, error) { return len(v) + v[0] + i, nil })", ref), "int"
		case 4:
			return plain("filter", "filter", a.pick("len(v) > 1", "v[0]%2 == 0", "i != 1"))
		case 5:
			return plain("take_while", "takeWhile", "len(v) == 2")
		}
		return `distinct: "Sum(v)%7"`, fmt.Sprintf("distinct(%s, false, func(i int, v []int) (int, error) { return Sum(v) %% 7, nil })", ref), elem
	}
	size, step := a.pick("1", "2", "3", "n+1"), a.pick("1", "2", "4")
	cond := a.pick("v%3 != 0", "v < 9", "Odd(v)", "i < 3", "v != 4")
	switch a.random.IntN(17) {
	case 0:
		e := a.pick("v*v", "v + i", "v%7", "n - v")
		return fmt.Sprintf("map: %q", e), fmt.Sprintf("mapping(%s, func(i, v int) (int, error) { return %s, nil })", ref, e), elem
	case 1:
		e := a.pick("Fetch(ctx, v)", "Try(v)")
		return fmt.Sprintf("map: %q", e), fmt.Sprintf("mapping(%s, func(i, v int) (int, error) { return %s })", ref, e), elem
	case 2:
		return "map: Double", fmt.Sprintf("mapping(%s, func(i, v int) (int, error) { return Double(ctx, v), nil })", ref), elem
	case 3:
		return plain("filter", "filter", cond)
	case 4:
		kind := a.pick("filter filter", "take_while takeWhile", "take_until takeUntil", "skip_while skipWhile")
		key, call, _ := strings.Cut(kind, " ")
		return key + ": Keep", fmt.Sprintf("%s(%s, func(i, v int) (bool, error) { return Keep(ctx, v) })", call, ref), elem
	case 5:
		return plain("take_while", "takeWhile", cond)
	case 6:
		return plain("take_until", "takeUntil", a.pick("v > 8", "i == 2", "v%5 == 4"))
	case 7:
		return plain("skip_while", "skipWhile", cond)
	case 8:
		e := a.pick("v%5", "v", "Odd(v)")
		kind := map[string]string{"v%5": "int", "v": "int", "Odd(v)": "bool"}[e]
		return fmt.Sprintf("distinct: %q", e), fmt.Sprintf("distinct(%s, false, func(i, v int) (%s, error) { return %s, nil })", ref, kind, e), elem
	case 9:
		return "distinct: {by: v/2, adjacent: true}", fmt.Sprintf("distinct(%s, true, func(i, v int) (int, error) { return v / 2, nil })", ref), elem
	case 10:
		e := a.pick("acc + v", "acc - v + i", "acc*2 - v", "v", "acc ^ v", "max(acc, v)")
		return fmt.Sprintf("scan: {init: n, step: %q}", e), fmt.Sprintf("scan(%s, n, func(i, acc, v int) (int, error) { return %s, nil })", ref, e), elem
	case 11:
		return fmt.Sprintf("batch: {size: %s}", size), fmt.Sprintf("batch(%s, %s)", ref, size), "[]int"
	case 12:
		return fmt.Sprintf("window: {size: %s, step: %s}", size, step), fmt.Sprintf("window(%s, %s, %s)", ref, size, step), "[]int"
	case 13:
		return "tap: Look", fmt.Sprintf("tap(%s, func(i, v int) error { Look(v); return nil })", ref), elem
	case 14:
		return `tap: "Save(ctx, v+i)"`, fmt.Sprintf("tap(%s, func(i, v int) error { return Save(ctx, v+i) })", ref), elem
	}
	return a.flatten(ref)
}

func (a *author) flatten(ref string) (string, string, string) {
	wrap := func(text, inner string) (string, string, string) {
		return fmt.Sprintf("flatten: %q", text), fmt.Sprintf("flatten(%s, func(i, v int) (stream[int], error) { return %s, nil })", ref, inner), "int"
	}
	if a.pipelines > 0 && a.random.IntN(4) == 0 {
		name := fmt.Sprintf("P%d", a.random.IntN(a.pipelines))
		return wrap(name+"(v%3)", "Ref"+name+"(ctx, v%3)")
	}
	switch a.random.IntN(5) {
	case 0:
		return wrap("v%4", "fromInt(v%4)")
	case 1:
		return wrap("Some(v%3)", "fromSeq(Some(v%3))")
	case 2:
		return wrap("Upto(v%3)", "fromInt(v%3)")
	case 3:
		return wrap("[]int{v, n, i}", "fromSlice([]int{v, n, i})")
	}
	return "flatten: Few", fmt.Sprintf(`flatten(%s, func(i, v int) (stream[int], error) {
		all, err := Few(v)
		return fromSlice(all), err
	})`, ref), "int"
}

// collect adds a collect to the pipeline written last, and returns its check.
func (a *author) collect(made, want, elem string) string {
	compare := func(spec, typ, add string) string {
		fmt.Fprintf(&a.spec, "    collect: %s\n", spec)
		return fmt.Sprintf("collected(t, func() (%s, error) { return %s }, func() (%s, error) {\n"+
			"return gather(%s, func(c *%s, v %s) bool { %s })\n})", typ, made, typ, want, typ, elem, add)
	}
	if elem == "int" {
		switch a.random.IntN(4) {
		case 0:
			return a.reduced(made, want)
		case 1:
			return compare("set", "map[int]struct{}", "if *c == nil { *c = map[int]struct{}{} }; (*c)[v] = struct{}{}; return true")
		case 2:
			return compare(`{map: {key: v%5, value: v}}`, "map[int]int", "if *c == nil { *c = map[int]int{} }; (*c)[v%5] = v; return true")
		}
	}
	switch a.random.IntN(4) {
	case 0:
		return compare("count", "int", "*c++; return true")
	case 1, 2:
		kind := a.pick("first", "last")
		fmt.Fprintf(&a.spec, "    collect: %s\n", kind)
		more := map[string]string{"first": "false", "last": "true"}[kind]
		return fmt.Sprintf("collected(t, func() (edge[%s], error) { return edgeOf(%s) }, func() (edge[%s], error) {\n"+
			"return gather(%s, func(c *edge[%s], v %s) bool { c.v, c.ok = v, true; return %s })\n})", elem, made, elem, want, elem, elem, more)
	}
	return compare("slice", "[]"+elem, "*c = append(*c, v); return true")
}

func (a *author) reduced(made, want string) string {
	a.spec.WriteString("    collect: {reduce: {init: n, step: \"acc + v*2\"}}\n")
	return fmt.Sprintf("collected(t, func() (int, error) { return %s }, func() (int, error) {\n"+
		"sum, err := gather(%s, func(c *int, v int) bool { *c += v * 2; return true })\nif err != nil { return 0, err }\nreturn n + sum, nil\n})", made, want)
}
