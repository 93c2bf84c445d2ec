package schema

import (
	"fmt"
	"strings"
)

// DateFormat is how a source writes dates, in the letters that integration
// papers use.
type DateFormat string

// Formats of dates. In those with the day first the separators . / - are
// interchangeable when reading, since sources swing between them.
const (
	DateSlashed DateFormat = "dd/MM/yyyy" // civil registry results, sheets
	DateDotted  DateFormat = "dd.MM.yyyy" // civil registry application data
	DateDashed  DateFormat = "dd-MM-yyyy" // tax documents
	DateCompact DateFormat = "yyyyMMdd"   // gen-1 portal
	DateISO     DateFormat = "yyyy-MM-dd" // also yyyy/MM/dd, and with a time behind
	DateAny     DateFormat = "any"        // told apart by shape; day first where the year is last
)

// ParseDate reads a date as the source writes it. All formats take a year alone,
// month and year, and zeros for what is unknown (00/00/1990 → 1990). Empty text,
// fillers, all zeros and the year 1 of .NET mean no date and give the zero Date
// without error. Any other failure is a [Problem] with code date.invalid that
// does not name the value.
func ParseDate(s string, format DateFormat) (Date, error) {
	s = trimASCII(s)
	if s == "" || IsFiller(s) {
		return Date{}, nil
	}
	n, ok := scanNumbers(s)
	if !ok {
		return Date{}, errDate()
	}
	if format == DateAny || format == "" {
		format = guessDateFormat(n)
	}
	if n.count == 1 {
		return dateFromDigits(n.text(s, 0), format)
	}
	switch format {
	case DateSlashed, DateDotted, DateDashed:
		return dateDayFirst(n)
	case DateISO:
		return dateYearFirst(s, n)
	}
	return Date{}, errDate()
}

// guessDateFormat tells formats apart by the length of the first number.
func guessDateFormat(n numbers) DateFormat {
	switch {
	case n.count == 1 && n.width[0] == 8:
		return DateCompact
	case n.width[0] == 4:
		return DateISO
	}
	return DateSlashed
}

func dateFromDigits(s string, format DateFormat) (Date, error) {
	switch {
	case len(s) == 4:
		return dateOrNone(atoi(s), 0, 0)
	case len(s) == 6 && format == DateCompact:
		return dateOrNone(atoi(s[:4]), atoi(s[4:]), 0)
	case len(s) == 8 && (format == DateCompact || format == DateISO):
		return dateOrNone(atoi(s[:4]), atoi(s[4:6]), atoi(s[6:]))
	}
	return Date{}, errDate()
}

func dateDayFirst(n numbers) (Date, error) {
	last := n.count - 1
	if last > 2 || n.width[last] != 4 || !n.dateSeparators(last) || n.width[0] > 2 || n.width[last-1] > 2 {
		return Date{}, errDate()
	}
	if last == 1 {
		return dateOrNone(n.value[1], n.value[0], 0)
	}
	return dateOrNone(n.value[2], n.value[1], n.value[0])
}

func dateYearFirst(s string, n numbers) (Date, error) {
	parts := min(n.count, 3)
	if n.width[0] != 4 || !n.dateSeparators(parts-1) || n.width[1] > 2 {
		return Date{}, errDate()
	}
	if n.count > 3 { // a time behind: the Vietnamese calendar day of that instant
		if n.value[0] == 1 {
			return Date{}, nil
		}
		t, err := ParseTime(s, TimeISO, nil)
		if err != nil {
			return Date{}, errDate()
		}
		return t.Date(), nil
	}
	if parts == 2 {
		return dateOrNone(n.value[0], n.value[1], 0)
	}
	if n.width[2] > 2 {
		return Date{}, errDate()
	}
	return dateOrNone(n.value[0], n.value[1], n.value[2])
}

// dateOrNone makes a date of its parts: zeros are unknown, and year 0 or the first day of year 1 is none.
func dateOrNone(year, month, day int) (Date, error) {
	if year == 0 && month == 0 && day == 0 || year == 1 && month <= 1 && day <= 1 {
		return Date{}, nil
	}
	if month == 0 && day == 1 {
		day = 0 // "01/00/1990": the sender's filler for an unknown day
	}
	return NewDate(year, month, day)
}

// Format writes the date as a destination wants it; parts that are unknown are
// left out ("06/1990", "1990"). A format that is not known writes ISO.
func (d Date) Format(format DateFormat) string {
	if d.IsZero() {
		return ""
	}
	sep := ""
	switch format {
	case DateSlashed:
		sep = "/"
	case DateDotted:
		sep = "."
	case DateDashed:
		sep = "-"
	case DateCompact:
		return strings.ReplaceAll(d.String(), "-", "")
	default:
		return d.String()
	}
	switch d.Precision() {
	case YearOnly:
		return d.String()
	case YearMonth:
		return fmt.Sprintf("%02d%s%04d", d.month, sep, d.year)
	}
	return fmt.Sprintf("%02d%s%02d%s%04d", d.day, sep, d.month, sep, d.year)
}

func errDate() error {
	return Problem{
		Code: "date.invalid", Level: Refused,
		Detail:   "Ngày không hợp lệ hoặc không đúng định dạng.",
		DetailEN: "Not a valid date in the agreed format.",
		Expected: "dd/MM/yyyy, MM/yyyy, yyyy",
	}
}
