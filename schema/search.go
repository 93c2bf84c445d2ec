package schema

import (
	"strings"
	"unicode"
)

// SearchKey returns a text as it is searched by: small letters without
// diacritics, đ as d, words apart by one space, nothing else ("Ea H’Leo - 2" is
// "ea h leo 2"). Who types no diacritics finds what has them, and the other way
// round; whatever is found is ranked by [SearchRank], so that what was typed
// with them comes first.
func SearchKey(s string) string {
	folded := Fold(s)
	var b strings.Builder
	b.Grow(len(folded))
	gap := false
	for _, r := range folded {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
	}
	return b.String()
}

// How well a text answers a query, best last.
const (
	SearchNone  = iota // a word of the query begins no word of the text
	SearchFold         // every word does, without diacritics
	SearchExact        // every word does as it was typed, case and tone placement aside
)

// SearchRank says how well a text answers a query whose words may be in any
// order and may be the beginnings of words. An empty query is answered by nothing.
func SearchRank(query, text string) int {
	switch {
	case answers(exactWords(query), exactWords(text)):
		return SearchExact
	case answers(strings.Fields(SearchKey(query)), strings.Fields(SearchKey(text))):
		return SearchFold
	}
	return SearchNone
}

func exactWords(s string) []string {
	return strings.FieldsFunc(UnifyTones(strings.ToLower(NFC(s))), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// answers reports whether each word of the query begins another word of the text.
func answers(query, text []string) bool {
	used := make([]bool, len(text))
	for _, q := range query {
		found := false
		for i, w := range text {
			if !used[i] && strings.HasPrefix(w, q) {
				used[i], found = true, true
				break
			}
		}
		if !found {
			return false
		}
	}
	return len(query) > 0
}
