package schema

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Codes of problems with telephone numbers.
const (
	PhoneInvalid    = "phone.invalid"    // no Vietnamese number; dropped
	PhoneFiller     = "phone.filler"     // 0000000000, 0123456789 and words; dropped
	PhoneSeparators = "phone.separators" // spaces, dots, hyphens, brackets removed
	PhoneCountry    = "phone.country"    // +84, 84 or 0084 replaced by 0
	PhoneZero       = "phone.zero"       // the leading zero that a number column lost put back
	PhoneMigrated   = "phone.migrated"   // prefix of before 15/09/2018, or area code of before 2017, replaced
	PhoneSeveral    = "phone.several"    // several numbers in one field; the first is taken
)

// migratedPrefixes maps prefixes that are out of use to their successors: the 11-digit mobile
// numbers of before 15/09/2018, and the area codes of before 2017 of Bắc Giang, Bắc Ninh, Hà Nam, Nam Định
// and Ninh Bình.
const migratedPrefixes = "0120=070 0121=079 0122=077 0126=076 0128=078 0123=083 0124=084 0125=085 0127=081 0129=082 " +
	"0162=032 0163=033 0164=034 0165=035 0166=036 0167=037 0168=038 0169=039 0186=056 0188=058 0199=059 " +
	"0240=0204 0241=0222 0351=0226 0350=0228 030=0229 "

// ParsePhone returns a Vietnamese telephone number as it is dialled inside the
// country, digits only (0912000001), and what had to be repaired. What is no
// number gives "" and a warning: nobody's dossier fails over a phone number.
func ParsePhone(s string) (string, []Problem) {
	s = strings.TrimFunc(s, unicode.IsSpace)
	if s == "" {
		return "", nil
	}
	if IsFiller(s) {
		return "", []Problem{phoneFiller()}
	}
	var problems []Problem
	first, _, several := cutAny(norm.NFKC.String(s), "/;,")
	number, stray, ok := phoneDigits(first)
	if !ok {
		return "", []Problem{phoneInvalid()}
	}
	if several {
		problems = append(problems, doubt(PhoneSeveral, "Ô điện thoại có nhiều số; chỉ lấy số đầu tiên.",
			"The field holds several numbers; the first is taken.", ""))
	}
	if stray || first != s && !several {
		problems = append(problems, repair(PhoneSeparators, "Đã bỏ ký tự phân cách trong số điện thoại.", "Separators were removed."))
	}
	number, problems = nationalPhone(number, problems)
	switch {
	case isFillerPhone(number):
		return "", []Problem{phoneFiller()}
	case !isPhone(number):
		return "", []Problem{phoneInvalid()}
	}
	return number, problems
}

// phoneDigits drops separators and keeps a leading plus.
func phoneDigits(s string) (digits string, stray, ok bool) {
	var b strings.Builder
	for i, r := range strings.TrimFunc(strings.TrimPrefix(s, "'"), unicode.IsSpace) {
		switch {
		case r >= '0' && r <= '9' || r == '+' && i == 0:
			b.WriteRune(r)
		case unicode.IsSpace(r) || strings.ContainsRune(".-()", r) || unicode.Is(unicode.Cf, r):
			stray = true
		default:
			return "", false, false
		}
	}
	return b.String(), stray || len(s) != b.Len(), true
}

// nationalPhone brings the number to its form inside the country: country code
// off, zero on, prefixes of today.
func nationalPhone(n string, problems []Problem) (string, []Problem) {
	for _, code := range []string{"+84", "0084", "84"} {
		rest, ok := strings.CutPrefix(n, code)
		if !ok || code == "84" && len(rest) < 9 {
			continue
		}
		n = "0" + strings.TrimPrefix(rest, "0")
		problems = append(problems, repair(PhoneCountry, "Đã đổi mã quốc gia 84 thành số 0.", "The country code 84 was replaced by 0."))
		break
	}
	if !strings.HasPrefix(n, "0") && !strings.HasPrefix(n, "+") && (len(n) == 9 || len(n) == 10) {
		n = "0" + n
		problems = append(problems, repair(PhoneZero, "Đã thêm lại số 0 ở đầu bị mất.", "The leading zero that got lost was put back."))
	}
	if now, ok := migratePhone(n); ok {
		n = now
		problems = append(problems, repair(PhoneMigrated, "Đã đổi đầu số cũ sang đầu số mới.", "A prefix out of use was replaced."))
	}
	return n, problems
}

// migratePhone replaces a prefix that is out of use. Mobile ones had 11 digits;
// an area code is old when its place in the numbering plan is used otherwise today.
func migratePhone(n string) (string, bool) {
	if len(n) < 10 || len(n) > 11 {
		return n, false
	}
	for _, size := range []int{4, 3} {
		i := strings.Index(migratedPrefixes, n[:size]+"=")
		if i < 0 || i > 0 && migratedPrefixes[i-1] != ' ' {
			continue
		}
		to, _, _ := strings.Cut(migratedPrefixes[i+size+1:], " ")
		mobile := n[1] == '1'
		if mobile && len(n) != 11 || !mobile && !oldLandline(n) {
			return n, false
		}
		return to + n[size:], true
	}
	return n, false
}

// oldLandline tells the area codes of before 2017 from numbers of today: 030 begins no mobile number,
// no subscriber in Hà Nội (024) begins with 0 or 1, and a mobile 035… has ten digits.
func oldLandline(n string) bool {
	if strings.HasPrefix(n, "030") {
		return len(n) == 10
	}
	return len(n) == 11
}

// isPhone reports whether n is a number of today: mobile 10 digits, landline 02… with 11.
func isPhone(n string) bool {
	switch {
	case len(n) == 10 && n[0] == '0':
		return strings.IndexByte("35789", n[1]) >= 0
	case len(n) == 11:
		return strings.HasPrefix(n, "02")
	}
	return false
}

func isFillerPhone(n string) bool {
	if n == "" || strings.Trim(n, n[:1]) == "" {
		return true
	}
	tail := n[1:]
	return strings.Trim(tail, tail[:min(1, len(tail))]) == "" || n == "0123456789" || n == "0987654321"
}

func cutAny(s, seps string) (before, after string, found bool) {
	if i := strings.IndexAny(s, seps); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

func phoneInvalid() Problem {
	return doubt(PhoneInvalid, "Số điện thoại không hợp lệ; đã bỏ qua.", "Not a Vietnamese telephone number; dropped.", "0912345678")
}

func phoneFiller() Problem {
	return doubt(PhoneFiller, "Số điện thoại chỉ là giá trị điền cho có; đã bỏ qua.", "A filler, not a telephone number; dropped.", "")
}
