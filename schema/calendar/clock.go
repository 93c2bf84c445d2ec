package calendar

import (
	"sort"
	"time"

	"github.com/lienthong/lienthong/schema"
)

// offset of Vietnamese time; the country has no summer time.
const offset = 7 * 3600

// moment is an instant as a calendar sees it: seconds since 1970-01-01 in Vietnamese time.
type moment int64

func momentOf(t schema.Time) moment { return moment(t.Std().Unix() + offset) }

func at(day, second int) moment { return moment(day)*86400 + moment(second) }

// day returns the day number and the seconds since its midnight.
func (m moment) day() (day, second int) {
	d := int(m / 86400)
	s := int(m % 86400)
	if s < 0 {
		d, s = d-1, s+86400
	}
	return d, s
}

func (m moment) time() schema.Time { return schema.TimeOf(time.Unix(int64(m)-offset, 0)) }

// in returns the index of a moment's day and the seconds since midnight; false outside what is compiled.
func (c *calendar) in(m moment) (i, second int, ok bool) {
	day, second := m.day()
	i = day - c.first
	return i, second, i >= 0 && i < len(c.plan)
}

// reception returns the first moment not before m at which the counter is open.
// The end of a session still belongs to it: a stamp of 17:00:00 is that day's.
func (c *calendar) reception(m moment) (moment, bool) {
	i, second, ok := c.in(m)
	if !ok {
		return 0, false
	}
	for ; i < len(c.plan); i, second = i+1, 0 {
		if c.plan[i] == 0 {
			continue
		}
		for _, s := range c.plans[c.plan[i]].sessions {
			if second <= s.to {
				return at(c.first+i, max(second, s.from)), true
			}
		}
	}
	return 0, false
}

// worked returns the working seconds from the beginning of the calendar to m.
func (c *calendar) worked(m moment) int32 {
	i, second, ok := c.in(m)
	switch {
	case !ok && i < 0:
		return 0
	case !ok:
		return c.seconds[len(c.seconds)-1]
	}
	sum := c.seconds[i]
	if c.counts(i) {
		for _, s := range c.plans[c.plan[i]].sessions {
			sum += int32(max(min(second, s.to)-s.from, 0))
		}
	}
	return sum
}

// between returns the working seconds from a to b, negative when b is earlier.
func (c *calendar) between(a, b moment) int { return int(c.worked(b)) - int(c.worked(a)) }

// add returns the first moment at which seconds of working time have passed since m; m itself for none.
func (c *calendar) add(m moment, seconds int) (moment, bool) {
	if seconds <= 0 {
		return m, true
	}
	if _, _, ok := c.in(m); !ok {
		return 0, false
	}
	target := int(c.worked(m)) + seconds
	i := sort.Search(len(c.plan), func(i int) bool { return int(c.seconds[i+1]) >= target })
	if i == len(c.plan) {
		return 0, false
	}
	rest := target - int(c.seconds[i])
	for _, s := range c.plans[c.plan[i]].sessions {
		if length := s.to - s.from; rest > length {
			rest -= length
		} else {
			return at(c.first+i, s.from+rest), true
		}
	}
	return 0, false
}

// workday returns the closing time of the nth working day after the day of m.
func (c *calendar) workday(m moment, n int) (moment, bool) {
	i, _, ok := c.in(m)
	if !ok {
		return 0, false
	}
	k := int(c.days[i+1]) + n - 1 // working days up to and with day i, so that nth[that] is the first after it
	if k < 0 || k >= len(c.nth) {
		return 0, false
	}
	return c.closing(int(c.nth[k])), true
}

// closing returns the end of office hours on a day that has some.
func (c *calendar) closing(i int) moment {
	return at(c.first+i, c.plans[c.plan[i]].close())
}

// fromDay returns the closing time of day i, or of the first working day after it.
func (c *calendar) fromDay(i int) (moment, bool) {
	if i < 0 || i >= len(c.plan) || int(c.days[i]) >= len(c.nth) {
		return 0, false
	}
	return c.closing(int(c.nth[c.days[i]])), true
}
