package business

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// enterprise reads one item of GetEntCert.
func (run *run) enterprise(m message) {
	var w certificate
	r, ok := run.decode(m, &w)
	if !ok {
		return
	}
	o := &schema.Organisation{
		LegalName:       r.Text("TenTiengViet", w.TenTiengViet),
		ForeignName:     r.Text("TenNuocNgoai", w.TenNuocNgoai),
		ShortName:       r.Text("TenVietTat", w.TenVietTat),
		Certificate:     r.Text("SoGCNDKKD", w.SoGCNDKKD),
		LegalForm:       r.Text("LoaiHinhDN", w.LoaiHinhDN),
		LegalFormCode:   r.Text("MaLoaiHinhDN", w.MaLoaiHinhDN),
		RegisteredOn:    r.Date("NgayDangKyLanDau", w.NgayDangKyLanDau, schema.DateISO),
		ChangedOn:       r.Date("NgayDangKyThayDoi", w.NgayDangKyThayDoi, schema.DateISO),
		ChangeCount:     changes(r, "SoLanDangKyThayDoi", w.SoLanDangKyThayDoi),
		Status:          firstStatus(r, w.TinhTrangPhapLy),
		Representatives: representatives(r, w.DaiDienPhapLuat),
		HeadOffice:      headOffice(r, w.DiaChiTruSo),
		Activities:      activities(r, w.NganhNgheKinhDoanh),
	}
	id := identify(r, o, coded{key: "MaSoDoanhNghiep", raw: w.MaSoDoanhNghiep})
	r.Require("TenTiengViet", o.LegalName)
	run.keep(m, r, id, o)
}

// changes reads the count of changes, which orders the revisions: a guess would
// let an old answer pass for a new one.
func changes(r *field.Reader, key string, raw strict.Text) int64 {
	n, ok := raw.Int()
	switch {
	case strings.TrimSpace(string(raw)) == "":
		r.Refuse(key, "field.required")
	case !ok || n < 0:
		r.Refuse(key, "value.invalid")
	}
	return n
}

// changesOrNone is changes where none may be written for never: without a day of a last change there was no change.
func changesOrNone(r *field.Reader, key string, raw strict.Text, changed schema.Date) int64 {
	if strings.TrimSpace(string(raw)) == "" && changed.IsZero() {
		return 0
	}
	return changes(r, key, raw)
}
