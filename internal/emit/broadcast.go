package emit

import (
	"fmt"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
)

// putEach returns the method that puts an item into each queue of one that broadcasts.
func (t *topology) putEach(m *model.Queue) string {
	if t.each[m] == "" {
		t.each[m] = t.members.pick("put"+model.UpperFirst(m.Name), "enqueue"+model.UpperFirst(m.Name))
	}
	return t.each[m]
}

// putToEach adds that method.
func (t *topology) putToEach(m *model.Queue) {
	if m.Each == nil || len(m.Fillers) == 0 {
		return
	}
	item := t.local(t.queues[m.Each[0]].noun, "item")
	var puts []string
	last := len(m.Each) - 1
	for _, each := range m.Each[:last] {
		puts = append(puts, ifThen(fmt.Sprintf("err := %s; err != nil", t.putCall(each, item)), "return err"))
	}
	t.method(comment(t.putEach(m)+" puts an item into "+m.Name+", for each of its consumers."), t.putEach(m),
		item+" "+t.g.typ(m.Elem), "error", lines(lines(puts...), "return "+t.putCall(m.Each[last], item)))
}

// puttingAll returns the statements with which the program puts an item into a queue.
func (t *topology) puttingAll(m *model.Queue, v string, e *env) string {
	if m.Each == nil {
		return t.putting(t.queues[m], v, e, "ctx")
	}
	drops := m.Capacity != nil && m.OnFull == model.FullDropsNew
	var puts []string
	for _, each := range m.Each {
		put := t.putting(t.queues[each], v, e, "ctx")
		call, simple := strings.CutPrefix(put, "return ")
		if !simple || strings.Contains(call, "\n") {
			call = "func() error {\n" + put + "\n}()"
		}
		if !drops {
			puts = append(puts, ifThen("err := "+call+"; err != nil", "return err"))
			continue
		}
		isDropped := t.imports.std("errors.Is") + "(err, " + t.ErrName("Dropped") + ")"
		puts = append(puts, fmt.Sprintf("if err := %s; %s {\ndropped = true // by this consumer's: the others get it\n} else if err != nil {\nreturn err\n}", call, isDropped))
	}
	if !drops {
		return lines(lines(puts...), "return nil")
	}
	return lines("dropped := false", lines(puts...), ifThen("dropped", "return "+t.ErrName("Dropped")), "return nil")
}

// plus adds the method that adds up the counts of the queues of one that broadcasts.
func (t *topology) plus() {
	name := t.Name + "QueueStats"
	t.methodOf("s "+name, "// plus adds up the counts of two queues that are one for those outside.", "plus", "other "+name, name, `s.Put += other.Put
s.Handled += other.Handled
s.Failed += other.Failed
s.Dropped += other.Dropped
s.Undelivered += other.Undelivered
s.Depth += other.Depth
s.InFlight += other.InFlight
return s`)
}
