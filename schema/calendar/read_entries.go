package calendar

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/lienthong/lienthong/schema"
)

func (r *reader) document(n ast.Node, doc *document) {
	r.mapping(n, "", keys{
		"covers": func(n ast.Node, p string) {
			doc.coversAt = placeOf(n)
			r.mapping(n, p, r.period(&doc.covers), "from", "to")
			r.ordered(n, p, doc.covers)
		},
		"counters":  func(n ast.Node, p string) { r.list(n, p, func(n ast.Node, p string) { r.counter(n, p, doc) }) },
		"hours":     func(n ast.Node, p string) { r.list(n, p, func(n ast.Node, p string) { r.hours(n, p, doc) }) },
		"saturdays": func(n ast.Node, p string) { r.list(n, p, func(n ast.Node, p string) { r.saturday(n, p, doc) }) },
		"days":      func(n ast.Node, p string) { r.list(n, p, func(n ast.Node, p string) { r.day(n, p, doc) }) },
	})
}

func (r *reader) counter(n ast.Node, pointer string, doc *document) {
	e := counterEntry{at: placeOf(n)}
	r.mapping(n, pointer, keys{"code": r.text(&e.code), "province": r.province(&e.province)}, "code", "province")
	doc.counters = append(doc.counters, e)
}

func (r *reader) hours(n ast.Node, pointer string, doc *document) {
	e := hoursEntry{at: placeOf(n), when: always}
	known := r.scoped(&e.scope, &e.when, keys{"sessions": r.sessions(&e.sessions), "source": r.text(&e.source)})
	known["same_day_before"] = func(n ast.Node, p string) { e.sameDay = r.clock(n, p) }
	r.mapping(n, pointer, known, "sessions", "source")
	r.ordered(n, pointer, e.when)
	doc.hours = append(doc.hours, e)
}

func (r *reader) saturday(n ast.Node, pointer string, doc *document) {
	e := saturdayEntry{at: placeOf(n), when: always}
	known := r.scoped(&e.scope, &e.when, keys{
		"sessions": r.sessions(&e.sessions), "source": r.text(&e.source), "counts": r.boolean(&e.counts),
	})
	r.mapping(n, pointer, known, "sessions", "counts", "source")
	r.ordered(n, pointer, e.when)
	doc.saturdays = append(doc.saturdays, e)
}

func (r *reader) day(n ast.Node, pointer string, doc *document) {
	e := dayEntry{file: r.file, at: placeOf(n)}
	known := r.scoped(&e.scope, &e.when, keys{
		"kind": r.kind(&e.kind), "announced": r.boolean(&e.announced), "source": r.text(&e.source), "swapped_with": r.date(&e.swappedWith),
		"name": func(n ast.Node, p string) {
			r.mapping(n, p, keys{"vi": r.text(&e.vi), "en": r.text(&e.en)}, "vi", "en")
		},
	})
	before := len(r.problems)
	r.mapping(n, pointer, known, "from", "kind", "name", "announced", "source")
	if e.when.to == 0 {
		e.when.to = e.when.from
	}
	r.ordered(n, pointer, e.when)
	if swap := e.kind == SwappedOff || e.kind == Worked; swap != (e.swappedWith != 0) || swap && e.when.from != e.when.to {
		r.wrong(e.at, pointer+"/swapped_with", "calendar.swap.one_day",
			"kinds swapped_off and worked are one day each and name the other in swapped_with; no other kind does")
	}
	if len(r.problems) == before { // half an entry would only bring follow-up mistakes
		doc.days = append(doc.days, e)
	}
}

// scoped adds the keys that say for whom and when an entry holds.
func (r *reader) scoped(s *scope, when *period, known keys) keys {
	known["provinces"] = func(n ast.Node, p string) {
		r.list(n, p, func(n ast.Node, p string) {
			var code string
			r.province(&code)(n, p)
			s.provinces = append(s.provinces, code)
		})
	}
	known["counters"] = func(n ast.Node, p string) {
		r.list(n, p, func(n ast.Node, p string) {
			var code string
			r.text(&code)(n, p)
			s.counters = append(s.counters, code)
		})
	}
	for key, take := range r.period(when) {
		known[key] = take
	}
	return known
}

func (r *reader) period(p *period) keys { return keys{"from": r.date(&p.from), "to": r.date(&p.to)} }

func (r *reader) ordered(n ast.Node, pointer string, p period) {
	switch {
	case p.to < p.from:
		r.wrong(placeOf(n), pointer+"/to", "calendar.period.order", "the period ends before it begins")
	case p != always && p.from > 0 && p.to != always.to && p.to-p.from > 20*366:
		r.wrong(placeOf(n), pointer+"/to", "calendar.period.long", "longer than twenty years")
	}
}

func (r *reader) text(into *string) func(ast.Node, string) {
	return func(n ast.Node, pointer string) {
		s, ok := n.(*ast.StringNode)
		if !ok || strings.TrimSpace(s.Value) == "" {
			r.wrong(placeOf(n), pointer, "calendar.text", "a text is expected; codes stand in quotes")
			return
		}
		*into = s.Value
	}
}

func (r *reader) province(into *string) func(ast.Node, string) {
	return func(n ast.Node, pointer string) {
		r.text(into)(n, pointer)
		if c := *into; c != "" && (len(c) != 2 || c[0] < '0' || c[0] > '9' || c[1] < '0' || c[1] > '9') {
			r.wrong(placeOf(n), pointer, "calendar.province", `a province is two digits in quotes, "01"`)
		}
	}
}

func (r *reader) boolean(into *bool) func(ast.Node, string) {
	return func(n ast.Node, pointer string) {
		b, ok := n.(*ast.BoolNode)
		if !ok {
			r.wrong(placeOf(n), pointer, "calendar.boolean", "true or false is expected")
			return
		}
		*into = b.Value
	}
}

func (r *reader) kind(into *Kind) func(ast.Node, string) {
	return func(n ast.Node, pointer string) {
		var s string
		r.text(&s)(n, pointer)
		if *into = Kind(s); s != "" && !slices.Contains(kinds, *into) {
			r.wrong(placeOf(n), pointer, "calendar.kind", fmt.Sprintf("unknown kind %q; known: %v", s, kinds))
		}
	}
}

func (r *reader) date(into *int) func(ast.Node, string) {
	return func(n ast.Node, pointer string) {
		s, ok := n.(*ast.StringNode)
		var y, m, d int
		if ok && len(s.Value) == len("2026-09-02") {
			if c, err := fmt.Sscanf(s.Value, "%4d-%2d-%2d", &y, &m, &d); err != nil || c != 3 {
				y = 0
			}
		}
		date, err := schema.NewDate(y, m, d)
		if err != nil || date.Precision() != schema.FullDate || y < 1971 {
			r.wrong(placeOf(n), pointer, "calendar.date", "a date such as 2026-09-02 is expected")
			return
		}
		*into = numberOf(date)
	}
}

func (r *reader) sessions(into *[]session) func(ast.Node, string) {
	return func(n ast.Node, pointer string) {
		r.list(n, pointer, func(n ast.Node, p string) {
			s, ok := n.(*ast.StringNode)
			var from, to int
			var fine bool
			if ok {
				a, b, cut := strings.Cut(s.Value, "-")
				from, fine = clock(a)
				if fine {
					to, fine = clock(b)
				}
				fine = fine && cut && from < to
			}
			if last := len(*into) - 1; !fine || last >= 0 && (*into)[last].to >= from {
				r.wrong(placeOf(n), p, "calendar.session", `sessions stand in order and do not touch, "07:30-11:30"`)
				return
			}
			*into = append(*into, session{from, to})
		})
		if len(*into) == 0 {
			r.wrong(placeOf(n), pointer, "calendar.session", "at least one session is expected")
		}
	}
}

func (r *reader) clock(n ast.Node, pointer string) int {
	if s, ok := n.(*ast.StringNode); ok {
		if t, fine := clock(s.Value); fine && t > 0 {
			return t
		}
	}
	r.wrong(placeOf(n), pointer, "calendar.clock", `a time such as "15:00" is expected`)
	return 0
}

// clock reads "07:30" as seconds since midnight.
func clock(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	for _, i := range []int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return h*3600 + m*60, h < 24 && m < 60
}
