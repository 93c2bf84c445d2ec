package schema

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Codes of the repairs that [CleanText] reports.
const (
	TextNFC       = "text.nfc"       // decomposed or mixed composition brought to NFC
	TextEth       = "text.eth"       // Ð or ð (U+00D0, U+00F0) replaced by Đ or đ
	TextSpace     = "text.space"     // unusual, repeated or surrounding white space
	TextInvisible = "text.invisible" // zero-width characters, byte order marks, soft hyphens, controls removed
	TextEncoding  = "text.encoding"  // bytes that are not UTF-8, replaced by U+FFFD
	TextLegacy    = "text.legacy"    // looks like TCVN3 read as Latin-1; left as it is
)

// NFC returns s in Unicode normalization form C, the only form that is stored,
// hashed, compared or looked up.
func NFC(s string) string {
	if isASCII(s) {
		return s
	}
	return norm.NFC.String(s)
}

// CleanText returns s as it is stored, NFC with single spaces, and the codes of
// what had to be done, in the order of the constants above. It never changes
// letters of a valid text: case, tone placement and i/y stay as they are.
//
// A soft hyphen between letters is also the letter ư of TCVN3. Where the rest of
// the text looks like TCVN3, nothing invisible is dropped and the code is [TextLegacy].
func CleanText(s string) (string, []string) {
	if isTidy(s) {
		return s, nil
	}
	var did []string
	out := s
	if !utf8.ValidString(out) {
		out = strings.ToValidUTF8(out, "\uFFFD")
		did = append(did, TextEncoding)
	}
	if !norm.NFC.IsNormalString(out) {
		out = norm.NFC.String(out)
		did = append(did, TextNFC)
	}
	legacy := LooksLegacy(out)
	out, eth, space, invisible := sweep(out, legacy)
	for _, step := range []struct {
		done bool
		code string
	}{{eth, TextEth}, {space, TextSpace}, {invisible, TextInvisible}, {legacy, TextLegacy}} {
		if step.done {
			did = append(did, step.code)
		}
	}
	if invisible { // what an invisible character kept apart may compose now
		out = norm.NFC.String(out)
	}
	return out, did
}

// sweep does the single-character repairs in one pass and says which it did.
func sweep(s string, keepSoftHyphen bool) (out string, eth, space, invisible bool) {
	var b strings.Builder
	b.Grow(len(s))
	pending := false // a space is due before the next visible character
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			if r != ' ' || pending || b.Len() == 0 {
				space = true
			}
			pending = true
			continue
		case r == '\u00AD' && keepSoftHyphen:
		case r == '\u034F' || unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
			invisible = true
			continue
		case r == 'Ð':
			r, eth = 'Đ', true
		case r == 'ð':
			r, eth = 'đ', true
		}
		if pending && b.Len() > 0 {
			b.WriteByte(' ')
		}
		pending = false
		b.WriteRune(r)
	}
	if pending {
		space = true
	}
	return b.String(), eth, space, invisible
}

// LooksLegacy reports whether s looks like TCVN3 text whose bytes were read as
// Latin-1: letters with symbols such as ¸ µ ¹ ¬ inside a word, or a soft hyphen
// without which a word would have no vowel. Such text needs a decoder, not a repair.
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

// IsFiller reports whether s is one of the words that systems write where they
// know nothing ("Không có thông tin", "N/A", "-"), with its diacritics or in
// plain letters: Khổng is a family name. An empty text is none: it is missing.
func IsFiller(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 40 {
		return false
	}
	switch strings.Trim(strings.ToLower(NFC(s)), ".") {
	case "", "n/a", "null", "none", "nil", "undefined", "unknown", "-", "--", "---", "_", "/", "?", "x", "xx", "xxx",
		"không có thông tin", "không có", "không", "không rõ", "không xác định", "không biết",
		"chưa có thông tin", "chưa có", "chưa rõ", "chưa xác định", "đính kèm",
		"khong co thong tin", "khong co", "khong", "khong ro", "khong xac dinh", "khong biet",
		"chua co thong tin", "chua co", "chua ro", "chua xac dinh", "dinhkem":
		return true
	}
	return false
}

// Mask returns s with everything personal hidden: of each word of letters the
// initial stays, of a long word with digits the last two characters. The length
// of a word does not show. It is for screens; logs carry nothing of a value.
func Mask(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		first, size := utf8.DecodeRuneInString(w)
		switch {
		case strings.ContainsAny(w, "0123456789"):
			if words[i] = "***"; len(w) >= 8 && isASCII(w) {
				words[i] += w[len(w)-2:]
			}
		case unicode.IsLetter(first):
			words[i] = w[:size] + "***"
		default:
			words[i] = "***"
		}
	}
	return strings.Join(words, " ")
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isTidy reports whether s is single-spaced text of ASCII and composed Latin
// letters, as nearly all text is; [CleanText] leaves such text alone.
func isTidy(s string) bool {
	spaceBefore := true
	for _, r := range s {
		switch {
		case r < ' ' || r == ' ' && spaceBefore || r == 0x7F:
			return false
		case r < 0x7F:
		case r < 'À' || r == 'Ð' || r == 'ð' || r > 'ỹ' || r > 0x24F && r < 'Ạ':
			return false
		}
		spaceBefore = r == ' '
	}
	return s == "" || !spaceBefore
}
