package calendar

import (
	_ "embed"
	"slices"
	"sync"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

//go:embed data/vietnam.yaml
var vietnam []byte

// Table knows the working days of the country, its provinces and their
// counters. It is never changed once made; any number of goroutines may use it.
// Make one with [Shipped] and [Table.Extend]; the zero value knows no day.
type Table struct {
	documents []*document
	covers    period
	homes     map[string]string   // province of each counter
	calendars map[layer]*calendar // compiled, of those that something is said about; the country's is under nation
}

// shipped is the table of the embedded file, read once. A mistake in the file
// is a bug that the tests find, so it panics.
var shipped = sync.OnceValue(func() *Table {
	t, err := (&Table{}).Extend("vietnam.yaml", vietnam)
	if err != nil {
		panic(err)
	}
	return t
})

// Shipped returns the table that is part of the program: 2024 to 2027 for the
// whole country, as announced until 22/11/2026. It has no Saturday counters,
// local hours or closures: those are a province's to say.
func Shipped() *Table { return shipped() }

// Extend returns a new table with a calendar.yaml laid over t. Its days take
// the place of those of t with the same date and scope; an entry for a counter
// outranks one for its province, and that one for the country. The name of the
// file is used in messages only.
//
// The error is a *[fault.Error]: Malformed when the bytes are not YAML, else
// Invalid, with one problem for each mistake whose text begins "file:line:column:".
func (t *Table) Extend(file string, data []byte) (*Table, error) {
	doc, err := read(file, data)
	if err != nil {
		return nil, err
	}
	next := &Table{documents: append(slices.Clone(t.documents), doc), covers: t.covers}
	if doc.covers != (period{}) {
		next.covers = doc.covers
		if t.covers != (period{}) {
			next.covers = period{min(t.covers.from, doc.covers.from), max(t.covers.to, doc.covers.to)}
		}
	}
	if problems := next.check(doc); len(problems) > 0 {
		return nil, mistakes(fault.Invalid, problems)
	}
	next.compile()
	if problems := next.checkSwaps(); len(problems) > 0 {
		return nil, mistakes(fault.Invalid, problems)
	}
	return next, nil
}

// Covers returns the first and the last day for which the table says what is
// known. Answers that touch other days rest on weekends alone and are provisional.
func (t *Table) Covers() (from, to schema.Date) { return dateOf(t.covers.from), dateOf(t.covers.to) }

// Day is what the table says about one day.
type Day struct {
	Date      schema.Date `json:"date"`
	Kind      Kind        `json:"kind"`
	Working   bool        `json:"working"`         // counts in terms of working days
	Open      bool        `json:"open"`            // the counter receives; a Saturday may be open and not count
	Announced bool        `json:"announced"`       // false: not decided yet, or beyond what the table covers
	NameVI    string      `json:"name_vi"`         // "" for a day that nothing is said about
	NameEN    string      `json:"name_en"`         //
	Source    string      `json:"source,omitzero"` // law or announcement
}

// Day returns what holds on a full date at a counter (agency code) of a province (two digits). Either may be
// empty, and what the table does not know is treated as if it were. A counter whose province the table knows
// needs none.
func (t *Table) Day(date schema.Date, province, counter string) Day {
	d := Day{Date: date, Kind: Ordinary}
	c := t.calendar(province, counter)
	if c == nil || date.Precision() != schema.FullDate {
		return d
	}
	i := numberOf(date) - c.first
	if i < 0 || i >= len(c.plan) {
		d.Working = !weekend(i + c.first)
		d.Open = d.Working
		return d
	}
	d.Working, d.Open = c.counts(i), c.plan[i] != 0
	d.Announced = t.covers.has(i + c.first)
	if n := c.entry[i]; n != 0 {
		e := c.entries[n-1]
		d.Kind, d.NameVI, d.NameEN, d.Source = e.kind, e.vi, e.en, e.source
		d.Announced = d.Announced && e.announced
	}
	return d
}

// calendar returns the compiled calendar that is nearest to a counter.
func (t *Table) calendar(province, counter string) *calendar {
	if counter != "" {
		if c := t.calendars[layer{"counter", counter}]; c != nil {
			return c
		}
		if home := t.homes[counter]; home != "" {
			province = home
		}
	}
	if province != "" {
		if c := t.calendars[layer{"province", province}]; c != nil {
			return c
		}
	}
	return t.calendars[nation]
}
