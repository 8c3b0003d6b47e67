package spec

import (
	"bytes"
	"encoding/json"
	"maps"
)

// schema is a JSON Schema.
type schema map[string]any

// defs are the named parts of a schema.
type defs map[string]any

// ref returns a reference to the part of a name, which is made when it is asked for first.
func (d defs) ref(name string, made func() schema) schema {
	if _, ok := d[name]; !ok {
		d[name] = nil // it is on its way
		d[name] = made()
	}
	return schema{"$ref": "#/$defs/" + name}
}

// described returns a schema with a description in front of what it says of itself.
func described(s schema, doc string) schema {
	with := maps.Clone(s)
	with["description"] = doc
	return with
}

// Schema returns the JSON Schema (draft 2020-12) of a spec file, made from the tables that Parse reads by. It is the same
// at every call, and ends in a line break.
func Schema() []byte {
	parts := defs{}
	root := file.schema(parts)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "asyncgen spec, v1"
	root["$defs"] = parts
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(root); err != nil {
		panic(err) // maps, lists and texts always encode
	}
	return text.Bytes()
}
