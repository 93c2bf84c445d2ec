package land

import (
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// layer takes a feature of a parcel layer.
func (run *run) layer(m message) {
	var w layerRow
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	r.Unknown(unknown)
	place := run.undatedPlace(r, "MaXa", w.MaXa, w.DiaChi)
	l := &schema.LandParcel{
		Commune:    place.Commune,
		OldCommune: place.OldCommune,
		Sheet:      plotNumber(r, "SoHieuToBanDo", w.SoHieuToBanDo),
		Number:     plotNumber(r, "SoThuTuThua", w.SoThuTuThua),
		AreaM2:     areaValue(r, "DienTich", w.DienTich),
		Address:    place,
		Uses:       combinedUses(r, "KyHieuMucDichSuDung", w.KyHieuMucDichSuDung, "", ""),
		Owners:     namedOwners(r, "TenChu", w.TenChu, "", ""),
	}
	l.Address.Text = r.Text("DiaChi", w.DiaChi)
	r.Require("SoHieuToBanDo", l.Sheet)
	r.Require("SoThuTuThua", l.Number)
	id := plotID(l)
	if object := r.Code(w.ObjectID); strings.Trim(object, "0") != "" {
		id = "layer/" + object // unlike sheet and number never twice in a layer
	}
	run.parcel(id, schema.Time{}, m, r, l, r)
}
