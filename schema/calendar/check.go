package calendar

import (
	"fmt"
	"slices"

	"github.com/lienthong/lienthong/internal/fault"
)

// mostCounters keeps a table below some 100 MB; a province has some two hundred agencies.
const mostCounters = 1500

// check finds what is wrong with a file beyond its form.
func (t *Table) check(doc *document) []fault.Problem {
	var found []fault.Problem
	wrong := func(at place, code, format string, args ...any) {
		found = append(found, problemAt(doc.file, at, "", code, fmt.Sprintf(format, args...)))
	}
	known := t.counterProvinces()
	if len(known) > mostCounters {
		wrong(place{1, 1}, "calendar.counter.many", "more than %d counters", mostCounters)
		return found
	}
	for i, e := range doc.counters {
		if known[e.code] != e.province {
			wrong(doc.counters[i].at, "calendar.counter.moved", "counter %s stands in another province already", e.code)
		}
	}
	counters := func(at place, s scope) {
		for _, code := range s.counters {
			if known[code] == "" {
				wrong(at, "calendar.counter.unknown", "counter %s is not in the list of counters", code)
			}
		}
	}
	type key struct {
		day int
		layer
	}
	first := map[key]place{}
	for _, e := range doc.days {
		counters(e.at, e.scope)
		for day := e.when.from; day <= e.when.to; day++ {
			if !t.covers.has(day) {
				wrong(e.at, "calendar.day.outside", "%s is outside what the table covers; say covers", dateOf(day))
				break
			}
			for _, l := range e.scope.layers() {
				k := key{day, l}
				if at, twice := first[k]; twice {
					wrong(e.at, "calendar.day.twice", "%s is said already in line %d", dateOf(day), at.line)
				} else {
					first[k] = e.at
				}
			}
		}
	}
	for _, e := range doc.hours {
		counters(e.at, e.scope)
	}
	for _, e := range doc.saturdays {
		counters(e.at, e.scope)
	}
	if len(t.documents) == 1 && (t.covers == (period{}) || !saysHours(doc)) {
		wrong(place{1, 1}, "calendar.start", "the first file says what it covers, and hours without from, to and scope")
	}
	return found
}

// saysHours reports whether every working day has hours, whatever else is said.
func saysHours(doc *document) bool {
	return slices.ContainsFunc(doc.hours, func(e hoursEntry) bool { return has(e.scope, nation) && e.when == always })
}

// counterProvinces returns the province of each counter that a file names.
func (t *Table) counterProvinces() map[string]string {
	known := map[string]string{}
	for _, doc := range t.documents {
		for _, e := range doc.counters {
			if _, ok := known[e.code]; !ok {
				known[e.code] = e.province
			}
		}
	}
	return known
}

// checkSwaps finds swaps of a new file that do not fit together in the merged
// table: each side names the other, the day off is a weekday, the worked day is a
// Saturday or Sunday. A file that undoes one half of an older swap must undo the
// other too; the mistake is then told at the half that is left.
func (t *Table) checkSwaps() []fault.Problem {
	var found []fault.Problem
	seen := map[*dayEntry]bool{}
	for _, c := range t.calendars {
		for i, e := range c.entries {
			inForce := int(c.entry[e.when.from-c.first]) == i+1
			if e.swappedWith == 0 || !inForce || seen[e] {
				continue
			}
			var other *dayEntry
			if i := e.swappedWith - c.first; i >= 0 && i < len(c.entry) && c.entry[i] != 0 {
				other = c.entries[c.entry[i]-1]
			}
			want := Worked
			if e.kind == Worked {
				want = SwappedOff
			}
			switch {
			case weekend(e.when.from) == (e.kind == SwappedOff):
				seen[e] = true
				found = append(found, problemAt(e.file, e.at, "", "calendar.swap.weekday",
					fmt.Sprintf("%s: a weekday is swapped off, a Saturday or Sunday is worked", dateOf(e.when.from))))
			case other != nil && other.kind == Closure: // a storm on the day that was to be worked
			case other == nil || other.kind != want || other.swappedWith != e.when.from:
				seen[e] = true
				found = append(found, problemAt(e.file, e.at, "", "calendar.swap.other",
					fmt.Sprintf("%s: %s is not %s in its place", dateOf(e.when.from), dateOf(e.swappedWith), want)))
			}
		}
	}
	return found
}
