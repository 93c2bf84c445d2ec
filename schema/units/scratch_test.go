package units

import (
	"fmt"
	"github.com/lienthong/lienthong/schema"
	"os"
	"strings"
	"testing"
)

func TestScratch(t *testing.T) {
	f := os.Getenv("LINES")
	if f == "" {
		return
	}
	b, _ := os.ReadFile(f)
	for l := range strings.Lines(string(b)) {
		l = strings.TrimSpace(l)
		r := ReadLine(l, schema.Date{})
		fmt.Printf("%s\n   street=%q conf=%.2f amb=%v n=%d\n   old %+v\n   new %+v\n", l, r.Street, r.Confidence, r.Ambiguous, len(r.Candidates), r.Old, r.New)
		if os.Getenv("DBG") != "" {
			s := scans.Get().(*scan)
			s.read(l, undated)
			for i, tk := range s.toks {
				fmt.Printf("   tok %d %s typ %d place %v noise %v hard %v\n", i, s.fold[tk.lo:tk.hi], tk.typ, tk.place, tk.noise, tk.hard)
			}
			for i := range s.chains {
				if i > 6 {
					break
				}
				c := s.chains[i]
				fmt.Printf("   %.1f %s %s", c.score, s.g.full[c.place], s.g.unit(c.place).Code)
				for _, h := range []int32{c.commune, c.district, c.province} {
					if h >= 0 {
						m := s.mentions[s.hits[h].mention]
						fmt.Printf(" [%s %.1f '%s' cost %.1f]", s.g.full[s.hits[h].place], s.hits[h].score, s.fold[s.toks[m.lo].lo:s.toks[m.hi-1].hi], m.cost)
					}
				}
				fmt.Println()
			}
			scans.Put(s)
		}
	}
}
