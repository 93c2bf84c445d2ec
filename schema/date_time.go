package schema

import (
	"cmp"
	"time"
)

// vietNam is UTC+7 by a fixed offset: the country has no summer time, and the
// instants of dossiers are younger than its last change of zone in 1975.
var vietNam = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

// VietNam returns the Vietnamese time zone. It needs no tzdata.
func VietNam() *time.Location { return vietNam }

// secondsToUnix is 1970-01-01 counted from the zero time of package time.
const secondsToUnix = 62135596800

// Time is an instant with the precision of a second, shown in Vietnamese time.
// The zero value is no time. Times are comparable with ==, whatever zone they
// were read in.
//
// In JSON it is RFC 3339 with the offset +07:00, and null when zero; tag fields
// with omitzero.
type Time struct {
	sec int64 // since 0001-01-01T00:00:00Z
}

// TimeOf returns t cut to the second.
func TimeOf(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{t.Unix() + secondsToUnix}
}

// Std returns t as a [time.Time] in Vietnamese time, the zero one when t is zero.
func (t Time) Std() time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.Unix(t.sec-secondsToUnix, 0).In(vietNam)
}

// IsZero reports whether there is no time.
func (t Time) IsZero() bool { return t.sec == 0 }

// Compare orders times; the zero one is first.
func (t Time) Compare(u Time) int { return cmp.Compare(t.sec, u.sec) }

// Before reports whether t is earlier than u.
func (t Time) Before(u Time) bool { return t.sec < u.sec }

// After reports whether t is later than u.
func (t Time) After(u Time) bool { return t.sec > u.sec }

// Add returns t moved by d; the zero time stays zero.
func (t Time) Add(d time.Duration) Time {
	if t.IsZero() {
		return t
	}
	return Time{t.sec + int64(d/time.Second)}
}

// Date returns the Vietnamese calendar date.
func (t Time) Date() Date { return DateOf(t.Std()) }

// String returns the time as in JSON, "" when zero.
func (t Time) String() string {
	if t.IsZero() {
		return ""
	}
	return t.Std().Format(time.RFC3339)
}

// Gen1 returns the time as the gen-1 portal contract writes it,
// yyyyMMddHHmmss in Vietnamese time, "" when zero.
func (t Time) Gen1() string {
	if t.IsZero() {
		return ""
	}
	return t.Std().Format("20060102150405")
}
