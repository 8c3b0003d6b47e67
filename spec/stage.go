package spec

import (
	"github.com/asyncgen/asyncgen/internal/diag"
	"gopkg.in/yaml.v3"
)

// The stages of a pipeline, and those inside a topology, where on_error may put an item into a queue.
var (
	stage         = stageMapping("stage", onError)
	topologyStage = stageMapping("topology_stage", onErrorPut)
)

func stageMapping(def string, onError form[*OnError]) mapping[Stage] {
	kinds := []key[Stage]{
		stageOf(Map, goFunc, "One for one: gives any value, or (T, error)."),
		stageOf(Filter, goFunc, "Keeps an element where true."),
		stageOf(Flatten, goFunc, "Gives a thing that can be ranged over; its elements take the element's place."),
		stageOf(Take, goNumber, "The first N elements."),
		stageOf(Skip, goNumber, "All but the first N elements."),
		stageOf(TakeWhile, goFunc, "The elements up to the first for which it is false."),
		stageOf(TakeUntil, goFunc, "The elements up to and with the first for which it is true."),
		stageOf(SkipWhile, goFunc, "The elements from the first for which it is false."),
		stageFrom(Distinct, distinctForm, "The first element of each key."),
		stageFrom(Scan, accumulate("scan").value(), "A running accumulation: acc and v are in scope of step."),
		stageFrom(Batch, batch.value(), "Slices of size elements, or what has come within every."),
		stageFrom(Window, window.value(), "Sliding slices of size elements."),
		stageOf(Tap, goFunc, "Looks at each element and changes nothing."),
		set(string(GatherStage), fields, func(s *Stage, at Text, f []Field) {
			s.Kind, s.Key, s.Gather = GatherStage, at, f
		}, gatherDoc),
		stageOf(Rate, goRate, "At most N elements a second (N/s), minute (N/m) or hour (N/h)."),
		stageOf(Prefetch, goNumber, "Runs what stands before it ahead, N elements at most."),
	}
	m := mapping[Stage]{noun: "stage", def: def}
	var hosts, modifiers []string
	for _, k := range kinds {
		hosts = append(hosts, k.name)
	}
	calls := modifierKeys(func(s *Stage) *Modifiers { return &s.Calls }, onError)
	for _, k := range calls {
		modifiers = append(modifiers, k.name)
	}
	m.keys = append(kinds, entry("as", asName, func(s *Stage) *Text { return &s.As },
		"Names the element that leaves the stage, for later stages and in the generated code."))
	m.keys = append(m.keys, calls...)
	m.rules = []rule{exactlyOne(hosts), onlyBeside{modifiers, []string{string(Map), string(Filter), string(Flatten), string(Tap)}}}
	return m
}

// stageOf is the key of a stage that has nothing but Go text.
func stageOf(kind StageKind, f form[Text], doc string) key[Stage] {
	return set(string(kind), f, func(s *Stage, at, e Text) { s.Kind, s.Key, s.Expr = kind, at, e }, doc)
}

// stageFrom is the key of a stage that has parts of its own.
func stageFrom(kind StageKind, f form[Stage], doc string) key[Stage] {
	return set(string(kind), f, func(s *Stage, at Text, part Stage) {
		part.Kind, part.Key, part.As, part.Calls = kind, at, s.As, s.Calls
		*s = part
	}, doc)
}

var fields = names(localName("call", diag.DuplicateKey), goExpr, func(name, e Text) Field { return Field{name, e} })

var distinctForm = either(
	to(goExpr, func(_, e Text) Stage { return Stage{Expr: e} }),
	mapping[Stage]{
		noun: "distinct", def: "distinct",
		keys: []key[Stage]{
			entry("by", goExpr, func(s *Stage) *Text { return &s.Expr }, "The key that tells elements apart.").must(),
			set("adjacent", boolean, func(s *Stage, _ Text, f Flag) { s.Adjacent = f.Value },
				"Whether only neighbours are compared, which needs no memory."),
		},
	}.value(),
	yaml.MappingNode,
)

// accumulate is what scan and reduce take.
func accumulate(noun string) mapping[Stage] {
	return mapping[Stage]{
		noun: noun, def: noun,
		keys: []key[Stage]{
			entry("init", goExpr, func(s *Stage) *Text { return &s.Init }, "What acc is at first.").must(),
			entry("step", goExpr, func(s *Stage) *Text { return &s.Step }, "What acc becomes; acc and v are in scope.").must(),
		},
	}
}

var batch = mapping[Stage]{
	noun: "batch", def: "batch", main: "size",
	keys: []key[Stage]{
		entry("size", goNumber, func(s *Stage) *Text { return &s.Size }, "How many elements a batch has."),
		entry("every", goDuration, func(s *Stage) *Text { return &s.Every },
			"How long a batch waits for more, from its first element on."),
	},
	rules: []rule{atLeastOne{"size", "every"}},
}

var window = mapping[Stage]{
	noun: "window", def: "window", main: "size",
	keys: []key[Stage]{
		entry("size", goNumber, func(s *Stage) *Text { return &s.Size }, "How many elements a window has.").must(),
		entry("step", goNumber, func(s *Stage) *Text { return &s.Step }, "By how many elements the next one begins later."),
	},
}
