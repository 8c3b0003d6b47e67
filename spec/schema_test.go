package spec

import (
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "rewrite the committed files that tests compare with")

func TestSchemaCommitted(t *testing.T) {
	const file = "schema.json"
	if *update {
		if err := os.WriteFile(file, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(committed), string(Schema())); d != "" {
		t.Errorf("schema.json is stale, run go test ./spec -update:\n%s", d)
	}
}

// TestSchemaAgrees changes good specs at one place each, in every way there is, and asks whether the schema refuses what
// Parse refuses, and nothing else.
func TestSchemaAgrees(t *testing.T) {
	v, root := newValidator(t)
	refused := 0
	agree := func(what string, doc *yaml.Node) {
		text, err := yaml.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := yaml.Unmarshal(text, &value); err != nil {
			t.Fatal(err)
		}
		var diags diag.List
		Parse("x.async.yaml", text, &diags)
		if diags.Failed() {
			refused++
		}
		if v.valid(root, value) == diags.Failed() {
			t.Errorf("%s: the schema says %v, Parse says %v", what, !diags.Failed(), diags.Sorted())
		}
	}
	for _, text := range goodSpecs(t) {
		var doc yaml.Node
		if err := yaml.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		stripComments(&doc)
		agree("unchanged", &doc)
		whole := doc.Content[0].Content
		for i := 0; i < len(whole); i += 2 { // a part at a time, beside the version: it is quicker
			part := &yaml.Node{Kind: yaml.MappingNode, Content: slices.Clone(whole[i : i+2])}
			if whole[i].Value != "asyncgen" {
				part.Content = append(part.Content, scalar("asyncgen"), scalar("v1"))
			}
			changeEach(part, "", func(what string) { agree(what, part) })
		}
	}
	if refused < 500 {
		t.Errorf("only %d changes were refused", refused)
	}
}

// stripComments takes away what yaml.v3 cannot always write again.
func stripComments(n *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for _, child := range n.Content {
		stripComments(child)
	}
}

// replacements are values of every kind.
var replacements = []*yaml.Node{
	scalar("word"), scalar("12"), scalar("true"),
	{Kind: yaml.ScalarNode, Value: "", Style: yaml.DoubleQuotedStyle},
	{Kind: yaml.SequenceNode},
	{Kind: yaml.SequenceNode, Content: []*yaml.Node{scalar("word")}},
	{Kind: yaml.MappingNode},
	{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("word"), scalar("other")}},
	{Kind: yaml.ScalarNode, Value: "true", Style: yaml.DoubleQuotedStyle},
}

func scalar(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: s} }

// changeEach changes every part of a tree in turn, calls changed, and changes it back.
func changeEach(n *yaml.Node, path string, changed func(what string)) {
	for i, child := range n.Content {
		key := n.Kind == yaml.MappingNode && i%2 == 0
		if !key {
			for _, other := range replacements {
				n.Content[i] = other
				changed(path + "/" + n.Content[max(0, i-1)].Value + " replaced by " + other.Value)
			}
			n.Content[i] = child
			changeEach(child, path+"/"+n.Content[max(0, i-1)].Value, changed)
			continue
		}
		all := n.Content
		n.Content = append(slices.Clone(all[:i]), all[i+2:]...)
		changed(path + " without " + child.Value)
		n.Content = all
		for _, name := range []string{"zzz", "func", "map", "into"} {
			if slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Value == name }) {
				continue
			}
			n.Content[i] = scalar(name)
			changed(path + ": " + child.Value + " renamed to " + name)
			n.Content[i] = child
			n.Content = append(slices.Clone(all), scalar(name), scalar("added"))
			changed(path + " with " + name)
			n.Content = all
		}
	}
}
