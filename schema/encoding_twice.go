package schema

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// decodeTwice returns s with UTF-8 that was read as Latin-1 or Windows-1252 and
// encoded again (Nguyá»…n) brought back, as often as that happened, and whether
// there was any. Other text of the same value stays.
func decodeTwice(s string) (string, bool) {
	found := false
	for {
		once, ok := decodeOnce(s)
		if !ok {
			return s, found
		}
		s, found = once, true
	}
}

func decodeOnce(s string) (string, bool) {
	var out strings.Builder
	var bare []int // places in out of a Ã that stands alone
	proof := false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r >= utf8.RuneSelf {
			if letter, n := innerRune(s[i:]); n > 0 {
				proof = proof || proves(s[i:i+n]) || insideWord(out.String(), letter, s[i+n:])
				out.WriteRune(letter)
				i += n
				continue
			}
		}
		if r == 'Ã' {
			bare = append(bare, out.Len())
		}
		out.WriteString(s[i : i+size])
		i += size
	}
	if !proof {
		return s, false
	}
	return restoreNoBreak(out.String(), bare), true
}

// innerRune decodes the character whose UTF-8 bytes stand at the front of s as
// characters, and returns the length in s of what was read; 0 when there is none
// that Vietnamese text has.
func innerRune(s string) (rune, int) {
	var inner [utf8.UTFMax]byte
	n := 0
	for i, r := range s {
		b, ok := latinByte(r)
		if !ok || r < utf8.RuneSelf {
			break
		}
		inner[n] = b
		n++
		if utf8.FullRune(inner[:n]) {
			letter, _ := utf8.DecodeRune(inner[:n])
			if letter == utf8.RuneError || !inVietnamese(letter) {
				return 0, 0
			}
			return letter, i + utf8.RuneLen(r)
		}
		if n == utf8.UTFMax {
			break
		}
	}
	return 0, 0
}

// inVietnamese reports whether texts of registers have the character: letters,
// signs of Latin-1, loose tones, typographic marks, the sign of the đồng. What
// was encoded more than twice passes over Windows-1252 once more.
func inVietnamese(r rune) bool {
	_, again := latinByte(r)
	return again && r >= 0x80 || r >= 0x100 && r < 0x250 || r >= 0x300 && r < 0x324 || r >= 0x1EA0 && r <= 0x1EF9 ||
		r >= 0x2010 && r <= 0x2044 || r == '₫'
}

// proves reports whether the characters are hardly there by chance: three of
// them, or two of which the second is no quotation mark or dash that may follow
// a word.
func proves(seen string) bool {
	n := utf8.RuneCountInString(seen)
	last, _ := utf8.DecodeLastRuneInString(seen)
	return n > 2 || !strings.ContainsRune("‘’“”–—…•‹›«»\u00A0®", last)
}

// restoreNoBreak restores à where the second of its bytes, a no-break space, has
// become a space: "HÃ  Nội", "HoÃ n". In text that was encoded twice a bare Ã is
// nothing else. Where the words tell not, it stays.
func restoreNoBreak(s string, bare []int) string {
	var out strings.Builder
	done := 0
	for _, at := range bare {
		rest, ok := strings.CutPrefix(s[at:], "Ã ")
		if !ok {
			continue
		}
		before, after := trailingLetters(s[done:at]), leadingLetters(rest)
		joined, apart := IsSyllable(before+"à"+after), IsSyllable(before+"à")
		letter := "à"
		switch {
		case after == "" && apart: // another space follows
		case joined && !(apart && IsSyllable(after)):
		case apart && !joined:
			letter = "à "
		default:
			letter = "Ã "
		}
		out.WriteString(s[done:at] + letter)
		done = len(s) - len(rest)
	}
	return out.String() + s[done:]
}

// insideWord reports whether the letter between the two texts makes a syllable of them.
func insideWord(before string, letter rune, after string) bool {
	after = leadingLetters(after)
	return after != "" && IsSyllable(trailingLetters(before)+string(letter)+after)
}

const longestSyllable = 7 // letters

// trailingLetters and leadingLetters return the letters next to a place, no more
// than tell that they make no syllable.
func trailingLetters(s string) string {
	start := len(s)
	for range longestSyllable + 1 {
		r, size := utf8.DecodeLastRuneInString(s[:start])
		if !unicode.IsLetter(r) {
			break
		}
		start -= size
	}
	return s[start:]
}

func leadingLetters(s string) string {
	end := 0
	for range longestSyllable + 1 {
		r, size := utf8.DecodeRuneInString(s[end:])
		if !unicode.IsLetter(r) {
			break
		}
		end += size
	}
	return s[:end]
}
