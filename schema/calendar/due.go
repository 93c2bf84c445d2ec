package calendar

import "github.com/lienthong/lienthong/schema"

// Unit says in what a term is counted.
type Unit string

// The units of terms. The zero value means that the procedure has no deadline.
const (
	NoTerm       Unit = ""
	WorkingDays  Unit = "working_days"  // ends with the nth working day after that of reception
	CalendarDays Unit = "calendar_days" // the same with every day; a free last day moves to the next working day
	Hours        Unit = "hours"         // office hours, from the moment of reception; 24 for a system that counts 8 a day
	SameDay      Unit = "same_day"      // N is not used
)

// Term is the time that a procedure allows.
type Term struct {
	N    int  `json:"n,omitzero"` // from 1; at most 2,000
	Unit Unit `json:"unit"`
}

const longestTerm = 2000

// Pause is the time from a request for a supplement to its reception.
type Pause struct {
	From schema.Time `json:"from"`
	To   schema.Time `json:"to,omitzero"` // zero: still waiting
}

// Extension is a new appointment by a letter of apology (form 04 of Thông tư 03/2025/TT-VPCP).
type Extension struct {
	GrantedAt schema.Time `json:"granted_at,omitzero"` // zero: not known, taken as in time
	Until     schema.Time `json:"until,omitzero"`      // the new appointment, or
	Days      int         `json:"days,omitzero"`       // working days added
}

// Input is what is known about a dossier's clock.
type Input struct {
	Received    schema.Time `json:"received,omitzero"`     // valid reception: the clock starts here
	SubmittedAt schema.Time `json:"submitted_at,omitzero"` // never starts a clock; only explained
	Term        Term        `json:"term"`
	Province    string      `json:"province,omitzero"` // two digits; "": the country's calendar
	Counter     string      `json:"counter,omitzero"`  // agency code, for hours and closures of its own
	Pauses      []Pause     `json:"pauses,omitempty"`
	Extensions  []Extension `json:"extensions,omitempty"`
}

// Result is when a dossier is due, and why.
type Result struct {
	Due         schema.Time `json:"due,omitzero"`         // zero: no deadline, or none that can be told
	Received    schema.Time `json:"received,omitzero"`    // as asked
	Start       schema.Time `json:"start,omitzero"`       // when the clock began: reception, or the next opening of the counter
	Provisional bool        `json:"provisional,omitzero"` // rests on a day that is not decided yet, or beyond the table
	Suspended   bool        `json:"suspended,omitzero"`   // the clock stands still: Due is the earliest that it can become
	CountsLate  bool        `json:"counts_late,omitzero"` // late by the portal's score, whenever it is finished: a second supplement
	Extended    bool        `json:"extended,omitzero"`    //
	Reasons     []Reason    `json:"reasons,omitempty"`    // in the order in which they were applied
	Province    string      `json:"province,omitzero"`    // as asked, for [Table.Compare]
	Counter     string      `json:"counter,omitzero"`     //
}

// Due computes when a dossier is due. It always answers: what cannot be computed
// is a result without Due whose last reason says why. Times are cut to seconds.
func (t *Table) Due(in Input) Result {
	r := Result{Received: in.Received, Province: in.Province, Counter: in.Counter, Reasons: make([]Reason, 0, 8)}
	c := t.calendar(in.Province, in.Counter)
	switch {
	case in.Term.Unit == NoTerm:
		r.because(TermNone, in.Received, schema.Time{})
		return r
	case in.Received.IsZero():
		r.because(ClockNotStarted, in.SubmittedAt, schema.Time{})
		return r
	case c == nil || in.Term.Unit != SameDay && (in.Term.N < 1 || in.Term.N > longestTerm):
		r.because(InputInvalid, in.Received, schema.Time{})
		return r
	}
	d := deadline{c: c, in: &in, r: &r}
	if !d.start() || !d.base() || !d.pause() {
		r.because(InputInvalid, in.Received, schema.Time{})
		return r
	}
	d.explainDays()
	if !d.extend() {
		r.because(InputInvalid, in.Received, schema.Time{})
		return r
	}
	r.Due = d.due.time()
	return r
}

// deadline is one computation. Its steps report false when a moment falls outside the calendar.
type deadline struct {
	c       *calendar
	in      *Input
	r       *Result
	began   moment // the clock
	due     moment
	lastDay int // index of the last day of a term in calendar days, before it is moved to a working day
}

func (d *deadline) start() bool {
	received := momentOf(d.in.Received)
	if d.in.SubmittedAt.Before(d.in.Received) && !d.in.SubmittedAt.IsZero() {
		d.r.because(ClockSubmitted, d.in.SubmittedAt, d.in.Received)
	}
	var ok bool
	if d.began, ok = d.c.reception(received); !ok {
		return false
	}
	d.r.Start = d.in.Received
	if d.began == received {
		d.r.because(ClockReceived, d.in.Received, schema.Time{})
	} else {
		d.r.Start = d.began.time()
		d.r.because(ClockNextMoment, d.in.Received, d.r.Start)
	}
	return true
}

// base computes the deadline without pauses and extensions.
func (d *deadline) base() (ok bool) {
	switch d.in.Term.Unit {
	case WorkingDays:
		d.r.because(TermWorkingDays, d.r.Start, schema.Time{})
		d.due, ok = d.c.workday(d.began, d.in.Term.N)
	case CalendarDays:
		d.r.because(TermCalendarDays, d.r.Start, schema.Time{})
		i, _, _ := d.c.in(d.began)
		d.lastDay = i + d.in.Term.N
		d.due, ok = d.c.fromDay(d.lastDay)
	case Hours:
		d.r.because(TermHours, d.r.Start, schema.Time{})
		d.due, ok = d.c.add(d.began, d.in.Term.N*3600)
	case SameDay:
		d.r.because(TermSameDay, d.r.Start, schema.Time{})
		i, second, _ := d.c.in(d.began)
		if d.c.counts(i) && second < d.c.plans[d.c.plan[i]].sameDay {
			d.r.because(SameDayBefore, d.r.Start, schema.Time{})
			return d.set(d.c.closing(i))
		}
		d.r.because(SameDayAfter, d.r.Start, schema.Time{})
		d.due, ok = d.c.workday(d.began, 1)
	}
	return ok
}

func (d *deadline) set(due moment) bool {
	d.due = due
	return true
}

// explainDays names the days that made a difference, from reception to the deadline. In a term of
// calendar days that is its two ends only.
func (d *deadline) explainDays() {
	from, _, _ := d.c.in(momentOf(d.in.Received))
	to, _, _ := d.c.in(d.due)
	if d.in.Term.Unit != CalendarDays {
		d.r.becauseOfDays(d.c, from, to)
		return
	}
	began, _, _ := d.c.in(d.began)
	d.r.becauseOfDays(d.c, from, began)
	d.r.becauseOfDays(d.c, d.lastDay, to)
	if to > d.lastDay {
		d.r.because(DueRolled, at(d.c.first+d.lastDay, 0).time(), d.due.time())
	}
}
