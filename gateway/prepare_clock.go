package gateway

import (
	"slices"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// ClockTolerance is how far the clock of a source may run ahead of ours. What
// lies further ahead is a slip (a year mistyped): kept as the order of a record,
// it would make every later word look old.
const ClockTolerance = 24 * time.Hour

// heedClock refuses records that tell of what cannot have happened yet, and
// orders no record by a time ahead of its arrival. It stands apart from what is
// remembered of a message, since the answer changes with the clock.
func (sub *Submission) heedClock(now time.Time) {
	limit := now.Add(ClockTolerance)
	kept := sub.Records[:0] // fill has made the slice ours
	for i := range sub.Records {
		r := sub.Records[i]
		if early := firstAhead(r.Body, limit); early != "" {
			sub.Rejected = append(slices.Clip(sub.Rejected), RecordResult{Kind: r.Kind, ID: r.ID, Verdict: Rejected, Errors: []fault.Problem{fromTheFuture(early)}})
			continue
		}
		if r.EventTime.After(limit) {
			r.EventTime = time.Time{}
			p := fromTheFuture("event_time")
			p.Level = schema.Warning
			r.Problems = append(slices.Clip(r.Problems), p)
		}
		kept = append(kept, r)
	}
	if len(kept) == 0 && len(sub.Records) > 0 && sub.Code == "" {
		sub.Code = fault.Invalid
	}
	sub.Records = kept
}

// firstAhead returns the field of a dossier's record that lies after a limit, "" where none does.
func firstAhead(body schema.Body, limit time.Time) string {
	type moment struct {
		field string
		at    schema.Time
	}
	var moments []moment
	switch b := body.(type) {
	case *schema.Dossier:
		moments = []moment{
			{"submitted_at", b.SubmittedAt}, {"received_at", b.ReceivedAt}, {"finished_at", b.FinishedAt},
			{"returned_at", b.ReturnedAt}, {"refused_at", b.RefusedAt},
		}
	case *schema.DossierStep:
		moments = []moment{{"at", b.At}}
	case *schema.DossierNote:
		moments = []moment{{"at", b.At}}
	}
	for _, m := range moments {
		if !m.at.IsZero() && m.at.Std().After(limit) {
			return m.field
		}
	}
	return ""
}

func fromTheFuture(field string) fault.Problem {
	return fault.Problem{
		Code: "time.future", Detail: "Thời điểm ở tương lai (" + field + "); kiểm tra lại năm và đồng hồ của hệ thống gửi.",
		DetailEN: "The time lies in the future (" + field + "); look at the year, and at the clock of the sending system.", Expected: "≤ now + 24 h",
	}
}
