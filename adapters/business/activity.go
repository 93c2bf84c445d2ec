package business

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

func activities(r *field.Reader, list strict.List[activity]) []schema.Activity {
	var out []schema.Activity
	for i := range list {
		out = addActivity(out, r.Item("NganhNgheKinhDoanh", i), &list[i])
	}
	return out
}

// addActivity appends a line of business; one without a code is left out.
func addActivity(to []schema.Activity, at *field.Reader, w *activity) []schema.Activity {
	act := schema.Activity{
		Code: industryCode(at, "MaNganh", w.MaNganh),
		Name: at.Text("TenNganh", w.TenNganh),
		Main: at.Flag("LaNganhChinh", w.LaNganhChinh),
	}
	if act.Code == "" {
		at.Warn("MaNganh", "field.required")
		return to
	}
	return append(to, act)
}

// industryCode reads a class of VSIC. Registration goes by classes of four
// digits, so three are one whose zero a number column lost, if there is such a class.
func industryCode(at *field.Reader, key string, raw strict.Text) string {
	code := at.Text(key, raw)
	if len(code) != 3 || strings.Trim(code, "0123456789") != "" {
		return code
	}
	if _, ok := catalogue.IndustryByCode("0" + code); !ok {
		return code
	}
	at.Note(key, schema.Problem{Code: "industry.zero", Level: schema.Repaired,
		Detail: "Đã thêm lại số 0 ở đầu mã ngành.", DetailEN: "The leading zero of the line of business was put back."})
	return "0" + code
}
