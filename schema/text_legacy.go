package schema

import (
	"strings"
	"unicode"
)

// LooksLegacy reports whether s looks like TCVN3 text whose bytes were read as
// Latin-1: letters with symbols such as ¸ µ ¹ ¬ inside a word, or a soft hyphen
// without which a word would have no vowel. [CleanText] converts what is certain and flags the rest of it.
func LooksLegacy(s string) bool {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= 0xA1 && r <= 0xBE }) {
		return false
	}
	for _, word := range strings.Fields(s) {
		letters, symbols, soft, vowels := 0, 0, 0, 0
		for _, r := range word {
			switch {
			case r == '\u00AD':
				soft++
			case strings.ContainsRune("¡¢£¤¥¦§¨©¬®¯°±²³´µ¶·¸¹»¼½¾", r):
				symbols++
			case unicode.IsLetter(r):
				letters++
				if strings.IndexByte("aeiouy", foldRune(r)) >= 0 {
					vowels++
				}
			}
		}
		if letters > 0 && (symbols > 0 && tcvn3Word(word) || soft > 0 && vowels == 0) {
			return true
		}
	}
	return false
}

// tcvn3Word tells a symbol within or after letters from one that stands for
// itself, as in 150m² or 36°.
func tcvn3Word(word string) bool {
	if strings.ContainsAny(word, "0123456789") {
		return false
	}
	return strings.ContainsAny(word, "¨©¬®µ¶·¸¹»¼½¾") && !strings.HasPrefix(word, "©") && !strings.HasSuffix(word, "®")
}
