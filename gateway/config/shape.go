package config

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// Window is a time of the week in which a destination is called less, or not at all.
type Window struct {
	Kind  string   `yaml:"kind"`            // peak, or maintenance: nothing is sent
	Days  []string `yaml:"days,omitempty"`  // mon to sun, on which it begins; default every day
	From  Clock    `yaml:"from"`            // "07:30" by the clock of Việt Nam
	To    Clock    `yaml:"to"`              // at or before from: of the next day
	Rate  Rate     `yaml:"rate,omitempty"`  // of a peak: calls over all nodes
	Lanes int      `yaml:"lanes,omitempty"` // of a peak: calls at once of each node
}

// Kinds of windows.
const (
	peak        = "peak"
	maintenance = "maintenance"
)

// Rate is a number of calls in a time as people write it: "5/s", "300/m", "0.5/s".
type Rate string

// perSecond returns the calls a second, zero and false when the text is no rate.
func (r Rate) perSecond() (float64, bool) {
	number, unit, found := strings.Cut(string(r), "/")
	n, err := strconv.ParseFloat(number, 64)
	per, known := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	if !found || !known || err != nil || !(n > 0 && n/per <= maxRate) {
		return 0, false
	}
	return n / per, true
}

// maxRate is the most calls a second that a bucket in the database is asked to count.
const maxRate = 10_000

// Clock is a time of the day as people write it: "07:30", up to "24:00".
type Clock string

// sinceMidnight returns the time as a duration; false when the text is no time of the day.
func (c Clock) sinceMidnight() (time.Duration, bool) {
	hours, minutes, found := strings.Cut(string(c), ":")
	h, wrongHour := strconv.ParseUint(hours, 10, 8)
	m, wrongMinute := strconv.ParseUint(minutes, 10, 8)
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	return d, found && wrongHour == nil && wrongMinute == nil && len(hours) == 2 && len(minutes) == 2 && m < 60 && d <= 24*time.Hour
}

// dayNames are the names of days in the order of [time.Weekday].
func dayNames() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// Shape returns the limits that the destination is declared with.
func (d Destination) Shape() gateway.Shape {
	rate, _ := d.Rate.perSecond()
	s := gateway.Shape{Rate: rate, Burst: d.Burst}
	for _, w := range d.Windows {
		window := gateway.Window{Maintenance: w.Kind == maintenance, Lanes: w.Lanes}
		window.From, _ = w.From.sinceMidnight()
		window.To, _ = w.To.sinceMidnight()
		window.Rate, _ = w.Rate.perSecond()
		for _, name := range w.Days {
			window.Days = append(window.Days, time.Weekday(slices.Index(dayNames(), name)))
		}
		s.Windows = append(s.Windows, window)
	}
	return s
}
