package build

import (
	"fmt"
	"strings"
)

// composer puts a spec together from choices: what it writes mostly fits, so that mostly it is generated.
type composer struct {
	choices []byte
	out     strings.Builder
	names   int
	sources []ready // the definitions so far that can be sources
}

// ready is a definition: how it is called, and what it yields.
type ready struct{ call, elem string }

// next takes the next choice among n.
func (c *composer) next(n int) int {
	if len(c.choices) == 0 {
		return 0
	}
	b := c.choices[0]
	c.choices = c.choices[1:]
	return int(b) % n
}

func (c *composer) pick(all ...string) string { return all[c.next(len(all))] }

// awkward are names that are like what the output calls something.
var awkward = []string{
	"", "number", "item", "batch", "pending", "emit", "failed", "next", "stop", "taken", "seen", "it", "value", "yield", "slices",
	"iter", "errors", "fmt", "context", "done", "look", "count", "index", "ok", "errs", "list", "time", "key", "first", "page", "zero",
	"shop", "xCause", "Next", "All", "limit", "total", "Cause", "text", "acc2", "w", "more", "size", "state", "current",
}

func (c *composer) name(prefix string) string {
	if c.next(3) > 0 {
		return fmt.Sprintf("%s%d", prefix, c.names)
	}
	return fmt.Sprintf("%s%s", c.pick(awkward...), c.pick("", "", prefix, fmt.Sprint(c.names)))
}

// compose writes the spec.
func (c *composer) compose() string {
	c.out.WriteString("asyncgen: v1\nimports: [cmp, errors, fmt, iter, maps, slices, strconv, strings, time]\n")
	if n := c.next(3); n > 0 {
		c.iterators(n)
	}
	c.out.WriteString("pipelines:\n")
	for range 1 + c.next(4) {
		c.pipeline()
	}
	return c.out.String()
}

// parameters are those of every definition but for what is picked; arguments are theirs.
var parameters = []string{"", "time: time.Duration", "errors: '[]string'", "yield: int", "it: Item", "store: Store", "ch: <-chan Item", "all: ...int", "f: 'func(int) int'", "slices: int", "p: '*Item'", "level: Level", "seq: iter.Seq2[string, error]", "arr: '*[3]int'", "batch: int"}

var arguments = map[string]string{
	"": "", "time": "5", "errors": "nil", "yield": "3", "it": "Item{}", "store": "nil", "ch": "nil", "all": "1, 2", "f": "Square",
	"slices": "4", "p": "new(Item)", "level": "2", "seq": "nil", "arr": "&[3]int{1}", "batch": "7",
}

// params writes the parameters, and returns how the definition is called.
func (c *composer) params(name string) (call, extra string) {
	extra = c.pick(parameters...)
	fmt.Fprintf(&c.out, "    params: {n: int, items: '[]Item'%s}\n", strings.TrimSuffix(", "+extra, ", "))
	extra, _, _ = strings.Cut(extra, ":")
	return fmt.Sprintf("%s(%s, nil%s)", name, c.pick("n", "3", "n + 1", "len(items)"), strings.TrimSuffix(", "+arguments[extra], ", ")), extra
}

var loops = []ready{
	{"init: current := 0\n    while: current < n\n    yield: current\n    next: current++", "int"},
	{"init: a, b := 0, 1\n    yield: a\n    next: a, b = b, a+b", "int"},
	{"init: i := 0\n    while: Valid(i)\n    yield: Half(i)\n    next: i += 2", "int"},
	{"yield: Fetch(ctx, n)", "Item"},
	{"while: n > 0\n    yield: n\n    next: n--", "int"},
	{"init: s, err := strings.CutPrefix(\"abc\", \"a\")\n    while: len(s) > 0 && !err\n    yield: s\n    next: s = s[1:]", "string"},
	{"while: Check(ctx, n)\n    yield: items\n    next: items = items[1:]", "[]Item"},
	{"init: v := Item{}\n    yield: v\n    next: v.ID++", "Item"},
	{"paginate: {fetch: 'Page(ctx, offset, n)'}", "Item"},
	{"paginate: {fetch: 'Page(ctx, offset, n)', until: offset >= n, emit: pages}", "[]Item"},
	{"paginate: {fetch: 'Page(ctx, page, 10)', until: 'Check(ctx, page)'}", "Item"},
	{"paginate: {fetch: 'Next(ctx, cursor)'}", "Item"},
	{"paginate: {fetch: 'Next(ctx, cursor)', prefetch: n}", "Item"},
	{"paginate: {fetch: 'Page(ctx, page, 10)', prefetch: 3, emit: pages}", "[]Item"},
	{"paginate: {fetch: 'Next(ctx, cursor)', emit: pages, until: cursor == \"z\"}", "[]Item"},
}

func (c *composer) iterators(n int) {
	c.out.WriteString("iterators:\n")
	for range n {
		c.names++
		name := c.name("It")
		loop := loops[c.next(len(loops))]
		fmt.Fprintf(&c.out, "  %s:\n", name)
		call, _ := c.params(name)
		fmt.Fprintf(&c.out, "    %s\n", loop.call)
		c.sources = append(c.sources, ready{call, loop.elem})
	}
}

var plainSources = []ready{
	{"n", "int"},
	{"'[]int{1, n, 3}'", "int"},
	{"items", "Item"},
	{"Items", "Item"},
	{"Chan()", "int"},
	{"Seq(n)", "int"},
	{"Lines(ctx)", "string"},
	{"All()", "int"},
	{"\"strings.SplitSeq(`a b`, ` `)\"", "string"},
	{"'\"héllo\"'", "rune"},
	{"Level(n)", "Level"},
	{"Array()", "int"},
	{"'&[2]Item{}'", "Item"},
	{"maps.Keys(map[string]int{})", "string"},
	{"time.Duration(n)", "time.Duration"},
	{"uint8(200)", "uint8"},
	{"Many(1, n)", "int"},
	{"Limit", "int"},
	{"3", "int"},
	{"'[...]string{`a`}'", "string"},
	{"'[]Op{Square}'", "Op"},
	{"items[0].Tags", "string"},
	{"make(chan *Item)", "*Item"},
}

var extraSources = map[string]ready{
	"errors": {"errors", "string"}, "ch": {"ch", "Item"}, "all": {"all", "int"}, "seq": {"seq", "string"}, "arr": {"arr", "int"},
	"level": {"level", "Level"}, "yield": {"yield", "int"}, "slices": {"slices", "int"}, "batch": {"batch", "int"}, "time": {"time", "time.Duration"},
}

func (c *composer) source(extra string) ready {
	s, ok := extraSources[extra]
	switch {
	case ok && c.next(2) == 0:
		return s
	case len(c.sources) > 0 && c.next(2) == 0:
		return c.sources[c.next(len(c.sources))]
	}
	return plainSources[c.next(len(plainSources))]
}

func quoted(call string) string {
	if strings.HasPrefix(call, "'") || strings.HasPrefix(call, `"`) {
		return call
	}
	return "'" + call + "'"
}

// pipeline writes a pipeline.
func (c *composer) pipeline() {
	c.names++
	name := c.name("P")
	fmt.Fprintf(&c.out, "  %s:\n", name)
	call, extra := c.params(name)
	s := c.source(extra)
	elem, zipped := s.elem, false
	switch c.next(8) {
	case 2:
		fmt.Fprintf(&c.out, "    from: {merge: [%s, %s]}\n", quoted(s.call), quoted(s.call))
	case 3:
		fmt.Fprintf(&c.out, "    from: {gather: {left: 'Fetch(ctx, n)', right: 'Count(ctx, n)'}}\n")
		elem, zipped = "Pair[Item, int]", true
	case 0:
		fmt.Fprintf(&c.out, "    from: {concat: [%s, %s]}\n", quoted(s.call), quoted(s.call))
	case 1:
		other := c.source(extra)
		fmt.Fprintf(&c.out, "    from: {zip: [%s, %s]}\n", quoted(s.call), quoted(other.call))
		elem, zipped = fmt.Sprintf("Pair[%s, %s]", elem, other.elem), true
	default:
		fmt.Fprintf(&c.out, "    from: %s\n", quoted(s.call))
		if c.next(5) == 0 {
			fmt.Fprintf(&c.out, "    as: %s\n", c.name("src"))
		}
	}
	n := c.next(5)
	if n > 0 || zipped {
		c.out.WriteString("    stages:\n")
	}
	if zipped {
		both := "Both(a, b)"
		if elem == "Pair[Item, int]" {
			both = "Both(left, right)"
		}
		fmt.Fprintf(&c.out, "      - {map: '%s'%s}\n", both, c.modifiers(both))
	}
	for range n {
		var text string
		text, elem = c.stage(elem)
		text += c.modifiers(text)
		as := ""
		if c.next(6) == 0 {
			as = ", as: " + c.name("e")
		}
		fmt.Fprintf(&c.out, "      - {%s%s}\n", text, as)
	}
	if c.collect(elem) {
		c.sources = append(c.sources, ready{call, elem})
	}
}

// steps are stages by the type that they take, and what they give.
var steps = map[string][]ready{
	"int": {
		{"map: v * v", "int"},
		{"map: Square", "int"},
		{"map: Half", "int"},
		{"map: Name", "string"},
		{"map: Fetch", "Item"},
		{"map: 'v + n + i'", "int"},
		{"filter: 'v%2 == 0'", "int"},
		{"filter: Even", "int"},
		{"filter: Valid", "int"},
		{"filter: Check", "int"},
		{"filter: 'v > 1 || i == 2'", "int"},
		{"filter: '!Even(v)'", "int"},
		{"take_while: 'v < 5'", "int"},
		{"take_until: Check", "int"},
		{"take_until: 'v == 3'", "int"},
		{"skip_while: Valid", "int"},
		{"skip_while: 'v < i'", "int"},
		{"distinct: v", "int"},
		{"distinct: {by: 'v % 3', adjacent: true}", "int"},
		{"distinct: {by: 'Count(ctx, v)'}", "int"},
		{"scan: {init: 0, step: 'acc + v'}", "int"},
		{"scan: {init: '0.5', step: 'acc * float64(v)'}", "float64"},
		{"scan: {init: n, step: 'Count(ctx, acc+v)'}", "int"},
		{"scan: {init: '[]int(nil)', step: 'append(acc, v)'}", "[]int"},
		{"tap: Report", "int"},
		{"tap: Send", "int"},
		{"tap: 'fmt.Println(v, i)'", "int"},
		{"tap: Half", "int"},
		{"flatten: v", "int"},
		{"flatten: Seq", "int"},
		{"flatten: 'Many(v, i)'", "int"},
		{"flatten: 'items[:v]'", "Item"},
		{"flatten: 'Lines(ctx)'", "string"},
		{"map: 'func() int { return v + n }'", "func"},
		{"map: '&v'", "*int"},
		{"map: 'uint8(v)'", "uint8"},
		{"map: 'ErrOf(v)'", "error"},
		{"map: 'items[v].Key()'", "string"},
		{"map: 'Level(v)'", "Level"},
		{"map: Of", "int"},
		{"map: private", "int"},
		{"map: '1'", "int"},
		{"map: 'time.Duration(v)'", "time.Duration"},
		{"map: 'any(v)'", "any"},
		{"map: 'struct{ A int }{v}'", "struct"},
		{"tap: 'Later(ctx, time.Second)'", "int"},
		{"map: 'strconv.Atoi(Name(v))'", "int"},
		{"map: '[2]int{v, i}'", "[2]int"},
		{"map: 'v << 1'", "int"},
		{"map: '-v'", "int"},
		{"filter: 'true'", "int"},
		{"filter: 'v == 1 && v != 2 || n > 3'", "int"},
	},
	"string": {
		{"map: len(v)", "int"},
		{"map: strings.ToUpper", "string"},
		{"map: strconv.Atoi", "int"},
		{"flatten: strings.Fields", "string"},
		{"flatten: v", "rune"},
		{"filter: 'v != `x`'", "string"},
		{"distinct: v", "string"},
		{"map: 'v + `z`'", "string"},
		{"scan: {init: '``', step: 'acc + v'}", "string"},
		{"map: 'Item{Name: v}'", "Item"},
		{"tap: 'fmt.Print(v)'", "string"},
	},
	"Item": {
		{"map: v.ID", "int"},
		{"map: v.Key()", "string"},
		{"tap: v.Save(ctx)", "Item"},
		{"tap: v.Touch()", "Item"},
		{"map: v.Load(ctx)", "Item"},
		{"flatten: v.Tags", "string"},
		{"flatten: Tags", "string"},
		{"distinct: v.ID", "Item"},
		{"filter: 'v.Price > 2'", "Item"},
		{"map: '&v'", "*Item"},
		{"skip_while: 'v.Name == ``'", "Item"},
		{"scan: {init: 'Item{}', step: v}", "Item"},
		{"map: Of", "Item"},
		{"map: 'Pair[int, string]{v.ID, v.Name}'", "Pair[int, string]"},
	},
	"[]int":  {{"flatten: v", "int"}, {"map: len(v)", "int"}, {"map: 'v[0]'", "int"}, {"flatten: 'slices.Values(v)'", "int"}, {"map: slices.Max", "int"}, {"filter: 'len(v) > 1'", "[]int"}},
	"[]Item": {{"flatten: v", "Item"}, {"map: len(v)", "int"}, {"map: 'v[0]'", "Item"}, {"tap: 'clear(v)'", "[]Item"}},
	"*Item":  {{"map: v.ID", "int"}, {"tap: v.Touch()", "*Item"}, {"map: v.Load(ctx)", "Item"}, {"map: '*v'", "Item"}, {"distinct: v", "*Item"}},
	"error":  {{"filter: 'errors.Is(v, ErrGone)'", "error"}, {"map: v.Error()", "string"}, {"map: 'errors.Join(v)'", "error"}},
	"Level":  {{"map: int(v)", "int"}, {"flatten: v", "Level"}, {"filter: 'v > 3'", "Level"}},
	"uint8":  {{"map: int(v)", "int"}, {"flatten: v", "uint8"}, {"scan: {init: 'uint8(1)', step: 'acc ^ v'}", "uint8"}},
	"rune":   {{"map: string(v)", "string"}, {"filter: 'v > 97'", "rune"}, {"distinct: v", "rune"}},
	"func":   {{"map: v()", "int"}, {"filter: 'v() > 1'", "func"}},
	"any":    {{"map: 'fmt.Sprint(v)'", "string"}, {"distinct: v", "any"}},
}

func (c *composer) stage(elem string) (text, out string) {
	if own := steps[elem]; len(own) > 0 && c.next(3) > 0 {
		s := own[c.next(len(own))]
		return s.call, s.elem
	}
	if inner, ok := strings.CutPrefix(elem, "[]"); ok && c.next(2) == 0 {
		return "flatten: v", inner
	}
	switch c.next(16) {
	case 11:
		return "prefetch: " + c.pick("1", "n", "3"), elem
	case 12:
		return "rate: " + c.pick("1000/s", "n/m"), elem
	case 13:
		return "batch: {every: 1ms" + c.pick("", ", size: 2", ", size: n") + "}", "[]" + elem
	case 14:
		c.names++
		left, right := fmt.Sprintf("left%d", c.names), fmt.Sprintf("right%d", c.names)
		both := fmt.Sprintf("Both(%s, %s)", left, right)
		return fmt.Sprintf("gather: {%s: 'Count(ctx, i)', %s: %s}}\n      - {map: '%s'%s", left, right, c.pick("v", "'Fetch(ctx, n)'"), both, c.modifiers("map")),
			"Pair[int, " + elem + "]"
	case 0, 1:
		return "take: " + c.pick("3", "0", "n", "n - 1", "len(items)", "1"), elem
	case 2:
		return "skip: " + c.pick("2", "0", "n", "1"), elem
	case 3:
		return "batch: {size: " + c.pick("3", "n", "1") + "}", "[]" + elem
	case 4:
		return "window: {size: " + c.pick("2", "n", "1", "3") + ", step: " + c.pick("1", "2", "n", "5") + "}", "[]" + elem
	case 5:
		return "filter: " + c.pick("i > 0", "Even(i)", "'i == n || i > 4'"), elem
	case 6:
		return "map: Of(v)", elem
	case 7:
		return "tap: " + c.pick("fmt.Print(v)", "fmt.Print(v, i)", "fmt.Print()"), elem
	case 8:
		return "map: i", "int"
	case 9:
		if len(c.sources) > 0 {
			s := c.sources[c.next(len(c.sources))]
			return "flatten: " + quoted(s.call), s.elem
		}
	case 10:
		return "flatten: " + c.pick("items", "'[]Item{}'"), "Item"
	}
	return "map: v", elem
}

// modifiers returns what stands beside a stage.
func (c *composer) modifiers(stage string) string {
	kind, _, _ := strings.Cut(stage, ":")
	if !strings.Contains("map filter flatten tap Both(a, b) Both(left, right)", kind) || c.next(2) > 0 {
		return ""
	}
	concurrency := ", concurrency: " + c.pick("2", "2", "n", "3")
	failing := c.pick(", timeout: 1s", ", retry: {attempts: n}", ", on_error: skip", ", on_error: {call: 'fmt.Print(v, i, err)'}",
		", retry: {attempts: 2, delay: 1ms, backoff: 1.5, jitter: true, max_delay: 1s, when: 'errors.Is(err, ErrGone)'}",
		", timeout: 1s, retry: {attempts: 3}, on_error: {call: 'Send(ctx, i)'}")
	if fails := strings.Contains(stage, "ctx") || strings.Contains(stage, "Half") || strings.Contains(stage, "Fetch") || strings.Contains(stage, "Check"); !fails {
		failing = ""
	}
	return c.pick(concurrency, concurrency+failing, failing, concurrency+", ordered: false"+failing, concurrency+", partition_by: Even(i)"+failing,
		concurrency+", partition_by: 'fmt.Sprint(n)'"+failing)
}

// collect writes a collect, and reports whether the pipeline has elements to go on with.
func (c *composer) collect(elem string) bool {
	text := c.pick("", "", "", "slice", "set", "count", "first", "last", "one", "{map: {key: i, value: v}}", "{map: {key: 'fmt.Sprint(v)', value: 'Fetch(ctx, i)', on_duplicate: error}}",
		"{map: {key: 'Half(i)', value: v, on_duplicate: first}}", "{reduce: {init: 0, step: acc + 1}}", "{reduce: {init: 'Items[0]', step: 'Fetch(ctx, i)'}}",
		"{reduce: {init: '[]string{}', step: 'append(acc, fmt.Sprint(v))'}}", "{into: 'fmt.Println(v)'}", "{into: 'Send(ctx, i)'}", "{into: 'Report(i)'}", "{map: {key: v, value: 'true', on_duplicate: first}}")
	if text != "" {
		fmt.Fprintf(&c.out, "    collect: %s\n", text)
	}
	return text == "" || text == "slice"
}
