package emit

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/internal/stock"
)

// common are the declarations of the stock part queue that all queues of a topology share.
var common = []string{
	"core", "gate", "ledger", "work", "outcome", "stats", "side", "heap", "yields", "pollers", "smallest", "most",
	"ticket", "newTicket", "load", "parcel", "sent", "called", "keyOf", "opened", "openedChunks", "openedBatches",
}

// queueOwn returns the name of a declaration of a queue's own, and notes that it is needed.
func (t *topology) queueOwn(q *queue, name string) string {
	q.keep[name] = true
	return t.queueName(q, name)
}

func (t *topology) queueName(q *queue, name string) string {
	prefix := q.Queue.Prefix
	if name == q.design {
		return stock.Name(prefix, "queue")
	}
	if name == "new"+model.UpperFirst(q.design) {
		return stock.Name(prefix, "newQueue")
	}
	return stock.Name(prefix, name)
}

// queuePart returns the name of a type that all queues share.
func (t *topology) queuePart(name string) string { return stock.Name(t.prefix, name) }

// parts adds the stock parts of a topology: the crew, and each queue; what they share, once.
func (t *topology) parts() {
	t.addPart(t.stockPart("crew", stock.Binding{
		Prefix: t.prefix, Keep: sortedKeys(t.crew), Consts: map[string]string{"holds": fmt.Sprint(len(t.With) > 0)},
	}))
	known := map[string]string{}
	shared := t.sharedKeep()
	for _, m := range t.Physical() {
		q := t.queues[m]
		all, err := declarations(t.queueCode(q, shared))
		t.err = cmp.Or(t.err, err)
		for _, d := range all {
			if slices.Contains([]string{"ErrClosed", "ErrFull", "ErrDropped"}, d.name) || strings.HasPrefix(d.name, t.ErrName("")) {
				continue // the topology's own
			}
			if code, ok := known[d.name]; ok {
				if code != d.code {
					t.err = cmp.Or(t.err, fmt.Errorf("%s is made in two ways:\n%s\n%s", d.name, code, d.code))
				}
				continue
			}
			known[d.name] = d.code
			t.addPart(d.code)
		}
	}
}

// sharedKeep returns what the queues together need of what they share, so that it is made the same for each.
func (t *topology) sharedKeep() []string {
	keep := map[string]bool{"work.fail": true, "work.join": true, "work.begin": true, "work.end": true}
	for _, m := range t.Physical() {
		q := t.queues[m]
		for _, name := range []string{".abort", ".close", ".stats"} {
			q.keep[q.owner()+name] = true
		}
		for name := range q.keep {
			if root, _, _ := strings.Cut(name, "."); slices.Contains(common, root) {
				keep[name] = true
			}
		}
	}
	return sortedKeys(keep)
}

func (t *topology) queueCode(q *queue, shared []string) string {
	names := map[string]string{q.design: t.queueName(q, q.design), "new" + model.UpperFirst(q.design): t.queueName(q, "new"+model.UpperFirst(q.design))}
	for _, name := range common {
		names[name] = t.queuePart(name)
	}
	for _, what := range []string{"Closed", "Full", "Dropped"} {
		names["Err"+what] = t.ErrName(what)
	}
	types := map[string]string{"T": t.itemType(q)}
	if q.Answer != nil {
		types["Q"], types["A"] = t.g.typ(q.Elem), t.g.typ(q.Answer)
	}
	if q.design == "priority" || q.design == "delayed" {
		types["R"] = "int"
		if q.Priority != nil {
			types["R"] = t.g.typ(q.Priority.Type)
		}
	}
	if q.Distinct != nil {
		types["D"] = t.g.typ(q.Distinct.Type)
	}
	if hasKeys(q) {
		types["K"] = t.keyType(q)
	}
	if q.owner() != "core" { // the core that others share would not be made as theirs, and nothing of it is needed
		shared = slices.DeleteFunc(slices.Clone(shared), func(name string) bool { return strings.HasPrefix(name, "core.") })
	}
	return t.stockPart("queue", stock.Binding{
		Prefix: q.Queue.Prefix, Names: names, Types: types,
		Consts: map[string]string{"hasKeys": fmt.Sprint(hasKeys(q))}, Keep: append(sortedKeys(q.keep), shared...),
	})
}

// declaration is one of the declarations of a stock part.
type declaration struct{ name, code string }

// declarations takes the code of a stock part apart.
func declarations(code string) ([]declaration, error) {
	const head = "package p\n"
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "", head+masked(code), parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var all []declaration
	for _, d := range tree.Decls {
		name, from := "", d.Pos()
		switch d := d.(type) {
		case *ast.FuncDecl:
			name = d.Name.Name
			if d.Recv != nil {
				name = receiver(d.Recv.List[0].Type) + "." + name
			}
			from = begin(d.Doc, from)
		case *ast.GenDecl:
			from = begin(d.Doc, from)
			switch s := d.Specs[0].(type) {
			case *ast.TypeSpec:
				name = s.Name.Name
			case *ast.ValueSpec:
				name = s.Names[0].Name
			}
		}
		at := func(p token.Pos) int { return set.Position(p).Offset - len(head) }
		all = append(all, declaration{name, code[at(from):at(d.End())]})
	}
	return all, nil
}

func begin(doc *ast.CommentGroup, pos token.Pos) token.Pos {
	if doc != nil {
		return doc.Pos()
	}
	return pos
}

func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

// masked makes an identifier as long of each mark in code, so that Go's parser takes it.
func masked(code string) string {
	return mark.ReplaceAllStringFunc(code, func(m string) string { return strings.Repeat("x", len(m)) })
}
