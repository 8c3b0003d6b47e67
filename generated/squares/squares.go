// Package squares measures what asyncgen's fused loops cost beside loops written by hand.
package squares

// byHand returns the sum of the even ones among the squares of 0 to n-1. It looks at no ctx: it is the bare work.
func byHand(n int) int {
	sum := 0
	for number := range n {
		square := number * number
		if square%2 != 0 {
			continue
		}
		sum += square
	}
	return sum
}
