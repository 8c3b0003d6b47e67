package spec

import "gopkg.in/yaml.v3"

var pipelines = definitions(pipeline, func(p *Pipeline) *Definition { return &p.Definition })

var pipeline = mapping[Pipeline]{
	noun: "pipeline", def: "pipeline",
	keys: append([]key[Pipeline]{
		entry("from", from, func(p *Pipeline) *Source { return &p.From }, sourceDoc).must(),
		entry("as", asName, func(p *Pipeline) *Text { return &p.As }, "Names the source's element."),
		entry("stages", list(stage.value(), "stage"), func(p *Pipeline) *[]Stage { return &p.Stages }, stagesDoc),
		entry("collect", collect, func(p *Pipeline) **Collect { return &p.Collect }, collectDoc),
	}, definitionKeys(func(p *Pipeline) *Definition { return &p.Definition })...),
	hints: besideStages,
	check: func(r *reader, p *Pipeline) { r.checkLocals(&p.Definition, asNames(p.As, p.Stages)...) },
}

// besideStages tells of keys that a producer or a consumer has, and a pipeline has not.
var besideStages = map[string]string{
	"concurrency": besideStage, "ordered": besideStage, "partition_by": besideStage,
	"timeout": besideStage, "retry": besideStage, "on_error": besideStage,
	"do":   "write stages: [map: …], or tap: for a call that gives nothing",
	"into": "write collect: {into: …} for a sink; queues belong to topologies",
}

const besideStage = "it stands beside a stage: the map, filter, flatten or tap that makes the calls"

const (
	sourceDoc = "What is ranged over: a Go expression, a pipeline or iterator named like a call, or merge, concat, zip, gather."
	stagesDoc = "What is done with the elements, in order."
)

// asNames returns the names that as gives to a source's elements and to those of its stages.
func asNames(source Text, stages []Stage) []Text {
	all := []Text{source}
	for _, s := range stages {
		all = append(all, s.As)
	}
	return all
}

var from = to(either(
	to(goExpr, func(_, e Text) Source { return Source{Kind: GoSource, Expr: e} }),
	joined.value(),
	yaml.MappingNode,
), func(key Text, s Source) Source {
	s.Key = key
	if s.Kind == GoSource && !s.Expr.Given() {
		s.Kind = NoSource
	}
	return s
})

var joined = mapping[Source]{
	noun: "from", def: "source",
	keys: []key[Source]{
		set("merge", list(goExpr, "source"), joining(Merge), "Several sources, as they come; ends when all have ended."),
		set("concat", list(goExpr, "source"), joining(Concat), "Several sources, one after the other."),
		set("zip", list(goExpr, "source"), joining(Zip), "Several sources side by side; ends with the shortest."),
		set("gather", fields, func(s *Source, at Text, f []Field) { s.Kind, s.Inner, s.Gather = Gather, at, f }, gatherDoc),
	},
	rules: []rule{exactlyOne{"merge", "concat", "zip", "gather"}},
}

const gatherDoc = "Calls that run side by side: NAME: GO EXPRESSION; the next stage is a map over the names."

func joining(kind SourceKind) func(s *Source, at Text, p []Text) {
	return func(s *Source, at Text, p []Text) { s.Kind, s.Inner, s.Parts = kind, at, p }
}
