package gateway

import (
	"slices"
	"time"
)

// Shape says how much of a destination may be used, and when. The zero value
// sets no limit. What it says of calls holds for writes and look-ups alike;
// logins and the probes of an open breaker are too few to be counted.
type Shape struct {
	Rate    float64  // calls a second over all nodes; 0: any number
	Burst   int      // calls that may follow each other at once after a quiet time; 0: what a second brings, at least 1
	Windows []Window // times in which less is allowed, or nothing
}

// Window is a time that comes again each week, by the clock of Việt Nam
// (UTC+7 the year round). The window of a
// day on which it begins may reach into the next day.
type Window struct {
	Days        []time.Weekday // on which it begins; none: every day
	From, To    time.Duration  // since midnight; To at or before From is of the next day
	Maintenance bool           // nothing is sent; else it is a peak
	Rate        float64        // of a peak: calls a second over all nodes; 0: as always
	Lanes       int            // of a peak: calls at once of each node; 0: as always
}

// Limits are what a shape allows at one moment.
type Limits struct {
	Closed time.Duration // how long no call may start; zero: calls may
	Rate   float64       // calls a second over all nodes; 0: any number
	Burst  int           // at least 1
	Lanes  int           // ceiling of calls at once of each node; 0: that of always
}

const (
	hanoi = 7 * time.Hour // ahead of UTC
	day   = 24 * time.Hour
)

// At returns the limits of calls that start at a time and last for at most
// length: a call that could still be on its way when a maintenance begins is
// not started. Of several windows the stricter word counts.
func (s Shape) At(now time.Time, length time.Duration) Limits {
	l := Limits{Rate: s.Rate}
	for _, w := range s.Windows {
		left := max(w.left(now), 0)
		switch {
		case w.Maintenance && left > 0:
			l.Closed = max(l.Closed, left)
		case w.Maintenance:
			if after := w.left(now.Add(length)); after > 0 {
				l.Closed = max(l.Closed, length+after)
			}
		case left > 0:
			l.Rate, l.Lanes = stricter(l.Rate, w.Rate), stricter(l.Lanes, w.Lanes)
		}
	}
	if l.Burst = s.Burst; l.Burst < 1 {
		l.Burst = max(int(l.Rate), 1)
	}
	return l
}

// stricter returns the lower of two limits of which zero is none.
func stricter[N int | float64](a, b N) N {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// left returns how long the window lasts on, zero or less when it does not.
func (w Window) left(now time.Time) time.Duration {
	local := now.UTC().Add(hanoi)
	clock := local.Sub(local.Truncate(day)) // counts from year 1, midnight
	length := w.To - w.From
	if length <= 0 {
		length += day
	}
	if clock >= w.From && w.on(local.Weekday()) {
		return w.From + length - clock
	}
	if w.on((local.Weekday() + 6) % 7) { // it began yesterday
		return w.From + length - day - clock
	}
	return 0
}

func (w Window) on(d time.Weekday) bool { return len(w.Days) == 0 || slices.Contains(w.Days, d) }

// limitsRate reports whether some call may have to wait for its turn of a rate.
func (s Shape) limitsRate() bool {
	return s.Rate > 0 || slices.ContainsFunc(s.Windows, func(w Window) bool { return w.Rate > 0 })
}

// Maintained returns which of the destinations are being maintained at a time,
// so that nothing is sent to them.
func Maintained(shapes map[string]Shape, now time.Time) []string {
	closed := []string{}
	for code, s := range shapes {
		if s.At(now, 0).Closed > 0 {
			closed = append(closed, code)
		}
	}
	slices.Sort(closed)
	return closed
}
