package onestop

import (
	"slices"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/markup"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// social translates one flat dossier of the social-affairs system.
func (a *adapter) social(item strict.Part, h *field.Harvest) {
	var w socialWire
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	d := dossierOf(r, &w.dossierWire, schema.TimeSlashed)
	if d.SubmittedAt.IsZero() {
		d.SubmittedAt = instant(r, "SubmitedDate", w.SubmitedDate, schema.TimeSlashed)
	}
	if real := instant(r, "NgayKetThucXuLy_ThucTe", w.NgayKetThucXuLyThucTe, schema.TimeSlashed); !real.IsZero() {
		d.FinishedAt = real
	} else if !d.Status.Final() {
		d.FinishedAt = schema.Time{} // beside a key for the real end the other one is the plan
	}
	home := placeCodes{"HKTT_MaXa", w.HKTTMaTinh, w.HKTTMaHuyen, w.HKTTMaXa}
	d.Applicant.Address = address(r, home, r.Text("HKTT_ChiTiet", w.HKTTChiTiet), d.SubmittedAt)
	if d.Applicant.Address.IsZero() {
		now := placeCodes{"NOHT_MaXa", w.NOHTMaTinh, w.NOHTMaHuyen, w.NOHTMaXa}
		d.Applicant.Address = address(r, now, r.Text("NOHT_ChiTiet", w.NOHTChiTiet), d.SubmittedAt)
	}
	more, err := a.extent(r, item, w.CertificateExtentData, d)
	if err != nil {
		h.Reject(err)
		return
	}
	if w.AcceptKey != "" {
		item.Data = withoutKey(item)
	}
	keepDossier(r, d, append(unknown, more...), item, h)
}

// withoutKey returns the record with an empty AcceptKey. The key lets its bearer
// push in the name of the sender, and what is kept of a record outlives it.
func withoutKey(item strict.Part) []byte {
	found, _, err := strict.Fields(item, "AcceptKey")
	key, sent := found["AcceptKey"]
	if err != nil || !sent {
		return item.Data
	}
	from := key.Offset - item.Offset
	return slices.Concat(item.Data[:from], []byte(`""`), item.Data[from+len(key.Data):])
}

const extentKey = "CertificateExtentData"

// extent adds the papers and results of the XML document inside the record. One
// that cannot be read keeps the record out: without it the dossier would seem to
// have lost its papers.
func (a *adapter) extent(r *field.Reader, item strict.Part, xml strict.Text, d *schema.Dossier) (unknown []string, err error) {
	if r.Code(xml) == "" {
		return nil, nil
	}
	body, err := markup.ToJSON([]byte(xml))
	if err != nil {
		for _, p := range fault.ProblemsOf(err) {
			p.Level = schema.Refused
			r.Note(extentKey, p)
		}
		return nil, nil
	}
	var doc extentDocument
	unknown, err = a.dec.Decode(strict.Part{Data: body, Pointer: item.Pointer + "/" + extentKey}, &doc)
	for _, w := range doc.ExtentData {
		in := r.Under(extentKey).Under("ExtentData")
		for _, group := range w.DanhSachTaiLieuNop {
			d.Papers = append(d.Papers, papers(in.Under("DanhSachTaiLieuNop"), "TaiLieuNop", group.TaiLieuNop)...)
		}
		for _, group := range w.DanhSachGiayToKetQua {
			d.Results = append(d.Results, results(in.Under("DanhSachGiayToKetQua"), "GiayToKetQua", group.GiayToKetQua, d.Papers)...)
		}
	}
	return unknown, err
}
