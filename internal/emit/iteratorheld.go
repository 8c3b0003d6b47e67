package emit

import (
	"fmt"
	"slices"
)

// holding emits the methods of an iterator that holds resources. Their scope is that of a func, so the elements come
// from one, which iter.Pull2 runs beside whoever pulls.
func (o *object) holding(seams []seam) {
	o.next = o.recv + "." + o.field("next", fmt.Sprintf("func() (%s, error, bool)", o.elem), "", "pulls an element; nil before the first Next")
	o.stop = o.recv + "." + o.field("stop", "func()", "", "ends the elements")
	o.cancel = o.recv + "." + o.field("cancel", o.std("context.CancelCauseFunc"), "", "ends the ctx of what is held")
	o.closed = o.recv + "." + o.field("closed", "bool", "", "")
	o.broken = o.recv + "." + o.field("broken", "error", "", "what a loop over All was left with, where that is a panic")
	o.released = o.recv + "." + o.field("released", "error", "", "that of a release which Next cannot return")
	elements := "elements"
	if o.names[elements] {
		elements = "allElements"
	}
	code := o.elements(seams)
	o.declare()
	o.constructor(seams, "")
	ctx := writeParams([]param{o.ctxParam()})
	seq := fmt.Sprintf("%s[%s, error]", o.std("iter.Seq2"), o.elem)
	o.method(comment(fmt.Sprintf("Next returns the next %s. %s is false at the end. Where ctx is done, the error is its cause.\n\n"+
		"The first Next acquires what the iterator holds; the last one, or one that fails, has released it.\nA Next that begins with ctx done does neither.", o.noun(), o.ok)),
		"Next", ctx, fmt.Sprintf("(v %s, %s bool, err error)", o.elem, o.ok), o.pull(elements))
	o.method(comment("All ranges over what is left. An error comes last. Leaving the loop is a Close: what is held is released before the\n"+
		"next statement runs, and there is nothing more for a later All or Next."),
		"All", ctx, seq, o.allAndClose())
	o.method(comment("Close releases what the iterator holds, and returns the error of that. Before the first Next there is nothing to\n"+
		"release. A second Close does nothing, and returns the same."),
		"Close", "", "error", lines(
			ifThen("!"+o.closed, o.closed+" = true", ifThen(o.next+" != nil", o.stop+"()", o.cancel+"(nil)")),
			"return "+o.released))
	o.method(comment(elements+" ranges over all elements, and holds what they need for as long."), elements, ctx, seq, code)
}

// noun names an element.
func (o *object) noun() string {
	if s := singular(o.it.Name); s != "" {
		return s
	}
	return "element"
}

// elements returns the statements of the method that ranges over the elements, with the resources held.
func (o *object) elements(seams []seam) string {
	g := o.function
	g.precise = true
	yield := g.locals.pick("push", "send")
	left := g.locals.pick("left", "gone")
	g.passing = slices.Clone(seams)
	for i := range g.passing {
		g.passing[i].name = o.bound[i]
	}
	inside := place{fn: g.newFunc(), leave: lines(left+" = true", "return "+o.broken), stop: "return nil", fail: returnErr}
	held := g.within(o.it.With, o.env, g.passing, func(e *env) string {
		name := g.locals.pick(singular(o.it.Name), typeNoun(o.it.Elem), "item")
		loop := g.iteratorLoop(o.it, e, g.yielding(yield)(name, e), name, inside).code(inside)
		return thenReturn(loop, "return nil")
	})
	code := lines(left+" := false // by whoever pulls: then nothing more can be yielded",
		g.err+" := "+held,
		fmt.Sprintf("switch {\ncase %s:\n%s = %s\ncase %s != nil:\n%s(%s, %s)\n}", left, o.released, g.err, g.err, yield, g.zero(o.it.Elem), g.err))
	return fmt.Sprintf("return func(%s func(%s, error) bool) {\n%s\n}", yield, o.elem, code)
}

// pull returns the statements of Next.
func (o *object) pull(elements string) string {
	cancel := o.locals.pick("cancel", "end")
	held := o.locals.pick("held", "lasting")
	start := ifThen(o.next+" == nil",
		fmt.Sprintf("// What is held outlives this call. Its ctx ends with that of a Next which is done while it waits.\n%s, %s := %s(%s(ctx))",
			held, cancel, o.std("context.WithCancelCause"), o.std("context.WithoutCancel")),
		fmt.Sprintf("%s, %s = %s(%s.%s(%s))", o.next, o.stop, o.std("iter.Pull2"), o.recv, elements, held),
		o.cancel+" = "+cancel)
	return lines(
		o.lookAtCtx("", o.fails(o.cause())),
		ifThen(o.closed, o.exhausted()),
		start,
		cancel+" := "+o.cancel,
		fmt.Sprintf("defer %s(ctx, func() { %s(%s) })()", o.std("context.AfterFunc"), cancel, o.cause()),
		fmt.Sprintf("v, err, %s = %s()", o.ok, o.next),
		ifThen("!"+o.ok+" || err != nil", o.closeCall(), o.fails("err")),
		"return v, true, nil")
}

func (o *object) closeCall() string { return "_ = " + o.recv + ".Close()" }

// allAndClose returns the statements of an All that closes the iterator however its loop is left.
func (o *object) allAndClose() string {
	return fmt.Sprintf(`return func(%[1]s func(%[2]s, error) bool) {
	returned := false // by a panic or runtime.Goexit of the loop it is not: that goes on, whatever happens then
	defer func() {
		if !returned {
			%[6]s = %[7]s(%[8]q)
			%[9]s
		}
		%[10]s
	}()
	for {
		v, %[3]s, err := %[4]s.Next(ctx)
		if err != nil {
			%[1]s(%[5]s, err)
			break
		}
		if !%[3]s || !%[1]s(v, nil) {
			break
		}
	}
	returned = true
}`, o.yield, o.elem, o.ok, o.recv, o.zero(o.it.Elem), o.broken, o.std("errors.New"), o.it.Name+": the loop did not come back", panicGoesOn(o.locals), o.closeCall())
}
