package calendar

import "github.com/lienthong/lienthong/schema"

// Kind says in what way a day differs from its weekday.
type Kind string

// The kinds of days. A day that no entry names is [Ordinary].
const (
	Ordinary   Kind = "ordinary"    // Monday to Friday worked, weekend free
	Holiday    Kind = "holiday"     // off by law: Bộ luật Lao động 2019, Điều 112
	InLieu     Kind = "in_lieu"     // off in place of a holiday on a weekend: Điều 111 khoản 3
	SwappedOff Kind = "swapped_off" // a working day that was moved to another day
	Worked     Kind = "worked"      // the free day to which it was moved
	Closure    Kind = "closure"     // offices closed: storm, relocation
)

var kinds = []Kind{Ordinary, Holiday, InLieu, SwappedOff, Worked, Closure}

// document is what one file says.
type document struct {
	file      string
	covers    period
	coversAt  place
	counters  []counterEntry
	hours     []hoursEntry
	saturdays []saturdayEntry
	days      []dayEntry
}

// period is a run of days by their numbers since 1970-01-01, both included.
type period struct{ from, to int }

func (p period) has(day int) bool { return p.from <= day && day <= p.to }

// always is the period of an entry that names none.
var always = period{from: -1 << 31, to: 1<<31 - 1}

// scope says for whom an entry holds; empty: for the whole country.
type scope struct{ provinces, counters []string }

// layer is one of the keys under which entries are found: the country, a province, a counter.
type layer struct{ kind, code string }

var nation = layer{kind: "nation"}

// layers returns the layers that the scope speaks of.
func (s scope) layers() []layer {
	var all []layer
	for _, code := range s.provinces {
		all = append(all, layer{"province", code})
	}
	for _, code := range s.counters {
		all = append(all, layer{"counter", code})
	}
	if all == nil {
		return []layer{nation}
	}
	return all
}

// counterEntry makes an agency's counter known, so that others can speak of it.
type counterEntry struct {
	at             place
	code, province string
}

// hoursEntry says when counters are open on working days.
type hoursEntry struct {
	at       place
	scope    scope
	when     period
	sessions []session
	sameDay  int // seconds since midnight; 0: not said
	source   string
}

// saturdayEntry is a counter that receives on Saturdays.
type saturdayEntry struct {
	at       place
	scope    scope
	when     period
	sessions []session
	counts   bool // the Saturday is a working day of terms too
	source   string
}

// dayEntry is one day, or a run of days, that differs.
type dayEntry struct {
	file        string
	at          place
	scope       scope
	when        period
	kind        Kind
	vi, en      string
	announced   bool
	source      string
	swappedWith int // day number; 0: none
}

// session is one part of a counter's day, in seconds since midnight.
type session struct{ from, to int }

// numberOf returns the days from 1970-01-01 to a full date.
func numberOf(d schema.Date) int {
	return civilDay(d.Year(), d.Month(), d.Day())
}

// civilDay counts the days from 1970-01-01 to a date of the Gregorian calendar.
func civilDay(y, m, d int) int {
	if m <= 2 {
		y--
	}
	era := y / 400 // years are those of a register, never negative
	inEra := y - era*400
	inYear := (153*((m+9)%12)+2)/5 + d - 1
	return era*146097 + inEra*365 + inEra/4 - inEra/100 + inYear - 719468
}

// weekday returns 0 for Monday to 6 for Sunday.
func weekday(day int) int { return ((day+3)%7 + 7) % 7 } // 1970-01-01 was a Thursday

func weekend(day int) bool { return weekday(day) >= 5 }
