package land

import (
	"strings"
	"unicode/utf8"

	"github.com/lienthong/lienthong/schema"
)

// organisationWords begin names of organisations and of no person, without
// their diacritics; only such words as are no family name without them.
var organisationWords = []string{
	"ho kinh doanh ", "cong ty ", "cty ", "tong cong ty ", "doanh nghiep ", "dntn ", "hop tac xa ", "htx ", "uy ban ", "ubnd ", "ub xa ", "ngan hang ",
	"chi nhanh ", "to chuc ", "xi nghiep ", "ban quan ly ", "hop tac ", "trung tam ", "benh vien ", "tram y te ", "giao xu ", "nha tho ",
	"nong truong ", "lam truong ", "hoi dong ", "cong an ", "buu dien ", "van phong ", "cong dong ", "nha van hoa ", "tap doan ",
}

// wordsWithTone begin names of organisations too, but a family name is spelled
// alike without the tone (Trương, Hồ), so they are compared with it.
var wordsWithTone = []string{"trường ", "chùa ", "đền ", "sở ", "hội ", "quỹ ", "qũy ", "cục ", "chi cục "}

// longestWord is no shorter than any of these words, in bytes.
const longestWord = 48

// organisationName reports whether a name, in NFC, is one of an organisation.
func organisationName(name string) bool {
	name = strings.TrimSpace(name)
	if !strings.Contains(name, " ") {
		return false
	}
	end := min(len(name), longestWord)
	for end < len(name) && !utf8.RuneStart(name[end]) {
		end++
	}
	folded := schema.Fold(name[:end])
	for _, word := range organisationWords {
		if strings.HasPrefix(folded, word) {
			return true
		}
	}
	for _, word := range wordsWithTone {
		if len(name) > len(word) && strings.EqualFold(name[:len(word)], word) {
			return true
		}
	}
	return false
}
