package onestop

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// ministryStep translates one item of CapNhatTienTrinh.
func (a *adapter) ministryStep(item strict.Part, h *field.Harvest) {
	var w ministryStepWire
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	s := stepOf(r, &w.stepWire, schema.TimeISO)
	s.OtherNumbers = portalKey(r, "IDHoSo", w.text())
	keepStep(r, s, "ThoiDiemXuLy", unknown, item, h)
}

// ministryStatus translates one item of CapNhatTrangThai: a state that has come
// to be at no told time, with what is to be paid or handed over in it.
func (a *adapter) ministryStatus(item strict.Part, h *field.Harvest) {
	var w ministryStatusWire
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	n := &schema.DossierNote{
		Dossier:      r.Dossier("MaHoSo", w.MaHoSo),
		OtherNumbers: portalKey(r, "IdHoSo", w.text()),
		Status:       status(r, "TrangThai", w.TrangThai),
		Unit:         r.Text("PhongBanXuLy", w.PhongBanXuLy),
		Text:         joined(r.Text("NoiDungYKien", w.NoiDungYKien), r.Text("NoiDungXuLy", w.NoiDungXuLy)),
		Fees:         fees(r, "DanhSachLePhi", w.DanhSachLePhi),
		Results:      results(r, "DanhSachGiayToKetQua", w.DanhSachGiayToKetQua, nil),
	}
	r.Require("MaHoSo", n.Dossier)
	keepStatus(r, n, unknown, item, h)
}

// keepStatus takes a note whose topic is its state.
func keepStatus(r *field.Reader, n *schema.DossierNote, unknown []string, item strict.Part, h *field.Harvest) {
	n.Topic = "status/" + n.Status.Gen1()
	r.Unknown(unknown)
	h.Take(schema.Record{Kind: schema.KindDossierNote, ID: n.ID(), EventTime: n.At, Body: n, Raw: item.Data}, r)
}

// joined puts texts that differ one behind the other.
func joined(texts ...string) string {
	var out []string
	for _, t := range texts {
		if t != "" && (len(out) == 0 || out[len(out)-1] != t) {
			out = append(out, t)
		}
	}
	return strings.Join(out, "; ")
}
