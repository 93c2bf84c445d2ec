package schema

import (
	"strings"
	"unicode"
)

// PersonalNumber is what the digits of a personal number say (Decree
// 137/2015/NĐ-CP, Article 13): where the birth was registered, sex and year of
// birth. It is evidence to compare with, not a source of these facts.
type PersonalNumber struct {
	PlaceCode string // three digits: 0 and the code of one of the 63 provinces until 30/06/2025
	Sex       Sex
	BirthYear int
}

// birthPlaces are the place codes of the 63 provinces. Numbers keep them after the mergers of 2025.
const birthPlaces = "001,002,004,006,008,010,011,012,014,015,017,019,020,022,024,025,026,027,030,031,033,034,035,036," +
	"037,038,040,042,044,045,046,048,049,051,052,054,056,058,060,062,064,066,067,068,070,072,074,075,077,079,080,082," +
	"083,084,086,087,089,091,092,093,094,095,096,"

func isBirthPlace(code string) bool {
	i := strings.Index(birthPlaces, code+",")
	return len(code) == 3 && i >= 0 && i%4 == 0
}

// ParsePersonalNumber reads a 12-digit personal number (số định danh, CCCD).
// Eleven digits are a number column that lost its zero, when the result names a
// province. A filler or an unreadable value gives the zero Identifier and the
// problem; an unknown place is a warning. An empty s gives nothing at all.
func ParsePersonalNumber(s string) (Identifier, PersonalNumber, []Problem) {
	d, problems := digits(s)
	if d == "" {
		return Identifier{}, PersonalNumber{}, problems
	}
	if len(d) == 11 && isBirthPlace("0"+d[:2]) {
		d = "0" + d
		problems = append(problems, zeroRestored())
		if isFillerNumber(d) {
			return Identifier{}, PersonalNumber{}, []Problem{errFiller()}
		}
	}
	if len(d) != 12 {
		return Identifier{}, PersonalNumber{}, append(problems,
			errLength("Số định danh cá nhân phải có 12 chữ số.", "A personal number has 12 digits.", "12 chữ số"))
	}
	n := readPersonalNumber(d)
	if !isBirthPlace(n.PlaceCode) {
		problems = append(problems, doubt(IdentifierPlace, "Ba chữ số đầu không phải mã tỉnh nơi đăng ký khai sinh.",
			"The first three digits are no province of birth registration.", "001–096"))
	}
	if n.BirthYear >= 2100 {
		problems = append(problems, doubt(IdentifierCentury, "Chữ số thế kỷ cho năm sinh từ 2100 trở đi.",
			"The century digit means a birth in or after 2100.", "0–3"))
	}
	return Identifier{SchemePersonalNumber, d}, n, problems
}

// readPersonalNumber takes twelve digits apart: place 3, century and sex 1, year 2, random 6.
func readPersonalNumber(d string) PersonalNumber {
	century := int(d[3] - '0')
	n := PersonalNumber{PlaceCode: d[:3], Sex: Male, BirthYear: 1900 + century/2*100 + atoi(d[4:6])}
	if century%2 == 1 {
		n.Sex = Female
	}
	return n
}

// ParseCMND reads a 9-digit number of the former identity card. Eight digits are
// a number column that lost its zero.
func ParseCMND(s string) (Identifier, []Problem) {
	d, problems := digits(s)
	if d == "" {
		return Identifier{}, problems
	}
	if len(d) == 8 {
		d = "0" + d
		problems = append(problems, zeroRestored())
		if isFillerNumber(d) {
			return Identifier{}, []Problem{errFiller()}
		}
	}
	if len(d) != 9 {
		return Identifier{}, append(problems, errLength("Số CMND phải có 9 chữ số.", "A CMND has 9 digits.", "9 chữ số"))
	}
	return Identifier{SchemeCMND, d}, problems
}

// ParsePassport reads a passport number: letters and digits, 6 to 12 of them. Vietnamese ones are a
// letter and seven or eight digits.
func ParsePassport(s string) (Identifier, []Problem) {
	v := strings.ToUpper(strings.TrimSpace(s))
	if v == "" {
		return Identifier{}, nil
	}
	plain := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '.' {
			return -1
		}
		return r
	}, v)
	if IsFiller(v) || isFillerNumber(plain) {
		return Identifier{}, []Problem{errFiller()}
	}
	if len(plain) < 6 || len(plain) > 12 || strings.Trim(plain, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" ||
		!strings.ContainsAny(plain, "0123456789") {
		return Identifier{}, []Problem{refusal(IdentifierFormat, "Số hộ chiếu gồm chữ cái và chữ số, từ 6 đến 12 ký tự.",
			"A passport number is 6 to 12 letters and digits.", "C1234567")}
	}
	var problems []Problem
	if plain != v {
		problems = append(problems, repair(IdentifierSeparators, "Đã bỏ dấu cách hoặc dấu nối trong số hộ chiếu.",
			"Spaces or separators were removed."))
	}
	return Identifier{SchemePassport, plain}, problems
}
