package build
import ("testing";"math/rand/v2";"os";"fmt";"strconv";"strings";"regexp")
var digits = regexp.MustCompile(`(\S*:)?\d+(:\d+)?|"[^"]*"|\b[a-z]\w*\d\b`)
func TestZZ(t *testing.T) {
	shop := newShop(t)
	n, _ := strconv.Atoi(os.Getenv("ZZ"))
	seed, _ := strconv.Atoi(os.Getenv("SEED"))
	r := rand.New(rand.NewPCG(uint64(seed), 2))
	ok, bad := 0, 0
	why := map[string]int{}
	best := map[string]string{}
	full := map[string]string{}
	times := map[string]int{}
	try := func(text string) (string, error) {
		made, d, err := shop.generate(t, text)
		if err != nil {
			k := strings.Split(err.Error(), "\n")[0]
			k = digits.ReplaceAllString(k, "#")
			if i := strings.Index(k, "not used: "); i > 0 { k = k[:i+9] }
			return k, err
		}
		if made { ok++ } else { bad++; k := d.Sorted()[0].Text; if len(k) > 60 {k = k[:60]}; why[k]++ }
		return "", nil
	}
	for range n {
		b := make([]byte, 10+r.IntN(70))
		for i := range b { b[i] = byte(r.Uint32()) }
		text := (&composer{choices: b}).compose()
		k, err := try(text)
		if err == nil { continue }
		times[k]++
		if old, have := best[k]; !have || len(text) < len(old) { best[k] = text; full[k] = brief(err) }
	}
	for k, text := range best {
		// minimise by lines
		lines := strings.Split(text, "\n")
		for again := true; again; {
			again = false
			for i := range lines {
				for width := 12; width > 0; width-- {
					if i+width > len(lines) { continue }
					fewer := append(append([]string{}, lines[:i]...), lines[i+width:]...)
					if got, err := try(strings.Join(fewer, "\n")); err != nil && got == k { lines = fewer; again = true; full[k] = brief(err); break }
				}
				if again { break }
			}
		}
		fmt.Printf("=== %d x %s\n%s\n%s\n", times[k], k, full[k], strings.Join(lines, "\n"))
	}
	fmt.Println(ok, bad)
	for k, v := range why { if v > n/100 { fmt.Println(v, strings.TrimSpace(k)) } }
}
