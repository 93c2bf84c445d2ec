package units

import (
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// hint is what a source says of the province, read in both lists.
type hint struct {
	given       bool
	unknown     bool   // given, but no province of either list
	province    string // as a code of NSO2025
	oldProvince string // as a code of NSO2004
}

// readHint reads a province by code or name. A code that is in both lists is both, even where they
// mean different places (24): the commune's code tells which.
func (t *table) readHint(s string) hint {
	s = strings.TrimSpace(s)
	if strings.Trim(s, "0") == "" || schema.IsFiller(s) {
		return hint{}
	}
	h := hint{given: true}
	if code, ok := pad(s, 2); ok {
		if _, ok := lookup(t.provinces, code); ok {
			h.province = code
		}
		if _, ok := lookup(t.oldProvinces, code); ok {
			h.oldProvince = code
		}
	} else {
		if u, ok := FindProvince(NSO2025, s); ok {
			h.province = u.Code
		}
		if u, ok := FindProvince(NSO2004, s); ok {
			h.oldProvince = u.Code
		}
	}
	if h.province == "" && h.oldProvince == "" {
		return hint{unknown: true} // says nothing, and the caller reports it
	}
	return h
}

// fits reports whether u lies where the hint says; province is the hint's reading in the list of u.
func (h hint) fits(province string, u Unit) bool { return !h.given || province == u.Province }

// settled returns the province of NSO2025 that the hint means, "" where its two readings differ.
func (h hint) settled(t *table) string {
	since := t.provinceSince[h.oldProvince]
	switch {
	case h.province == "" || since == "":
		return h.province + since
	case h.province == since:
		return since
	}
	return ""
}

// era is the side of 1 July 2025 on which a date lies.
type era int

const (
	undated era = iota
	before
	after
)

func eraOf(d schema.Date) era {
	switch {
	case d.IsZero() || d.Year() == 2025 && d.Month() == 0:
		return undated
	case d.Year() < 2025 || d.Year() == 2025 && d.Month() < 7:
		return before
	}
	return after
}

// pad puts back the zeros that a number column lost. It reports false for what is no code of that width.
func pad(s string, width int) (string, bool) {
	if len(s) == 0 || len(s) > width || strings.Trim(s, "0123456789") != "" {
		return "", false
	}
	return strings.Repeat("0", width-len(s)) + s, true
}
