package business

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// household reads one item of HHCert.
func (run *run) household(m message) {
	var w householdCertificate
	r, ok := run.decode(m, &w)
	if !ok {
		return
	}
	o := &schema.Organisation{
		LegalName:     r.Text("TenTiengViet", w.TenTiengViet),
		ForeignName:   r.Text("TenNuocNgoai", w.TenNuocNgoai),
		ShortName:     r.Text("TenVietTat", w.TenVietTat),
		LegalForm:     r.Text("LoaiHinhHKD", w.LoaiHinhHKD),
		LegalFormCode: r.Text("MaLoaiHinhHKD", w.MaLoaiHinhHKD),
		RegisteredOn:  founded(r, "NgayDangKyLanDau", w.NgayDangKyLanDau, "FOUNDING_DATE", w.Founded, schema.DateISO),
		ChangedOn:     r.Date("NgayDangKyThayDoi", w.NgayDangKyThayDoi, schema.DateISO),
		Activities:    activities(r, w.NganhNgheKinhDoanh),
		HeadOffice:    householdOffice(r, w.DiaChiTruSo),
	}
	o.ChangeCount = changesOrNone(r, "SoLanDangKyThayDoi", w.SoLanDangKyThayDoi, o.ChangedOn)
	for i := range w.ChuHoKinhDoanh {
		o.Representatives = addPerson(o.Representatives, individualPerson(r.Item("ChuHoKinhDoanh", i), &w.ChuHoKinhDoanh[i]))
	}
	id := identify(r, o, coded{key: "MaSoHKD", raw: w.MaSoHKD, household: true, certificate: w.MaSoDangKyHKD})
	r.Require("TenTiengViet", o.LegalName)
	if len(w.ChuHoKinhDoanh) < 2 {
		ownNumber(r, "MaSoHKD", o)
	}
	run.keep(m, r, id, o)
}

// founded returns the day of the first registration, else that of the founding.
func founded(r *field.Reader, key string, registered strict.Text, foundedKey string, day strict.Text, format schema.DateFormat) schema.Date {
	first, begun := r.Date(key, registered, format), r.Date(foundedKey, day, format)
	if first.IsZero() {
		return begun
	}
	if !begun.IsZero() && !first.Agrees(begun) {
		r.Note(foundedKey, doubt("date.differs", "Ngày thành lập khác ngày đăng ký lần đầu; lấy ngày đăng ký lần đầu.",
			"The day of founding is not that of the first registration; the latter is taken."))
	}
	return first
}

// ownNumber compares the tax code of a household business with its owner: since
// 01/07/2025 a code of 12 digits is the owner's personal number (Circular
// 86/2024/TT-BTC). It stands for the paper where the register has none.
func ownNumber(r *field.Reader, key string, o *schema.Organisation) {
	if o.Type != schema.OrgHouseholdBusiness || len(o.Representatives) != 1 || len(o.Identifiers) == 0 {
		return
	}
	owner := &o.Representatives[0]
	id, _, found := schema.ParsePersonalNumber(o.Identifiers[0].Value)
	if len(o.Identifiers[0].Value) != 12 || id.IsZero() || len(found) > 0 {
		return
	}
	for _, own := range owner.Identifiers {
		if own.Scheme == schema.SchemePersonalNumber {
			if own != id {
				r.Note(key, doubt("household.owner_number", "Mã số thuế của hộ kinh doanh không phải số định danh của chủ hộ; giữ nguyên cả hai.",
					"The tax code of the household business is not the owner's personal number; both are kept."))
			}
			return
		}
	}
	owner.Identifiers = append([]schema.Identifier{id}, owner.Identifiers...)
	r.Note(key, schema.Problem{Code: "household.owner_number", Level: schema.Repaired,
		Detail:   "Đã lấy số định danh của chủ hộ từ mã số thuế của hộ kinh doanh.",
		DetailEN: "The owner's personal number was taken from the tax code of the household business."})
}
