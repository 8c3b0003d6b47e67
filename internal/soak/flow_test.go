package soak

import (
	"fmt"
	"strings"

	"github.com/asyncgen/asyncgen/internal/soak/world"
)

// flow is what a worker does with an item.
type flow struct {
	*composer
	worker int
	w      *world.Worker
	stages []string
	calls  []call
	walks  bool // some of its calls are made while it ranges over what they give

	computes bool // nothing in it waits
}

// site adds a place of calls.
func (f *flow) site(shared bool) int {
	return f.composer.site(world.Site{Worker: f.worker, Stops: true, Attempts: 1, Shared: shared})
}

// with returns what a worker holds.
func (f *flow) with() string {
	if f.w.Own = f.one(5); !f.w.Own {
		return ""
	}
	site := f.site(false)
	f.Sites[site].Opening = true
	f.Sites = append(f.Sites, world.Site{Worker: f.worker, Closing: true})
	f.w.Soft = f.w.Consumer && !f.Queues[f.w.From[0]].Reply && f.one(2)
	return fmt.Sprintf(", with: {own: '%s(run, %d)'}", map[bool]string{false: "Own", true: "Soft"}[f.w.Soft], site)
}

// some adds up to n stages.
func (f *flow) some(n int) {
	for range f.IntN(n + 1) {
		f.stage()
	}
}

// stage adds a stage.
func (f *flow) stage() {
	add := func(format string, args ...any) { f.stages = append(f.stages, "{"+fmt.Sprintf(format, args...)+"}") }
	call := func(kind, call string, effect bool) {
		site := f.site(false)
		add("%s: '%s'%s%s", kind, fmt.Sprintf(call, site), f.modifiers(site, "v", effect), f.side(site, "v.Key"))
	}
	kind := f.IntN(20)
	if f.computes {
		kind = 8 + f.IntN(2)
	}
	switch kind {
	case 0, 1, 2, 3, 4:
		call("map", "run.Map(ctx, v, %d)", true)
	case 5:
		call("map", "run.Check(v, %d)", false)
	case 6:
		call("tap", "run.Tap(ctx, v, %d)", true)
	case 7:
		call("filter", "run.Keep(ctx, v, %d)", true)
	case 8:
		add("filter: '%s'", f.pick("v.ID % 5 != 0", fmt.Sprintf("run.Plain(v, %d)", f.plain())))
	case 9:
		add("flatten: run.Twins(v)")
	case 10:
		call("flatten", "run.Children(ctx, v, %d)", true)
	case 11:
		f.walks = true
		add("flatten: 'run.Walk(ctx, v, %d)'", f.site(false))
	case 12:
		add("%s", f.pick("distinct: v.ID", "skip: 1", "scan: {init: 'world.Item{}', step: v}", "rate: 1000/s", "rate: 400/s"))
	case 13, 14:
		f.batch()
	case 15:
		a, b := f.site(true), f.site(true)
		add("gather: {a%d: 'run.Map(ctx, v, %d)', b%d: 'run.Map(ctx, v, %d)'}", a, a, b, b)
		add("map: 'run.Both(a%d, b%d)'", a, b)
	case 16:
		add("window: {size: 2, step: 1}")
		add("map: 'v[len(v)-1]'")
	case 17:
		for _, i := range f.w.From {
			f.Queues[i].Partly = true
		}
		f.w.Enough = f.w.Batched
		add("%s", f.pick("take: 3", "take: 8", "take_while: 'v.ID % 9 != 0'", "take_until: 'v.ID % 9 == 0'", "skip_while: 'v.ID % 3 == 0'"))
	case 18:
		f.w.Split = true
		add("prefetch: 2")
	case 19:
		switch {
		case f.w.Own:
			call("tap", "own.Use(ctx, v, %d)", true)
		case f.held:
			call("tap", "held.Use(ctx, v, %d)", true)
		}
	}
}

// side returns how many calls are made side by side. key is that of what they are about.
func (f *flow) side(site int, key string) string {
	if !f.one(4) {
		return ""
	}
	f.w.Split, f.Sites[site].Shared = true, true
	if key == "v.Key" && f.one(2) {
		key = fmt.Sprintf("'run.KeyOf(v, %d)'", f.plain())
	}
	return f.pick(", concurrency: 2", ", concurrency: 3, partition_by: "+key)
}

// batch adds a batch and what becomes of it.
func (f *flow) batch() {
	late := f.w.Keyed && (f.w.Split || f.w.Batched) // it waits for keys that it may hold itself
	f.w.Split = f.w.Split || f.w.Batched && f.w.Consumer
	f.w.Batched = true
	for i := range f.Sites {
		f.Sites[i].Flushes = f.Sites[i].Flushes || f.Sites[i].Worker == f.worker
	}
	every := ""
	if late || f.w.Consumer && f.join || f.one(2) {
		every = f.pick(", every: 1ms", ", every: 5ms", ", every: 20ms")
	}
	size := fmt.Sprintf("size: %d", 1+f.IntN(4))
	if every != "" && f.one(3) {
		size = ""
	}
	f.w.Split = f.w.Split || !f.w.Consumer && every != ""
	f.stages = append(f.stages, fmt.Sprintf("{batch: {%s}}", strings.TrimPrefix(size+every, ", ")))
	site := f.site(false)
	if f.one(2) {
		f.stages = append(f.stages, fmt.Sprintf("{map: 'run.Sum(ctx, v, %d)'%s}", site, f.modifiers(site, "all", true)))
		return
	}
	f.stages = append(f.stages, fmt.Sprintf("{map: 'run.Each(ctx, v, %d)'%s}", site, f.modifiers(site, "all", true)), "{flatten: v}")
}

// replies adds stages that give an answer for each item.
func (f *flow) replies() {
	batched := f.one(2)
	for i := range 1 + f.IntN(3) {
		site := f.site(false)
		switch {
		case i == 0 && batched:
			f.w.Batched = true
			f.stages = append(f.stages, fmt.Sprintf("{batch: {size: %d, every: 2ms}}", 1+f.IntN(4)),
				fmt.Sprintf("{map: 'run.Each(ctx, v, %d)'%s}", site, f.modifiers(site, "all", true)+f.side(site, "'v[0].Key'")))
		case batched:
			f.stages = append(f.stages, fmt.Sprintf("{map: 'run.Each(ctx, v, %d)'%s}", site, f.modifiers(site, "all", true)+f.side(site, "'v[0].Key'")))
		default:
			f.stages = append(f.stages, fmt.Sprintf("{%s: 'run.Map(ctx, v, %d)'%s}", f.pick("map", "map", "tap"), site, f.modifiers(site, "v", true)+f.side(site, "v.Key")))
		}
	}
}

// modifiers returns what stands beside a call. v is what it is about: an item, or all of a batch.
func (f *flow) modifiers(site int, v string, effect bool) (text string) {
	s := &f.Sites[site]
	c := call{site: site}
	if effect && f.one(4) {
		s.Timed = true
		text += f.timeout()
	}
	if c.retried = f.one(3); c.retried {
		s.Attempts = 1 + f.IntN(4)
		text += f.retry(s.Attempts)
	}
	if c.told = f.one(2); c.told {
		text += f.onError(s, v)
	}
	if c.effect = effect; !f.walks {
		f.calls = append(f.calls, c)
	}
	return text
}

func (f *flow) timeout() string { return f.pick(", timeout: 3ms", ", timeout: 8ms") }

func (f *flow) retry(attempts int) string {
	return fmt.Sprintf(", retry: {attempts: %d%s, when: run.Worth(err)}", attempts, f.pick("", ", delay: 1ms", ", delay: 1ms, backoff: 2, jitter: true, max_delay: 3ms"))
}

// call is one that takes modifiers, and which it has of its own.
type call struct {
	site                  int
	effect, retried, told bool
}

// common returns modifiers of a worker, which its calls have that have none of their own.
func (f *flow) common() (text string) {
	if len(f.calls) == 0 || f.walks || !f.one(3) {
		return ""
	}
	timed, attempts, skips := f.calls[0].effect && f.one(2), f.IntN(4), f.one(2)
	if timed {
		text += f.timeout()
	}
	if attempts > 0 {
		text += f.retry(attempts)
	}
	if skips {
		text += ", on_error: skip"
	}
	for _, c := range f.calls {
		s := &f.Sites[c.site]
		s.Timed = s.Timed || timed && c.effect
		if !c.retried && attempts > 0 {
			s.Attempts = attempts
		}
		if !c.told && skips {
			s.Stops = false
		}
	}
	return text
}

// onError returns what becomes of an item whose call fails.
func (f *flow) onError(s *world.Site, v string) string {
	s.Stops = false
	switch f.IntN(5) {
	case 0:
		s.Stops = true
		return ", on_error: stop"
	case 1:
		return ", on_error: skip"
	case 2:
		told := f.site(false)
		return fmt.Sprintf(", on_error: {call: 'run.Told(ctx, v, err, %d)'}", told)
	}
	to := f.dead()
	if to < 0 {
		return ", on_error: skip"
	}
	f.Queues[to].Filled = true
	if v == "v" && f.takers[to] == 0 && f.w.Consumer && len(f.w.From) == 1 && f.Queues[f.w.From[0]].Broadcast == 0 && !f.Queues[to].Reply && f.one(3) {
		f.Queues[to].Raw = true
		return fmt.Sprintf(", on_error: {into: q%d}", to)
	}
	dead := map[string]string{"v": "Dead", "all": "DeadBatch"}[v]
	return fmt.Sprintf(", on_error: {put: 'run.%s(v, err, attempts, %d, %d)', into: q%d}", dead, f.worker, to, to)
}

// dead returns a queue for what has failed, or -1.
func (f *flow) dead() int {
	last := -1
	for _, i := range f.w.From {
		last = max(last, i)
	}
	if last == len(f.Queues)-1 {
		return -1
	}
	return last + 1 + f.IntN(len(f.Queues)-last-1)
}

// end returns the stages of a worker, and where its elements go.
func (f *flow) end() string {
	w := f.w
	reply := w.Consumer && f.Queues[w.From[0]].Reply
	if reply {
		w.Targets = nil
	}
	for _, to := range w.Targets {
		f.Queues[to].Filled = true
	}
	for i := range f.Sites {
		if s := &f.Sites[i]; f.w.Split && s.Worker == f.worker {
			s.Flushes, s.Shared = true, true
		}
	}
	stages := func() string { return f.common() + ", stages: [" + strings.Join(f.stages, ", ") + "]" }
	give := fmt.Sprintf("{map: 'run.Give(v, %d)'}", f.worker)
	switch {
	case reply:
		return stages()
	case len(w.Targets) == 1:
		f.stages = append(f.stages, give)
		return stages() + fmt.Sprintf(", into: q%d", w.Targets[0])
	case len(w.Targets) > 1:
		f.stages = append(f.stages, give)
		return stages() + f.route()
	}
	how := f.IntN(4)
	if f.computes {
		how += 2
	}
	switch how {
	case 0:
		return stages()
	case 1:
		site := f.site(false)
		f.calls = append(f.calls, call{site: site, effect: true})
		return stages() + fmt.Sprintf(", collect: {into: 'run.Into(ctx, v, %d)'}", site)
	}
	w.Collects = f.pick("slice", "slice", "set", "count", "first", "last", "one", "per_worker", "map", "reduce")
	f.stages = append(f.stages, give)
	collect := map[string]string{"map": "{map: {key: v.ID, value: v}}", "reduce": "{reduce: {init: 0, step: acc + 1}}"}[w.Collects]
	if collect == "" {
		collect = w.Collects
	}
	return stages() + ", collect: " + collect
}

// route returns the ways that elements go.
func (f *flow) route() string {
	var ways []string
	n := len(f.w.Targets)
	for i, to := range f.w.Targets {
		when := fmt.Sprintf("when: 'world.Way(v.ID, %d) == %d', ", n, i)
		if i == n-1 {
			when = ""
		} else if f.one(4) {
			site := f.site(false)
			f.Sites[site].Given = true
			when = fmt.Sprintf("when: 'run.Goes(ctx, v, %d, %d, %d)', ", n, i, site)
		}
		ways = append(ways, fmt.Sprintf("{%sinto: q%d}", when, to))
	}
	return ", route: [" + strings.Join(ways, ", ") + "]"
}
