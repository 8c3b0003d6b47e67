package spec

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// validator checks a decoded YAML value against a JSON Schema, as far as Schema makes use of the standard. It knows no
// keyword that Schema does not use, and panics at one that it does not know.
type validator struct {
	defs     map[string]any
	patterns map[string]*regexp.Regexp
}

func newValidator(t *testing.T) (validator, map[string]any) {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	return validator{root["$defs"].(map[string]any), map[string]*regexp.Regexp{}}, root
}

func (v validator) valid(s map[string]any, value any) bool {
	for keyword, arg := range s {
		if !v.holds(keyword, arg, s, value) {
			return false
		}
	}
	return true
}

func (v validator) holds(keyword string, arg any, s map[string]any, value any) bool {
	object, isObject := value.(map[string]any)
	list, isList := value.([]any)
	text, isText := value.(string)
	each := func(all any) (n int) {
		for _, sub := range all.([]any) {
			if v.valid(sub.(map[string]any), value) {
				n++
			}
		}
		return n
	}
	switch keyword {
	case "$schema", "$defs", "title", "description":
		return true
	case "$ref":
		return v.valid(v.defs[strings.TrimPrefix(arg.(string), "#/$defs/")].(map[string]any), value)
	case "type":
		if one, ok := arg.(string); ok {
			arg = []any{one}
		}
		return slices.ContainsFunc(arg.([]any), func(t any) bool { return t == typeOf(value) })
	case "enum":
		return slices.ContainsFunc(arg.([]any), func(e any) bool { return reflect.DeepEqual(e, value) })
	case "not":
		return !v.valid(arg.(map[string]any), value)
	case "anyOf":
		return each(arg) > 0
	case "oneOf":
		return each(arg) == 1
	case "allOf":
		return each(arg) == len(arg.([]any))
	case "pattern":
		if v.patterns[arg.(string)] == nil {
			v.patterns[arg.(string)] = regexp.MustCompile(arg.(string))
		}
		return !isText || v.patterns[arg.(string)].MatchString(text)
	case "minLength":
		return !isText || float64(len(text)) >= arg.(float64)
	case "minItems":
		return !isList || float64(len(list)) >= arg.(float64)
	case "items":
		return !slices.ContainsFunc(list, func(e any) bool { return !v.valid(arg.(map[string]any), e) })
	case "minProperties":
		return !isObject || float64(len(object)) >= arg.(float64)
	case "maxProperties":
		return !isObject || float64(len(object)) <= arg.(float64)
	case "required":
		return !isObject || !slices.ContainsFunc(arg.([]any), func(k any) bool { _, ok := object[k.(string)]; return !ok })
	case "propertyNames":
		for name := range object {
			if !v.valid(arg.(map[string]any), name) {
				return false
			}
		}
		return true
	case "properties":
		for name, sub := range arg.(map[string]any) {
			if e, ok := object[name]; ok && !v.valid(sub.(map[string]any), e) {
				return false
			}
		}
		return true
	case "additionalProperties":
		known, _ := s["properties"].(map[string]any)
		for name, e := range object {
			if _, ok := known[name]; ok {
				continue
			}
			if sub, ok := arg.(map[string]any); !ok || !v.valid(sub, e) {
				return false
			}
		}
		return true
	case "dependentSchemas":
		for name, sub := range arg.(map[string]any) {
			if _, ok := object[name]; ok && !v.valid(sub.(map[string]any), value) {
				return false
			}
		}
		return true
	}
	panic("a keyword that the validator does not know: " + keyword)
}

func typeOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case int, float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	panic(fmt.Sprintf("%T", value))
}
