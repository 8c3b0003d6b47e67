package emit

import "fmt"

// heldFields makes a field of each resource that a topology holds while it runs.
func (t *topology) heldFields() {
	if len(t.With) == 0 {
		return
	}
	t.users = t.g.locals.pick("users", "holders")
	for _, w := range t.With {
		if w.Var != nil {
			t.env.vars[w.Var] = t.recv + "." + t.field(w.Var.Name(), t.g.typ(w.Var.Type()))
		}
	}
}

// holding returns the statements that acquire what a topology holds, in a goroutine that releases it when all others have
// ended.
func (t *topology) holding() string {
	if t.users == "" {
		return ""
	}
	e := newEnv()
	e.effects = t.env.effects
	for v, name := range t.env.vars {
		e.vars[v] = name
	}
	done, ready := t.g.locals.pick("done", "unused"), t.g.locals.pick("ready", "acquired")
	held := t.g.within(t.With, e, t.g.passing, func(e *env) string {
		var set []string
		for _, w := range t.With {
			if w.Var != nil {
				set = append(set, t.env.vars[w.Var]+" = "+e.vars[w.Var])
				t.g.use(e.vars[w.Var])
			}
		}
		return lines(lines(set...), "close("+ready+")", "<-"+done, "return "+t.g.cause()+" // nil, unless it was cancelled")
	})
	ctx := t.member("crew.ctx")
	t.part("fillers.leave")
	t.part("fillers.enter")
	acquire := fmt.Sprintf("%s(func() error {\nctx := %s\nreturn %s\n})", t.member("crew.run"), ctx, held)
	failed := lines(t.users+".leave()", t.member("crew.end")+"()", fmt.Sprintf("_, %s := %s.Wait()", t.g.err, t.recv), "return nil, "+t.g.err)
	return lines(
		fmt.Sprintf("%s, %s := make(chan struct{}), make(chan struct{})", ready, done),
		fmt.Sprintf("%s := %s(1, func() { close(%s) })", t.users, t.part("newFillers"), done),
		acquire,
		fmt.Sprintf("select {\ncase <-%s:\ncase <-%s.Done(): // it could not be acquired\n%s\n}", ready, ctx, failed))
}

// unheld returns the statement behind the start of all that use what is held.
func (t *topology) unheld() string {
	if t.users == "" {
		return ""
	}
	return t.users + ".leave()"
}
