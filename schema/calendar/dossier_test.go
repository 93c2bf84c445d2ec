package calendar

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/schema"
)

func TestOfDossier(t *testing.T) {
	step := func(at string, s schema.Status, newDue string) schema.DossierStep {
		return schema.DossierStep{At: when(t, at), Status: s, NewDueAt: when(t, newDue)}
	}
	d := &schema.Dossier{
		SubmittedAt: when(t, "2025-03-09 21:00"), ReceivedAt: when(t, "2025-03-10 09:00"), ReceivingAgency: "H33.7",
		Supplements: []schema.Supplement{{RequestedAt: when(t, "2025-03-11 08:05"), ReceivedAt: when(t, "2025-03-11 09:55")}},
	}
	term := Term{5, WorkingDays}

	in := OfDossier(d, term, "31")
	require.Equal(t, Input{Received: d.ReceivedAt, SubmittedAt: d.SubmittedAt, Term: term, Province: "31", Counter: "H33.7",
		Pauses: []Pause{{when(t, "2025-03-11 08:05"), when(t, "2025-03-11 09:55")}}}, in, "without a trail by the supplements")

	d.Steps = []schema.DossierStep{
		step("2025-03-10 09:00", schema.Received, ""),
		step("2025-03-11 08:00", schema.SupplementRequired, ""),
		step("2025-03-11 08:01", schema.SupplementRequired, ""), // sent again
		step("2025-03-11 10:00", schema.InProgress, "2025-03-25 17:00"),
		step("2025-03-17 11:00", schema.InProgress, "2025-03-21 17:00"), // a letter of apology
	}
	in = OfDossier(d, term, "31")
	require.Equal(t, []Pause{{when(t, "2025-03-11 08:00"), when(t, "2025-03-11 10:00")}}, in.Pauses)
	require.Equal(t, []Extension{{GrantedAt: when(t, "2025-03-17 11:00"), Until: when(t, "2025-03-21 17:00")}}, in.Extensions)
	r := Shipped().Due(in)
	require.Equal(t, when(t, "2025-03-21 17:00"), r.Due)
	require.True(t, r.Extended)
	require.False(t, r.CountsLate)

	d.Steps = append(d.Steps[:4], step("2025-03-13 08:00", schema.SupplementRequired, ""))
	r = Shipped().Due(OfDossier(d, term, "31"))
	require.True(t, r.CountsLate, "asked twice")
	require.Equal(t, when(t, "2025-03-18 09:30"), r.Due)
	require.False(t, r.Suspended, "a second request stops nothing")
}
