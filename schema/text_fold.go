package schema

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What the letters U+00C0–U+024F and U+1E00–U+1EFF fold to; a dot stands for a
// letter that has no plain Latin one behind it. Derived from the Unicode
// decompositions; đ, ð and their capitals, which have none, are d.
const (
	foldLatin = "aaaaaa.ceeeeiiiidnooooo..uuuuy..aaaaaa.ceeeeiiiidnooooo..uuuuy.yaaaaaaccccccccddddeeeeeeeeeegggggggghh..iiiiiiiii...jjkk.llllll....nnnnnn...oooooo..rrrrrrsssssssstttt..uuuuuuuuuuuuwwyyyzzzzzz.................................oo.............uu............................aaiioouuuuuuuuuu.aaaa....ggkkoooo..j...gg..nnaa....aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............................"
	foldExtra = "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy......aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......"
)

// Fold returns s in lower case without diacritics, đ as d: a key to search and
// block by, never to show or to decide by. Composed and decomposed text and
// either placement of a tone give the same key. White space is left alone.
func Fold(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf && (s[i] < 'A' || s[i] > 'Z') {
		i++
	}
	if i == len(s) {
		return s
	}
	buf := make([]byte, i, len(s))
	copy(buf, s)
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			buf = append(buf, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch c := foldRune(r); {
		case c != 0:
			buf = append(buf, c)
		case r >= 0x300 && r <= 0x36F: // combining marks of decomposed text
		default:
			buf = utf8.AppendRune(buf, unicode.ToLower(r))
		}
	}
	return string(buf)
}

// foldRune returns the plain lower-case letter behind r, 0 when there is none.
func foldRune(r rune) byte {
	var c byte
	switch {
	case r >= 'a' && r <= 'z':
		return byte(r)
	case r >= 'A' && r <= 'Z':
		return byte(r) + 'a' - 'A'
	case r >= 0xC0 && r < 0x250:
		c = foldLatin[r-0xC0]
	case r >= 0x1E00 && r < 0x1F00:
		c = foldExtra[r-0x1E00]
	}
	if c == '.' {
		return 0
	}
	return c
}

// FoldKey is [Fold] with words only: what is neither letter nor digit
// (apostrophes, hyphens, white space) separates nothing and is dropped, so that
// "Ea H’Leo", "Ea H'leo" and "EA HLEO" are one key.
func FoldKey(s string) string {
	f := Fold(s)
	keep := func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}
	return strings.Map(keep, f)
}
