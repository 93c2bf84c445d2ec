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
	s := &schema.DossierStep{
		Dossier:   r.Dossier("MaHoSo", w.MaHoSo),
		At:        r.Time("ThoiDiemXuLy", w.ThoiDiemXuLy, schema.TimeCompact),
		Status:    status(r, "TrangThai", w.TrangThai),
		Officer:   r.Name("NguoiXuLy", w.NguoiXuLy),
		Position:  r.Text("ChucDanh", w.ChucDanh),
		Unit:      r.Text("PhongBanXuLy", w.PhongBanXuLy),
		Text:      r.Text("NoiDungXuLy", w.NoiDungXuLy),
		StartedAt: r.OptionalTime("NgayBatDau", w.NgayBatDau, schema.TimeCompact),
		DueAt:     r.OptionalTime("NgayKetThucTheoQuyDinh", w.NgayKetThucTheoQuyDinh, schema.TimeCompact),
	}
	r.Require("MaHoSo", s.Dossier)
	if s.At.IsZero() {
		r.Require("ThoiDiemXuLy", "")
	}
	r.Unknown(unknown)
	h.Take(schema.Record{Kind: schema.KindDossierStep, ID: s.ID(), EventTime: s.At, Body: s, Raw: item.Data}, r)
}
