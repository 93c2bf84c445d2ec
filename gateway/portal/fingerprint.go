package portal

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lienthong/lienthong/schema"
)

const (
	maxFingerprint = 120 // characters
	maxMessage     = 500 // characters
)

var (
	quoted     = regexp.MustCompile(`"[^"]*"|'[^']*'|“[^”]*”|«[^»]*»`)
	addresses  = regexp.MustCompile(`(?i)\b(?:https?://\S+|[\pL\pN._%+-]+@[\pL\pN.-]+)`)
	numbered   = regexp.MustCompile(`[\pL\pN]*\pN[\pL\pN._/@-]*`)
	longDigits = regexp.MustCompile(`\d{6,}`)
	repeated   = regexp.MustCompile(`#(?:[\s,;|.#-]*#)+`)
)

// familyNames begin the names of nine of ten Vietnamese; a run of capitalised
// words that begins with one is a person.
const familyNames = " nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ ngô dương lý đinh trịnh lương mai đào đoàn hà cao tạ tô lâm vương "

// Fingerprint returns what is the same in all texts with one reason: lower
// case, without quoted parts, addresses, names of people and anything that
// holds a digit, at most 120 characters. The values given are what is known to
// be personal in the call; they go first.
func Fingerprint(text string, values ...string) string {
	s := hide(text, "#", values)
	s = quoted.ReplaceAllString(s, "#")
	s = addresses.ReplaceAllString(s, "#")
	s = numbered.ReplaceAllString(s, "#")
	s = hideNames(s, "#")
	s = repeated.ReplaceAllString(s, "#")
	return cut(strings.Trim(phrase(s), " .,:;!|-"), maxFingerprint)
}

// Mask returns a destination's own words for people to read: numbers of six
// digits and more, addresses, names and the given values are gone, at most 500
// characters stay.
func Mask(text string, values ...string) string {
	s := hide(text, masked, values)
	s = addresses.ReplaceAllString(s, masked)
	s = longDigits.ReplaceAllString(s, masked)
	s = hideNames(s, masked)
	return cut(strings.Join(strings.Fields(s), " "), maxMessage)
}

// hide replaces values in any case and composition. Short ones could be words.
func hide(text, with string, values []string) string {
	s := schema.NFC(text)
	for _, v := range values {
		v = strings.TrimSpace(schema.NFC(v))
		if utf8.RuneCountInString(v) < 4 {
			continue
		}
		if p, err := regexp.Compile("(?i)" + regexp.QuoteMeta(v)); err == nil {
			s = p.ReplaceAllLiteralString(s, with)
		}
	}
	return s
}

// hideNames replaces runs of two to six capitalised words that begin with a family name.
func hideNames(s, with string) string {
	words := strings.Fields(s)
	out := words[:0:0]
	for i := 0; i < len(words); {
		n := nameAt(words[i:])
		if n < 2 {
			out = append(out, words[i])
			i++
			continue
		}
		out = append(out, with+tail(words[i+n-1]))
		i += n
	}
	return strings.Join(out, " ")
}

func nameAt(words []string) int {
	if !strings.Contains(familyNames, " "+phrase(bare(words[0]))+" ") {
		return 0
	}
	n := 0
	for n < len(words) && n < 6 && isName(bare(words[n])) {
		if n > 0 && !strings.HasPrefix(words[n], bare(words[n])) {
			break // a bracket opens something else
		}
		n++
		if tail(words[n-1]) != "" {
			break
		}
	}
	return n
}

// isName reports whether a word is written as part of a name: a capital first,
// letters only, and no capital after a small letter (MaTTHC is a field).
func isName(w string) bool {
	small := false
	for i, r := range w {
		switch {
		case !unicode.IsLetter(r), i == 0 && !unicode.IsUpper(r), small && unicode.IsUpper(r):
			return false
		}
		small = small || unicode.IsLower(r)
	}
	return w != ""
}

func bare(w string) string { return strings.TrimFunc(w, unicode.IsPunct) }

func tail(w string) string {
	return w[len(strings.TrimRightFunc(w, unicode.IsPunct)):]
}

// cut keeps at most n characters.
func cut(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}
