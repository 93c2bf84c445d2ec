package civil

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/schema"
)

func (w *marriage) fill(a *adapter, r *field.Reader, e *schema.CivilEvent, asOf schema.Date) {
	e.HappenedOn = r.Date("ngayXacLapQuanHeHonNhan", w.NgayXacLap, schema.DateAny)
	couple(a, r, e, &w.husband, &w.wife, asOf)
	a.ask(r, e, &w.requester, asOf)
	margin(r, e, "Hủy kết hôn", "huyKetHonNgayGhiChu", w.HuyNgayGhiChu, "huyKetHonCanCu", w.HuyCanCu)
	margin(r, e, "Công nhận kết hôn", "congNhanKetHonNgayGhiChu", w.CongNhanNgayGhiChu, "congNhanKetHonCanCu", w.CongNhanCanCu)
}

// couple reads husband and wife, and which marriage it is for each.
func couple(a *adapter, r *field.Reader, e *schema.CivilEvent, h *husband, w *wife, asOf schema.Date) {
	e.Subject = *a.person(r, (*person)(h).as("chong", schema.Male, asOf))
	e.Spouse = a.anyone(r, (*person)(w).as("vo", schema.Female, asOf))
	n := schema.UnionCounts{Husband: count(r, "chongSoLanKH", h.SoLanKH), Wife: count(r, "voSoLanKH", w.SoLanKH)}
	if n != (schema.UnionCounts{}) {
		e.Unions = &n
	}
}

func (w *recognition) fill(a *adapter, r *field.Reader, e *schema.CivilEvent, asOf schema.Date) {
	e.Subject = *a.person(r, (*person)(&w.recognised).as("nc", "", asOf))
	e.Parentage = a.code(r, "loaiXacNhan", w.LoaiXacNhan)
	var sex schema.Sex
	switch e.Parentage {
	case "1", "3":
		sex = schema.Male // the father recognises, or is recognised
	case "2", "4":
		sex = schema.Female
	}
	e.Parent = a.anyone(r, (*person)(&w.parent).as("cm", sex, asOf))
	a.ask(r, e, &w.requester, asOf)
	if e.Relation == "" {
		e.Relation = r.Text("nycQHNguoiDuocNhan", w.NycQHNguoiDuocNhan)
	}
	if e.Relation == "" {
		e.Relation = r.Text("nycQHNguoiNhan", w.NycQHNguoiNhan)
	}
}

func (w *guardianship) fill(a *adapter, r *field.Reader, e *schema.CivilEvent, asOf schema.Date) {
	e.Subject = *a.person(r, (*person)(&w.ward).as("ndgh", "", asOf))
	e.Guardian = a.anyone(r, (*person)(&w.guardian).as("ngh", "", asOf))
	a.ask(r, e, &w.requester, asOf)
	if e.Type == schema.GuardianshipEnd {
		e.HappenedOn = r.Date("ngayChamDut", w.NgayChamDut, schema.DateAny)
		e.Reason = r.Text("lyDoChamDut", w.LyDoChamDut)
	} else {
		e.HappenedOn = r.Date("ngayHieuLuc", w.NgayHieuLuc, schema.DateAny)
	}
	if e.Reason == "" {
		e.Reason = r.Text("lyDo", w.LyDo)
	}
}

func (w *correction) fill(a *adapter, r *field.Reader, e *schema.CivilEvent, asOf schema.Date) {
	a.ask(r, e, &w.requester, asOf)
	switch {
	case w.changed.HoTen != "":
		e.Subject = *a.person(r, (*person)(&w.changed).as("ntd", "", asOf))
	case w.child.HoTen != "":
		e.Subject = *a.person(r, (*person)(&w.child).as("nks", "", asOf))
	case e.Requester != nil && forThemselves(e.Relation):
		e.Subject = *e.Requester // who asks for a change of the own entry
	}
	c := schema.EntryChange{
		Field:  a.text(r, "loaiThayDoi", w.LoaiThayDoi),
		Before: r.Text("noiDungTruoc", w.NoiDungTruoc),
		After:  r.Text("noiDungSau", w.NoiDungSau),
		Ground: r.Text("canCu", w.CanCu),
	}
	if c != (schema.EntryChange{}) {
		e.Changes = []schema.EntryChange{c}
	}
}

// forThemselves reports whether a requester's relation says that it is the
// subject's own request, as books do that leave it empty too.
func forThemselves(relation string) bool {
	switch schema.Fold(strings.TrimSpace(relation)) {
	case "", "ban than", "chinh minh", "duong su":
		return true
	}
	return false
}

func (w *maritalStatus) fill(a *adapter, r *field.Reader, e *schema.CivilEvent, asOf schema.Date) {
	e.Subject = *a.person(r, (*person)(&w.certified).as("nxn", "", asOf))
	a.ask(r, e, &w.requester, asOf)
	m := schema.MaritalPeriod{
		Status:      e.Subject.MaritalStatus,
		Place:       a.text(r, "nxnThoiGianCuTruTai", w.NxnThoiGianCuTruTai),
		From:        r.Date("nxnThoiGianCuTruTu", w.NxnThoiGianCuTruTu, schema.DateAny),
		Until:       r.Date("nxnThoiGianCuTruDen", w.NxnThoiGianCuTruDen, schema.DateAny),
		PurposeType: a.code(r, "nxnLoaiMucDichSuDung", w.NxnLoaiMucDichSuDung),
		Purpose:     r.Text("nxnMucDichSuDung", w.NxnMucDichSuDung),
	}
	if m != (schema.MaritalPeriod{}) {
		e.Marital = &m
	}
}

func (w *foreignNote) fill(a *adapter, r *field.Reader, e *schema.CivilEvent, asOf schema.Date) {
	switch {
	case w.child.HoTen != "":
		e.Subject = *a.person(r, (*person)(&w.child).as("nks", "", asOf))
		e.HappenedOn, e.Origin = e.Subject.Birth, e.Subject.Origin
		e.Place = a.place(r, "nksNoiSinh", w.NksNoiSinh, asOf)
	case w.deceased.HoTen != "":
		e.Subject = *a.person(r, (*person)(&w.deceased).as("nkt", "", asOf))
		e.HappenedOn = r.Date("nktNgayChet", w.NktNgayChet, schema.DateAny)
		e.Subject.DiedOn = e.HappenedOn
		e.Place = a.place(r, "nktNoiChet", w.NktNoiChet, asOf)
		e.Cause = r.Text("nktNguyenNhanChet", w.NktNguyenNhanChet)
	default:
		e.HappenedOn = r.Date("ngayXacLapQuanHeHonNhan", w.NgayXacLap, schema.DateAny)
		couple(a, r, e, &w.husband, &w.wife, asOf)
	}
	a.ask(r, e, &w.requester, asOf)
	if e.Foreign == nil {
		e.Foreign = new(schema.ForeignEntry)
	}
	e.Foreign.Event = a.text(r, "loaiSuKien", w.LoaiSuKien)
}
