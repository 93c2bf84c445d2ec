package schema

import (
	"strings"
	"time"
)

// TimeFormat is how a source writes instants.
type TimeFormat string

// Formats of instants. All but TimeRFC3339 and TimeDotNet are local to the
// source's zone unless the text carries an offset.
const (
	TimeCompact TimeFormat = "yyyyMMddHHmmss"      // gen-1 portal; also without seconds or without the time
	TimeSlashed TimeFormat = "dd/MM/yyyy HH:mm:ss" // civil registry, social affairs; separators . / - alike
	TimeISO     TimeFormat = "yyyy-MM-ddTHH:mm:ss" // T or space, fraction allowed, offset optional
	TimeRFC3339 TimeFormat = "rfc3339"             // the offset is required
	TimeDotNet  TimeFormat = "/Date(ms)/"          // public enterprise search; milliseconds since 1970 in UTC
	TimeAny     TimeFormat = "any"                 // told apart by shape; day first where the year is last
)

// ParseTime reads an instant as the source writes it; loc is the zone of texts
// without an offset, nil means Viet Nam. Seconds, or the whole time of day, may
// be missing. Empty text, fillers, all zeros and the year 1 of .NET mean no
// time and give the zero Time without error. Any other failure is a [Problem]
// with code time.invalid that does not name the value. Fractions are cut.
func ParseTime(s string, format TimeFormat, loc *time.Location) (Time, error) {
	s = trimASCII(s)
	if s == "" || IsFiller(s) {
		return Time{}, nil
	}
	if loc == nil {
		loc = vietNam
	}
	if format == TimeAny || format == "" {
		format = guessTimeFormat(s)
	}
	switch format {
	case TimeDotNet:
		return parseDotNet(s)
	case TimeCompact:
		return parseCompact(s, loc)
	case TimeSlashed:
		return parseDayFirst(s, loc)
	case TimeISO, TimeRFC3339:
		return parseISO(s, loc, format == TimeRFC3339)
	}
	return Time{}, errTime()
}

func guessTimeFormat(s string) TimeFormat {
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	switch {
	case strings.HasPrefix(s, "/Date("):
		return TimeDotNet
	case digits == len(s):
		return TimeCompact
	case digits == 4:
		return TimeISO
	}
	return TimeSlashed
}

func parseDotNet(s string) (Time, error) {
	inner, ok := strings.CutPrefix(s, "/Date(")
	inner, closed := strings.CutSuffix(inner, ")/")
	if !ok || !closed {
		return Time{}, errTime()
	}
	if i := strings.LastIndexAny(inner, "+-"); i > 0 {
		inner = inner[:i] // the offset only says how the writer showed it
	}
	negative := strings.HasPrefix(inner, "-")
	n, ok := scanNumbers(strings.TrimPrefix(inner, "-"))
	if !ok || n.count != 1 || n.after[0] != 0 {
		return Time{}, errTime()
	}
	ms := int64(n.value[0])
	if negative {
		ms = -ms
	}
	t := time.UnixMilli(ms).In(vietNam)
	if t.Year() == 1 {
		return Time{}, nil
	}
	if t.Year() < minYear || t.Year() > maxYear {
		return Time{}, errTime()
	}
	return TimeOf(t), nil
}

func parseCompact(s string, loc *time.Location) (Time, error) {
	n, ok := scanNumbers(s)
	if !ok || n.count != 1 || n.after[0] != 0 {
		return Time{}, errTime()
	}
	clock := [3]int{}
	switch len(s) {
	case 14:
		clock[2] = atoi(s[12:])
		fallthrough
	case 12:
		clock[0], clock[1] = atoi(s[8:10]), atoi(s[10:12])
		fallthrough
	case 8:
		return instant(atoi(s[:4]), atoi(s[4:6]), atoi(s[6:8]), clock, loc)
	}
	return Time{}, errTime()
}

func parseDayFirst(s string, loc *time.Location) (Time, error) {
	n, ok := scanNumbers(s)
	if !ok || n.count < 3 || !n.dateSeparators(2) || n.width[0] > 2 || n.width[1] > 2 || n.width[2] != 4 {
		return Time{}, errTime()
	}
	clock, ok := n.clock()
	if !ok {
		return Time{}, errTime()
	}
	return instant(n.value[2], n.value[1], n.value[0], clock, loc)
}

// clock reads hours, minutes and seconds from the runs behind a date of three.
// A fraction may follow; it is cut.
func (n numbers) clock() (hms [3]int, ok bool) {
	if n.count == 3 {
		return hms, n.after[2] == 0
	}
	if n.count < 5 || n.count > 7 || n.after[2] != ' ' && n.after[2] != 'T' || n.after[n.count-1] != 0 {
		return hms, false
	}
	for i := 3; i < min(n.count, 6); i++ {
		if n.width[i] > 2 || i < min(n.count, 6)-1 && n.after[i] != ':' {
			return hms, false
		}
		hms[i-3] = n.value[i]
	}
	return hms, n.count < 7 || n.after[5] == '.' || n.after[5] == ','
}

// instant makes a time of its parts and refuses what the calendar does not have.
func instant(year, month, day int, c [3]int, loc *time.Location) (Time, error) {
	if year <= 1 && month <= 1 && day <= 1 {
		return Time{}, nil
	}
	d, err := NewDate(year, month, day)
	if err != nil || d.Precision() != FullDate || c[0] > 23 || c[1] > 59 || c[2] > 59 {
		return Time{}, errTime()
	}
	return TimeOf(time.Date(year, time.Month(month), day, c[0], c[1], c[2], 0, loc)), nil
}

func errTime() error {
	return Problem{
		Code: "time.invalid", Level: Refused,
		Detail:   "Thời điểm không hợp lệ hoặc không đúng định dạng.",
		DetailEN: "Not a valid instant in the agreed format.",
		Expected: "yyyyMMddHHmmss, dd/MM/yyyy HH:mm:ss, RFC 3339",
	}
}
