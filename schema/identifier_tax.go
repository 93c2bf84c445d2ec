package schema

import "strings"

// ParseTaxCode reads a tax code, which is also the enterprise code: 10 digits; 13
// digits for a branch, with or without the hyphen, returned as 2399999015-001;
// or since 01/07/2025 the 12-digit personal number of an individual or a
// household business (Circular 86/2024/TT-BTC). A check digit that does not fit
// is a warning: sources with a wrong formula exist. A zero lost by a number
// column is put back only where the check digit or the place then fits.
func ParseTaxCode(s string) (Identifier, []Problem) {
	d, problems := digits(s)
	if d == "" {
		return Identifier{}, problems
	}
	problems = withoutHyphenRepair(problems, s)
	if padded, ok := restoreTaxZero(d); ok {
		d = padded
		problems = append(problems, zeroRestored())
	}
	switch len(d) {
	case 10:
		return Identifier{SchemeTaxCode, d}, checkTaxDigit(problems, d)
	case 13:
		return Identifier{SchemeTaxCode, d[:10] + "-" + d[10:]}, checkTaxDigit(problems, d[:10])
	case 12:
		if !isBirthPlace(d[:3]) {
			problems = append(problems, doubt(IdentifierPlace, "Mã số thuế 12 số không bắt đầu bằng mã tỉnh nơi đăng ký khai sinh.",
				"The 12-digit tax code does not begin with a province of birth registration.", "001–096"))
		}
		return Identifier{SchemeTaxCode, d}, problems
	}
	return Identifier{}, append(problems,
		errLength("Mã số thuế có 10, 12 hoặc 13 chữ số.", "A tax code has 10, 12 or 13 digits.", "10, 12, 10-3"))
}

// withoutHyphenRepair drops the report of removed separators when the only one
// was the hyphen of a branch, which belongs there.
func withoutHyphenRepair(problems []Problem, s string) []Problem {
	if len(s) == 14 && s[10] == '-' && strings.Trim(s[:10]+s[11:], "0123456789") == "" {
		return nil
	}
	return problems
}

// restoreTaxZero returns d with its first zero where the length tells that it
// was lost and the digits confirm it.
func restoreTaxZero(d string) (string, bool) {
	padded := "0" + d
	switch len(d) {
	case 9:
		return padded, taxDigitFits(padded)
	case 11:
		return padded, isBirthPlace(padded[:3])
	case 12:
		return padded, !isBirthPlace(d[:3]) && taxDigitFits(padded[:10])
	}
	return d, false
}

func checkTaxDigit(problems []Problem, ten string) []Problem {
	if taxDigitFits(ten) {
		return problems
	}
	return append(problems, doubt(IdentifierCheckDigit, "Chữ số kiểm tra của mã số thuế không khớp.",
		"The check digit of the tax code does not fit.", ""))
}

// taxDigitFits checks the tenth digit: 10 − (Σ dᵢ·wᵢ mod 11), where 10 itself is no digit.
func taxDigitFits(ten string) bool {
	weights := [9]int{31, 29, 23, 19, 17, 13, 7, 5, 3}
	sum := 0
	for i, w := range weights {
		sum += int(ten[i]-'0') * w
	}
	return 10-sum%11 == int(ten[9]-'0')
}
