package spec

var resources = definitions(resource, func(res *Resource) *Definition { return &res.Definition })

var resource = mapping[Resource]{
	noun: "resource", def: "resource",
	keys: append([]key[Resource]{
		entry("acquire", goFunc, func(res *Resource) *Text { return &res.Acquire },
			"A call that gives T, (T, error), error or nothing.").must(),
		entry("release", goFunc, func(res *Resource) *Text { return &res.Release },
			"Runs once for each acquire that succeeded; v is what was acquired, err what the body returned."),
		entry("release_timeout", goDuration, func(res *Resource) *Text { return &res.ReleaseTimeout },
			"Bounds the release, whose ctx outlives the body's cancellation."),
		entry("on_error", goFunc, func(res *Resource) *Text { return &res.OnError },
			"Runs before the release where the body failed."),
		entry("suppress", goExpr, func(res *Resource) *Text { return &res.Suppress },
			"A Go bool over err: whether the body's error is dropped."),
		entry("pool", pool.pointer(), func(res *Resource) **Pool { return &res.Pool }, "Keeps what was acquired, and lends it again."),
	}, definitionKeys(func(res *Resource) *Definition { return &res.Definition })...),
	check: func(r *reader, res *Resource) { r.checkLocals(&res.Definition) },
}

var pool = mapping[Pool]{
	noun: "pool", def: "pool", main: "max",
	at: func(p *Pool) *Text { return &p.Key },
	keys: []key[Pool]{
		entry("max", goNumber, func(p *Pool) *Text { return &p.Max }, "How many there are at most.").must(),
		entry("max_idle", goDuration, func(p *Pool) *Text { return &p.MaxIdle }, "How long an idle one is kept."),
		entry("max_lifetime", goDuration, func(p *Pool) *Text { return &p.MaxLifetime }, "How long one is kept at all."),
		entry("check", goFunc, func(p *Pool) *Text { return &p.Check }, "Runs before an idle one is lent; one that fails is released."),
	},
}
