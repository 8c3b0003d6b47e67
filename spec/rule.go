package spec

import (
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// rule says which keys of a mapping go together.
type rule interface {
	check(r *reader, title string, at Text, given map[string]diag.Pos)
	schema() schema
}

// some asks for one of its keys at least.
type some []string

func (s some) check(r *reader, title string, at Text, given map[string]diag.Pos) {
	if len(among(s, given)) > 0 {
		return
	}
	r.diags.Errorf(at.Pos, diag.MissingKey, "%s has none of %s", title, strings.Join(s, ", "))
}

func (s some) schema() schema { return schema{"anyOf": requireEach(s)} }

// atMostOne asks for one of its keys, or none.
type atMostOne []string

func (a atMostOne) check(r *reader, _ string, _ Text, given map[string]diag.Pos) {
	both := among(a, given)
	for _, name := range both[min(1, len(both)):] {
		r.apart(both[0], name, given)
	}
}

func (a atMostOne) schema() schema {
	return schema{"oneOf": append(requireEach(a), schema{"not": schema{"anyOf": requireEach(a)}})}
}

// exactlyOne asks for one of its keys.
func exactlyOne(names ...string) []rule { return []rule{some(names), atMostOne(names)} }

// apart keeps a key from all of the others.
type apart struct {
	key    string
	others []string
}

func (p apart) check(r *reader, _ string, _ Text, given map[string]diag.Pos) {
	others := among(p.others, given)
	if _, ok := given[p.key]; ok && len(others) > 0 {
		r.apart(p.key, others[0], given)
	}
}

func (p apart) schema() schema {
	return schema{"not": schema{"required": []string{p.key}, "anyOf": requireEach(p.others)}}
}

// beside lets keys stand only where one of the hosts stands.
type beside struct {
	keys, hosts []string
}

func (b beside) check(r *reader, title string, _ Text, given map[string]diag.Pos) {
	if len(among(b.hosts, given)) > 0 {
		return
	}
	for _, name := range among(b.keys, given) {
		r.diags.Errorf(given[name], diag.Combination, "%q stands beside %s only", name, strings.Join(b.hosts, ", "))
	}
}

func (b beside) schema() schema {
	dependent := schema{}
	for _, name := range b.keys {
		dependent[name] = schema{"anyOf": requireEach(b.hosts)}
	}
	return schema{"dependentSchemas": dependent}
}

// among returns those of names that are given, in the order of their places.
func among(names []string, given map[string]diag.Pos) []string {
	var all []string
	for _, name := range names {
		if _, ok := given[name]; ok {
			all = append(all, name)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return given[a].Compare(given[b]) })
	return all
}

func requireEach(names []string) []schema {
	var all []schema
	for _, name := range names {
		all = append(all, schema{"required": []string{name}})
	}
	return all
}
