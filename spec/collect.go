package spec

import "gopkg.in/yaml.v3"

const collectDoc = "What becomes of the elements; left out: an iter.Seq2[T, error]."

var (
	// collect is what pipelines take.
	collect = collectForm("collect", "slice", "set", "count", "first", "last", "one")
	// collectWorkers is what consumers take.
	collectWorkers = collectForm("topology_collect", "slice", "set", "count", "first", "last", "one", "per_worker")
)

func collectForm(def string, words ...string) form[*Collect] {
	inner := mapping[Collect]{
		noun: "collect", def: def,
		keys: []key[Collect]{
			collectKey("map", collectMap.value(), "A map; a later key wins, unless on_duplicate says otherwise."),
			collectKey("reduce", to(accumulate("reduce").value(), func(_ Text, s Stage) Collect {
				return Collect{Init: s.Init, Step: s.Step}
			}), "One value; acc and v are in scope of step."),
			collectKey("into", to(goFunc, func(_, e Text) Collect { return Collect{Into: e} }), "A sink: is given each element."),
		},
		rules: []rule{exactlyOne{"map", "reduce", "into"}},
	}
	kind := to(wordOr(inner.want(), words...), func(_, w Text) Collect { return Collect{Kind: w} })
	return to(either(kind, inner.value(), yaml.MappingNode), func(at Text, c Collect) *Collect {
		c.Key = at
		return &c
	})
}

// collectKey is a key that names what is collected, and holds its parts.
func collectKey(name string, f form[Collect], doc string) key[Collect] {
	return set(name, f, func(c *Collect, at Text, part Collect) {
		part.Kind = at
		*c = part
	}, doc)
}

var collectMap = mapping[Collect]{
	noun: "map", def: "collect_map",
	keys: []key[Collect]{
		entry("key", goExpr, func(c *Collect) *Text { return &c.MapKey }, "The key of an element.").must(),
		entry("value", goExpr, func(c *Collect) *Text { return &c.MapValue }, "The value of an element.").must(),
		entry("on_duplicate", word("first", "error"), func(c *Collect) *Text { return &c.OnDuplicate },
			"What a key that is there already does: the first one wins, or it is an error."),
	},
}
