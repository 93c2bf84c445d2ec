package calendar

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

func date(t testing.TB, s string) schema.Date {
	t.Helper()
	v, err := time.Parse(time.DateOnly, s)
	require.NoError(t, err)
	d, err := schema.NewDate(v.Year(), int(v.Month()), v.Day())
	require.NoError(t, err)
	return d
}

// The weekdays off and the weekend days worked of each year, set down by hand from the announcements.
func TestTheShippedTableIsThatOfTheAnnouncements(t *testing.T) {
	for year, want := range map[string]string{
		"2024": "-01-01 -02-08 -02-09 -02-12 -02-13 -02-14 -04-18 -04-29 -04-30 -05-01 +05-04 -09-02 -09-03",
		"2025": "-01-01 -01-27 -01-28 -01-29 -01-30 -01-31 -04-07 +04-26 -04-30 -05-01 -05-02 -09-01 -09-02",
		"2026": "-01-01 -01-02 +01-10 -02-16 -02-17 -02-18 -02-19 -02-20 -04-27 -04-30 -05-01 +08-22 -08-31 -09-01 -09-02 -11-24",
		"2027": "-01-01 -02-04 -02-05 -02-08 -02-09 -02-10 -04-16 -04-30 -05-03 -09-02 -09-03 -11-24",
	} {
		var got []string
		for d, _ := time.Parse(time.DateOnly, year+"-01-01"); d.Format("2006") == year; d = d.AddDate(0, 0, 1) {
			day := Shipped().Day(date(t, d.Format(time.DateOnly)), "", "")
			free := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
			switch {
			case day.Working && free:
				got = append(got, "+"+d.Format("01-02"))
			case !day.Working && !free:
				got = append(got, "-"+d.Format("01-02"))
			}
		}
		require.Equal(t, want, strings.Join(got, " "), year)
	}
}

func TestWhatIsNotAnnouncedNamesNoAnnouncement(t *testing.T) {
	undecided := 0
	for _, e := range Shipped().documents[0].days {
		if !e.announced {
			undecided++
			require.True(t, strings.HasPrefix(e.source, "law only: "), "%s", dateOf(e.when.from))
		}
	}
	require.Equal(t, 6, undecided)
	from, to := Shipped().Covers()
	require.Equal(t, "2024-01-01 2027-12-31", from.String()+" "+to.String())
}

func TestDayNumbersAreThoseOfTheStandardLibrary(t *testing.T) {
	for d := time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2101; d = d.AddDate(0, 0, 1) {
		n := int(d.Unix() / 86400)
		if civilDay(d.Year(), int(d.Month()), d.Day()) != n || (weekday(n)+1)%7 != int(d.Weekday()) {
			t.Fatal(d)
		}
	}
	require.Equal(t, "2026-09-02", dateOf(numberOf(date(t, "2026-09-02"))).String())
}

// province is what an operator writes: a storm, a relocation, Saturdays, local hours, and a decision that came later.
const province = `
covers: {from: 2024-01-01, to: 2028-12-31}
counters:
  - {code: "H33.7", province: "31"}
  - {code: "H33.8", province: "31"}
hours:
  - {provinces: ["31"], from: 2026-01-01, sessions: ["07:00-11:00", "13:00-16:30"], same_day_before: "14:30", source: "QĐ giờ làm việc"}
saturdays:
  - {provinces: ["01"], from: 2026-01-01, sessions: ["07:30-11:30"], counts: false, source: "thông báo thứ Bảy"}
  - {provinces: ["79"], from: 2026-01-01, to: 2026-06-30, sessions: ["07:30-11:30"], counts: true, source: "thông báo thứ Bảy"}
days:
  - {from: 2026-09-10, to: 2026-09-11, kind: closure, provinces: ["31"], name: {vi: "Bão", en: "Storm"}, announced: true, source: "công điện"}
  - {from: 2026-03-10, kind: closure, counters: ["H33.7"], name: {vi: "Chuyển trụ sở", en: "Relocation"}, announced: true, source: "thông báo"}
  - {from: 2026-11-23, kind: swapped_off, swapped_with: 2026-11-28, name: {vi: "Hoán đổi", en: "Swap"}, announced: true, source: "văn bản ví dụ"}
  - {from: 2026-11-28, kind: worked, swapped_with: 2026-11-23, name: {vi: "Làm bù", en: "Worked"}, announced: true, source: "văn bản ví dụ"}
`

func extended(t testing.TB) *Table {
	t.Helper()
	table, err := Shipped().Extend("calendar.yaml", []byte(province))
	require.NoError(t, err)
	return table
}

func TestAnOperatorsFile(t *testing.T) {
	table := extended(t)
	for _, c := range []struct {
		name, province, counter, received, due string
		term                                   Term
	}{
		{"a storm in one province", "31", "", "2026-09-09 09:00", "2026-09-14 16:30", Term{1, WorkingDays}},
		{"and not in another", "37", "", "2026-09-09 09:00", "2026-09-10 17:00", Term{1, WorkingDays}},
		{"a counter that moves has its province's hours", "31", "H33.7", "2026-03-09 09:00", "2026-03-11 16:30", Term{1, WorkingDays}},
		{"its neighbour does not move", "", "H33.8", "2026-03-09 09:00", "2026-03-10 16:30", Term{1, WorkingDays}},
		{"a province's own cut-off", "31", "", "2026-03-16 14:30", "2026-03-17 16:30", Term{0, SameDay}},
		{"its hours begin on their date", "31", "", "2025-12-30 15:45", "2025-12-30 16:45", Term{1, Hours}},
		{"a Saturday counter starts the clock", "01", "", "2026-03-14 09:00", "2026-03-16 17:00", Term{1, WorkingDays}},
		{"but not on Sunday", "01", "", "2026-03-15 09:00", "2026-03-17 17:00", Term{1, WorkingDays}},
		{"so that it is a day earlier than without", "37", "", "2026-03-14 09:00", "2026-03-17 17:00", Term{1, WorkingDays}},
		{"a Saturday that does not count decides nothing the same day", "01", "", "2026-03-14 09:00", "2026-03-16 17:00", Term{0, SameDay}},
		{"a Saturday that counts is a working day", "79", "", "2026-03-13 09:00", "2026-03-14 11:30", Term{1, WorkingDays}},
		{"four hours of it", "79", "", "2026-03-13 16:00", "2026-03-14 10:30", Term{4, Hours}},
		{"until it ends", "79", "", "2026-07-03 09:00", "2026-07-06 17:00", Term{1, WorkingDays}},
		{"a holiday is no Saturday counter's day", "01", "", "2026-02-14 09:00", "2026-02-24 17:00", Term{1, WorkingDays}},
		{"a decision that came later", "", "", "2026-11-20 09:00", "2026-11-27 17:00", Term{3, WorkingDays}},
		{"with its Saturday", "", "", "2026-11-20 09:00", "2026-11-28 17:00", Term{4, WorkingDays}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := table.Due(Input{Received: when(t, c.received), Term: c.term, Province: c.province, Counter: c.counter})
			require.Equal(t, when(t, c.due), r.Due, "%v", codes(r))
			require.False(t, r.Provisional, "%v", codes(r))
		})
	}
	require.True(t, Shipped().Due(Input{Received: when(t, "2026-11-20 09:00"), Term: Term{3, WorkingDays}}).Provisional, "the shipped table is as it was")
	require.Equal(t, Day{Date: date(t, "2026-03-10"), Kind: Closure, Announced: true, NameVI: "Chuyển trụ sở", NameEN: "Relocation", Source: "thông báo"},
		table.Day(date(t, "2026-03-10"), "31", "H33.7"))
	require.True(t, table.Day(date(t, "2026-03-14"), "01", "").Open)
	require.False(t, table.Day(date(t, "2026-03-14"), "01", "").Working)
	require.False(t, table.Day(date(t, "2190-03-14"), "01", "").Announced)
}

func TestAFileWithMistakesNamesTheirLines(t *testing.T) {
	day := func(s string) string { return "days:\n  - {" + s + "}\n" }
	const rest = `, name: {vi: "a", en: "b"}, announced: true, source: "s"`
	for _, c := range []struct{ name, file, want, code string }{
		{"not YAML", "days: [", "c.yaml:1:7: ", "calendar.syntax"},
		{"a list", "- a", `c.yaml:1:1: keys with values`, "calendar.shape"},
		{"unknown key", "days: []\nholidays: []\n", `c.yaml:2:1: unknown key "holidays"; known: counters, covers, days, hours, saturdays`, "calendar.key.unknown"},
		{"unknown key of a day", day("from: 2026-03-10, kind: closure, note: x" + rest), `c.yaml:2:39: unknown key "note"`, "calendar.key.unknown"},
		{"key twice", "days: []\ndays: []\n", `c.yaml:2:1: key "days" given twice`, "calendar.key.twice"},
		{"key missing", day("from: 2026-03-10, kind: closure, name: {vi: a, en: b}, announced: true"), `key "source" is missing`, "calendar.key.missing"},
		{"no such day", day("from: 2026-02-30, kind: closure" + rest), `c.yaml:2:12: a date such as`, "calendar.date"},
		{"a date by words", day("from: tomorrow, kind: closure" + rest), `c.yaml:2:12: a date`, "calendar.date"},
		{"unknown kind", day("from: 2026-03-10, kind: feast" + rest), `c.yaml:2:30: unknown kind "feast"`, "calendar.kind"},
		{"backwards", day("from: 2026-03-10, to: 2026-03-09, kind: closure" + rest), `ends before it begins`, "calendar.period.order"},
		{"outside", day("from: 2031-03-10, kind: closure" + rest), `2031-03-10 is outside`, "calendar.day.outside"},
		{"twice", "days:\n  - {from: 2026-03-10, kind: closure" + rest + "}\n  - {from: 2026-03-09, to: 2026-03-11, kind: closure" + rest + "}\n", `c.yaml:3:5: 2026-03-10 is said already in line 2`, "calendar.day.twice"},
		{"province without quotes", day("from: 2026-03-10, kind: closure, provinces: [1]" + rest), `codes stand in quotes`, "calendar.text"},
		{"province of three digits", day(`from: 2026-03-10, kind: closure, provinces: ["001"]` + rest), `two digits in quotes`, "calendar.province"},
		{"unknown counter", day(`from: 2026-03-10, kind: closure, counters: ["H1"]` + rest), `counter H1 is not in the list`, "calendar.counter.unknown"},
		{"counter in two provinces", "counters:\n  - {code: \"H1\", province: \"01\"}\n  - {code: \"H1\", province: \"31\"}\n", `c.yaml:3:5: counter H1 stands in another`, "calendar.counter.moved"},
		{"announced by words", day(`from: 2026-03-10, kind: closure, name: {vi: a, en: b}, announced: maybe, source: s`), `true or false`, "calendar.boolean"},
		{"half a swap", day("from: 2026-03-10, kind: swapped_off, swapped_with: 2026-03-14" + rest), `2026-03-14 is not worked in its place`, "calendar.swap.other"},
		{"a swap without the other", day("from: 2026-03-10, kind: swapped_off" + rest), `name the other in swapped_with`, "calendar.swap.one_day"},
		{"a worked Wednesday", "days:\n  - {from: 2026-03-10, kind: swapped_off, swapped_with: 2026-03-11" + rest + "}\n  - {from: 2026-03-11, kind: worked, swapped_with: 2026-03-10" + rest + "}\n", `c.yaml:3:5: 2026-03-11: a weekday is swapped off`, "calendar.swap.weekday"},
		{"half of a shipped swap undone", day("from: 2026-08-22, kind: ordinary" + rest), `2026-08-31: 2026-08-22 is not worked`, "calendar.swap.other"},
		{"sessions that touch", `hours: [{sessions: ["07:30-11:30", "11:30-17:00"], source: s}]`, `do not touch`, "calendar.session"},
		{"no session", `hours: [{sessions: [], source: s}]`, `at least one`, "calendar.session"},
		{"an hour 25", `hours: [{sessions: ["07:30-25:00"], source: s}]`, `sessions stand in order`, "calendar.session"},
		{"a cut-off by words", `hours: [{sessions: ["07:30-11:30"], same_day_before: three, source: s}]`, `a time such as`, "calendar.clock"},
		{"two documents", "days: []\n---\ndays: []\n", `a second document`, "calendar.second_document"},
		{"an alias", "days: &x []\nhours: *x\n", `a list is expected`, "calendar.shape"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Shipped().Extend("c.yaml", []byte(c.file))
			var f *fault.Error
			require.True(t, errors.As(err, &f), "%v", err)
			require.Contains(t, f.Msg, c.want)
			require.Equal(t, c.code, f.Problems[0].Code)
			want := fault.Invalid
			if c.code == "calendar.syntax" {
				want = fault.Malformed
			}
			require.Equal(t, want, f.Code)
		})
	}
	_, err := Shipped().Extend("c.yaml", []byte(day("from: x, kind: y"+rest)+"hours: 7\n"))
	var f *fault.Error
	require.True(t, errors.As(err, &f))
	require.Len(t, f.Problems, 3, "all mistakes at once: %v", err)
	_, err = Shipped().Extend("c.yaml", make([]byte, maxFile+1))
	require.Equal(t, fault.TooLarge, fault.CodeOf(err))
	_, err = (&Table{}).Extend("c.yaml", []byte("days: []"))
	require.ErrorContains(t, err, "the first file says what it covers")
}

// What the runbook tells operators to write must be taken.
func TestTheExampleOfTheRunbookIsTaken(t *testing.T) {
	page, err := os.ReadFile("../../docs/runbook/calendar.md")
	require.NoError(t, err)
	_, example, found := strings.Cut(string(page), "```yaml\n")
	require.True(t, found)
	example, _, _ = strings.Cut(example, "```")
	table, err := Shipped().Extend("calendar.yaml", []byte(example))
	require.NoError(t, err)
	require.False(t, table.Day(date(t, "2026-09-10"), "31", "H33.7").Working)
	require.True(t, table.Day(date(t, "2026-09-10"), "31", "").Working)
}

func TestAnEmptyFileChangesNothing(t *testing.T) {
	for _, data := range []string{"", "# nothing\n", "\xEF\xBB\xBFdays: []\n"} {
		table, err := Shipped().Extend("calendar.yaml", []byte(data))
		require.NoError(t, err)
		in := Input{Received: when(t, "2025-01-24 09:00"), Term: Term{3, WorkingDays}}
		require.Equal(t, Shipped().Due(in), table.Due(in))
	}
}

func TestTheZeroTableKnowsNoDay(t *testing.T) {
	r := new(Table).Due(Input{Received: when(t, "2025-01-24 09:00"), Term: Term{3, WorkingDays}})
	require.Equal(t, []Code{InputInvalid}, codes(r))
	require.False(t, new(Table).Day(date(t, "2025-01-24"), "", "").Working)
}

func FuzzExtend(f *testing.F) {
	f.Add([]byte(province))
	f.Add(vietnam)
	for _, s := range []string{"", "days: [", "days: {a: b}", "a: &a [*a]", "days: [!!binary x]", "hours: [{sessions: [1-2]}]", "covers: {from: 0000-00-00}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Shipped().Extend("f.yaml", data)
		if err != nil {
			var e *fault.Error
			require.True(t, errors.As(err, &e))
			return
		}
		r := table.Due(Input{Received: when(t, "2025-01-24 09:00"), Term: Term{3, WorkingDays}, Province: "31"})
		if !r.Due.IsZero() {
			require.False(t, r.Due.Before(r.Start))
		}
	})
}
