package emit

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/internal/stock"
)

// topology is a topology in the making: the type that runs it, with a field for all that its methods share.
type topology struct {
	*file
	*model.Topology
	g       *function // of the func that starts it; it gives the others their env
	recv    string    // how its methods call it
	members *locals   // its fields and unexported methods
	env     *env      // params and effects as fields
	fields  []param
	set     []string // the fields that the start sets: name: value
	seams   []seam
	queues  map[*model.Queue]*queue
	results []param // the fields of the result
	methods map[*model.Worker]string
	funnels map[*model.Worker]string
	keyed   map[*model.Worker]string // the fields with what hands out items by key
	sorters []string                 // those of them that are sorters
	kept    map[*model.Stage]string  // the fields with what the copies of a consumer remember together
	each    map[*model.Queue]string  // the methods that put into those that broadcast
	turns   map[*model.Worker]string // the fields with which copies of a consumer take turns
	locks   bool                     // copies add to the result under a lock
	checks  []string                 // of what was collected, at the end
	later   []func()                 // what adds its funcs and methods
}

// topology emits a topology, but for its stock parts.
func (f *file) topology(m *model.Topology) *topology {
	t := f.newTopology(m)
	t.seamFields()
	t.heldFields()
	for _, q := range m.Physical() {
		t.newQueue(q)
	}
	t.starting(t.start())
	methods := t.later
	t.later = nil
	for _, w := range m.Workers() {
		t.worker(w)
	}
	for _, q := range m.Physical() {
		t.putMethod(t.queues[q])
	}
	for _, q := range m.Queues {
		t.putToEach(q)
	}
	workers := t.later
	t.later = methods
	t.public() // it returns what the workers collect
	t.later = append(t.later, workers...)
	t.typeDecl()
	t.resultDecl()
	t.errors()
	for _, add := range t.later {
		add()
	}
	return t
}

// newTopology settles what the fields are called.
func (f *file) newTopology(m *model.Topology) *topology {
	t := &topology{
		file: f, Topology: m, g: f.newFunction(&m.Definition), env: newEnv(),
		queues: map[*model.Queue]*queue{}, methods: map[*model.Worker]string{}, members: &locals{taken: map[string]bool{}},
		funnels: map[*model.Worker]string{}, keyed: map[*model.Worker]string{}, kept: map[*model.Stage]string{}, each: map[*model.Queue]string{},
		turns: map[*model.Worker]string{},
	}
	t.recv = t.g.locals.pick("t", "top", "running")
	for _, name := range []string{"crew", "work", "mu", "result", "stop", "settle", "closing", "shut", "shutOnce"} {
		t.members.taken[name] = true
	}
	t.fields = []param{{"work", t.queuePart("work")}}
	if t.hasOpen() {
		t.fields = append(t.fields, param{"shutOnce", f.imports.std("sync.Once")}, param{"closing", "chan struct{} // closed when the program puts nothing in any more"})
		t.set = []string{"closing: make(chan struct{})"}
	}
	for _, p := range m.Params {
		name := t.field(p.Var.Name(), t.g.typ(p.Var.Type()))
		t.env.vars[p.Var] = t.recv + "." + name
		t.set = append(t.set, name+": "+p.Var.Name())
	}
	return t
}

// method adds a method of the topology behind the types.
func (t *topology) method(doc, name, params, results, body string) {
	t.methodOf(t.recv+" *"+t.Name, doc, name, params, results, body)
}

// methodOf adds a method of another type behind the types.
func (t *topology) methodOf(recv, doc, name, params, results, body string) {
	t.later = append(t.later, func() { t.file.method(doc, recv, name, params, results, body) })
}

// function adds a func behind the types.
func (t *topology) function(doc, name, params, results, body string) {
	t.later = append(t.later, func() { t.file.function(doc, name, params, results, body) })
}

// field adds a field to the type, and returns what it is called.
func (t *topology) field(name, typ string) string {
	name = t.members.pick(lowerFirst(name), lowerFirst(name)+"Field")
	t.fields = append(t.fields, param{name, typ})
	return name
}

// typeDecl adds the type of a topology.
func (t *topology) typeDecl() {
	doc := docComment(t.Doc, t.Name, "is a running topology: "+t.says()+" It is made by "+t.StartName()+", and its methods may be called by several goroutines.")
	t.fields = append(t.fields, param{"crew", "*" + t.part("crew")})
	if len(t.results) > 0 {
		if t.locks {
			t.fields = append(t.fields, param{"mu", t.imports.std("sync.Mutex") + " // guards what copies add to result"})
		}
		t.fields = append(t.fields, param{"result", t.Name + "Result"})
	}
	t.add(doc + "\ntype " + t.Name + " struct {\n" + fieldLines(t.fields) + "\n}")
}

func fieldLines(all []param) string {
	var out []string
	for _, p := range all {
		out = append(out, p.name+" "+p.typ)
	}
	return strings.Join(out, "\n")
}

// says tells what is joined to what.
func (t *topology) says() string {
	var all []string
	for _, w := range t.Workers() {
		text := w.Name
		if from, ok := w.Source.(*model.Feed); ok {
			text = queueNames(from.Queues, " and ") + " to " + text
		}
		if to := w.Targets(); len(to) > 0 {
			text += " to " + queueNames(to, " or ")
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ") + "."
}

func queueNames(all []*model.Queue, between string) string {
	var names []string
	for _, q := range all {
		names = append(names, q.Name)
	}
	return strings.Join(names, between)
}

// resultDecl adds the types of what a topology returns.
func (t *topology) resultDecl() {
	result := t.Name + "Result"
	said, fields := " is what the consumers of "+t.Name+" have collected.", "\n"+fieldLines(t.results)+"\n"
	if len(t.results) == 0 {
		said, fields = " is empty: the consumers of "+t.Name+" collect nothing.", ""
	}
	t.add(comment(result+said) + "\ntype " + result + " struct {" + fields + "}")
	var queues []string
	for _, q := range t.Queues {
		queues = append(queues, model.FieldName(q.Name)+" "+t.Name+"QueueStats")
	}
	t.add(comment(t.Name+"Stats counts the items of "+t.Name+", queue by queue.") + "\ntype " + t.Name + "Stats struct {\n" + strings.Join(queues, "\n") + "\n}")
	t.add(wrapped(t.Name+"QueueStats says what became of the items of a queue: at any moment Put = Handled + Failed + Dropped + Undelivered + Depth + InFlight.") +
		"\ntype " + t.Name + `QueueStats struct {
	Put         int64
	Handled     int64
	Failed      int64
	Dropped     int64 // for want of room, or since their key was there before
	Undelivered int64 // left when it was aborted, those in hand included
	Depth       int64 // still queued
	InFlight    int64 // taken, and not handled yet
}`)
}

// errors adds the errors of a topology: the exported ones all, of the others those that something gives.
func (t *topology) errors() {
	exported := token.IsExported(t.Name)
	asked := slices.ContainsFunc(t.Queues, func(q *model.Queue) bool { return q.Answer != nil && q.Distinct != nil })
	when := func(full model.Full) bool {
		return exported || slices.ContainsFunc(t.Queues, func(q *model.Queue) bool { return q.Capacity != nil && q.OnFull == full })
	}
	var decls []string
	declare := func(what, says, text string) {
		name := t.ErrName(what)
		decls = append(decls, "// "+name+" is what a put gets "+says+".", name+" = "+t.g.newError(t.Name+": "+text))
	}
	declare("Closed", "when the topology takes no more", "closed")
	if when(model.FullIsAnError) {
		declare("Full", "that found no room and has put nothing", "queue full")
	}
	if asked || when(model.FullDropsNew) {
		declare("Dropped", "whose item was dropped for want of room"+choice(asked, ", and an Ask since its key was there before"), choice(!asked, "queue full, ")+"item dropped")
	}
	if len(decls) == 2 {
		t.add(decls[0] + "\nvar " + decls[1])
		return
	}
	t.add("var (\n" + lines(decls...) + "\n)")
}

// part returns the name of something of the stock parts, and notes that it is needed.
func (t *topology) part(name string) string {
	root, _, _ := strings.Cut(name, ".")
	t.file.crew[name] = true
	return stock.Name(t.model.Prefix, root)
}

// start returns the statements that start a topology.
func (t *topology) start() string {
	var queues []string
	for _, m := range t.Physical() {
		queues = append(queues, t.makeQueue(t.queues[m]))
	}
	var runs []string
	for _, w := range t.Producers {
		runs = append(runs, t.runs(w))
	}
	for _, w := range t.Consumers {
		runs = append(runs, t.runs(w))
	}
	fillers := t.fillers()
	var keys, shared []string // of the keys settle takes what is left, whatever becomes of the start
	for _, w := range t.Consumers {
		shared = append(shared, t.keep(w))
		switch {
		case funnels(w):
			funnel, pours := t.makeFunnel(w)
			keys, shared = append(keys, funnel), append(shared, pours)
		case w.Key != nil:
			queues = append(queues, t.makeKeys(w))
		}
	}
	if t.Join {
		runs = append(runs, t.runsJoin())
	}
	hold := t.holding()
	return lines(
		fmt.Sprintf("%s := &%s{%s}", t.recv, t.Name, strings.Join(t.set, ", ")),
		lines(queues...), fillers,
		fmt.Sprintf("%s.crew = %s(ctx, %s.stop, %s.settle)", t.recv, t.part("newCrew"), t.recv, t.recv),
		lines(keys...), hold,
		t.launching(lines(lines(shared...), lines(runs...))),
		"return "+t.recv+", nil")
}

// member returns the code of a field or method of the topology's own.
func (t *topology) member(name string) string {
	if field, method, ok := strings.Cut(name, "."); ok && field == "crew" && method != "ctx" && method != "intake" {
		t.part("crew." + method)
	}
	return t.recv + "." + name
}

// seamFields makes a field of each effect.
func (t *topology) seamFields() {
	seams := t.g.seams(&t.Definition, newEnv())
	for i, s := range seams {
		name := t.field(s.name, s.typ)
		if i < len(t.Effects) {
			t.env.bind(s.effect, t.recv+"."+name)
		}
		t.set = append(t.set, name+": "+s.name)
		t.g.passing = append(t.g.passing, seam{s.effect, t.recv + "." + name, s.typ, s.value})
	}
	t.seams = seams
}

// starting adds the funcs that start a topology.
func (t *topology) starting(body string) {
	run, start := t.RunName(), t.StartName()
	result := t.Name + "Result"
	ctx := []param{t.g.ctxParam()}
	params := append(ctx, t.g.params(&t.Definition)...)
	shut := ""
	if t.hasOpen() {
		shut = t.recv + ".shut() // nothing is put in from outside"
	}
	args := spread(&t.Definition, paramNames(t.g.params(&t.Definition)))
	t.function(wrapped(run+" runs "+t.Name+" to its end. The error is the first of a call in it, or ctx's cause; then there is no result."),
		run, writeParams(params), "("+result+", error)", lines(
			fmt.Sprintf("%s, %s := %s", t.recv, t.g.err, callOf(start, []string{"ctx"}, args)),
			ifThen(t.g.err+" != nil", fmt.Sprintf("return %s{}, %s", result, t.g.err)),
			shut, "return "+t.recv+".Wait()"))
	caller{
		doc:  wrapped(start + " starts " + t.Name + ". Its goroutines end when " + t.ends() + ", when one of them fails, or when ctx is done; Wait waits for them, and has to be called."),
		name: start, inner: t.innerName(start), params: params, fixed: append(ctx, t.g.fixedParams(&t.Definition)...),
		results: "(*" + t.Name + ", error)", body: body,
	}.add(t.function, t.seams)
}

func (t *topology) ends() string {
	switch {
	case t.hasOpen():
		return "it is closed and all that was put is handled"
	case t.Join:
		return "all that was put is handled"
	}
	return "the producers have ended and all that was put is handled"
}

func (t *topology) hasOpen() bool {
	return slices.ContainsFunc(t.Queues, func(q *model.Queue) bool { return q.Open })
}
