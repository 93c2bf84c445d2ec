package land

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

// The days on both sides of the change of code lists.
var (
	lastOldDay, _  = schema.NewDate(2025, 6, 30)
	firstNewDay, _ = schema.NewDate(2025, 7, 1)
)

// place returns the commune of a reception. A district tells that its code is
// of the old list, whatever the date; none, that it is of the new one. An old
// commune stays known beside its successor: sheets are numbered anew in each.
func (a *adapter) place(r *field.Reader, w *reception) schema.Address {
	province, list := r.Code(w.TinhID), firstNewDay
	if strings.Trim(province, "0") == "" {
		province = a.province // a land office works for its own province
	}
	if strings.Trim(r.Code(w.HuyenID), "0") != "" {
		list = lastOldDay
	}
	code := units.ResolveCode(r.Code(w.XaID), province, list)
	r.Found("XaId", code.Problems, schema.Warning)
	return code.Address()
}
