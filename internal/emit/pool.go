package emit

import (
	"fmt"
	"go/types"
	"strconv"
	"strings"

	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/internal/stock"
)

// pool emits a resource's pool: the stock part, and the func that makes one.
func (f *file) pool(r *model.Resource) {
	g, e := f.withParams(&r.Definition)
	seams := g.seams(&r.Definition, e)
	name, maker := model.PoolName(r.Name), model.NewPoolName(r.Name)
	caller{
		doc:  comment(fmt.Sprintf("%s returns a pool of what %s gives. It is empty, and acquires as it lends.", maker, oneLine(r.Acquire.Text))),
		name: maker, inner: f.innerName(maker), params: g.params(&r.Definition), fixed: g.fixedParams(&r.Definition),
		results: "*" + name, body: g.poolBody(r, e, name),
	}.add(f.function, seams)
	prefix := lowerFirst(name)
	if n := f.alikeBefore(maker); n > 0 {
		prefix += strconv.Itoa(n + 1)
	}
	f.addPart(f.stockPart("pool", stock.Binding{
		Prefix: prefix,
		Names:  map[string]string{"Pool": name, "ErrClosed": model.PoolErrName(r.Name), "Stats": model.PoolStatsName(r.Name)},
		Types:  map[string]string{"T": g.typ(r.Elem)},
		Consts: map[string]string{
			"hasCheck":          fmt.Sprint(r.Pool.Check != nil),
			"hasMaxIdle":        fmt.Sprint(r.Pool.MaxIdle != nil),
			"hasMaxLifetime":    fmt.Sprint(r.Pool.MaxLifetime != nil),
			"hasReleaseTimeout": fmt.Sprint(r.ReleaseTimeout != nil),
			"hasOnError":        fmt.Sprint(r.OnError != nil),
			"hasSuppress":       fmt.Sprint(r.Suppress != nil),
		},
		Keep: []string{"Pool"},
	}))
}

// poolBody returns the statements that make a pool.
func (g *function) poolBody(r *model.Resource, e *env, name string) string {
	most := "math.MaxInt"
	if r.Pool.Max != nil {
		most = g.atLeastOne(r.Pool.Max, e)
	} else {
		most = g.std(most)
	}
	fields := []string{"max: " + most}
	if d := r.Pool.MaxIdle; d != nil {
		fields = append(fields, "maxIdle: "+g.duration(r, d))
	}
	if d := r.Pool.MaxLifetime; d != nil {
		fields = append(fields, "maxLifetime: "+g.duration(r, d))
	}
	if d := r.ReleaseTimeout; d != nil {
		fields = append(fields, "releaseTimeout: "+g.duration(r, d))
	}
	ctx, value := g.std("context.Context"), g.typ(r.Elem)
	v := g.locals.pick("v", "value")
	acquire, ok := g.acquirer(r, e)
	if !ok {
		acquire = fmt.Sprintf("func(ctx %s) (%s, error) {\nreturn %s\n}", ctx, value, withNil(g.expr(r.Acquire, e), r.Acquire.Fails))
	}
	fields = append(fields, "acquire: "+acquire)
	e.vars[r.V], e.vars[r.Err] = v, "err"
	if c := r.Pool.Check; c != nil {
		fields = append(fields, fmt.Sprintf("check: func(ctx %s, %s %s) error {\n%s\n}", ctx, v, value, onlyErr(g.expr(c, e), c)))
	}
	atEnd := func(field string, x *model.Expr) {
		body := "return nil"
		if x != nil {
			body = onlyErr(g.expr(x, e), x)
		}
		fields = append(fields, fmt.Sprintf("%s: func(ctx %s, %s %s, err error) error {\n%s\n}", field, ctx, v, value, body))
	}
	atEnd("release", r.Release)
	if r.OnError != nil {
		atEnd("onError", r.OnError)
	}
	if r.Suppress != nil {
		fields = append(fields, fmt.Sprintf("suppress: func(%s %s, err error) bool {\nreturn %s\n}", v, value, g.expr(r.Suppress, e)))
	}
	return fmt.Sprintf("return &%s{\n%s,\n}", name, strings.Join(fields, ",\n"))
}

// acquirer returns the effect that acquires a resource, where that is given ctx alone and gives what a pool takes.
func (g *function) acquirer(r *model.Resource, e *env) (string, bool) {
	for _, effect := range r.Effects {
		sig := effect.Signature()
		if !calls(r.Acquire, effect) || sig.Params().Len() != 1 || sig.Variadic() || !r.Acquire.Effect || !r.Acquire.Fails {
			continue
		}
		if types.Identical(sig.Results().At(0).Type(), r.Elem) {
			return strings.CutSuffix(g.expr(r.Acquire, e), "(ctx)")
		}
	}
	return "", false
}

// withNil adds a nil error to a value that cannot fail.
func withNil(code string, fails bool) string {
	if fails {
		return code
	}
	return code + ", nil"
}

// onlyErr returns the statements that call x and return its error.
func onlyErr(code string, x *model.Expr) string {
	switch {
	case !x.Fails:
		return lines(code, "return nil")
	case x.Values == 0:
		return "return " + code
	}
	return lines(strings.Repeat("_, ", x.Values)+"failed := "+code, "return failed")
}
