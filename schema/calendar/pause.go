package calendar

import (
	"slices"

	"github.com/lienthong/lienthong/schema"
)

// pause lengthens the term by the first pause and judges the others: one supplement
// stops the clock, more than one counts as late (Nghị định 118/2025/NĐ-CP and the
// score of the national portal). A repeated or overlapping request is the same one.
func (d *deadline) pause() bool {
	pauses := d.in.Pauses
	if len(pauses) > 1 && !slices.IsSortedFunc(pauses, byBeginning) {
		pauses = slices.Clone(pauses)
		slices.SortStableFunc(pauses, byBeginning)
	}
	var first Pause
	for _, p := range pauses {
		switch {
		case p.From.IsZero() || !p.To.IsZero() && p.To.Before(p.From):
			d.r.because(PauseInvalid, p.From, p.To)
		case first.From.IsZero():
			first = p
		case first.To.IsZero() || !first.To.Before(p.From):
			first.To = later(first, p)
		default:
			d.r.because(PauseSecond, p.From, p.To)
			d.r.CountsLate = true
		}
	}
	if first.From.IsZero() {
		return true
	}
	return d.shift(first)
}

// later returns the end of two pauses that overlap. A repeat of the request that
// came without an end does not open the pause again.
func later(a, b Pause) schema.Time {
	switch {
	case b.To.IsZero() && b.From == a.From:
		return a.To
	case a.To.IsZero() || b.To.IsZero():
		return b.To
	case a.To.Before(b.To):
		return b.To
	}
	return a.To
}

func byBeginning(a, b Pause) int { return a.From.Compare(b.From) }

// shift moves the deadline by a pause.
func (d *deadline) shift(p Pause) bool {
	from := max(momentOf(p.From), d.began)
	switch {
	case from > d.due: // asked at the very end is asked in time
		d.r.because(PauseAfterDue, p.From, p.To)
		return true
	case p.To.IsZero():
		d.r.because(PauseOpen, p.From, p.To)
		d.r.Suspended = true
		return true
	}
	d.r.because(PauseCounted, p.From, p.To)
	to := max(momentOf(p.To), from)
	_, _, ok := d.c.in(to)
	if !ok {
		return false
	}
	if d.in.Term.Unit == CalendarDays {
		first, _ := from.day()
		last, _ := to.day()
		d.lastDay += last - first
		d.due, ok = d.c.fromDay(d.lastDay)
		return ok
	}
	d.due, ok = d.c.add(d.due, d.c.between(from, to))
	return ok
}

// extend applies new appointments, in the order given.
func (d *deadline) extend() bool {
	for _, e := range d.in.Extensions {
		due, ok := d.due, true
		switch {
		case e.Days > 0 && e.Days <= longestTerm:
			due, ok = d.c.workday(d.due, e.Days)
		case !e.Until.IsZero():
			due = momentOf(e.Until)
		}
		if !ok {
			return false
		}
		switch {
		case !e.GrantedAt.IsZero() && momentOf(e.GrantedAt) > d.due:
			d.r.because(ExtensionTooLate, e.GrantedAt, e.Until)
		case due <= d.due:
			d.r.because(ExtensionShorter, e.GrantedAt, e.Until)
		default:
			if e.Days > 0 {
				from, _, _ := d.c.in(d.due)
				to, _, _ := d.c.in(due)
				d.r.becauseOfDays(d.c, from+1, to)
			}
			d.r.because(ExtensionGranted, e.GrantedAt, due.time())
			d.due, d.r.Extended = due, true
		}
	}
	return true
}
