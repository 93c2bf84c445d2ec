package schema

import (
	"strings"
	"unicode"
)

// isTidy reports whether s is single-spaced text of ASCII and composed Latin
// letters, as nearly all text is; [CleanText] leaves such text alone. It looks
// at bytes: UTF-8 has U+00C0–U+00FF under C3, U+0100–U+024F under C4–C9 and the
// letters with tones, U+1EA0–U+1EF9, under E1 BA and E1 BB.
func isTidy(s string) bool {
	space, latin, beyond := true, false, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c > ' ' && c < 0x7F {
			space = false
			continue
		}
		if c == ' ' && !space {
			space = true
			continue
		}
		if c < 0xC3 || i+1 == len(s) || s[i+1]&0xC0 != 0x80 {
			return false
		}
		space = false
		i++
		next := s[i]
		switch {
		case c == 0xC3 && next != 0x90 && next != 0xB0: // neither Ð nor ð
			latin = true
			continue
		case c == 0xE1 && i+1 < len(s) && s[i+1]&0xC0 == 0x80:
			i++
			if !(next == 0xBA && s[i] >= 0xA0 || next == 0xBB && s[i] <= 0xB9) {
				return false
			}
		case c == 0xC3 || c > 0xC9 || !extended(c, next):
			return false
		}
		beyond = true
	}
	return s == "" || !space && (beyond || !latin || plausible(s))
}

// extended reports whether the bytes are a letter of U+0100–U+024F; Œ, Š, Ÿ, Ž
// and ƒ, which bytes of Windows-1252 read as, are to be looked at.
func extended(lead, next byte) bool {
	switch lead {
	case 0xC5:
		return strings.IndexByte("\x92\x93\xA0\xA1\xB8\xBD\xBE", next) < 0
	case 0xC6:
		return next != 0x92
	case 0xC9:
		return next < 0x90
	}
	return true
}

// plausible reports whether text that has letters of Latin-1 and none beyond it
// shows no sign of a legacy encoding: a letter that Vietnamese has not, small
// letters and capitals mixed in one word, marks on the second of two vowels
// that do not go together, o before nh or
// ch, as VNI writes i, or a final that does not follow what stands before it.
func plausible(s string) bool {
	var before, prev byte // letters of Latin-1
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == 0xC3 {
			i++
			c = s[i] + 0x40
		}
		is, was := latinClass[c], latinClass[prev]
		switch {
		case c >= 0x80 && is&ofVietnamese == 0,
			is&smallLetter != 0 && was&capital != 0 && latinClass[before]&letter != 0,
			is&capital != 0 && c >= 0x80 && was&smallLetter != 0,
			is&stopLetter != 0 && was&noStop != 0,
			is&letter != 0 && (prev == 0xFD || prev == 0xDD),                                                        // ý, Ý
			c|0x20 == 'h' && (prev|0x20 == 'n' || prev|0x20 == 'c') && (before|0x20 == 0xF2 || before|0x20 == 0xF3), // ò, ó
			c >= 0x80 && was&vowel != 0 && !together(before|0x20, prev|0x20, c|0x20):
			return false
		}
		before, prev = prev, c
	}
	return true
}

// Classes of the letters of Latin-1.
const (
	smallLetter  = 1 << iota
	capital      //
	ofVietnamese // a letter with marks that Vietnamese has
	vowel        //
	stopLetter   // c, p, t
	noStop       // a vowel with marks that no stop follows: unmarked, huyền or ngã
	letter       = smallLetter | capital
)

var latinClass = classifyLatin()

func classifyLatin() *[256]uint8 {
	var class [256]uint8
	for r := rune(0); r < 256; r++ {
		if unicode.IsLower(r) {
			class[r] |= smallLetter
		}
		if unicode.IsUpper(r) {
			class[r] |= capital
		}
		for _, in := range []struct {
			letters string
			class   uint8
		}{
			{"àáâãèéêìíòóôõùúý", ofVietnamese | vowel}, {"aeiouy", vowel}, {"cpt", stopLetter}, {"àãâèêìòõôù", noStop},
		} {
			if strings.ContainsRune(in.letters, unicode.ToLower(r)) {
				class[r] |= in.class
			}
		}
	}
	return &class
}

// together reports whether a vowel with marks follows another one in Vietnamese
// and in no legacy encoding; all are small letters of Latin-1.
func together(before, first, second byte) bool {
	switch first {
	case 'u':
		return second == 0xE2 || second == 0xEA || second == 0xF4 || before == 'q' // â, ê, ô
	case 'i':
		return second == 0xEA || before == 'g'
	case 'y':
		return second == 0xEA
	case 'o':
		return before != 'u' && (second == 0xE0 || second == 0xE1 || second == 0xE3 || second == 0xE8 || second == 0xE9) // à á ã è é
	}
	return false
}
