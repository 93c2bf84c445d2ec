package calendar

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/schema"
)

var units = []Unit{WorkingDays, CalendarDays, Hours, SameDay}

// someMoment draws a second of the years that the shipped table covers.
func someMoment(t *rapid.T, label string) schema.Time {
	first := time.Date(2024, 1, 1, 0, 0, 0, 0, schema.VietNam()).Unix()
	return schema.TimeOf(time.Unix(first+rapid.Int64Range(0, 4*365*86400).Draw(t, label), 0))
}

func someInput(t *rapid.T) Input {
	return Input{
		Received: someMoment(t, "received"),
		Term:     Term{N: rapid.IntRange(1, 60).Draw(t, "n"), Unit: rapid.SampledFrom(units).Draw(t, "unit")},
		Province: rapid.SampledFrom([]string{"", "01", "31", "79"}).Draw(t, "province"),
	}
}

func notEarlier(t *rapid.T, why string, a, b Result) {
	if b.Due.IsZero() || b.Due.Before(a.Due) {
		t.Fatalf("%s: %s, then %s", why, a.Due, b.Due)
	}
}

func TestADeadlineIsAWorkingMomentAfterTheStart(t *testing.T) {
	table := extended(t)
	rapid.Check(t, func(t *rapid.T) {
		in := someInput(t)
		r := table.Due(in)
		c := table.calendar(in.Province, "")
		if r.Due.IsZero() || r.Start.Before(in.Received) || !r.Due.After(r.Start) && in.Term.Unit != SameDay {
			t.Fatalf("received %s, start %s, due %s", in.Received, r.Start, r.Due)
		}
		i, second, _ := c.in(momentOf(r.Due))
		if !c.counts(i) || c.worked(momentOf(r.Due)) == c.worked(momentOf(r.Due)-1) {
			t.Fatalf("%s (%d) is no working moment", r.Due, second)
		}
		if f := table.Compare(r, r.Due); f.Verdict != Equal || f.Seconds != 0 {
			t.Fatalf("compared with itself: %+v", f)
		}
	})
}

func TestALongerTermIsNeverDueEarlier(t *testing.T) {
	table := extended(t)
	rapid.Check(t, func(t *rapid.T) {
		in := someInput(t)
		a := table.Due(in)
		in.Term.N += rapid.IntRange(1, 30).Draw(t, "more")
		notEarlier(t, "more of the term", a, table.Due(in))
	})
}

func TestALaterReceptionIsNeverDueEarlier(t *testing.T) {
	table := extended(t)
	rapid.Check(t, func(t *rapid.T) {
		in := someInput(t)
		a := table.Due(in)
		in.Received = in.Received.Add(time.Duration(rapid.IntRange(0, 40*86400).Draw(t, "later")) * time.Second)
		notEarlier(t, "a later reception", a, table.Due(in))
	})
}

// One more closed day moves no deadline forward; the other way round, one more working day moves none back.
func TestAClosedDayNeverMovesADeadlineForward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := someInput(t)
		in.Province = ""
		if rapid.Bool().Draw(t, "paused") {
			from := in.Received.Add(time.Duration(rapid.IntRange(-86400, 20*86400).Draw(t, "from")) * time.Second)
			in.Pauses = []Pause{{from, from.Add(time.Duration(rapid.IntRange(0, 20*86400).Draw(t, "length")) * time.Second)}}
		}
		day := in.Received.Add(time.Duration(rapid.IntRange(-1, 80).Draw(t, "day")) * 24 * time.Hour).Date()
		if d := Shipped().Day(day, "", ""); d.Kind != Ordinary || !d.Announced && d.Source == "" {
			return // named already, or not covered
		}
		closed, err := Shipped().Extend("closure.yaml", fmt.Appendf(nil,
			`days: [{from: %s, kind: closure, name: {vi: a, en: b}, announced: true, source: s}]`, day))
		require.NoError(t, err)
		notEarlier(t, "closed on "+day.String(), Shipped().Due(in), closed.Due(in))
	})
}

func TestAPauseLengthensByItsWorkingTime(t *testing.T) {
	table := extended(t)
	rapid.Check(t, func(t *rapid.T) {
		in := someInput(t)
		if in.Term.Unit == CalendarDays {
			return
		}
		before := table.Due(in)
		c := table.calendar(in.Province, "")
		from := in.Received.Add(time.Duration(rapid.IntRange(-2*86400, 30*86400).Draw(t, "from")) * time.Second)
		to := from.Add(time.Duration(rapid.IntRange(0, 60*86400).Draw(t, "length")) * time.Second)
		in.Pauses = []Pause{{from, to}}
		after := table.Due(in)
		notEarlier(t, "a pause", before, after)
		// The part of the pause that lies behind the start; none when the deadline had passed.
		want := 0
		if !from.After(before.Due) {
			want = max(c.between(max(momentOf(from), momentOf(before.Start)), momentOf(to)), 0)
		}
		if got := c.between(momentOf(before.Due), momentOf(after.Due)); got != want {
			t.Fatalf("lengthened by %d s of working time, the pause has %d s", got, want)
		}
		in.Pauses[0].To = to.Add(time.Duration(rapid.IntRange(0, 10*86400).Draw(t, "longer")) * time.Second)
		notEarlier(t, "a longer pause", after, table.Due(in))
	})
}

// The running sums against a walk over single days.
func TestWorkingDaysAgainstAWalk(t *testing.T) {
	table := extended(t)
	rapid.Check(t, func(t *rapid.T) {
		in := someInput(t)
		in.Term.Unit = WorkingDays
		r := table.Due(in)
		day := r.Start.Std()
		for left := in.Term.N; left > 0; {
			day = day.AddDate(0, 0, 1)
			if table.Day(schema.DateOf(day), in.Province, "").Working {
				left--
			}
		}
		if schema.DateOf(day) != r.Due.Date() {
			t.Fatalf("walked to %s, computed %s", schema.DateOf(day), r.Due)
		}
	})
}

// The seconds of office hours against a walk over days and sessions.
func TestWorkingTimeAgainstAWalk(t *testing.T) {
	table := Shipped()
	c := table.calendar("", "")
	rapid.Check(t, func(t *rapid.T) {
		a := someMoment(t, "a")
		b := a.Add(time.Duration(rapid.IntRange(0, 40*86400).Draw(t, "length")) * time.Second)
		want := int64(0)
		from, to := a.Std(), b.Std()
		for day := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, schema.VietNam()); !day.After(to); day = day.AddDate(0, 0, 1) {
			if !table.Day(schema.DateOf(day), "", "").Working {
				continue
			}
			for _, s := range [][2]float64{{7.5, 11.5}, {13, 17}} {
				opens, closes := day.Add(time.Duration(s[0]*3600)*time.Second), day.Add(time.Duration(s[1]*3600)*time.Second)
				want += max(min(closes.Unix(), to.Unix())-max(opens.Unix(), from.Unix()), 0)
			}
		}
		if got := int64(c.between(momentOf(a), momentOf(b))); got != want {
			t.Fatalf("%s to %s: %d s, walked %d s", a, b, got, want)
		}
	})
}
