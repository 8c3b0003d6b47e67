package emit

import (
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/internal/stock"
)

// stockPart is a stock part behind concurrent stages, and what it has for the emitter.
type stockPart struct {
	name  string
	roots map[string][]string // what else is kept with a root: the methods that the output calls

	common []string // the declarations that it has in common with other parts
}

// failures are what parts with goroutines have in common.
var failures = []string{"Panic", "newPanic", "failure", "caught"}

var stockParts = []stockPart{
	{"parallel", map[string][]string{"Map": nil, "Calls": nil, "Keyed": nil, "Blocks": nil, "Slice": nil, "Table": nil}, failures},
	{"prefetch", map[string][]string{"Ahead": nil, "NewPages": {"Pages", "Pages.Next", "Pages.Close", "Pages.Pause"}}, failures},
	{"gather", map[string][]string{"Gather": nil}, failures},
	{"merge", map[string][]string{"Merge": nil}, failures},
	{"batch", map[string][]string{"Batches": nil}, failures},
	{"late", map[string][]string{"Join": {"Late", "Late.Keep"}}, nil},
	{"retry", map[string][]string{"Policy": {"Policy.Do"}, "Timeout": nil, "Open": nil, "Open2": nil, "OpenChan": nil}, nil},
	{"rate", map[string][]string{"New": {"Limiter.Wait"}}, nil},
}

// goodNames are those of roots that do not tell what they are where they do not stand beside their package's.
var goodNames = map[string]string{"New": "NewLimiter", "Policy": "Retry", "Map": "Workers", "Calls": "Callers"}

// madeTypes are the types that the output names of what a root makes.
var madeTypes = map[string]string{"NewPages": "Pages", "New": "Limiter", "Join": "Late"}

// stockName notes that the file needs a func or type of the stock parts, and returns what it is called there.
func (f *file) stockName(root string) string {
	if f.stock == nil {
		f.stock = map[string]bool{}
	}
	f.stock[root] = true
	name := root
	if good, ok := goodNames[root]; ok {
		name = good
	}
	return f.free(stock.Name(f.model.Prefix, name))
}

// stockType returns what a type that comes with a root is called in the output.
func (f *file) stockType(name string) string {
	return f.free(stock.Name(f.model.Prefix, name))
}

// stockParts adds what the file needs of the stock parts.
func (f *file) stockParts() {
	for _, part := range stockParts {
		names := map[string]string{}
		for _, name := range part.common {
			names[name] = stock.Name(f.model.Prefix, name)
		}
		var keep []string
		for root, more := range part.roots {
			if f.stock[root] {
				names[root] = f.stockName(root)
				if made := madeTypes[root]; made != "" {
					names[made] = f.stockType(made)
				}
				keep = append(append(keep, root), more...)
			}
		}
		if len(keep) == 0 {
			continue
		}
		f.addNew(f.stockPart(part.name, stock.Binding{
			Prefix: f.model.Prefix + model.UpperFirst(part.name), Names: names, Keep: keep,
		}))
	}
}
