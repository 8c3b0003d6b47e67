package emit

import "fmt"

// heldFields makes a field of each resource that a topology holds while it runs.
func (t *topology) heldFields() {
	for _, w := range t.With {
		if w.Var != nil {
			t.env.vars[w.Var] = t.recv + "." + t.field(w.Var.Name(), t.g.typ(w.Var.Type()))
		}
	}
}

// holding returns the statements that acquire what a topology holds, in a goroutine that releases it when all others have
// ended.
func (t *topology) holding() string {
	if len(t.With) == 0 {
		return ""
	}
	e := newEnv()
	e.effects = t.env.effects
	for v, name := range t.env.vars {
		e.vars[v] = name
	}
	ready := t.g.locals.pick("ready", "acquired")
	held := t.g.within(t.With, e, t.g.passing, func(e *env) string {
		var set []string
		for _, w := range t.With {
			if w.Var != nil {
				set = append(set, t.env.vars[w.Var]+" = "+e.vars[w.Var])
				t.g.use(e.vars[w.Var])
			}
		}
		return lines(lines(set...), "close("+ready+")", "return "+t.member("crew.over")+"()")
	})
	failed := lines(t.member("crew.end")+"()", fmt.Sprintf("_, %s := %s.Wait()", t.g.err, t.recv), "return nil, "+t.g.err)
	return lines(
		ready+" := make(chan struct{})",
		fmt.Sprintf("%s(func(ctx %s) error {\nreturn %s\n})", t.member("crew.hold"), t.imports.std("context.Context"), held),
		fmt.Sprintf("select {\ncase <-%s:\ncase <-%s.crew.held: // it could not be acquired\n%s\n}", ready, t.recv, failed))
}
