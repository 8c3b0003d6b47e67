package main

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// charted are the contests that the chart shows: one of a kind. The page's table has all.
var charted = []string{
	"W1 pipeline, tiny",
	"W2 parallel map, tiny, unordered",
	"W2 parallel map, tiny, ordered",
	"W2 parallel map, tiny, slice",
	"W3 queue 1 → 2, capacity 128",
	"W3 queue 4 → 4, capacity 5",
	"W5 pool of 4, 8 goroutines",
	"W6 pipeline in Python",
	"W6 queue in Python, capacity 5",
}

// Lengths of the chart in pixels.
const (
	chartWidth = 900
	barsLeft   = 250
	barsRight  = chartWidth - 90
	barHeight  = 13
	rowHeight  = 18
	headHeight = 34
)

// chart is a bar for each way, as long as the logarithm of its median, with a line from its least to its most, as SVG.
func chart(scores []score) string {
	var shown []score
	low, high := math.Inf(1), 0.0
	for _, s := range scores {
		if slices.Contains(charted, s.contest.title) {
			shown = append(shown, s)
			low, high = min(low, s.cost.least), max(high, s.cost.most)
		}
	}
	if len(shown) == 0 {
		low, high = 1, 10
	}
	scale := logScale{math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))}

	var body strings.Builder
	y, title := 56, ""
	for _, s := range shown {
		if s.contest.title != title {
			title = s.contest.title
			y += headHeight
			fmt.Fprintf(&body, `<text x="16" y="%d" class="head">%s</text>`+"\n", y-8, html.EscapeString(title))
		}
		bar(&body, s, y, scale)
		y += rowHeight
	}
	height := y + 16

	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img">`+"\n", chartWidth, height)
	out.WriteString("<title>Nanoseconds for an element: asyncgen beside others</title>\n")
	out.WriteString(`<style>text{font:12px system-ui,sans-serif;fill:#24292f}.head{font-weight:600;font-size:13px}.title{font-weight:600;font-size:15px}.tick{fill:#57606a;font-size:11px}</style>` + "\n")
	fmt.Fprintf(&out, `<rect width="%d" height="%d" rx="6" fill="#ffffff"/>`+"\n", chartWidth, height)
	out.WriteString(`<text x="16" y="26" class="title">Nanoseconds for an element, on a log scale: less is better; a line goes from least to most</text>` + "\n")
	for exponent := scale.low; exponent <= scale.high; exponent++ {
		x := scale.at(math.Pow(10, exponent))
		fmt.Fprintf(&out, `<line x1="%.1f" x2="%[1]f" y1="60" y2="%d" stroke="#d8dee4"/><text x="%.1f" y="54" class="tick" text-anchor="middle">%s</text>`+"\n",
			x, height-12, x, tick(math.Pow(10, exponent)))
	}
	out.WriteString(body.String())
	out.WriteString("</svg>\n")
	return out.String()
}

// bar draws one way at height y.
func bar(out *strings.Builder, s score, y int, scale logScale) {
	colour := "#9aa7b4"
	if strings.HasPrefix(s.name, "asyncgen") {
		colour = "#00875a"
	}
	end, middle := scale.at(s.cost.median), float64(y)+barHeight/2.0
	fmt.Fprintf(out, `<text x="%d" y="%d" text-anchor="end">%s</text>`, barsLeft-8, y+11, html.EscapeString(s.name))
	fmt.Fprintf(out, `<rect x="%d" y="%d" width="%.1f" height="%d" rx="2" fill="%s"/>`, barsLeft, y, end-barsLeft, barHeight, colour)
	fmt.Fprintf(out, `<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="#24292f"/>`, scale.at(s.cost.least), scale.at(s.cost.most), middle, middle)
	fmt.Fprintf(out, `<text x="%.1f" y="%d">%s</text>`+"\n", scale.at(s.cost.most)+6, y+11, span(s.cost.median))
}

// logScale is the powers of ten between which the bars are.
type logScale struct{ low, high float64 }

func (s logScale) at(v float64) float64 {
	return barsLeft + (barsRight-barsLeft)*(math.Log10(v)-s.low)/(s.high-s.low)
}

// tick is what a power of ten of nanoseconds is called.
func tick(nanoseconds float64) string {
	switch {
	case nanoseconds >= 1e6:
		return fmt.Sprintf("%g ms", nanoseconds/1e6)
	case nanoseconds >= 1e3:
		return fmt.Sprintf("%g µs", nanoseconds/1e3)
	default:
		return fmt.Sprintf("%.3g ns", nanoseconds)
	}
}
