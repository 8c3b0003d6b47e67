package spec

// Nearest returns the word that s is most likely meant to be, or "" where none is near: at most one edit in three letters.
func Nearest(s string, words []string) string {
	best, least := "", max(1, len(s)/3)
	for _, w := range words {
		if len(w)-len(s) > least || len(s)-len(w) > least {
			continue
		}
		if d := distance(s, w); d < least || d == least && best == "" {
			best, least = w, d
		}
	}
	return best
}

// distance is the optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours.
func distance(a, b string) int {
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
