package calendar

import (
	"testing"

	"github.com/lienthong/lienthong/schema"
)

var sink Result

func BenchmarkDue(b *testing.B) {
	received := when(b, "2025-04-25 16:00")
	for name, in := range map[string]Input{
		"working_days":  {Received: received, Term: Term{3, WorkingDays}},
		"over_holidays": {Received: received, Term: Term{60, WorkingDays}},
		"calendar_days": {Received: received, Term: Term{30, CalendarDays}},
		"hours":         {Received: received, Term: Term{24, Hours}},
		"same_day":      {Received: received, Term: Term{0, SameDay}},
		"with_pause": {Received: received, SubmittedAt: received.Add(-3600e9), Term: Term{15, WorkingDays},
			Pauses: []Pause{{when(b, "2025-04-28 09:00"), when(b, "2025-05-06 09:00")}}},
	} {
		b.Run(name, func(b *testing.B) {
			table := Shipped()
			b.ReportAllocs()
			for b.Loop() {
				sink = table.Due(in)
			}
		})
	}
}

var finding Finding

func BenchmarkCompare(b *testing.B) {
	table := Shipped()
	r := table.Due(Input{Received: when(b, "2025-04-25 16:00"), Term: Term{15, WorkingDays}})
	claimed := schema.TimeOf(r.Due.Std().AddDate(0, 0, 3))
	b.ReportAllocs()
	for b.Loop() {
		finding = table.Compare(r, claimed)
	}
}

func BenchmarkExtend(b *testing.B) {
	table := Shipped()
	for b.Loop() {
		if _, err := table.Extend("calendar.yaml", []byte(province)); err != nil {
			b.Fatal(err)
		}
	}
}
