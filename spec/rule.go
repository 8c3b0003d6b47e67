package spec

import (
	"slices"
	"strings"

	"github.com/asyncgen/asyncgen/internal/diag"
)

// rule says which keys of a mapping go together.
type rule interface {
	check(r *reader, k keysGiven)
	schema() schema
}

// keysGiven are the keys that one mapping has in a spec.
type keysGiven struct {
	title   string              // what messages call the mapping
	pos     diag.Pos            // of the key that holds it
	at      map[string]diag.Pos // the keys, and those that an unknown one is likely meant to be
	unknown bool                // there are unknown ones
}

// among returns those of names that are given, in the order of their places.
func (k keysGiven) among(names []string) []string {
	var all []string
	for _, name := range names {
		if _, ok := k.at[name]; ok {
			all = append(all, name)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return k.at[a].Compare(k.at[b]) })
	return all
}

// refuseBoth reports that two keys do not go together, at the later of them.
func (k keysGiven) refuseBoth(r *reader, a, b string) {
	if k.at[b].Compare(k.at[a]) < 0 {
		a, b = b, a
	}
	r.diags.Errorf(k.at[b], diag.Combination, "%q does not go together with %q", b, a).Note(k.at[a], "%q is here", a)
}

// atLeastOne asks for one of its keys at least.
type atLeastOne []string

func (s atLeastOne) check(r *reader, k keysGiven) {
	switch {
	case len(k.among(s)) > 0:
	case len(s) == 1:
		r.diags.Errorf(k.pos, diag.MissingKey, "%s has no %q", k.title, s[0])
	case len(s) == 2:
		r.diags.Errorf(k.pos, diag.MissingKey, "%s has neither %s nor %s", k.title, s[0], s[1])
	default:
		r.diags.Errorf(k.pos, diag.MissingKey, "%s has none of %s", k.title, strings.Join(s, ", "))
	}
}

func (s atLeastOne) schema() schema { return schema{"anyOf": requireEach(s)} }

// exactlyOne asks for one of its keys. An unknown key is taken for an attempt at it.
type exactlyOne []string

func (e exactlyOne) check(r *reader, k keysGiven) {
	if !k.unknown {
		atLeastOne(e).check(r, k)
	}
	atMostOne(e).check(r, k)
}

func (e exactlyOne) schema() schema { return schema{"oneOf": requireEach(e)} }

// atMostOne asks for one of its keys, or none.
type atMostOne []string

func (a atMostOne) check(r *reader, k keysGiven) {
	both := k.among(a)
	for _, name := range both[min(1, len(both)):] {
		k.refuseBoth(r, both[0], name)
	}
}

func (a atMostOne) schema() schema {
	return schema{"oneOf": append(requireEach(a), schema{"not": schema{"anyOf": requireEach(a)}})}
}

// conflicts keeps a key apart from all of the others.
type conflicts struct {
	key    string
	others []string
}

func (p conflicts) check(r *reader, k keysGiven) {
	others := k.among(p.others)
	if _, ok := k.at[p.key]; ok && len(others) > 0 {
		k.refuseBoth(r, p.key, others[0])
	}
}

func (p conflicts) schema() schema {
	return schema{"not": schema{"required": []string{p.key}, "anyOf": requireEach(p.others)}}
}

// onlyBeside lets keys stand only where one of the hosts stands.
type onlyBeside struct {
	keys, hosts []string
}

func (b onlyBeside) check(r *reader, k keysGiven) {
	if k.unknown || len(k.among(b.hosts)) > 0 {
		return
	}
	for _, name := range k.among(b.keys) {
		r.diags.Errorf(k.at[name], diag.Combination, "%q stands beside %s only", name, strings.Join(b.hosts, ", "))
	}
}

func (b onlyBeside) schema() schema {
	dependent := schema{}
	for _, name := range b.keys {
		dependent[name] = schema{"anyOf": requireEach(b.hosts)}
	}
	return schema{"dependentSchemas": dependent}
}

func requireEach(names []string) []schema {
	var all []schema
	for _, name := range names {
		all = append(all, schema{"required": []string{name}})
	}
	return all
}
