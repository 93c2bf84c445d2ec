package calendar

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/schema"
)

// when reads "2025-01-24 16:00" as Vietnamese time.
func when(t testing.TB, s string) schema.Time {
	t.Helper()
	if s == "" {
		return schema.Time{}
	}
	v, err := time.ParseInLocation("2006-01-02 15:04", s, schema.VietNam())
	require.NoError(t, err)
	return schema.TimeOf(v)
}

func codes(r Result) []Code {
	var all []Code
	for _, why := range r.Reasons {
		all = append(all, why.Code)
	}
	return all
}

// The dates are worked out by hand on a wall calendar.
func TestDue(t *testing.T) {
	for _, c := range []struct {
		name, received, due string
		term                Term
		code                Code // one that must be among the reasons
	}{
		{"Monday and three days is Thursday", "2025-03-10 09:30", "2025-03-13 17:00", Term{3, WorkingDays}, ClockReceived},
		{"Thursday and three days is Tuesday", "2025-03-13 09:30", "2025-03-18 17:00", Term{3, WorkingDays}, TermWorkingDays},
		{"evening begins the next morning", "2025-03-10 18:05", "2025-03-14 17:00", Term{3, WorkingDays}, ClockNextMoment},
		{"Saturday begins on Monday", "2025-03-15 10:00", "2025-03-18 17:00", Term{1, WorkingDays}, ClockNextMoment},
		{"exactly at closing is still that day", "2025-03-10 17:00", "2025-03-11 17:00", Term{1, WorkingDays}, ClockReceived},

		{"over Tết 2025: Friday 24/01, then 03/02, 04/02, 05/02", "2025-01-24 16:00", "2025-02-05 17:00", Term{3, WorkingDays}, DayHoliday},
		{"received during Tết 2025: begins on 03/02", "2025-01-29 08:00", "2025-02-04 17:00", Term{1, WorkingDays}, ClockNextMoment},
		{"over Tết 2026: Friday 13/02, then 23/02, 24/02", "2026-02-13 10:00", "2026-02-24 17:00", Term{2, WorkingDays}, DayHoliday},
		{"over Tết 2024: Wednesday 07/02, then Thursday 15/02", "2024-02-07 10:00", "2024-02-15 17:00", Term{1, WorkingDays}, DayHoliday},

		{"30/4/2025: 29/04, then 05/05 since 02/05 is swapped off", "2025-04-29 10:00", "2025-05-05 17:00", Term{1, WorkingDays}, DaySwappedOff},
		{"Saturday 26/04/2025 is worked in its place", "2025-04-25 10:00", "2025-04-26 17:00", Term{1, WorkingDays}, DayWorked},
		{"received on the worked Saturday", "2025-04-26 10:00", "2025-04-28 17:00", Term{1, WorkingDays}, DayWorked},
		{"29/04/2024 off, Saturday 04/05/2024 worked", "2024-04-26 10:00", "2024-05-04 17:00", Term{3, WorkingDays}, DaySwappedOff},
		{"New Year 2026: 31/12, then 05/01", "2025-12-31 10:00", "2026-01-05 17:00", Term{1, WorkingDays}, DaySwappedOff},
		{"10/01/2026 is worked", "2026-01-09 10:00", "2026-01-10 17:00", Term{1, WorkingDays}, DayWorked},
		{"Giỗ Tổ 2025 on a Monday", "2025-04-04 10:00", "2025-04-08 17:00", Term{1, WorkingDays}, DayHoliday},
		{"Giỗ Tổ 2026 on a Sunday, Monday in lieu", "2026-04-24 10:00", "2026-04-28 17:00", Term{1, WorkingDays}, DayInLieu},
		{"30/4/2026 without a swap: 29/04, then 04/05", "2026-04-29 10:00", "2026-05-04 17:00", Term{1, WorkingDays}, DayHoliday},
		{"2/9/2025: Friday 29/08, then 03/09", "2025-08-29 10:00", "2025-09-03 17:00", Term{1, WorkingDays}, DayHoliday},
		{"2/9/2026: Friday 28/08, then 03/09", "2026-08-28 10:00", "2026-09-03 17:00", Term{1, WorkingDays}, DaySwappedOff},
		{"22/08/2026 is worked", "2026-08-21 10:00", "2026-08-24 17:00", Term{2, WorkingDays}, DayWorked},
		{"2/9/2024: Friday 30/08, then 04/09", "2024-08-30 10:00", "2024-09-04 17:00", Term{1, WorkingDays}, DayHoliday},
		{"24/11 is no holiday in 2025", "2025-11-21 10:00", "2025-11-24 17:00", Term{1, WorkingDays}, TermWorkingDays},

		{"calendar days count weekends", "2025-03-12 10:00", "2025-03-19 17:00", Term{7, CalendarDays}, TermCalendarDays},
		{"a free last day moves on", "2025-03-12 10:00", "2025-03-17 17:00", Term{3, CalendarDays}, DueRolled},
		{"a last day in Tết moves behind it", "2025-01-22 10:00", "2025-02-03 17:00", Term{5, CalendarDays}, DayHoliday},

		{"hours of one morning", "2025-03-10 08:00", "2025-03-10 10:00", Term{2, Hours}, TermHours},
		{"hours over lunch", "2025-03-10 11:00", "2025-03-10 14:30", Term{2, Hours}, TermHours},
		{"hours that end with a session", "2025-03-10 09:30", "2025-03-10 11:30", Term{2, Hours}, TermHours},
		{"hours received at lunch", "2025-03-10 12:00", "2025-03-10 14:00", Term{1, Hours}, ClockNextMoment},
		{"hours over a weekend", "2025-03-14 16:00", "2025-03-17 08:30", Term{2, Hours}, TermHours},
		{"24 hours are three days", "2025-03-10 09:30", "2025-03-13 09:30", Term{24, Hours}, TermHours},

		{"same day before 15:00", "2025-03-10 14:59", "2025-03-10 17:00", Term{0, SameDay}, SameDayBefore},
		{"same day at 15:00 is the next", "2025-03-10 15:00", "2025-03-11 17:00", Term{0, SameDay}, SameDayAfter},
		{"same day after closing", "2025-03-10 20:00", "2025-03-11 17:00", Term{0, SameDay}, SameDayBefore},
		{"same day on Friday afternoon before Tết", "2025-01-24 15:30", "2025-02-03 17:00", Term{0, SameDay}, DayHoliday},
		{"same day on a Sunday", "2025-03-16 09:00", "2025-03-17 17:00", Term{0, SameDay}, ClockNextMoment},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Shipped().Due(Input{Received: when(t, c.received), Term: c.term})
			require.Equal(t, when(t, c.due), r.Due, "%v", codes(r))
			require.Contains(t, codes(r), c.code)
			require.False(t, r.Provisional)
		})
	}
}

func TestDueWithoutAnAnswerSaysWhy(t *testing.T) {
	received := when(t, "2025-03-10 09:00")
	for _, c := range []struct {
		name string
		in   Input
		code Code
	}{
		{"no term", Input{Received: received}, TermNone},
		{"not received", Input{SubmittedAt: received, Term: Term{1, WorkingDays}}, ClockNotStarted},
		{"no days", Input{Received: received, Term: Term{0, WorkingDays}}, InputInvalid},
		{"negative", Input{Received: received, Term: Term{-3, Hours}}, InputInvalid},
		{"too long", Input{Received: received, Term: Term{longestTerm + 1, CalendarDays}}, InputInvalid},
		{"unknown unit", Input{Received: received, Term: Term{1, "fortnights"}}, InputInvalid},
		{"far future", Input{Received: when(t, "2150-03-10 09:00"), Term: Term{1, WorkingDays}}, InputInvalid},
		{"beyond the end", Input{Received: when(t, "2033-12-20 09:00"), Term: Term{400, WorkingDays}}, InputInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Shipped().Due(c.in)
			require.True(t, r.Due.IsZero())
			require.Equal(t, c.code, r.Reasons[len(r.Reasons)-1].Code)
		})
	}
}

func TestWhatIsNotDecidedMakesAnAnswerProvisional(t *testing.T) {
	for _, c := range []struct {
		name, received, due string
		n                   int
		provisional         bool
		code                Code
	}{
		{"before the open swap of 23/11/2026", "2026-11-18 09:00", "2026-11-20 17:00", 2, false, ClockReceived},
		{"across it", "2026-11-20 09:00", "2026-11-25 17:00", 2, true, DayOrdinary},
		{"24/11/2026 is law", "2026-11-20 09:00", "2026-11-23 17:00", 1, true, DayOrdinary},
		{"from the Wednesday after it, across Saturday 28/11", "2026-11-25 09:00", "2026-11-30 17:00", 3, true, DayOrdinary},
		{"in December", "2026-12-01 09:00", "2026-12-04 17:00", 3, false, ClockReceived},
		{"over Tết 2027, assumed 4 to 10 February", "2027-02-03 09:00", "2027-02-11 17:00", 1, true, DayHoliday},
		{"2/9/2027, a Thursday, 3/9 assumed", "2027-08-31 09:00", "2027-09-06 17:00", 2, true, DayHoliday},
		{"1/5/2027 on a Saturday, Monday in lieu", "2027-04-29 09:00", "2027-05-04 17:00", 1, false, DayInLieu},
		{"Giỗ Tổ 2027 is a Friday", "2027-04-15 09:00", "2027-04-19 17:00", 1, false, DayHoliday},
		{"24/11/2027", "2027-11-23 09:00", "2027-11-25 17:00", 1, false, DayHoliday},
		{"beyond the table", "2027-12-30 09:00", "2028-01-03 17:00", 2, true, CalendarBeyond},
		{"before the table", "2023-06-01 09:00", "2023-06-02 17:00", 1, true, CalendarBeyond},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Shipped().Due(Input{Received: when(t, c.received), Term: Term{c.n, WorkingDays}})
			require.Equal(t, when(t, c.due), r.Due, "%v", codes(r))
			require.Equal(t, c.provisional, r.Provisional, "%v", codes(r))
			require.Contains(t, codes(r), c.code)
			undecided := slices.ContainsFunc(r.Reasons, func(why Reason) bool { return why.Undecided })
			require.Equal(t, c.provisional, undecided)
		})
	}
}

func TestSupplementsAndExtensions(t *testing.T) {
	// Received on Monday 10/03/2025 for five working days: due on Monday 17/03, 17:00.
	pause := func(from, to string) Pause { return Pause{when(t, from), when(t, to)} }
	for _, c := range []struct {
		name, due string
		in        Input
		code      Code
		want      Result // flags
	}{
		{"two hours add two hours", "2025-03-18 09:30", Input{Pauses: []Pause{pause("2025-03-11 08:00", "2025-03-11 10:00")}}, PauseCounted, Result{}},
		{"a weekend adds nothing", "2025-03-17 17:00", Input{Pauses: []Pause{pause("2025-03-15 00:00", "2025-03-16 23:00")}}, PauseCounted, Result{}},
		{"from Tuesday noon to Thursday noon is two days", "2025-03-19 17:00", Input{Pauses: []Pause{pause("2025-03-11 12:00", "2025-03-13 12:00")}}, PauseCounted, Result{}},
		{"it may begin before and end after the deadline", "2025-03-24 17:00", Input{Pauses: []Pause{pause("2025-03-14 07:30", "2025-03-21 07:30")}}, PauseCounted, Result{}},
		{"one before reception counts from reception", "2025-03-18 08:00", Input{Pauses: []Pause{pause("2025-03-01 08:00", "2025-03-10 10:00")}}, PauseCounted, Result{}},
		{"a repeated request is the same one", "2025-03-18 09:30", Input{Pauses: []Pause{pause("2025-03-11 08:00", "2025-03-11 10:00"), pause("2025-03-11 08:00", ""), pause("2025-03-11 08:00", "2025-03-11 10:00")}}, PauseCounted, Result{}},
		{"a second one does not stop the clock and counts as late", "2025-03-18 09:30", Input{Pauses: []Pause{pause("2025-03-13 08:00", "2025-03-13 10:00"), pause("2025-03-11 08:00", "2025-03-11 10:00")}}, PauseSecond, Result{CountsLate: true}},
		{"an open one suspends", "2025-03-17 17:00", Input{Pauses: []Pause{pause("2025-03-11 08:00", "")}}, PauseOpen, Result{Suspended: true}},
		{"asked at the very end", "2025-03-18 10:00", Input{Pauses: []Pause{pause("2025-03-17 17:00", "2025-03-18 10:00")}}, PauseCounted, Result{}},
		{"after the deadline it changes nothing", "2025-03-17 17:00", Input{Pauses: []Pause{pause("2025-03-18 08:00", "2025-03-20 10:00")}}, PauseAfterDue, Result{}},
		{"one that ends before it begins is left out", "2025-03-17 17:00", Input{Pauses: []Pause{pause("2025-03-12 08:00", "2025-03-11 10:00")}}, PauseInvalid, Result{}},

		{"an extension by days", "2025-03-20 17:00", Input{Extensions: []Extension{{Days: 3, GrantedAt: when(t, "2025-03-17 09:00")}}}, ExtensionGranted, Result{Extended: true}},
		{"a new appointment", "2025-03-21 10:00", Input{Extensions: []Extension{{Until: when(t, "2025-03-21 10:00")}}}, ExtensionGranted, Result{Extended: true}},
		{"too late", "2025-03-17 17:00", Input{Extensions: []Extension{{Days: 3, GrantedAt: when(t, "2025-03-18 09:00")}}}, ExtensionTooLate, Result{}},
		{"an earlier appointment", "2025-03-17 17:00", Input{Extensions: []Extension{{Until: when(t, "2025-03-14 17:00")}}}, ExtensionShorter, Result{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.in.Received, c.in.Term = when(t, "2025-03-10 09:30"), Term{5, WorkingDays}
			before := slices.Clone(c.in.Pauses)
			r := Shipped().Due(c.in)
			require.Equal(t, when(t, c.due), r.Due, "%v", codes(r))
			require.Contains(t, codes(r), c.code)
			require.Equal(t, c.want, Result{CountsLate: r.CountsLate, Suspended: r.Suspended, Extended: r.Extended})
			require.Equal(t, before, c.in.Pauses, "the input is the caller's")
		})
	}
}

func TestAPauseOfACalendarTermAddsItsDays(t *testing.T) {
	in := Input{Received: when(t, "2025-03-10 09:30"), Term: Term{10, CalendarDays}, // Thursday 20/03
		Pauses: []Pause{{when(t, "2025-03-12 16:00"), when(t, "2025-03-14 08:00")}}} // two days: Saturday 22/03, so Monday
	r := Shipped().Due(in)
	require.Equal(t, when(t, "2025-03-24 17:00"), r.Due)
	require.Equal(t, []Code{ClockReceived, TermCalendarDays, PauseCounted, DueRolled}, codes(r))
}

func TestReasonsTellTheWholeWay(t *testing.T) {
	r := Shipped().Due(Input{
		SubmittedAt: when(t, "2025-04-28 22:00"), Received: when(t, "2025-04-29 17:30"), Term: Term{1, WorkingDays}})
	law := "Bộ luật Lao động 2019, Điều 112 khoản 1 điểm "
	notice := "Thông báo 6150/TB-BLĐTBXH ngày 03/12/2024; Công văn 8726/VPCP-KGVX ngày 26/11/2024"
	want := []Reason{
		{Code: ClockSubmitted, From: when(t, "2025-04-28 22:00"), To: when(t, "2025-04-29 17:30"), Source: oneStop},
		{Code: ClockNextMoment, From: when(t, "2025-04-29 17:30"), To: when(t, "2025-05-05 07:30"), Source: oneStop},
		{Code: TermWorkingDays, From: when(t, "2025-05-05 07:30"), Source: civilCode},
		{Code: DayHoliday, From: when(t, "2025-04-30 00:00"), To: when(t, "2025-05-01 00:00"), Source: law + "c"},
		{Code: DayHoliday, From: when(t, "2025-05-01 00:00"), To: when(t, "2025-05-02 00:00"), Source: law + "d"},
		{Code: DaySwappedOff, From: when(t, "2025-05-02 00:00"), To: when(t, "2025-05-03 00:00"), Source: notice},
	}
	got := slices.Clone(r.Reasons)
	for i := range got {
		require.NotEmpty(t, got[i].VI)
		require.NotEmpty(t, got[i].EN)
		got[i].VI, got[i].EN = "", ""
	}
	require.Empty(t, cmp.Diff(want, got, cmp.Comparer(func(a, b schema.Time) bool { return a == b })))
	require.Equal(t, when(t, "2025-05-06 17:00"), r.Due)
}

func TestCompare(t *testing.T) {
	r := Shipped().Due(Input{Received: when(t, "2025-01-24 09:00"), Term: Term{3, WorkingDays}}) // 05/02/2025 17:00
	open := r
	open.Suspended = true
	for _, c := range []struct {
		name, claimed string
		r             Result
		want          Verdict
		days          int
	}{
		{"the same", "2025-02-05 17:00", r, Equal, 0},
		{"the same day at midnight", "2025-02-05 00:00", r, Equal, 0},
		{"a system that forgot Tết", "2025-01-29 17:00", r, SourceEarlier, 3},
		{"one day early", "2025-02-04 17:00", r, SourceEarlier, 1},
		{"one day late", "2025-02-06 09:00", r, SourceLater, 1},
		{"late over a weekend", "2025-02-10 17:00", r, SourceLater, 3},
		{"none", "", r, NothingClaimed, 0},
		{"before reception", "2025-01-23 17:00", r, BeforeReception, 0},
		{"neither", "", Result{}, NeitherHasDeadline, 0},
		{"nothing computed", "2025-02-05 17:00", Result{}, NothingComputed, 0},
		{"suspended and later", "2025-02-12 17:00", open, Undetermined, 0},
		{"suspended and earlier", "2025-02-04 17:00", open, SourceEarlier, 1},
		{"a year of the keyboard", "2205-02-05 17:00", r, Undetermined, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Shipped().Compare(c.r, when(t, c.claimed))
			require.Equal(t, c.want, f.Verdict)
			require.Equal(t, c.days, f.WorkingDays)
		})
	}
	f := Shipped().Compare(r, when(t, "2025-02-04 16:00"))
	require.Equal(t, -9*3600, f.Seconds, "one hour and a day of eight")
}

func TestEveryCodeHasATextInBothLanguages(t *testing.T) {
	for code, why := range texts {
		require.NotEmpty(t, why.VI, code)
		require.NotEmpty(t, why.EN, code)
	}
}
