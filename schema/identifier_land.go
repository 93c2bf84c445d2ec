package schema

import (
	"regexp"
	"strings"
	"unicode"
)

// Codes of problems with the numbers of land-use certificates.
const (
	CertificateForm = "certificate.form" // the serial or register number has no known form; it is kept
	CertificateText = "certificate.text" // spelling of the serial or register number brought to the usual one
)

var (
	// Letters and digits as printed on the form: two letters and six digits; since 2025 eight
	// (Circular 10/2024/TT-BTNMT); one letter and six or seven digits on papers of before 2009.
	certificateForm = regexp.MustCompile(`^(?:([A-ZĐ]{2})(\d{6}|\d{8})|([A-ZĐ]{1,2})(\d{6,7}))$`)
	// What issued it (CS district, CH the same before 2014, CT and others) and a running number.
	registerForm = regexp.MustCompile(`^([A-ZĐ]{1,3})(\d{1,6})$`)
)

// ParseCertificateSerial reads the serial (số phát hành) of a land-use
// certificate and returns it as it is printed, "CP 123456" or "AA 01234567",
// whatever spaces, hyphens and case the source writes. A serial of an unknown
// form is kept, upper case, with a warning.
func ParseCertificateSerial(s string) (Identifier, []Problem) {
	value, problems := landNumber(s, "2 chữ cái và 6 hoặc 8 chữ số", func(compact string) string {
		m := certificateForm.FindStringSubmatch(compact)
		if m == nil {
			return ""
		}
		return m[1] + m[3] + " " + m[2] + m[4]
	})
	if value == "" {
		return Identifier{}, problems
	}
	return Identifier{SchemeCertificate, value}, problems
}

// ParseRegisterNumber reads the number under which a certificate is entered in
// the register (số vào sổ), "CS 01234": letters and at least five digits, zeros
// that got lost put back. One of an unknown form is kept with a warning: older
// registers number freely ("00123 QSDĐ/2003").
func ParseRegisterNumber(s string) (string, []Problem) {
	return landNumber(s, "chữ cái và 5 chữ số", func(compact string) string {
		m := registerForm.FindStringSubmatch(compact)
		if m == nil {
			return ""
		}
		return m[1] + " " + strings.Repeat("0", max(0, 5-len(m[2]))) + m[2]
	})
}

// landNumber reads a number in a form that write brings the compact letters and
// digits to, "" where they have another.
func landNumber(s, expected string, write func(compact string) string) (string, []Problem) {
	clean := CleanCode(s)
	if clean == "" {
		return "", nil
	}
	clean = strings.ToUpper(clean)
	compact := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '.' || r == '_' {
			return -1
		}
		return r
	}, clean)
	digitsOnly := strings.Trim(compact, "ABCDEFGHIJKLMNOPQRSTUVWXYZĐ")
	switch {
	case IsFiller(clean), compact == "", digitsOnly != "" && isFillerNumber(digitsOnly) && len(digitsOnly) == len(compact):
		return "", []Problem{doubt(IdentifierFiller, "Số giấy chứng nhận chỉ là giá trị điền cho có; được coi là không có.",
			"The number is a filler and counts as missing.", expected)}
	case len(clean) > 60:
		return "", []Problem{refusal(CertificateForm, "Số giấy chứng nhận không đọc được.", "Not the number of a certificate.", expected)}
	}
	value := write(compact)
	switch value {
	case "":
		return clean, []Problem{doubt(CertificateForm, "Số giấy chứng nhận không theo dạng nào đã biết; được giữ nguyên.",
			"The number has none of the known forms; it is kept.", expected)}
	case s:
		return value, nil
	}
	return value, []Problem{repair(CertificateText, "Đã viết lại số giấy chứng nhận theo dạng thông dụng.", "The number was brought to its usual spelling.")}
}
