package schema

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
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

// Check compares what the digits say with the sex and the birth that a source
// declares beside the number; empty ones are not compared. Differences are
// warnings: a clerk mistypes either side, and a changed sex keeps its number
// until the new one is issued.
func (n PersonalNumber) Check(sex Sex, birth Date) []Problem {
	var found []Problem
	if n == (PersonalNumber{}) {
		return nil
	}
	if (sex == Male || sex == Female) && sex != n.Sex {
		found = append(found, doubt(IdentifierSex, "Giới tính trong số định danh khác giới tính khai báo.",
			"The number speaks of another sex than the one declared.", ""))
	}
	if !birth.IsZero() && birth.Year() != n.BirthYear {
		found = append(found, doubt(IdentifierBirthYear, "Năm sinh trong số định danh khác ngày sinh khai báo.",
			"The number speaks of another year of birth than the one declared.", ""))
	}
	return found
}

// ParsePersonalNumber reads a 12-digit personal number (số định danh, CCCD).
// Eleven digits are a number column that lost its zero, when the result names a
// province; ten may have lost two (001 Hà Nội to 008 Tuyên Quang), which is a
// candidate with a warning, since a tax code or a telephone number has ten
// digits too. A filler or an unreadable value gives the zero Identifier and the
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
	if lostTwoZeros(d) {
		d = "00" + d
		problems = append(problems, doubt(IdentifierZeros, "Có thể đã mất hai số 0 ở đầu; cần xác nhận số định danh.",
			"Two leading zeros seem to be lost; the number is to be confirmed.", "12 chữ số"))
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

// lostTwoZeros reports whether ten digits read as a personal number with 00
// before them, of somebody born in the 20th or 21st century, and as nothing else.
func lostTwoZeros(d string) bool {
	return len(d) == 10 && isBirthPlace("00"+d[:1]) && d[1] <= '3' && !taxDigitFits(d)
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

// ParseCMND reads the number of a former identity card: 9 digits, or the 12 of
// the cards of 2012 to 2015, which is the holder's personal number and comes back
// as such. Eight digits are a number column that lost its zero.
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
	if len(d) == 12 {
		id, _, found := ParsePersonalNumber(s)
		return id, found
	}
	if len(d) != 9 {
		return Identifier{}, append(problems, errLength("Số CMND phải có 9 hoặc 12 chữ số.", "A CMND has 9 digits, or 12.", "9 hoặc 12 chữ số"))
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
	plain := v
	if !isASCII(v) { // full-width and invisible characters
		plain = strings.ToUpper(strings.Map(dropInvisible, norm.NFKC.String(v)))
	}
	plain = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '.' {
			return -1
		}
		return r
	}, plain)
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
