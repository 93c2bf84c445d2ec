package calendar

import (
	"time"

	"github.com/lienthong/lienthong/schema"
)

// Years that are compiled before and after what a table covers, so that an old
// or a long dossier gets an answer, a provisional one.
const (
	daysBefore = 4 * 366
	daysAfter  = 6 * 366
)

// defaultSameDay is the hour of reception up to which a same-day procedure ends the same day.
const defaultSameDay = 15 * 3600

// plan is a counter's day: sessions in order, and the sums that a lookup needs.
type plan struct {
	sessions []session
	seconds  int // of all sessions
	sameDay  int // seconds since midnight
}

func newPlan(sessions []session, sameDay int) plan {
	p := plan{sessions: sessions, sameDay: sameDay}
	if sameDay == 0 {
		p.sameDay = defaultSameDay
	}
	for _, s := range sessions {
		p.seconds += s.to - s.from
	}
	return p
}

func (p *plan) close() int { return p.sessions[len(p.sessions)-1].to }

// calendar is what holds at one counter, day by day, with running sums: every
// question is a look into an array or a binary search. Index 0 is the day first.
type calendar struct {
	first   int
	covers  period
	plans   []plan // plans[0] is none: closed
	entries []*dayEntry
	plan    []uint16 // by day: when the counter receives; 0: closed
	entry   []uint16 // by day: 1 + index into entries; 0: nothing is said
	days    []int32  // working days before that day; one longer
	seconds []int32  // working seconds before that day; one longer
	nth     []int32  // index of the nth working day, from 0
	spans   []span   // in order
}

// span is a run of days under one entry that changes or unsettles something.
type span struct {
	from, to int // indexes, both included
	entry    *dayEntry
}

func (c *calendar) counts(i int) bool { return c.days[i+1] > c.days[i] }

// compile makes the calendars of the country, and of each province and counter about which something is said.
// A counter that is only listed has its province's.
func (t *Table) compile() {
	t.homes = t.counterProvinces()
	t.calendars = map[layer]*calendar{nation: t.calendarOf(nation)}
	add := func(s scope) {
		for _, l := range s.layers() {
			if t.calendars[l] != nil {
				continue
			}
			if l.kind == "counter" {
				t.calendars[l] = t.calendarOf(nation, layer{"province", t.homes[l.code]}, l)
			} else {
				t.calendars[l] = t.calendarOf(nation, l)
			}
		}
	}
	for _, doc := range t.documents {
		for _, e := range doc.days {
			add(e.scope)
		}
		for _, e := range doc.hours {
			add(e.scope)
		}
		for _, e := range doc.saturdays {
			add(e.scope)
		}
	}
}

// calendarOf compiles one calendar; a later layer outranks an earlier one, and in each a later file an earlier one.
func (t *Table) calendarOf(layers ...layer) *calendar {
	first := t.covers.from - daysBefore
	n := t.covers.to + daysAfter - first + 1
	c := &calendar{first: first, covers: t.covers, plans: make([]plan, 1), plan: make([]uint16, n), entry: make([]uint16, n)}
	hours, saturdays := make([]uint16, n), make([]uint16, n) // by day: index into plans
	counted := map[uint16]bool{}                             // plans of Saturdays that count
	within := func(p period, set func(i int)) {
		for i := max(p.from-first, 0); i <= min(p.to-first, n-1); i++ {
			set(i)
		}
	}
	for _, l := range layers {
		for _, doc := range t.documents {
			for i := range doc.hours {
				if e := &doc.hours[i]; has(e.scope, l) {
					c.plans = append(c.plans, newPlan(e.sessions, e.sameDay))
					within(e.when, func(i int) { hours[i] = uint16(len(c.plans) - 1) })
				}
			}
			for i := range doc.saturdays {
				if e := &doc.saturdays[i]; has(e.scope, l) {
					c.plans = append(c.plans, newPlan(e.sessions, 0))
					counted[uint16(len(c.plans)-1)] = e.counts
					within(e.when, func(i int) { saturdays[i] = uint16(len(c.plans) - 1) })
				}
			}
			for i := range doc.days {
				if e := &doc.days[i]; has(e.scope, l) {
					c.entries = append(c.entries, e)
					within(e.when, func(i int) { c.entry[i] = uint16(len(c.entries)) })
				}
			}
		}
	}
	c.sum(hours, saturdays, counted)
	c.findSpans()
	return c
}

func has(s scope, l layer) bool {
	for _, one := range s.layers() {
		if one == l {
			return true
		}
	}
	return false
}

// sum decides each day and adds up the running sums.
func (c *calendar) sum(hours, saturdays []uint16, counted map[uint16]bool) {
	n := len(c.plan)
	c.days, c.seconds = make([]int32, n+1), make([]int32, n+1)
	for i := range n {
		kind, day := Ordinary, c.first+i
		if c.entry[i] != 0 {
			kind = c.entries[c.entry[i]-1].kind
		}
		counts := false
		switch {
		case kind == Worked, kind == Ordinary && !weekend(day):
			c.plan[i], counts = hours[i], true
		case kind == Ordinary && weekday(day) == 5 && saturdays[i] != 0:
			c.plan[i], counts = saturdays[i], counted[saturdays[i]]
		}
		c.days[i+1], c.seconds[i+1] = c.days[i], c.seconds[i]
		if counts {
			c.days[i+1]++
			c.seconds[i+1] += int32(c.plans[c.plan[i]].seconds)
			c.nth = append(c.nth, int32(i))
		}
	}
}

// findSpans collects the runs of days that a reason may have to name.
func (c *calendar) findSpans() {
	for i := 0; i < len(c.entry); i++ {
		if c.entry[i] == 0 {
			continue
		}
		s := span{from: i, to: i, entry: c.entries[c.entry[i]-1]}
		matters := false
		for ; ; i++ {
			matters = matters || !s.entry.announced || c.counts(i) == weekend(c.first+i)
			s.to = i
			if i+1 >= len(c.entry) || c.entry[i+1] != c.entry[i] {
				break
			}
		}
		if matters {
			c.spans = append(c.spans, s)
		}
	}
}

// dateOf returns the date of a day number.
func dateOf(day int) schema.Date {
	return schema.DateOf(time.Unix(int64(day)*86400, 0).UTC()) // midnight in Greenwich is 07:00 of that day in Việt Nam
}
