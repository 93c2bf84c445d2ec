package schema

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Codes of problems with identifiers.
const (
	IdentifierFiller     = "identifier.filler"     // 000000001, "Không có thông tin" and the like: no identifier
	IdentifierLength     = "identifier.length"     // not the number of digits that the scheme has
	IdentifierFormat     = "identifier.format"     // characters that the scheme does not have
	IdentifierNumeric    = "identifier.numeric"    // a spreadsheet made it a number (2.7E+10); digits are gone
	IdentifierSeparators = "identifier.separators" // spaces, dots, hyphens removed
	IdentifierZero       = "identifier.zero"       // the leading zero that a number column lost put back
	IdentifierZeros      = "identifier.zeros"      // two leading zeros that seem to be lost put back, to be confirmed
	IdentifierSex        = "identifier.sex"        // the number speaks of another sex
	IdentifierBirthYear  = "identifier.birth_year" // the number speaks of another year of birth
	IdentifierPlace      = "identifier.place"      // no province has the first three digits
	IdentifierCentury    = "identifier.century"    // born in or after 2100
	IdentifierCheckDigit = "identifier.check_digit"
	IdentifierType       = "identifier.type" // the declared type of paper does not fit the number
)

// digits reads a number that people and spreadsheets wrote: full-width digits,
// spaces, separators, a leading apostrophe, ".0" behind. It returns "" with the
// reason when there is no number in s, and "" alone for an empty s.
func digits(s string) (string, []Problem) {
	s = strings.TrimFunc(s, unicode.IsSpace)
	if s == "" {
		return "", nil
	}
	if IsFiller(s) {
		return "", []Problem{errFiller()}
	}
	plain := s
	if !isASCII(s) {
		plain = strings.Map(dropInvisible, norm.NFKC.String(s))
	}
	plain = strings.TrimPrefix(plain, "'")
	if exact, ok := exactScientific(plain); ok {
		plain = exact
	}
	if isScientific(plain) {
		return "", []Problem{refusal(IdentifierNumeric, "Số bị bảng tính đổi sang dạng lũy thừa, đã mất chữ số.",
			"A spreadsheet turned the number into scientific notation; digits are lost.", "")}
	}
	plain = wholeNumber(plain)
	var b strings.Builder
	for _, r := range plain {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.IsSpace(r) || r == '.' || r == '-':
		default:
			return "", []Problem{refusal(IdentifierFormat, "Số định danh chứa ký tự không phải chữ số.",
				"The number holds characters other than digits.", "0-9")}
		}
	}
	out := b.String()
	if isFillerNumber(out) {
		return "", []Problem{errFiller()}
	}
	if out != s {
		return out, []Problem{repair(IdentifierSeparators, "Đã bỏ dấu cách, dấu chấm hoặc ký tự thừa trong số.",
			"Spaces, separators or stray characters were removed.")}
	}
	return out, nil
}

func dropInvisible(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

// wholeNumber cuts the decimals that a number column adds: .0, .00 and the same with a comma.
func wholeNumber(s string) string {
	for _, tail := range []string{".0", ".00", ",0", ",00"} {
		if whole, ok := strings.CutSuffix(s, tail); ok && whole != "" && strings.Trim(whole, "0123456789") == "" {
			return whole
		}
	}
	return s
}

// exactScientific returns the digits of a number such as 2.7090001234E+10 that
// holds all of them: as many behind the point as the exponent says.
func exactScientific(s string) (string, bool) {
	if !isScientific(s) {
		return "", false
	}
	i := strings.IndexAny(s, "eE")
	whole, decimals, ok := cutAny(s[:i], ".,")
	exponent := strings.TrimLeft(strings.TrimPrefix(s[i+1:], "+"), "0")
	if !ok || len(whole) != 1 || strings.Trim(decimals, "0123456789") != "" || len(decimals) < 8 || exponent != strconv.Itoa(len(decimals)) {
		return "", false
	}
	return whole + decimals, true
}

// isScientific reports whether s is a number such as 2.7E+10 or 2,7091E11.
func isScientific(s string) bool {
	i := strings.IndexAny(s, "eE")
	if i < 1 || i+1 >= len(s) {
		return false
	}
	mantissa, exponent := s[:i], strings.TrimLeft(s[i+1:], "+-")
	return exponent != "" && strings.Trim(mantissa, "0123456789.,") == "" && strings.Trim(exponent, "0123456789") == ""
}

// isFillerNumber reports whether systems write s where they have no number.
// The one-stop software of several provinces sends 000000001 as a CMND.
func isFillerNumber(s string) bool {
	if strings.Trim(s, s[:min(1, len(s))]) == "" {
		return true // nothing, or one digit repeated
	}
	if tail := strings.TrimLeft(s, "0"); len(tail) == 1 {
		return true
	}
	switch s {
	case "123456789", "012345678", "987654321", "0123456789", "1234567890",
		"123456789012", "012345678912", "012345678910", "012345678901", "123456789123", "001234567890":
		return true
	}
	return false
}

func errFiller() Problem {
	return Problem{
		Code: IdentifierFiller, Level: Warning,
		Detail:   "Số giấy tờ chỉ là giá trị điền cho có; được coi là không có.",
		DetailEN: "The number is a filler and counts as missing.",
	}
}

func errLength(vi, en, expected string) Problem {
	return refusal(IdentifierLength, vi, en, expected)
}

func refusal(code, vi, en, expected string) Problem {
	return Problem{Code: code, Level: Refused, Detail: vi, DetailEN: en, Expected: expected}
}

func doubt(code, vi, en, expected string) Problem {
	return Problem{Code: code, Level: Warning, Detail: vi, DetailEN: en, Expected: expected}
}

func repair(code, vi, en string) Problem {
	return Problem{Code: code, Level: Repaired, Detail: vi, DetailEN: en}
}

func zeroRestored() Problem {
	return repair(IdentifierZero, "Đã thêm lại số 0 ở đầu bị mất.", "The leading zero that got lost was put back.")
}
