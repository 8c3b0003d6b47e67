package spec

import "gopkg.in/yaml.v3"

// modifierKeys are the keys that say how calls are made.
func modifierKeys[N any](of func(*N) *Modifiers, onError form[*OnError]) []key[N] {
	return []key[N]{
		entry("concurrency", goNumber, func(n *N) *Text { return &of(n).Concurrency }, "How many calls, or copies, run at a time."),
		entry("ordered", boolean, func(n *N) *Flag { return &of(n).Ordered },
			"Whether elements leave in the order they came (the default)."),
		entry("partition_by", goExpr, func(n *N) *Text { return &of(n).PartitionBy },
			"A key: one element of a key at a time, in order."),
		entry("timeout", goDuration, func(n *N) *Text { return &of(n).Timeout }, "How long one call may take."),
		entry("retry", retry.pointer(), func(n *N) **Retry { return &of(n).Retry }, "Calls that failed are made again."),
		entry("on_error", onError, func(n *N) **OnError { return &of(n).OnError }, "What becomes of an element whose call failed."),
	}
}

var retry = mapping[Retry]{
	noun: "retry", def: "retry", main: "attempts",
	at: func(m *Retry) *Text { return &m.Key },
	keys: []key[Retry]{
		entry("attempts", goNumber, func(m *Retry) *Text { return &m.Attempts }, "How many calls are made at most.").must(),
		entry("delay", goDuration, func(m *Retry) *Text { return &m.Delay }, "How long the first wait is."),
		entry("backoff", goNumber, func(m *Retry) *Text { return &m.Backoff }, "By what each wait is longer than the one before."),
		entry("max_delay", goDuration, func(m *Retry) *Text { return &m.MaxDelay }, "How long a wait is at most."),
		entry("jitter", boolean, func(m *Retry) *Flag { return &m.Jitter },
			"Whether each wait is drawn between half of it and the whole."),
		entry("when", goExpr, func(m *Retry) *Text { return &m.When }, "A Go bool over err: whether to try again."),
	},
}

var (
	onErrorCall = entry("call", goExpr, func(e *OnError) *Text { return &e.Call },
		"Is given v and err; the element is skipped.")
	onErrorQueue = entry("into", reference("the name of a queue"), func(e *OnError) *Text { return &e.Into },
		"The queue that the element is put into.")

	// onError is what stages of pipelines take.
	onError = onErrorForm(mapping[OnError]{
		noun: "on_error", def: "on_error",
		keys:  []key[OnError]{onErrorCall},
		hints: map[string]string{"put": noQueues, "into": noQueues},
		rules: []rule{exactlyOne{"call"}},
	})

	// onErrorPut is what a topology takes.
	onErrorPut = onErrorForm(mapping[OnError]{
		noun: "on_error", def: "topology_on_error",
		keys: []key[OnError]{
			onErrorCall,
			entry("put", goExpr, func(e *OnError) *Text { return &e.Put },
				"What is put; v, err and attempts are in scope. Left out: v itself."),
			onErrorQueue,
		},
		rules: []rule{atLeastOne{"call", "into"}, conflicts{"call", []string{"put", "into"}}},
	})
)

const noQueues = "a pipeline has no queues: they belong to topologies"

func onErrorForm(m mapping[OnError]) form[*OnError] {
	words := to(wordOr(m.want(), "stop", "skip"), func(_, w Text) OnError { return OnError{Word: w} })
	return to(either(words, m.value(), yaml.MappingNode), func(at Text, e OnError) *OnError {
		e.Key = at
		return &e
	})
}
