package schema

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Codes of the repairs that [CleanText] and [DecodeBytes] report. Each but
// TextLegacy, which is a warning, says that the text was changed.
const (
	TextTCVN3       = "text.tcvn3"       // TCVN3 (ABC fonts) converted
	TextVNI         = "text.vni"         // VNI converted
	TextVISCII      = "text.viscii"      // VISCII converted
	TextWindows1258 = "text.windows1258" // Windows-1258 converted, or its letters with loose tones composed
	TextWindows1252 = "text.windows1252" // Windows-1252 or Latin-1 converted
	TextUTF16       = "text.utf16"       // UTF-16 converted
	TextUTF8Twice   = "text.utf8_twice"  // UTF-8 that was read as Latin-1 and encoded again
	TextEncoding    = "text.encoding"    // bytes that are not UTF-8, replaced by U+FFFD
	TextNFC         = "text.nfc"         // decomposed or mixed composition brought to NFC
	TextEth         = "text.eth"         // Ð or ð (U+00D0, U+00F0) replaced by Đ or đ
	TextSpace       = "text.space"       // unusual, repeated or surrounding white space
	TextInvisible   = "text.invisible"   // zero-width characters, byte order marks, soft hyphens, controls removed
	TextLegacy      = "text.legacy"      // looks like a legacy encoding, not certain which or what; left as it is
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
// what had to be done. Text whose bytes are TCVN3, VNI, VISCII or Windows-1258
// but were read as Latin-1, and UTF-8 that was encoded twice, is converted where
// that is certain; where it is not, the code is [TextLegacy] and the text stays.
// Letters of a valid text are never changed: case, tone placement and i/y stay
// as they are.
func CleanText(s string) (string, []string) {
	if isTidy(s) {
		return s, nil
	}
	var did []string
	for range 8 { // what a removed character kept apart may be a thing to repair now
		out := clean(s, &did)
		if out == s {
			break
		}
		s = out
	}
	return s, did
}

// CleanCode returns an opaque code, a number on paper or the name of a file as
// it is stored: NFC, single spaces, nothing invisible. Unlike [CleanText] it never
// reads letters by another encoding, since a code means what its characters are.
func CleanCode(s string) string {
	if isTidy(s) {
		return s
	}
	for range 8 {
		out, _, _, _ := sweep(NFC(strings.ToValidUTF8(s, "\uFFFD")), false)
		if out = NFC(out); out == s {
			break
		}
		s = out
	}
	return s
}

// clean does one round of [CleanText].
func clean(s string, did *[]string) string {
	note := func(done bool, code string) {
		if done && !slices.Contains(*did, code) {
			*did = append(*did, code)
		}
	}
	if !utf8.ValidString(s) {
		code := TextEncoding
		s, code = validUTF8(s)
		note(true, code)
	}
	s, twice := decodeTwice(s)
	note(twice, TextUTF8Twice)
	code := TextLegacy
	// Ã and a no-break space are à encoded twice, or the word xã in capitals.
	if twice || !strings.Contains(s, "Ã\u00A0") {
		s, code = repairLegacy(s)
	}
	note(code != "" && code != TextLegacy, code)
	if !norm.NFC.IsNormalString(s) {
		code := TextNFC
		if looseTones(s) {
			code = TextWindows1258
		}
		s = norm.NFC.String(s)
		note(true, code)
	}
	legacy := code == TextLegacy || LooksLegacy(s)
	s, eth, space, invisible := sweep(s, legacy)
	note(eth, TextEth)
	note(space, TextSpace)
	note(invisible, TextInvisible)
	note(legacy, TextLegacy)
	if invisible { // what an invisible character kept apart may compose now
		s = norm.NFC.String(s)
	}
	return s
}

// validUTF8 returns bytes that are not UTF-8 as text, by their encoding if it is
// certain, else with the bytes replaced.
func validUTF8(s string) (text, code string) {
	if e, ok := detect([]byte(s)); ok {
		if text, problems, err := DecodeBytes([]byte(s)); err == nil && len(problems) > 0 {
			return text, e.code
		}
	}
	return strings.ToValidUTF8(s, "\uFFFD"), TextEncoding
}

// looseTones reports whether text that is not NFC has composed letters, ê or ơ,
// with a loose tone behind: the way of Windows-1258 and of "composite Unicode",
// not of decomposition.
func looseTones(s string) bool {
	found := false
	var prev rune
	for _, r := range s {
		switch {
		case r == '\u0302' || r == '\u0306' || r == '\u031B':
			return false
		case strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", r):
			found = found || strings.ContainsRune("ăâêôơưĂÂÊÔƠƯ", prev)
		}
		prev = r
	}
	return found
}

// sweep does the single-character repairs in one pass and says which it did. In
// legacy text it leaves what may be a letter.
func sweep(s string, legacy bool) (out string, eth, space, invisible bool) {
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
		case legacy && (r == '\u00AD' || r == 'Ð' || r == 'ð' || isC1(r)): // letters of TCVN3 and VISCII
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
