package units_test

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// typo leaves a letter out, doubles or changes one, or swaps two neighbours; numbers stay.
func (w *writer) typo(name string) string {
	r := []rune(name)
	var letters []int
	for i, c := range r {
		if unicode.IsLetter(c) {
			letters = append(letters, i)
		}
	}
	if len(letters) < 4 {
		return name
	}
	k := 1 + w.IntN(len(letters)-2)
	i, next := letters[k], letters[k+1]
	switch w.IntN(4) {
	case 0:
		return string(r[:i]) + string(r[i+1:])
	case 1:
		return string(r[:i]) + string([]rune("abcdeghiklmnopqrstuvxy")[w.IntN(22)]) + string(r[i:])
	case 2:
		r[i] = []rune("abcdeghiklmnopqrstuvxy")[w.IntN(22)]
	default:
		r[i], r[next] = r[next], r[i]
	}
	return string(r)
}

// wrongMarks gives one vowel in two another tone.
func (w *writer) wrongMarks(name string) string {
	var out []rune
	for _, c := range norm.NFD.String(name) {
		if c >= 0x300 && c <= 0x323 && c != 0x302 && c != 0x306 && c != 0x31B && w.IntN(2) == 0 {
			c = []rune{0x300, 0x301, 0x303, 0x309, 0x323}[w.IntN(5)]
		}
		out = append(out, c)
	}
	return norm.NFC.String(string(out))
}

// someMarks leaves out every second mark.
func (w *writer) someMarks(name string) string {
	var out []rune
	for _, c := range norm.NFD.String(name) {
		if unicode.Is(unicode.Mn, c) && w.IntN(2) == 0 {
			continue
		}
		out = append(out, c)
	}
	return norm.NFC.String(string(out))
}

var respellings = strings.NewReplacer("òa", "oà", "óa", "oá", "ỏa", "oả", "ọa", "oạ", "ủy", "uỷ", "úy", "uý", "ụy", "uỵ", "ùy", "uỳ",
	"ỹ ", "ĩ ", "Lý", "Lí", "Mỹ", "Mĩ", "Kỳ", "Kì", "Quý", "Quí", "Tỵ", "Tị", "Sỹ", "Sĩ")

func respell(name string) string { return respellings.Replace(name) }

// leftover types a text with the marks behind the letters, as when the typing method is off.
func leftover(s string, mark func(r rune) (string, bool)) string {
	var out, tone strings.Builder
	flush := func() { out.WriteString(tone.String()); tone.Reset() }
	for _, c := range norm.NFD.String(s) {
		switch m, isTone := mark(c); {
		case m != "" && isTone:
			tone.WriteString(m)
		case m != "":
			out.WriteString(m)
		default:
			if !unicode.IsLetter(c) {
				flush()
			}
			out.WriteRune(c)
		}
	}
	flush()
	return out.String()
}

// telex writes ươ as uwow, đ as dd, and the tone at the end of the word.
func telex(s string) string {
	last := ' '
	return leftover(s, func(r rune) (string, bool) {
		defer func() {
			if unicode.IsLetter(r) {
				last = unicode.ToLower(r)
			}
		}()
		switch r {
		case 0x302:
			return string(last), false
		case 0x306, 0x31B:
			return "w", false
		case 'đ', 'Đ':
			return "dd", false
		}
		return tones(r, "f", "s", "x", "r", "j"), true
	})
}

// vni writes ươ as u7o7, đ as d9, and the tone at the end of the word.
func vni(s string) string {
	return leftover(s, func(r rune) (string, bool) {
		switch r {
		case 0x302:
			return "6", false
		case 0x306:
			return "8", false
		case 0x31B:
			return "7", false
		case 'đ', 'Đ':
			return "d9", false
		}
		return tones(r, "2", "1", "4", "3", "5"), true
	})
}

func tones(r rune, grave, acute, tilde, hook, dot string) string {
	switch r {
	case 0x300:
		return grave
	case 0x301:
		return acute
	case 0x303:
		return tilde
	case 0x309:
		return hook
	case 0x323:
		return dot
	}
	return ""
}
