package business

import (
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// row reads a flat row: an enterprise, or a household business where it has a
// code of one. Sheets write dates in any order.
func (run *run) row(m message) {
	var w row
	r, ok := run.decode(m, &w)
	if !ok {
		return
	}
	o := &schema.Organisation{
		LegalName:     r.Text("TenTiengViet", w.TenTiengViet),
		ForeignName:   r.Text("TenNuocNgoai", w.TenNuocNgoai),
		ShortName:     r.Text("TenVietTat", w.TenVietTat),
		LegalForm:     r.Text("LoaiHinhDN", w.LoaiHinhDN),
		LegalFormCode: r.Text("MaLoaiHinhDN", w.MaLoaiHinhDN),
		Certificate:   r.Text("SoGCNDKKD", w.SoGCNDKKD),
		RegisteredOn:  founded(r, "NgayDangKyLanDau", w.NgayDangKyLanDau, "FOUNDING_DATE", w.Founded, schema.DateAny),
		ChangedOn:     r.Date("NgayDangKyThayDoi", w.NgayDangKyThayDoi, schema.DateAny),
		Status:        statusOf(r, &w.legalStatus, schema.DateAny),
		HeadOffice:    placeWithLine(r, &w.location, w.DiaChiDayDu),
		CapitalVND:    capital(r, "VonDieuLe", w.VonDieuLe),
		Phone:         r.Phone("DienThoai", w.DienThoai),
		Email:         email(r, "Email", w.Email),
		Website:       r.Text("Website", w.Website),
	}
	if strings.TrimSpace(string(w.SoLanDangKyThayDoi)) != "" {
		o.ChangeCount = changes(r, "SoLanDangKyThayDoi", w.SoLanDangKyThayDoi)
	}
	o.Representatives = addPerson(nil, individualPerson(r, &w.individual))
	if w.MaNganh != "" || w.TenNganh != "" {
		o.Activities = addActivity(nil, r, &w.activity)
	}
	c := coded{key: "MaSoDoanhNghiep", raw: w.MaSoDoanhNghiep}
	if strings.TrimSpace(string(w.MaSoHKD)) != "" {
		c = coded{key: "MaSoHKD", raw: w.MaSoHKD, household: true, certificate: w.MaSoDangKyHKD}
		o.LegalForm, o.LegalFormCode = r.Text("LoaiHinhHKD", w.LoaiHinhHKD), r.Text("MaLoaiHinhHKD", w.MaLoaiHinhHKD)
	}
	id := identify(r, o, c)
	r.Require("TenTiengViet", o.LegalName)
	ownNumber(r, c.key, o)
	run.keep(m, r, "row/"+id, o)
}
