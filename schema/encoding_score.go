package schema

import (
	"bytes"
	"strings"
	"unicode"
)

// read returns a reading of b with its score.
func (e encoding) read(b []byte) reading {
	r := e.decode(b)
	r.encoding = e
	r.weigh()
	return r
}

// weigh counts the words that an encoding is to be judged by: those with a
// letter of it.
func (r *reading) weigh() {
	for start := 0; start < len(r.runes); {
		if !unicode.IsLetter(r.runes[start]) {
			if r.legacy[start] && r.stray(start) {
				r.words++
			}
			start++
			continue
		}
		end, judged := start, false
		for end < len(r.runes) && unicode.IsLetter(r.runes[end]) {
			judged = judged || r.legacy[end]
			end++
		}
		if judged {
			r.judge(r.runes[start:end])
		}
		start = end
	}
}

func (r *reading) judge(word []rune) {
	r.words++
	r.length += len(word)
	if rank := syllableRank(word); rank >= 0 && !mixedCase(word) {
		r.valid++
		r.score += rank
	}
}

// mixedCase reports whether a capital stands inside a word that has small letters.
func mixedCase(word []rune) bool {
	upper, lower := false, false
	for i, c := range word {
		upper = upper || i > 0 && unicode.IsUpper(c)
		lower = lower || unicode.IsLower(c)
	}
	return upper && lower
}

// stray reports whether the character at i is one that text does not have
// there: a control, a combining mark left over, a symbol that is a letter of
// TCVN3 and stands beside letters, or a quotation mark between two.
func (r *reading) stray(i int) bool {
	c := r.runes[i]
	if unicode.IsControl(c) || unicode.IsMark(c) || c == unicode.ReplacementChar {
		return true
	}
	behind := i > 0 && unicode.IsLetter(r.runes[i-1])
	ahead := i+1 < len(r.runes) && unicode.IsLetter(r.runes[i+1])
	if r.code == TextWindows1252 && i > 0 && i+1 < len(r.runes) && (behind && ahead || ahead && r.legacy[i-1] || behind && r.legacy[i+1]) {
		return true // capitals of VISCII
	}
	if c >= 0x100 {
		return false
	}
	return tcvn3Table[byte(c)] != 0 && (behind || ahead)
}

func (r *reading) text() string { return string(r.runes) }

// worth is the score less what is no Vietnamese.
func (r *reading) worth() int { return r.prior + r.score + r.valid - 4*(r.words-r.valid) }

// best returns the reading of highest worth and whether the lead over every
// other that gives another text is beyond doubt.
func best(readings []reading) (reading, bool) {
	top := readings[0]
	for _, r := range readings[1:] {
		if r.worth() > top.worth() {
			top = r
		}
	}
	text := top.text()
	for _, r := range readings {
		if lead := top.worth() - r.worth(); lead < max(2, top.worth()/5) && r.text() != text {
			return top, false
		}
	}
	return top, true
}

// repairLegacy returns s as it was meant when its bytes are in a legacy encoding
// and were read as Latin-1 or Windows-1252: every word in question becomes a
// Vietnamese syllable, most of them usual ones, and no other encoding explains s
// as well. The code names the encoding. Text that is Vietnamese, or nothing that
// is known, comes back with the code ""; text that is legacy for certain but not
// of one certain encoding with [TextLegacy].
func repairLegacy(s string) (string, string) {
	b, ok := latinBytes(s)
	if !ok {
		return s, ""
	}
	if plain := windows1252.read(b); plain.valid == plain.words && !strings.ContainsFunc(s, isControlLetter) {
		return s, ""
	}
	var fit []reading
	for _, r := range readLegacies(b) {
		if r.words > 0 && r.valid == r.words && r.score >= r.words {
			fit = append(fit, r)
		}
	}
	if len(fit) == 0 {
		return s, ""
	}
	top, sure := best(fit)
	if !sure || top.code == TextLegacy || top.length < top.least {
		return s, TextLegacy
	}
	text := top.text()
	if text == s {
		return s, ""
	}
	return text, top.code
}

// isC1 reports whether r is a control character that only bytes read as Latin-1 give.
func isC1(r rune) bool { return r >= 0x80 && r < 0xA0 }

// isControlLetter reports whether r is a control character that is a capital of VISCII.
func isControlLetter(r rune) bool { return isC1(r) || r < 0x20 && visciiTable[byte(r)] != 0 }

func readLegacies(b []byte) []reading {
	all := make([]reading, 0, len(legacies)+1)
	for _, e := range legacies {
		r := e.read(b)
		if e.code == TextTCVN3 && bytes.IndexByte(b, softHyphen) < 0 {
			r = restoreHorn(r)
		}
		all = append(all, r)
	}
	return all
}

// detect returns the reading of bytes that are not UTF-8 by the encoding that
// makes them Vietnamese: nine of ten words in question are syllables, which
// leaves room for foreign names. It is false where none does or two do.
func detect(b []byte) (encoding, bool) {
	b = sample(b)
	top, sure := best(append([]reading{windows1252.read(b)}, readLegacies(b)...))
	if !sure || top.code == TextLegacy || top.length < max(1, top.least) {
		return encoding{}, false
	}
	return top.encoding, top.valid*10 >= top.words*9 && top.score >= top.words
}

const sampleSize = 64 << 10 // bytes

// sample returns the first lines that are not plain ASCII.
func sample(b []byte) []byte {
	if len(b) <= sampleSize {
		return b
	}
	var out []byte
	for line := range bytes.Lines(b) {
		if !isASCII(string(line)) {
			out = append(out, line...)
		}
		if len(out) >= sampleSize {
			break
		}
	}
	return out[:min(len(out), sampleSize)]
}
