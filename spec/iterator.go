package spec

var iterators = definitions(iterator, func(it *Iterator) *Definition { return &it.Definition })

var iterator = mapping[Iterator]{
	noun: "iterator", def: "iterator",
	keys: append([]key[Iterator]{
		entry("init", goStmt, func(it *Iterator) *Text { return &it.Init },
			"A simple Go statement that is run once, such as `a, b := 0, 1`."),
		entry("while", goExpr, func(it *Iterator) *Text { return &it.While },
			"A Go bool asked before each element; left out: endless."),
		entry("yield", goExpr, func(it *Iterator) *Text { return &it.Yield }, "The element: a Go expression."),
		entry("next", goStmt, func(it *Iterator) *Text { return &it.Next },
			"A simple Go statement that is run behind each element, such as `current++`."),
		entry("paginate", paginate.pointer(), func(it *Iterator) **Paginate { return &it.Paginate },
			"A paginated fetch, instead of init, while, yield, next."),
	}, definitionKeys(func(it *Iterator) *Definition { return &it.Definition })...),
	rules: []rule{
		atLeastOne{"yield", "paginate"},
		conflicts{"paginate", []string{"init", "while", "yield", "next"}},
	},
	check: func(r *reader, it *Iterator) { r.checkLocals(&it.Definition) },
}

var paginate = mapping[Paginate]{
	noun: "paginate", def: "paginate",
	at: func(p *Paginate) *Text { return &p.Key },
	keys: []key[Paginate]{
		entry("fetch", goExpr, func(p *Paginate) *Text { return &p.Fetch },
			"A call that names offset, page or cursor, and gives ([]T, error), or ([]T, C, error) with cursor.").must(),
		entry("until", goExpr, func(p *Paginate) *Text { return &p.Until }, "A Go bool asked before each fetch."),
		entry("emit", word("pages", "items"), func(p *Paginate) *Text { return &p.Emit },
			"What an element is: a page, or an item (the default)."),
		entry("prefetch", goNumber, func(p *Paginate) *Text { return &p.Prefetch }, "How many pages are fetched ahead, in order."),
	},
}
