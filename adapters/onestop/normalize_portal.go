package onestop

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// promotion translates a promotion notice, which a trader files on the portal
// and the portal hands to the province. It is a dossier that was just submitted.
func (a *adapter) promotion(item strict.Part, h *field.Harvest) {
	var w promotionWire
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	d := &schema.Dossier{
		Number:       r.Dossier("MaHoSo", w.MaHoSo),
		Channel:      schema.Online,
		BornAtPortal: true,
		Status:       schema.Submitted,
		SubmittedAt:  instant(r, "NgayNopHoSo", w.NgayNopHoSo, schema.TimeAny),
		Summary:      r.Text("TenChuongTrinhKhuyenMai", w.TenChuongTrinhKhuyenMai),
		OtherInfo:    joined(r.Code(w.SoVanBan), r.Text("NoiDungChiTiet", w.NoiDungChiTiet)),
		Papers: each(r, "TaiLieuNop", w.TaiLieuNop, func(r *field.Reader, w *inlineWire) schema.Paper {
			return schema.Paper{Name: r.Text("TenTepDinhKem", w.TenTepDinhKem)}
		}),
		Applicant: trader(r, &w),
	}
	if form := r.Text("TenTepDonDangKy", w.TenTepDonDangKy); form != "" {
		d.Papers = append(d.Papers, schema.Paper{Name: form})
	}
	d.Procedure.Code, d.Procedure.LocalCode = procedureCode(r, "MaTTHC", w.MaTTHC)
	if len(w.DiaChiDoanhNghiep) > 0 {
		at, p := r.Under("DiaChiDoanhNghiep"), &w.DiaChiDoanhNghiep[0]
		d.Applicant.Address = address(at, placeCodes{"MaXa", p.MaTinh, p.MaHuyen, p.MaXa}, at.Text("DiaChiChiTiet", p.DiaChiChiTiet), d.SubmittedAt)
	}
	r.Require("MaHoSo", d.Number)
	r.Require("MaTTHC", d.Procedure.Code)
	r.Unknown(unknown)
	h.Take(schema.Record{Kind: schema.KindDossier, ID: d.Number, EventTime: d.LastTime(), Body: d, Raw: item.Data}, r)
}

// trader reads who promotes. Traders are enterprises to the portal's code list, households among them.
func trader(r *field.Reader, w *promotionWire) schema.Applicant {
	a := schema.Applicant{
		Kind:  schema.Enterprise,
		Name:  r.Text("TenThuongNhan", w.TenThuongNhan),
		Phone: r.Phone("DienThoai", w.DienThoai),
		Fax:   r.Phone("Fax", w.Fax),
		Email: email(r, "Email", w.Email),
	}
	if id := r.TaxCode("MaSoThue", w.MaSoThue); !id.IsZero() {
		a.Identifiers = []schema.Identifier{id}
	}
	return a
}

// amendment translates the change of a promotion notice. It describes no whole
// dossier, so it is a note beside it, one for each time of filing.
func (a *adapter) amendment(item strict.Part, h *field.Harvest) {
	var w amendmentWire
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	n := &schema.DossierNote{
		Dossier:      r.Dossier("MaHoSoQG", w.MaHoSoQG),
		OtherNumbers: otherNumbers(r, "MaHoSo", w.MaHoSo),
		Topic:        "amendment",
		At:           instant(r, "NgayNopHoSo", w.NgayNopHoSo, schema.TimeAny),
		Unit:         r.Text("TenThuongNhan", w.TenThuongNhan),
		Text:         joined(r.Text("LyDoDieuChinh", w.LyDoDieuChinh), r.Text("ThongTinSuaDoi", w.ThongTinSuaDoi)),
	}
	if len(n.OtherNumbers) > 0 && n.OtherNumbers[0] == n.Dossier {
		n.OtherNumbers = nil
	}
	if !n.At.IsZero() {
		n.Topic += "/" + n.At.Gen1()
	}
	r.Require("MaHoSoQG", n.Dossier)
	r.Unknown(unknown)
	h.Take(schema.Record{Kind: schema.KindDossierNote, ID: n.ID(), EventTime: n.At, Body: n, Raw: item.Data}, r)
}

// lookup translates one row of the iGate vendor's look-up page. A row seldom
// names its procedure by code; without one it is no dossier that the portal
// could take, and only its state is kept.
func (a *adapter) lookup(item strict.Part, h *field.Harvest) {
	var w rowWire
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	number, state := r.Dossier("code", w.Code), status(r, "statusCurrentTask", w.StatusCurrentTask)
	r.Require("code", number)
	if strings.TrimSpace(string(w.Procedure.Code)) == "" {
		r.Under("procedure").Note("code", note(procedureMissing, schema.Warning))
		keepStatus(r, &schema.DossierNote{Dossier: number, Status: state}, unknown, item, h)
		return
	}
	d := &schema.Dossier{
		Number:      number,
		Channel:     channel(r.Under("applyMethod"), "name", w.ApplyMethod.Name),
		Applicant:   schema.Applicant{Name: r.Under("applicant").Under("data").Name("fullname", w.Applicant.Data.Fullname)},
		Status:      state,
		SubmittedAt: instant(r, "appliedDate", w.AppliedDate, schema.TimeAny),
		DueAt:       instant(r, "appointmentDate", w.AppointmentDate, schema.TimeAny),
		FinishedAt:  instant(r, "completedDate", w.CompletedDate, schema.TimeAny),
	}
	at := r.Under("procedure")
	d.Procedure.Code, d.Procedure.LocalCode = procedureCode(at, "code", w.Procedure.Code)
	if names := w.Procedure.Translate; len(names) > 0 {
		d.Procedure.Name = at.Item("translate", 0).Text("name", names[0].Name)
	}
	needReception(r, "acceptedDate", d)
	r.Unknown(unknown)
	h.Take(schema.Record{Kind: schema.KindDossier, ID: d.Number, EventTime: d.LastTime(), Body: d, Raw: item.Data}, r)
}
