package calendar_test

import (
	"fmt"
	"time"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/calendar"
)

func ExampleTable_Due() {
	at := func(month time.Month, day, hour int) schema.Time {
		return schema.TimeOf(time.Date(2025, month, day, hour, 0, 0, 0, schema.VietNam()))
	}
	table := calendar.Shipped()
	r := table.Due(calendar.Input{
		Received: at(time.January, 24, 16), // the last Friday before Tết
		Term:     calendar.Term{N: 3, Unit: calendar.WorkingDays},
	})
	fmt.Println(r.Due)
	for _, why := range r.Reasons {
		fmt.Printf("%s: %s\n", why.Code, why.EN)
	}
	f := table.Compare(r, at(time.January, 29, 17)) // a system that forgot Tết
	fmt.Println(f.Verdict, f.WorkingDays)
	// Output:
	// 2025-02-05T17:00:00+07:00
	// clock.received: The term runs from valid reception
	// term.working_days: Term in working days; the day of reception does not count
	// day.holiday: Lunar New Year
	// source_earlier 3
}
