package schema

import (
	"slices"
	"strings"
	"unicode"
)

const softHyphen = 0xAD // ư in TCVN3

// capitals raises the letters that were typed in a font of capitals, which has
// the same bytes: those of words, or of whole cells, whose plain letters are
// capitals beyond the first.
func (r *reading) capitals() {
	for start := 0; start < len(r.runes); {
		end := start
		for end < len(r.runes) && !strings.ContainsRune(",;\t\n|\"", r.runes[end]) {
			end++
		}
		r.cellCapitals(start, end)
		start = end + 1
	}
}

func (r *reading) cellCapitals(start, end int) {
	var words [][2]int
	whole, small := false, false
	for i := start; i < end; i++ {
		if !unicode.IsLetter(r.runes[i]) {
			continue
		}
		j := i
		for j < end && unicode.IsLetter(r.runes[j]) {
			small = small || !r.legacy[j] && unicode.IsLower(r.runes[j])
			j++
		}
		words = append(words, [2]int{i, j})
		whole = whole || r.shouts(i, j) && isSyllable(r.runes[i:j]) // an abbreviation says nothing
		i = j
	}
	for _, w := range words {
		if whole && !small || r.shouts(w[0], w[1]) {
			for k := w[0]; k < w[1]; k++ {
				r.runes[k] = unicode.ToUpper(r.runes[k])
			}
		}
	}
}

// shouts reports whether the plain letters of a word are capitals and one of
// them is not its first.
func (r *reading) shouts(start, end int) bool {
	inside := false
	for i := start; i < end; i++ {
		if r.legacy[i] {
			continue
		}
		if unicode.IsLower(r.runes[i]) {
			return false
		}
		inside = inside || i > start
	}
	return inside
}

// hornless are usual words with ươ as they read when the ư is gone, where what
// is left is a syllable still.
var hornless = wordSet("ngời mời dới cời lới tới tởi tơi bởi lợt vợt gơm mợn vờn sờn lơn rỡi lợm bớm")

// restoreHorn puts back the letter ư, which is a soft hyphen in TCVN3 and
// dropped by many tools. Where a word has lost one for certain, no other word of
// the text may be one that might have. The reading is marked as [TextLegacy]
// when that is not so.
func restoreHorn(r reading) reading {
	lost, doubt := false, false
	out := reading{encoding: r.encoding}
	for i := 0; i < len(r.runes); {
		if !unicode.IsLetter(r.runes[i]) {
			out.add(r.runes[i], r.legacy[i])
			i++
			continue
		}
		j, marked := i, false
		for j < len(r.runes) && unicode.IsLetter(r.runes[j]) {
			marked = marked || r.legacy[j]
			j++
		}
		word := r.runes[i:j]
		i = j
		form, unsure := hornOf(word, marked)
		doubt = doubt || unsure
		if form != nil {
			lost = true
			out.word(form, true)
			continue
		}
		out.word(word, marked)
	}
	if !lost && !doubt {
		return r
	}
	out.capitals()
	out.weigh()
	if doubt || lost && ambiguousHorn(r) {
		out.encoding.code = TextLegacy
	}
	return out
}

// hornOf returns the word with the ư that it has lost, nil when it has lost
// none, and whether that is in doubt.
func hornOf(word []rune, marked bool) (form []rune, unsure bool) {
	if isSyllable(word) {
		return nil, hornless[strings.ToLower(string(word))]
	}
	if !marked && !mayLackVowel(word) {
		return nil, false // an abbreviation or a foreign word
	}
	found := hornedForms(word)
	if len(found) == 1 && len(word) >= 3 {
		return found[0], false
	}
	return nil, len(found) > 0
}

func (r *reading) word(letters []rune, legacy bool) {
	for _, c := range letters {
		r.add(c, legacy)
	}
}

// ambiguousHorn reports whether a word that is a syllable would be another one with a ư.
func ambiguousHorn(r reading) bool {
	for _, w := range strings.FieldsFunc(r.text(), func(c rune) bool { return !unicode.IsLetter(c) }) {
		word := []rune(w)
		if isSyllable(word) && slices.ContainsFunc(hornedForms(word), func(f []rune) bool { return syllableRank(f) > 0 }) {
			return true
		}
	}
	return false
}

// hornedForms returns the syllables that one more ư makes of a word.
func hornedForms(word []rune) [][]rune {
	var out [][]rune
	for i := 0; i <= len(word) && len(word) < longestSyllable; i++ {
		form := slices.Insert(slices.Clone(word), i, 'ư')
		if isSyllable(form) {
			out = append(out, form)
		}
	}
	return out
}

// mayLackVowel reports whether a word of plain letters is none without a vowel
// more, as Hng is, and no abbreviation in capitals.
func mayLackVowel(word []rune) bool {
	return len(word) >= 2 && unicode.IsLower(word[len(word)-1]) && !strings.ContainsFunc(string(word), func(c rune) bool {
		return strings.IndexByte("aeiouy", foldRune(c)) >= 0
	})
}
