package schema

import (
	"strings"
	"time"
)

// parseISO reads ISO 8601 date-times: T or a space, fractions, Z or an offset.
func parseISO(s string, loc *time.Location, offsetRequired bool) (Time, error) {
	local, seconds, found, ok := cutOffset(s)
	if !ok || offsetRequired && !found {
		return Time{}, errTime()
	}
	if found {
		loc = time.FixedZone("", seconds)
	}
	n, ok := scanNumbers(local)
	if !ok || n.count < 3 || !n.dateSeparators(2) || n.width[0] != 4 || n.width[1] > 2 || n.width[2] > 2 {
		return Time{}, errTime()
	}
	clock, ok := n.clock()
	if !ok {
		return Time{}, errTime()
	}
	return instant(n.value[0], n.value[1], n.value[2], clock, loc)
}

// cutOffset takes Z or ±hh:mm (also ±hhmm and ±hh) off the end of s. ok is false for an
// offset that no zone has.
func cutOffset(s string) (local string, seconds int, found, ok bool) {
	if rest, cut := strings.CutSuffix(strings.TrimSuffix(s, "z"), "Z"); cut || strings.HasSuffix(s, "z") {
		return rest, 0, true, true
	}
	colon := strings.IndexByte(s, ':')
	if colon < 0 {
		return s, 0, false, true
	}
	i := strings.LastIndexAny(s, "+-")
	if i < colon {
		return s, 0, false, true
	}
	n, scanned := scanNumbers(s[i+1:])
	if !scanned || n.count > 2 || n.after[n.count-1] != 0 {
		return s, 0, false, false
	}
	hours, minutes := n.value[0], n.value[1]
	switch {
	case n.count == 2 && n.after[0] == ':' && n.width[0] == 2 && n.width[1] == 2:
	case n.count == 1 && n.width[0] == 4:
		hours, minutes = hours/100, hours%100
	case n.count == 1 && n.width[0] == 2:
	default:
		return s, 0, false, false
	}
	if hours > 14 || minutes > 59 {
		return s, 0, false, false
	}
	seconds = hours*3600 + minutes*60
	if s[i] == '-' {
		seconds = -seconds
	}
	return s[:i], seconds, true, true
}
