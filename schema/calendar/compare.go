package calendar

import "github.com/lienthong/lienthong/schema"

// Verdict says how a deadline that a source claims stands to the computed one.
type Verdict string

// The verdicts of a comparison.
const (
	Equal              Verdict = "equal"                // no working day lies between
	SourceEarlier      Verdict = "source_earlier"       // the source promises more than the law
	SourceLater        Verdict = "source_later"         // the source takes more time than the law gives
	NothingClaimed     Verdict = "nothing_claimed"      // the law has a deadline, the source none
	NothingComputed    Verdict = "nothing_computed"     // the source has one, the law none, or it could not be told
	NeitherHasDeadline Verdict = "neither_has_deadline" //
	BeforeReception    Verdict = "before_reception"     // the source claims a day before that of reception: a slip
	Undetermined       Verdict = "undetermined"         // the clock stands still, so a later claim may become right
)

// Finding is the outcome of a comparison.
type Finding struct {
	Verdict     Verdict     `json:"verdict"`
	WorkingDays int         `json:"working_days,omitzero"` // by how many the source is earlier or later; never negative
	Seconds     int         `json:"seconds,omitzero"`      // office time from due to claimed, negative when the source is earlier
	Claimed     schema.Time `json:"claimed,omitzero"`
	Due         schema.Time `json:"due,omitzero"`
	Provisional bool        `json:"provisional,omitzero"` // as the result that was compared
}

// Compare holds what a source claims against a result of the same table. Days decide, not hours: sources
// write midnight, closing time or the hour of reception for the same day.
func (t *Table) Compare(r Result, claimed schema.Time) Finding {
	f := Finding{Claimed: claimed, Due: r.Due, Provisional: r.Provisional}
	switch {
	case claimed.IsZero() && r.Due.IsZero():
		f.Verdict = NeitherHasDeadline
		return f
	case claimed.IsZero():
		f.Verdict = NothingClaimed
		return f
	case r.Due.IsZero():
		f.Verdict = NothingComputed
		return f
	}
	c := t.calendar(r.Province, r.Counter)
	due, claim := momentOf(r.Due), momentOf(claimed)
	dueDay, _, known := c.in(due)
	claimDay, _, inside := c.in(claim)
	received, _ := momentOf(r.Received).day()
	if !known || !inside {
		f.Verdict, f.Provisional = Undetermined, true
		return f
	}
	f.Seconds = c.between(due, claim)
	days := int(c.days[claimDay+1]) - int(c.days[dueDay+1])
	switch {
	case c.first+claimDay < received:
		f.Verdict = BeforeReception
	case r.Suspended && days >= 0:
		f.Verdict = Undetermined
	case days == 0:
		f.Verdict = Equal
	case days < 0:
		f.Verdict, f.WorkingDays = SourceEarlier, -days
	default:
		f.Verdict, f.WorkingDays = SourceLater, days
	}
	return f
}
