package onestop

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// dossier translates one item of DongBoHoSoMC.
func (a *adapter) dossier(item strict.Part, h *field.Harvest) {
	var w dossierWire
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	d := dossierOf(r, &w, schema.TimeCompact)
	keepDossier(r, d, unknown, item, h)
}

// keepDossier takes a dossier that has been read by the keys of the gen-1 contract.
func keepDossier(r *field.Reader, d *schema.Dossier, unknown []string, item strict.Part, h *field.Harvest) {
	needReception(r, "NgayTiepNhan", d)
	scores(r, d)
	r.Require("MaHoSo", d.Number)
	r.Require("MaTTHC", d.Procedure.Code)
	r.Unknown(unknown)
	h.Take(schema.Record{Kind: schema.KindDossier, ID: d.Number, EventTime: d.LastTime(), Body: d, Raw: item.Data}, r)
}

// dossierOf reads the keys of the gen-1 contract, times in the given format.
func dossierOf(r *field.Reader, w *dossierWire, format schema.TimeFormat) *schema.Dossier {
	d := &schema.Dossier{
		Number:         r.Dossier("MaHoSo", w.MaHoSo),
		OtherNumbers:   otherNumbers(r, "MaHoSoKhac", w.MaHoSoKhac),
		Procedure:      procedure(r, w),
		Channel:        channel(r, "KenhThucHien", w.KenhThucHien),
		BornAtPortal:   coded(r, "NoiNopHoSo", w.NoiNopHoSo, places) == atPortal,
		Summary:        r.Text("TrichYeuHoSo", w.TrichYeuHoSo),
		Status:         status(r, "TrangThaiHoSo", w.TrangThaiHoSo),
		ReturnMethod:   coded(r, "HinhThuc", w.HinhThuc, returnMethods),
		ReturnInfo:     r.Text("ThongTinTra", w.ThongTinTra),
		ProcessingUnit: r.Text("DonViXuLy", w.DonViXuLy),
		Papers:         papers(r, "TaiLieuNop", w.TaiLieuNop),
		OtherPapers:    otherPapers(r, w.DanhSachTepDinhKemKhac),
		Fees:           fees(r, "DanhSachLePhi", w.DanhSachLePhi),
		Supplements:    supplements(r, w.DanhSachHoSoBoSung, format),
		Digitised:      r.Flag("HoSoCoThanhPhanSoHoa", w.HoSoCoThanhPhanSoHoa),
		VNeID:          r.Flag("TaiKhoanDuocXacThucVoiVNeID", w.TaiKhoanDuocXacThucVoiVNeID),
		OnlinePayment:  coded(r, "DuocThanhToanTrucTuyen", w.DuocThanhToanTrucTuyen, onlinePayments),
		Databases:      databases(r, w.DSKetNoiCSDL),
		ReceiptNumber:  r.Text("SoBienNhan", w.SoBienNhan),
		OtherInfo:      r.Text("ThongTinKhac", w.ThongTinKhac),
		Note:           r.Text("GhiChu", w.GhiChu),
	}
	d.Results = results(r, "DanhSachGiayToKetQua", w.DanhSachGiayToKetQua, d.Papers)
	times(r, d, w, format)
	d.Applicant = applicant(r, w)
	return d
}

// procedure keeps a provincial copy's code beside the national one, which alone
// the portal takes.
func procedure(r *field.Reader, w *dossierWire) schema.ProcedureRef {
	p := schema.ProcedureRef{
		Name:       r.Text("TenTTHC", w.TenTTHC),
		SectorCode: r.Code(w.MaLinhVuc),
		SectorName: r.Text("TenLinhVuc", w.TenLinhVuc),
	}
	p.Code, p.LocalCode = procedureCode(r, "MaTTHC", w.MaTTHC)
	return p
}

func otherNumbers(r *field.Reader, key string, raw strict.Text) []string {
	if n := r.Dossier(key, raw); n != "" {
		return []string{n}
	}
	return nil
}

// portalKey reads a dossier's key of a gen-2 portal. It is a number of the
// dossier elsewhere and has, as keys do, no form to hold it to.
func portalKey(r *field.Reader, key string, raw strict.Text) []string {
	if raw == "" {
		return nil
	}
	id, found := schema.ParseDossierNumber(string(raw))
	for _, p := range found {
		if p.Code != schema.DossierForm || p.IsRefusal() {
			p.Level = schema.Warning
			r.Note(key, p)
		}
	}
	if id.Value == "" {
		return nil
	}
	return []string{id.Value}
}
