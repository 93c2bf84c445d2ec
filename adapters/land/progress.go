package land

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// transfer: whatever the land system's own state is called, the dossier is being worked on.
func (run *run) transfer(m message) {
	var w transfer
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	s := &schema.DossierStep{
		Dossier: r.Dossier("SoBienNhan", w.SoBienNhan),
		At:      instant(r, "NgayChuyen", w.NgayChuyen),
		Status:  schema.InProgress,
		Officer: r.Text("MaCanBoChuyen", w.MaCanBoChuyen),
		Text:    r.Text("NoiDungXuLy", w.NoiDungXuLy),
	}
	if s.Officer == "" {
		s.Officer = r.Text("MaCanBoNhan", w.MaCanBoNhan)
	}
	run.timed(m, r, s, "NgayChuyen", unknown)
}

func (run *run) supplementAsked(m message) {
	var w supplementAsked
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	run.timed(m, r, &schema.DossierStep{
		Dossier: r.Dossier("SoBienNhan", w.SoBienNhan),
		At:      instant(r, "NgayChoBoSung", w.NgayChoBoSung),
		Status:  schema.SupplementRequired,
		Officer: r.Text("MaCanBoXuLy", w.MaCanBoXuLy),
		Text:    r.Text("GhiChu", w.GhiChu),
	}, "NgayChoBoSung", unknown)
}

// supplementGiven: the dossier goes on, with a new appointment.
func (run *run) supplementGiven(m message) {
	var w supplementGiven
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	run.timed(m, r, &schema.DossierStep{
		Dossier:  r.Dossier("SoBienNhan", w.SoBienNhan),
		At:       instant(r, "NgayNhanBoSung", w.NgayNhanBoSung),
		Status:   schema.InProgress,
		Officer:  r.Text("MaCanBoXuLy", w.MaCanBoXuLy),
		Text:     r.Text("GhiChu", w.GhiChu),
		NewDueAt: optionalInstant(r, "NgayHenTraMoi", w.NgayHenTraMoi),
	}, "NgayNhanBoSung", unknown)
}

// returned is told by the one-stop system, which hands results over and reports
// that itself: from here it is a remark, never a step 10.
func (run *run) returned(m message) {
	var w returned
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	n := &schema.DossierNote{
		Dossier: r.Dossier("SoBienNhan", w.SoBienNhan),
		Topic:   "returned",
		At:      instant(r, "NgayTra", w.NgayTra),
		Text:    "Đã trả kết quả",
	}
	r.Require("NgayTra", n.At.String())
	run.told(m, r, n, unknown)
}

// closing ends the processing. The result is handed over by others.
func (run *run) closing(m message) {
	var w closing
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	run.timed(m, r, &schema.DossierStep{
		Dossier: r.Dossier("SoBienNhan", w.SoBienNhan),
		At:      instant(r, "NgayKetThuc", w.NgayKetThuc),
		Status:  outcome(r, w.TrangThaiKetThuc),
		Officer: r.Text("MaCanBoXuLy", w.MaCanBoXuLy), // the land system sends the account, no name
		Text:    r.Text("GhiChu", w.GhiChu),
		Results: papers(r, w.DanhSachGiayToKetQua),
	}, "NgayKetThuc", unknown)
}

// timed takes a step whose time stands at timeKey.
func (run *run) timed(m message, r *field.Reader, s *schema.DossierStep, timeKey string, unknown []string) {
	r.Require("SoBienNhan", s.Dossier)
	r.Require(timeKey, s.At.String())
	r.Unknown(unknown)
	run.step(m, r, s)
}

// outcome maps TrangThaiKetThuc: 0 has a result. Any other number says that the
// dossier went back without one; whether it was refused or stopped is not said,
// and stopped is the weaker claim.
func outcome(r *field.Reader, raw strict.Text) schema.Status {
	n, ok := raw.Int()
	switch {
	case r.Code(raw) == "":
		r.Refuse("TrangThaiKetThuc", "field.required")
		return ""
	case !ok:
		r.Note("TrangThaiKetThuc", schema.Problem{Code: "status.unmapped", Level: schema.Refused, Expected: "0, 1, …",
			Detail: "Trạng thái kết thúc không phải là số.", DetailEN: "The outcome is no number."})
		return ""
	case n == 0:
		return schema.Completed
	}
	r.Note("TrangThaiKetThuc", doubt("status.inferred", "Kết thúc không có kết quả được hiểu là dừng xử lý.",
		"An end without a result is taken as stopped."))
	return schema.Stopped
}

func doubt(code, vi, en string) schema.Problem {
	return schema.Problem{Code: code, Level: schema.Warning, Detail: vi, DetailEN: en}
}
