package check

import (
	"go/constant"
	"go/types"
	"strings"
	"time"

	"github.com/asyncgen/asyncgen/internal/diag"
	"github.com/asyncgen/asyncgen/internal/load"
	"github.com/asyncgen/asyncgen/internal/model"
	"github.com/asyncgen/asyncgen/spec"
)

// integer checks an int: a constant of at least least, or a value that is known only when the code runs.
func (c *checker) integer(scope *load.Scope, t spec.Text, what string, least int64) *model.Expr {
	g := whole(t)
	e, m := c.typedValue(scope, g, what, "int")
	if m == nil {
		return nil
	}
	if m.Fails {
		c.wrongResult(g, e, what, "int")
		return nil
	}
	if number, whole := wholeNumber(m); whole && !fitsInt(m) {
		c.diags.Errorf(g.at(0), diag.BadValue, "%s: %s is more than an int holds", what, number)
		return nil
	}
	if !types.AssignableTo(e.Type, types.Typ[types.Int]) || !fitsInt(m) {
		c.wrongType(g, e, m, what, "int")
		return nil
	}
	if n, ok := m.Int(); ok && n < least {
		c.diags.Errorf(g.at(0), diag.BadValue, "%s: %s is less than %d", what, g.text, least)
		return nil
	}
	m.Type = types.Typ[types.Int]
	return m
}

// wholeNumber returns the text of a constant that is a whole number, however large.
func wholeNumber(e *model.Expr) (string, bool) {
	if e.Value == nil {
		return "", false
	}
	n := constant.ToInt(e.Value)
	return n.ExactString(), n.Kind() == constant.Int
}

// optionalCount checks an int of at least 1 where one is given, and puts it into into. It reports whether there is no error.
func (c *checker) optionalCount(into **model.Expr, scope *load.Scope, t spec.Text, what string) bool {
	if !t.Given() {
		return true
	}
	*into = c.integer(scope, t, what, 1)
	return *into != nil
}

// number checks a float64 of at least 1.
func (c *checker) number(scope *load.Scope, t spec.Text, what string) *model.Expr {
	g := whole(t)
	e, m := c.typedValue(scope, g, what, "float64")
	if m == nil {
		return nil
	}
	if m.Fails || !types.AssignableTo(e.Type, types.Typ[types.Float64]) {
		c.wrongType(g, e, m, what, "float64")
		return nil
	}
	if f, ok := constFloat(m); ok && f < 1 {
		c.diags.Errorf(g.at(0), diag.BadValue, "%s: %s is less than 1", what, g.text)
		return nil
	}
	return m
}

// duration checks a length of time above zero: a Go duration such as 250ms, or an expression of type time.Duration.
func (c *checker) duration(scope *load.Scope, t spec.Text, what string) *model.Duration {
	if d, err := time.ParseDuration(t.Value); err == nil {
		if d <= 0 {
			c.diags.Errorf(t.At(0), diag.BadValue, "%s: %s is not above zero", what, t)
			return nil
		}
		return &model.Duration{Value: d}
	}
	before := c.diags.Len()
	e := c.value(scope, whole(t), what)
	if e == nil {
		if c.diags.Len() > before {
			c.diags.At(before).Help("a duration is written like 250ms, 5s or 1h30m")
		}
		return nil
	}
	if !isDuration(e.Type) || e.Fails || e.Effect {
		c.diags.Errorf(t.At(0), diag.BadValue, "%s: %s is %s, want a duration", what, t, c.typeName(e.Type)).
			Help("a duration is written like 250ms, 5s or 1h30m")
		return nil
	}
	return &model.Duration{Expr: e}
}

// isFixed reports whether a duration is written as one, and is not Go.
func isFixed(t spec.Text) bool {
	_, err := time.ParseDuration(t.Value)
	return err == nil
}

func isDuration(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == "Duration" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "time"
}

// optionalDuration checks a duration where one is given, and puts it into into. It reports whether there is no error.
func (c *checker) optionalDuration(into **model.Duration, scope *load.Scope, t spec.Text, what string) bool {
	if !t.Given() {
		return true
	}
	*into = c.duration(scope, t, what)
	return *into != nil
}

// rate checks a rate such as 50/s: at least 1 for each second, minute or hour.
func (c *checker) rate(scope *load.Scope, t spec.Text, what string) *model.Rate {
	units := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}
	i := strings.LastIndex(t.Value, "/")
	unit, ok := time.Duration(0), false
	if i >= 0 {
		unit, ok = units[strings.TrimSpace(t.Value[i+1:])]
	}
	if !ok {
		c.diags.Errorf(t.At(0), diag.BadValue, "%s: %q is no rate", what, t.Value).Help("a rate is written like 50/s, 100/m or 1000/h")
		return nil
	}
	g := goText{t.Value[:i], t.At}
	e, m := c.typedValue(scope, g, what, "int")
	if m == nil {
		return nil
	}
	n, constant := m.Int()
	if m.Fails || !types.AssignableTo(e.Type, types.Typ[types.Int]) || !fitsInt(m) || constant && n < 1 {
		c.diags.Errorf(t.At(0), diag.BadValue, "%s: %q is no rate", what, t.Value).Help("a rate is a whole number from 1: 50/s, 100/m or 1000/h")
		return nil
	}
	return &model.Rate{N: m, Unit: unit}
}

// constFloat returns the value of a constant number.
func constFloat(e *model.Expr) (float64, bool) {
	if e.Value == nil {
		return 0, false
	}
	f, _ := constant.Float64Val(constant.ToFloat(e.Value))
	return f, true
}

// fitsInt reports whether e, if it is constant, is an integer that an int holds.
func fitsInt(e *model.Expr) bool {
	if e.Value == nil {
		return true
	}
	_, ok := e.Int()
	return ok
}
