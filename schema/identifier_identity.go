package schema

import (
	"strings"
	"unicode"
)

// PaperType is the kind of identity paper that a source declares. It is a hint:
// clerks choose it from a list whose first entry is often left standing.
type PaperType string

// Kinds of identity papers. The empty one means that the source does not say.
const (
	PaperPersonalNumber PaperType = "pin"      // CCCD, thẻ căn cước, số định danh
	PaperCMND           PaperType = "cmnd"     //
	PaperPassport       PaperType = "passport" //
	PaperOther          PaperType = "other"    // residence card, military papers, …
)

// RegistryPaper returns what the civil registry means by its loaiGiayTo, "0" to "8".
func RegistryPaper(code string) PaperType {
	switch strings.TrimSpace(code) {
	case "1":
		return PaperCMND
	case "2":
		return PaperPassport
	case "4":
		return PaperPersonalNumber
	case "3", "5", "6", "7", "8":
		return PaperOther
	}
	return ""
}

// PortalPaper returns what the gen-1 portal contract means by LoaiDinhDanh, "1" or "2".
func PortalPaper(code string) PaperType {
	switch strings.TrimSpace(code) {
	case "1":
		return PaperPersonalNumber
	case "2":
		return PaperCMND
	}
	return ""
}

// ParseIdentity reads a field that may hold any identity number. The number
// decides before the declared type: 12 digits are a personal number, 9 a CMND,
// 11 and 8 the same without their first zero, a letter with digits a passport.
// A type that contradicts the number is a warning. Numbers of PaperOther that
// are neither come back under [SchemeOther].
func ParseIdentity(declared PaperType, s string) (Identifier, []Problem) {
	if declared == PaperPassport && strings.IndexFunc(s, unicode.IsLetter) >= 0 && !isScientific(strings.TrimSpace(s)) {
		return ParsePassport(s)
	}
	d, problems := digits(s)
	switch {
	case d == "" && len(problems) > 0 && problems[0].Code == IdentifierFormat && looksLikePassport(s):
		id, found := ParsePassport(s)
		return id, mismatch(found, declared, PaperPassport)
	case d == "" && len(problems) > 0 && problems[0].Code == IdentifierFormat && declared == PaperOther:
		return otherPaper(s)
	case d == "":
		return Identifier{}, problems
	case declared == PaperOther && len(d) != 12 && len(d) != 9, declared == PaperPassport && len(d) != 12 && len(d) != 9:
		return otherPaper(s)
	case len(d) == 9 || len(d) == 8:
		id, found := ParseCMND(s)
		return id, mismatch(found, declared, PaperCMND)
	}
	id, _, found := ParsePersonalNumber(s)
	if id.IsZero() {
		return id, found
	}
	return id, mismatch(found, declared, PaperPersonalNumber)
}

func looksLikePassport(s string) bool {
	s = strings.TrimSpace(s)
	if len(s) < 7 || len(s) > 9 {
		return false
	}
	letter := s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z'
	return letter && strings.Trim(s[1:], "0123456789") == ""
}

// otherPaper keeps the number of a paper without known rules, upper case, without spaces.
func otherPaper(s string) (Identifier, []Problem) {
	v := CleanCode(s)
	v = NFC(strings.ToUpper(strings.ReplaceAll(v, " ", "")))
	if v == "" || IsFiller(v) || len(v) > 40 {
		return Identifier{}, []Problem{refusal(IdentifierFormat, "Số giấy tờ không đọc được.", "The number of the paper is not readable.", "")}
	}
	return Identifier{SchemeOther, v}, nil
}

// mismatch adds a warning when the declared type of paper does not fit what the number is.
func mismatch(problems []Problem, declared, is PaperType) []Problem {
	if declared == "" || declared == is || declared == PaperOther {
		return problems
	}
	return append(problems, doubt(IdentifierType, "Loại giấy tờ khai báo không khớp với số giấy tờ.",
		"The declared type of paper does not fit the number.", string(is)))
}
