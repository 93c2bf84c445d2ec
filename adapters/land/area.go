package land

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

var (
	plainArea  = regexp.MustCompile(`^\d{1,9}(?:\.\d{1,4})?$`)
	commaArea  = regexp.MustCompile(`^(?:\d{1,9}|\d{1,3}(?:\.\d{3})+),\d{1,4}$`)
	threeAfter = regexp.MustCompile(`^\d{1,3}\.\d{3}$`)
)

// area reads square metres from a text. Systems write a decimal point, sheets a
// decimal comma with points between thousands. 1.250 can be either and is left
// out: an area decides nothing, a wrong one misleads.
func area(r *field.Reader, key string, raw strict.Text) float64 {
	s := strings.TrimSpace(string(raw))
	for _, unit := range []string{"m2", "m²"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, unit))
	}
	switch {
	case s == "":
		return 0
	case threeAfter.MatchString(s) && !strings.HasPrefix(s, "0."):
		r.Note(key, doubt("number.ambiguous", "Không rõ dấu chấm là phân cách hàng nghìn hay thập phân; đã bỏ qua.",
			"The point may separate thousands or decimals; passed over."))
		return 0
	case commaArea.MatchString(s):
		r.Note(key, schema.Problem{Code: "number.separators", Level: schema.Repaired,
			Detail: "Đã đổi dấu phẩy thập phân.", DetailEN: "The decimal comma was replaced."})
		s = strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1)
	case !plainArea.MatchString(s):
		r.Note(key, doubt("number.invalid", "Không phải số; đã bỏ qua.", "Not a number; passed over."))
		return 0
	}
	m2, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return m2
}
