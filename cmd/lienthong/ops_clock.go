package main

import (
	"time"

	"github.com/lienthong/lienthong/schema"
)

// onClock says when by the clock of Việt Nam, as all that is printed for people does: who
// compares a list with the morning's paragraph must not reckon. JSON says UTC.
func onClock(t time.Time) string { return t.In(schema.VietNam()).Format(time.RFC3339) }

// onClockText is the same of what is a text already.
func onClockText(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return onClock(t)
}
