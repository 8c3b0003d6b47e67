package soak

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/asyncgen/asyncgen/internal/soak/world"
)

// composer makes a topology out of a seed: its spec, and the shape that the books have to know.
type composer struct {
	*rand.Rand
	world.Shape
	join      bool
	size      []string // of queues, as the spec has it
	queues    []string // the other keys of queues
	producers []string
	consumers []string
	takers    []int // how many consumers a queue has
	held      bool  // the topology holds something
}

// compose returns the spec of a topology called Soaked.
func compose(seed uint64) (text string, c *composer) {
	c = &composer{Rand: rand.New(rand.NewPCG(seed, 1)), Shape: world.Shape{Seed: seed}}
	c.join = c.IntN(2) == 0
	c.held = c.one(5)
	if c.held {
		c.Sites = append(c.Sites, world.Site{Worker: -1, Stops: true, Attempts: 1, Opening: true}, world.Site{Worker: -1, Closing: true})
	}
	for range 1 + c.IntN(5) {
		c.queue()
	}
	for i := range c.Queues {
		c.fill(i)
		c.empty(i)
	}
	if c.one(3) {
		c.Drain = time.Duration(1+c.IntN(30)) * time.Millisecond
	}
	return c.text(), c
}

// one reports true one time in n.
func (c *composer) one(n int) bool { return c.IntN(n) == 0 }

func (c *composer) pick(all ...string) string { return all[c.IntN(len(all))] }

func (c *composer) text() string {
	var b strings.Builder
	b.WriteString("asyncgen: v1\nimports: [time, example.com/soak/world]\nresources:\n" +
		"  Own: {params: {run: '*world.Run', site: int}, acquire: 'run.Acquire(ctx, site)', release: 'v.Release(ctx, site+1)'}\n" +
		"  Soft: {params: {run: '*world.Run', site: int}, acquire: 'run.Acquire(ctx, site)', release: 'v.Release(ctx, site+1)', suppress: world.Soft(err)}\n" +
		"topologies:\n  Soaked:\n    params: {run: '*world.Run', n: int, size: int}\n")
	if c.held {
		b.WriteString("    with: {held: 'Own(run, 0)'}\n")
	}
	b.WriteString("    queues:\n")
	for i, q := range c.Queues {
		fmt.Fprintf(&b, "      %s: {of: world.Item, capacity: %s%s}\n", q.Name, c.size[i], c.queues[i])
	}
	if len(c.producers) > 0 {
		b.WriteString("    producers:\n" + strings.Join(c.producers, ""))
	}
	b.WriteString("    consumers:\n" + strings.Join(c.consumers, ""))
	if c.join {
		b.WriteString("    shutdown: join\n")
	}
	if c.Drain > 0 {
		fmt.Fprintf(&b, "    drain: %v\n", c.Drain)
	}
	return b.String()
}

// queue adds a queue.
func (c *composer) queue() {
	i := len(c.Queues)
	q := world.Queue{Name: fmt.Sprintf("q%d", i), Capacity: []int{0, 1, 2, 3, 8, world.Unbounded, world.BySize}[c.IntN(7)], OnFull: "block"}
	size := fmt.Sprint(q.Capacity)
	switch q.Capacity {
	case world.Unbounded:
		size = "unbounded"
	case world.BySize:
		size = "size"
	}
	keys := ""
	if q.Capacity != world.Unbounded && c.one(3) {
		q.OnFull = c.pick("drop_new", "drop_oldest", "error", "block")
		if q.Capacity == 0 && q.OnFull == "drop_oldest" {
			q.OnFull = "drop_new"
		}
		keys += ", on_full: " + q.OnFull
	}
	q.Open = c.one(3)
	q.Reply = q.Open && c.one(3) && q.OnFull != "drop_oldest"
	if !q.Reply {
		keys += c.order(&q)
	}
	if c.one(2) {
		q.Undelivered = true
		keys += fmt.Sprintf(", undelivered: '%s'", fmt.Sprintf(c.pick("run.Left(v, %d, %d)", "run.Leave(ctx, v, %d, %d)"), i, c.closing()))
	}
	if q.Open {
		keys += ", open: true"
	}
	if q.Reply {
		keys += ", reply: true"
	}
	c.Queues, c.size, c.queues = append(c.Queues, q), append(c.size, size), append(c.queues, keys)
	c.takers = append(c.takers, 0)
}

// order returns what a queue does with its items beside holding them.
func (c *composer) order(q *world.Queue) (keys string) {
	if q.Capacity != 0 && c.one(6) {
		q.Ranked = true
		rank := "v.Rank()"
		if !q.Open {
			rank = fmt.Sprintf("'run.Rated(v, %d)'", c.plain())
		}
		keys += ", priority: " + rank
	}
	if q.Capacity != 0 && c.one(6) {
		q.Delay = time.Duration(1+c.IntN(5)) * time.Millisecond
		keys += fmt.Sprintf(", delay: %d * time.Millisecond", q.Delay.Milliseconds())
	}
	if c.one(8) {
		q.Distinct = c.pick("v.ID", "v.Key", "v.ID % 30")
		key := q.Distinct
		if key == "v.Key" && !q.Open {
			key = fmt.Sprintf("'run.KeyOf(v, %d)'", c.plain())
		}
		keys += ", distinct: " + key
	}
	return keys
}

// closing adds a place at the end of the topology.
func (c *composer) closing() int { return c.site(world.Site{Worker: -1, Closing: true}) }

// site adds a place.
func (c *composer) site(s world.Site) int {
	c.Sites = append(c.Sites, s)
	return len(c.Sites) - 1
}

// plain adds a place that can only panic; nobody knows what goes on before.
func (c *composer) plain() int { return c.site(world.Site{Worker: -1, Flushes: true}) }

// fill adds producers, so that something comes into a queue.
func (c *composer) fill(i int) {
	q := &c.Queues[i]
	if !q.Open && !q.Filled || c.one(4) {
		c.producer(i)
	}
}

// empty adds the consumers of a queue.
func (c *composer) empty(i int) {
	q := &c.Queues[i]
	switch {
	case q.Reply:
		c.consumer(i)
	case c.takers[i] > 0 && c.one(2): // one with several queues takes from it already
	case c.takers[i] == 0 && c.one(5):
		q.Broadcast = 2 + c.IntN(2)
		c.queues[i] += ", broadcast: true"
		for range q.Broadcast {
			c.consumer(i)
		}
	default:
		for range 1 + c.IntN(5)/4 {
			c.consumer(i)
		}
	}
}

// targets returns some queues that a worker which takes from queue from, and those before it, can put into; none for a
// consumer that ends otherwise.
func (c *composer) targets(w *world.Worker, must bool) []int {
	last := -1
	if len(w.From) > 0 {
		last = slices.Max(w.From)
	}
	var all []int
	for i := last + 1; i < len(c.Queues); i++ {
		all = append(all, i)
	}
	if w.Consumer && c.join && c.one(3) {
		for i := range c.Queues[:last+1] {
			if q := &c.Queues[i]; q.Capacity == world.Unbounded || q.OnFull == "drop_new" || q.OnFull == "drop_oldest" {
				all = append(all, i)
			}
		}
	}
	if len(all) == 0 || !must && c.one(4) {
		return nil
	}
	c.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if len(all) == 1 || !c.one(3) {
		return all[:1]
	}
	return all[:2+c.IntN(min(2, len(all)-1))]
}

// producer adds a producer for a queue.
func (c *composer) producer(queue int) {
	number := len(c.Workers)
	w := world.Worker{Name: fmt.Sprintf("p%d", number), Copies: 1}
	keys := ""
	if c.one(3) {
		keys += c.copies(&w)
	}
	f := &flow{composer: c, worker: number, w: &w}
	keys += f.with()
	w.Targets = []int{queue}
	if c.one(4) {
		for _, more := range c.targets(&w, true) {
			if more != queue {
				w.Targets = append(w.Targets, more)
			}
		}
	}
	switch c.IntN(3) {
	case 0:
		keys += fmt.Sprintf(", from: 'run.Source(%d, worker)'", number)
	case 1:
		site := f.site(false)
		c.Sites[site].Flushes = true // its error is looked at behind a close
		keys += fmt.Sprintf(", from: 'run.Lines(ctx, %d, %d, worker)'", site, number)
	case 2:
		keys += ", from: " + c.pick("5", "n", "'n * 3'")
		f.stages = append(f.stages, fmt.Sprintf("{map: 'run.Numbered(v, %d, worker)'}", number))
	}
	f.some(3)
	keys += f.end()
	c.Workers = append(c.Workers, w)
	c.producers = append(c.producers, fmt.Sprintf("      %s: {%s}\n", w.Name, strings.TrimPrefix(keys, ", ")))
}

// copies returns how many copies a worker has.
func (c *composer) copies(w *world.Worker) string {
	w.Copies = c.IntN(5)
	if w.Copies == 0 {
		return ", concurrency: n"
	}
	return fmt.Sprintf(", concurrency: %d", w.Copies)
}

// consumer adds a consumer of a queue.
func (c *composer) consumer(queue int) {
	q := &c.Queues[queue]
	if !q.Reply && c.one(4) {
		c.computes(queue)
		return
	}
	number := len(c.Workers)
	w := world.Worker{Name: fmt.Sprintf("c%d", number), Consumer: true, Copies: 1, From: []int{queue}}
	c.takers[queue]++
	keys := ", from: " + q.Name
	if more := c.second(queue); more >= 0 {
		w.From = append(w.From, more)
		c.takers[more]++
		keys = fmt.Sprintf(", from: [%s, %s]", q.Name, c.Queues[more].Name)
	}
	if c.one(2) {
		keys += c.copies(&w)
		if c.one(2) {
			w.Keyed = true
			keys += fmt.Sprintf(", partition_by: '%s'", c.pick("v.Key", fmt.Sprintf("run.KeyOf(v, %d)", c.plain())))
		}
	}
	f := &flow{composer: c, worker: number, w: &w}
	keys += f.with()
	f.stages = append(f.stages, fmt.Sprintf("{tap: 'run.Took(v, %d)'}", number))
	if q.Reply {
		f.replies()
	} else {
		f.some(4)
	}
	if w.Targets = c.targets(&w, false); slices.Min(append(w.Targets, len(c.Queues))) <= slices.Max(w.From) {
		if q.Reply {
			w.Targets = nil
		} else {
			f.stages = append(f.stages, "{filter: run.More(v)}")
		}
	}
	keys += f.end()
	c.Workers = append(c.Workers, w)
	c.consumers = append(c.consumers, fmt.Sprintf("      %s: {%s}\n", w.Name, strings.TrimPrefix(keys, ", ")))
}

// computes adds a consumer of a queue that never waits: it takes several items at once.
func (c *composer) computes(queue int) {
	number := len(c.Workers)
	w := world.Worker{Name: fmt.Sprintf("c%d", number), Consumer: true, Copies: 1, From: []int{queue}}
	c.takers[queue]++
	keys := ", from: " + c.Queues[queue].Name
	if c.one(4) {
		keys += c.copies(&w)
	}
	f := &flow{composer: c, worker: number, w: &w, computes: true}
	f.stages = append(f.stages, fmt.Sprintf("{tap: 'run.Took(v, %d)'}", number))
	f.some(2)
	keys += f.end()
	c.Workers = append(c.Workers, w)
	c.consumers = append(c.consumers, fmt.Sprintf("      %s: {%s}\n", w.Name, strings.TrimPrefix(keys, ", ")))
}

// second returns another queue that a consumer takes from, or -1.
func (c *composer) second(queue int) int {
	if c.Queues[queue].Reply || c.Queues[queue].Raw || !c.one(4) {
		return -1
	}
	for i := queue + 1; i < len(c.Queues); i++ {
		if q := &c.Queues[i]; !q.Reply && !q.Raw && q.Broadcast == 0 {
			return i
		}
	}
	return -1
}
