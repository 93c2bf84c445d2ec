package schema

import (
	"slices"
	"strings"
	"unicode"
)

// Codes of the repairs that [PersonName] reports besides those of [CleanText].
const (
	NameCase   = "name.case"   // written in capitals or small letters only, now capitalised
	NameFiller = "name.filler" // "Không có thông tin" and the like, now empty
)

// PersonName returns a person's name as it is stored: clean text, and where the
// source writes only capitals or only small letters, each word and each part
// after a hyphen or apostrophe capitalised (NGUYỄN THỊ HẠNH → Nguyễn Thị Hạnh,
// H'RIN NIÊ → H'Rin Niê). Mixed case is kept: the writer meant it. The codes
// say what was done.
func PersonName(s string) (string, []string) {
	name, did := CleanText(s)
	if IsFiller(name) {
		return "", append(did, NameFiller)
	}
	if slices.Contains(did, TextTCVN3) {
		name = raiseInitials(name)
	}
	if upper, lower := cases(name); upper != lower && strings.IndexFunc(name, unicode.IsLetter) >= 0 && len(name) > 1 {
		if cased := capitalise(name); cased != name {
			return cased, append(did, NameCase)
		}
	}
	return name, did
}

// raiseInitials makes a small letter with marks that begins a word a capital
// where other words begin with one: TCVN3 has no capitals with tones, and a
// font showed Ánh where the bytes say ánh.
func raiseInitials(name string) string {
	if first, _ := cases(initials(name)); !first {
		return name
	}
	start := true
	return strings.Map(func(r rune) rune {
		if start && r >= 0x80 {
			r = unicode.ToUpper(r)
		}
		start = r == ' '
		return r
	}, name)
}

func initials(name string) string {
	var b strings.Builder
	for _, w := range strings.Fields(name) {
		for _, r := range w {
			b.WriteRune(r)
			break
		}
	}
	return b.String()
}

// cases reports whether s holds upper-case and lower-case letters.
func cases(s string) (upper, lower bool) {
	for _, r := range s {
		upper = upper || unicode.IsUpper(r)
		lower = lower || unicode.IsLower(r)
	}
	return upper, lower
}

func capitalise(s string) string {
	start := true
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			start = !unicode.IsDigit(r)
			return r
		}
		if start {
			start = false
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, s)
}
