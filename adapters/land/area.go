package land

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// maxArea bounds an area in square metres; no commune is larger.
const maxArea = 1e10

// area reads square metres from a text. Systems write a decimal point, sheets a
// decimal comma with points between thousands. 1.250 can be either and is left
// out: an area decides nothing, a wrong one misleads.
func area(r *field.Reader, key string, raw strict.Text) float64 {
	s := strings.TrimSpace(string(raw))
	for _, unit := range [...]string{"m2", "m²"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, unit))
	}
	if s == "" {
		return 0
	}
	whole, fraction, decimals := strings.Cut(s, ",")
	switch {
	case decimals && grouped(whole) && isDigits(fraction, 1, 4):
		r.Note(key, schema.Problem{Code: "number.separators", Level: schema.Repaired,
			Detail: "Đã đổi dấu phẩy thập phân.", DetailEN: "The decimal comma was replaced."})
		s = strings.ReplaceAll(whole, ".", "") + "." + fraction
	case decimals || !plain(s):
		r.Note(key, doubt("number.invalid", "Không phải số; đã bỏ qua.", "Not a number; passed over."))
		return 0
	case ambiguous(s):
		r.Note(key, doubt("number.ambiguous", "Không rõ dấu chấm là phân cách hàng nghìn hay thập phân; đã bỏ qua.",
			"The point may separate thousands or decimals; passed over."))
		return 0
	}
	m2, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return m2
}

// areaValue is area for a value that may be a number of JSON, whose point is the decimal one.
func areaValue(r *field.Reader, key string, raw jsontext.Value) float64 {
	text, isText := textOf(raw)
	if isText {
		return area(r, key, text)
	}
	m2, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || m2 < 0 || m2 > maxArea {
		r.Note(key, doubt("number.invalid", "Không phải số; đã bỏ qua.", "Not a number; passed over."))
		return 0
	}
	return m2
}

// textOf returns the content of a JSON string, "" for null and for what is missing.
func textOf(raw jsontext.Value) (strict.Text, bool) {
	switch {
	case len(raw) == 0 || raw[0] == 'n':
		return "", true
	case raw[0] != '"':
		return "", false
	}
	if text := raw[1 : len(raw)-1]; strings.IndexByte(string(text), '\\') < 0 {
		return strict.Text(text), true
	}
	text, _ := jsontext.AppendUnquote(nil, raw)
	return strict.Text(text), true
}

// plain reports whether s is digits, with a decimal point or without.
func plain(s string) bool {
	whole, fraction, point := strings.Cut(s, ".")
	return isDigits(whole, 1, 9) && (!point || isDigits(fraction, 1, 15))
}

// ambiguous reports whether the point of a plain number may separate thousands: 1.250, but not 0.250 or 1250.500.
func ambiguous(s string) bool {
	whole, fraction, _ := strings.Cut(s, ".")
	return len(fraction) == 3 && len(whole) <= 3 && whole[0] != '0'
}

// grouped reports whether s is digits, in groups of three after points or without points.
func grouped(s string) bool {
	if isDigits(s, 1, 9) {
		return true
	}
	first, rest, more := strings.Cut(s, ".")
	if !more || !isDigits(first, 1, 3) {
		return false
	}
	for more {
		var group string
		if group, rest, more = strings.Cut(rest, "."); !isDigits(group, 3, 3) {
			return false
		}
	}
	return len(s) <= 16
}

// isDigits reports whether s is between least and most decimal digits.
func isDigits(s string, least, most int) bool {
	if len(s) < least || len(s) > most {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// plotNumber returns the number of a parcel or map sheet. Zeros in front and the
// .0 that spreadsheets add to a number mean nothing: parcels meet by it.
func plotNumber(r *field.Reader, key string, raw strict.Text) string {
	s := r.Text(key, raw)
	if digits, point := strings.CutSuffix(s, ".0"); point && isDigits(digits, 1, 9) {
		s = digits
		r.Note(key, plainNumber())
	}
	if len(s) > 1 && s[0] == '0' && isDigits(s, 1, 9) {
		s = strings.TrimLeft(s[:len(s)-1], "0") + s[len(s)-1:]
		r.Note(key, plainNumber())
	}
	return s
}

func plainNumber() schema.Problem {
	return schema.Problem{Code: "number.plain", Level: schema.Repaired,
		Detail: "Đã bỏ số 0 thừa của số tờ, số thửa.", DetailEN: "Superfluous zeros of a sheet or parcel number were removed."}
}
