package onestop

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// step translates one item of CapNhatTienDoHoSoMC.
func (a *adapter) step(item strict.Part, h *field.Harvest) {
	var w stepWire
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	keepStep(r, stepOf(r, &w, schema.TimeCompact), "ThoiDiemXuLy", unknown, item, h)
}

// stepOf reads the keys that the steps of both portals share, times in the given format.
func stepOf(r *field.Reader, w *stepWire, format schema.TimeFormat) *schema.DossierStep {
	s := &schema.DossierStep{
		Dossier:   r.Dossier("MaHoSo", w.MaHoSo),
		At:        instant(r, "ThoiDiemXuLy", w.ThoiDiemXuLy, format),
		Status:    status(r, "TrangThai", w.TrangThai),
		Officer:   r.Name("NguoiXuLy", w.NguoiXuLy),
		Position:  r.Text("ChucDanh", w.ChucDanh),
		Unit:      r.Text("PhongBanXuLy", w.PhongBanXuLy),
		Text:      r.Text("NoiDungXuLy", w.NoiDungXuLy),
		StartedAt: optional(r, "NgayBatDau", w.NgayBatDau, format),
		DueAt:     optional(r, "NgayKetThucTheoQuyDinh", w.NgayKetThucTheoQuyDinh, format),
	}
	r.Require("MaHoSo", s.Dossier)
	return s
}

// keepStep takes a step; timeKey is where its source writes the time that it cannot do without.
func keepStep(r *field.Reader, s *schema.DossierStep, timeKey string, unknown []string, item strict.Part, h *field.Harvest) {
	if s.At.IsZero() {
		r.Require(timeKey, "")
	}
	r.Unknown(unknown)
	h.Take(schema.Record{Kind: schema.KindDossierStep, ID: s.ID(), EventTime: s.At, Body: s, Raw: item.Data}, r)
}

// report translates DongBoTrangThaiHoSo, the unit's word on a dossier that was
// handed in on the portal. The unit's number leads, since its other records have
// it; the portal's stands beside it.
func (a *adapter) report(item strict.Part, h *field.Harvest) {
	var w reportWire
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	s := &schema.DossierStep{
		Dossier:      r.Dossier("MaHoSoDonVi", w.MaHoSoDonVi),
		OtherNumbers: otherNumbers(r, "MaHoSo", w.MaHoSo),
		At:           instant(r, "NgayXuLy", w.NgayXuLy, schema.TimeCompact),
		Text:         r.Text("NoiDung", w.NoiDung),
	}
	if r.Code(w.TrangThai) == "11" { // the portal's promotion service alone has this number
		r.Note("TrangThai", note(statusPromotion, schema.Repaired))
		s.Status = schema.Rejected
	} else {
		s.Status = status(r, "TrangThai", w.TrangThai)
	}
	if s.Dossier == "" && len(s.OtherNumbers) > 0 {
		s.Dossier, s.OtherNumbers = s.OtherNumbers[0], nil
	}
	r.Require("MaHoSoDonVi", s.Dossier)
	s.Results = stepResults(r, s.Status, papers(r, "TaiLieuXuLy", w.TaiLieuXuLy))
	keepStep(r, s, "NgayXuLy", unknown, item, h)
}

// stepResults takes the files of a step for results where the step is the end of processing.
func stepResults(r *field.Reader, s schema.Status, papers []schema.Paper) []schema.ResultPaper {
	if s != schema.Completed && s != schema.Returned {
		if len(papers) > 0 {
			r.Note("TaiLieuXuLy", note(paperNotResult, schema.Warning))
		}
		return nil
	}
	if len(papers) > 0 {
		r.Note("TaiLieuXuLy", note(scoreCode, schema.Warning)) // the message has no place for one
	}
	var out []schema.ResultPaper
	for _, p := range papers {
		out = append(out, schema.ResultPaper{ID: p.ID, Name: p.Name, Component: p.Component, URL: p.URL})
	}
	return out
}
