package schema

import (
	"cmp"
	"fmt"
	"time"
)

// Precision says how much of a [Date] is known.
type Precision uint8

// Precisions, from nothing to the day.
const (
	Unknown Precision = iota
	YearOnly
	YearMonth
	FullDate
)

// Date is a calendar date of which the day, or the month and the day, may be
// unknown: older people know the year of their birth only. Nothing is invented
// for what is missing. The zero value is no date. Dates are comparable with ==.
//
// In JSON it is "1990", "1990-06" or "1990-06-14", and null when zero; tag
// fields with omitzero.
type Date struct {
	year  int16
	month uint8 // 0: unknown
	day   uint8 // 0: unknown
}

// The years that a register can mean. Older ones are slips of the keyboard.
const (
	minYear = 1800
	maxYear = 2199
)

// NewDate returns a date; month and day may be 0, from the right. The error is
// a [Problem] with code date.invalid.
func NewDate(year, month, day int) (Date, error) {
	if year < minYear || year > maxYear || month < 0 || month > 12 || day < 0 || month == 0 && day != 0 {
		return Date{}, errDate()
	}
	if day > 0 && day > daysIn(year, month) {
		return Date{}, errDate()
	}
	return Date{year: int16(year), month: uint8(month), day: uint8(day)}, nil
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// DateOf returns the Vietnamese calendar date of an instant, zero for the zero time.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	y, m, d := t.In(VietNam()).Date()
	date, err := NewDate(y, int(m), d)
	if err != nil {
		return Date{}
	}
	return date
}

// Year returns the year, 0 when there is no date.
func (d Date) Year() int { return int(d.year) }

// Month returns 1 to 12, 0 when it is unknown.
func (d Date) Month() int { return int(d.month) }

// Day returns 1 to 31, 0 when it is unknown.
func (d Date) Day() int { return int(d.day) }

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Precision says how much is known.
func (d Date) Precision() Precision {
	switch {
	case d.year == 0:
		return Unknown
	case d.month == 0:
		return YearOnly
	case d.day == 0:
		return YearMonth
	}
	return FullDate
}

// Compare orders dates; what is unknown sorts before what is known.
func (d Date) Compare(o Date) int {
	return cmp.Or(cmp.Compare(d.year, o.year), cmp.Compare(d.month, o.month), cmp.Compare(d.day, o.day))
}

// Agrees reports whether d and o can be the same day as far as both are known.
// A missing date agrees with everything: missing is no evidence.
func (d Date) Agrees(o Date) bool {
	if d.IsZero() || o.IsZero() {
		return true
	}
	return d.year == o.year &&
		(d.month == 0 || o.month == 0 || d.month == o.month) &&
		(d.day == 0 || o.day == 0 || d.day == o.day)
}

// String returns the date as in JSON, "" when zero.
func (d Date) String() string {
	switch d.Precision() {
	case YearOnly:
		return fmt.Sprintf("%04d", d.year)
	case YearMonth:
		return fmt.Sprintf("%04d-%02d", d.year, d.month)
	case FullDate:
		return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
	}
	return ""
}

// Start returns the first instant that the date can mean, in Vietnamese time; the zero time when zero.
func (d Date) Start() Time {
	if d.IsZero() {
		return Time{}
	}
	return TimeOf(time.Date(int(d.year), time.Month(max(1, d.month)), max(1, int(d.day)), 0, 0, 0, 0, VietNam()))
}
