package schema

import "unicode"

// The twelve vowels with their six tones in the order none, huyền, hỏi, ngã,
// sắc, nặng; lower case first, then upper case.
const tonedVowels = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ" +
	"AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬEÈẺẼÉẸÊỀỂỄẾỆIÌỈĨÍỊOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢUÙỦŨÚỤƯỪỬỮỨỰYỲỶỸÝỴ"

const tones = 6

var (
	vowelRunes = []rune(tonedVowels)
	vowelIndex = indexVowels()
)

// indexVowels maps each toned vowel to its place in [tonedVowels].
func indexVowels() map[rune]int {
	index := make(map[rune]int, len(vowelRunes))
	for i, r := range vowelRunes {
		index[r] = i
	}
	return index
}

// UnifyTones returns s (NFC) with each tone mark of oa, oe and uy where Decision
// 19/2025/QĐ-TTg and most registers put it: on the first letter in an open
// syllable (hòa, khỏe, thủy), on the second before a final (hoàn, huỳnh) and
// after q (quý). It serves comparison: a stored legal name keeps its own
// placement. i and y are left as they are.
func UnifyTones(s string) string {
	if isASCII(s) {
		return s
	}
	var runes []rune // allocated at the first change
	prev := []rune(s)
	for i := 0; i+1 < len(prev); i++ {
		to, ok := toneTarget(prev, i)
		if !ok {
			continue
		}
		if runes == nil {
			runes = prev
		}
		moveTone(runes, i, i+1, to)
	}
	if runes == nil {
		return s
	}
	return string(runes)
}

// toneTarget reports whether a diphthong oa, oe or uy starts at i and where its tone belongs.
func toneTarget(r []rune, i int) (int, bool) {
	first, second := untoned(r[i]), untoned(r[i+1])
	switch {
	case first == 'o' && (second == 'a' || second == 'e' || second == 'ă'):
	case first == 'u' && second == 'y':
	default:
		return 0, false
	}
	if i > 0 && unicode.ToLower(r[i-1]) == 'q' {
		return i + 1, true
	}
	if i+2 >= len(r) || !unicode.IsLetter(r[i+2]) {
		if second == 'ă' {
			return 0, false
		}
		return i, true
	}
	if second == 'y' && untoned(r[i+2]) == 'ê' {
		return i + 2, true
	}
	return i + 1, true
}

// moveTone takes the tone of r[a] or r[b] and puts it on r[to], when that bears none.
func moveTone(r []rune, a, b, to int) {
	for _, from := range []int{a, b} {
		tone := vowelIndex[r[from]] % tones
		if from == to || tone == 0 || vowelIndex[r[to]]%tones != 0 {
			continue
		}
		r[from] = vowelRunes[vowelIndex[r[from]]-tone]
		r[to] = vowelRunes[vowelIndex[r[to]]+tone]
	}
}

// untoned returns the lower-case vowel without its tone, 0 for any other character.
func untoned(r rune) rune {
	i, ok := vowelIndex[r]
	if !ok {
		return 0
	}
	i %= len(vowelRunes) / 2
	return vowelRunes[i-i%tones]
}
