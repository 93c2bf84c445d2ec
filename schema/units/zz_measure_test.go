package units_test

import (
	"fmt"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
	"os"
	"strings"
	"testing"
)

func TestMeasure(t *testing.T) {
	seed := os.Getenv("SEED")
	if seed == "" {
		return
	}
	var n uint64
	fmt.Sscan(seed, &n)
	total := map[string]int{}
	w := newWriter(n)
	for kind, k := range noiseKinds {
		c := map[string]int{}
		shown := 0
		for range 400 {
			s := w.sample(kind)
			r := units.ReadLine(s.line, schema.Date{})
			v := s.verdict(r)
			c[v]++
			total[v]++
			total["n"]++
			if show := os.Getenv("SHOW"); show != "" && v == show && strings.Contains(s.kind, os.Getenv("KIND")) && shown < 25 {
				shown++
				fmt.Printf("%s: %s\n    want %s→%s %v, got %s→%s conf %.2f cand %d street %q\n", s.kind, s.line, s.old, s.new, s.among, r.Old.CommuneCode+" "+r.Old.Commune+","+r.Old.District, r.New.CommuneCode+" "+r.New.Commune, r.Confidence, len(r.Candidates), r.Street)
			}
		}
		fmt.Printf("%-34s right %5.1f open %5.1f none %5.1f wrong %5.1f\n", k.name, pct(c["right"], 400), pct(c["open"], 400), pct(c["none"], 400), pct(c["wrong"], 400))
	}
	fmt.Printf("all right %5.1f open %5.1f none %5.1f wrong %5.1f\n", pct(total["right"], total["n"]), pct(total["open"], total["n"]), pct(total["none"], total["n"]), pct(total["wrong"], total["n"]))
}
