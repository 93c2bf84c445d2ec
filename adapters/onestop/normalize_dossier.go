package onestop

import (
	"strings"

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
	d := &schema.Dossier{
		Number:         r.Dossier("MaHoSo", w.MaHoSo),
		OtherNumbers:   otherNumbers(r, w.MaHoSoKhac),
		Procedure:      procedure(r, &w),
		Channel:        coded(r, "KenhThucHien", w.KenhThucHien, channels),
		BornAtPortal:   coded(r, "NoiNopHoSo", w.NoiNopHoSo, places) == atPortal,
		Summary:        r.Text("TrichYeuHoSo", w.TrichYeuHoSo),
		Status:         status(r, "TrangThaiHoSo", w.TrangThaiHoSo),
		ReturnMethod:   coded(r, "HinhThuc", w.HinhThuc, returnMethods),
		ReturnInfo:     r.Text("ThongTinTra", w.ThongTinTra),
		ProcessingUnit: r.Text("DonViXuLy", w.DonViXuLy),
		Papers:         papers(r, "TaiLieuNop", w.TaiLieuNop),
		OtherPapers:    otherPapers(r, w.DanhSachTepDinhKemKhac),
		Fees:           fees(r, "DanhSachLePhi", w.DanhSachLePhi),
		Supplements:    supplements(r, w.DanhSachHoSoBoSung),
		Results:        results(r, w.DanhSachGiayToKetQua),
		Digitised:      r.Flag("HoSoCoThanhPhanSoHoa", w.HoSoCoThanhPhanSoHoa),
		VNeID:          r.Flag("TaiKhoanDuocXacThucVoiVNeID", w.TaiKhoanDuocXacThucVoiVNeID),
		OnlinePayment:  coded(r, "DuocThanhToanTrucTuyen", w.DuocThanhToanTrucTuyen, onlinePayments),
		Databases:      databases(r, w.DSKetNoiCSDL),
		ReceiptNumber:  r.Text("SoBienNhan", w.SoBienNhan),
		OtherInfo:      r.Text("ThongTinKhac", w.ThongTinKhac),
		Note:           r.Text("GhiChu", w.GhiChu),
	}
	times(r, d, &w)
	d.Applicant = applicant(r, &w)
	r.Require("MaHoSo", d.Number)
	r.Require("MaTTHC", d.Procedure.Code)
	r.Unknown(unknown)
	h.Take(schema.Record{Kind: schema.KindDossier, ID: d.Number, EventTime: d.LastTime(), Body: d, Raw: item.Data}, r)
}

// times reads the instants by which the portal counts and the clock runs.
func times(r *field.Reader, d *schema.Dossier, w *dossierWire) {
	d.SubmittedAt = r.Time("NgayNopHoSo", w.NgayNopHoSo, schema.TimeCompact)
	d.ReceivedAt = r.Time("NgayTiepNhan", w.NgayTiepNhan, schema.TimeCompact)
	d.DueAt = r.Time("NgayHenTra", w.NgayHenTra, schema.TimeCompact)
	d.FinishedAt = r.Time("NgayKetThucXuLy", w.NgayKetThucXuLy, schema.TimeCompact)
	d.ReturnedAt = r.Time("NgayTra", w.NgayTra, schema.TimeCompact)
	d.RefusedAt = r.Time("NgayTuChoi", w.NgayTuChoi, schema.TimeCompact)
	if d.ReceivedAt.IsZero() && !r.Refused() {
		r.Warn("NgayTiepNhan", "dossier.reception_missing")
	}
}

// procedure keeps a provincial copy's code beside the national one, which alone
// the portal takes.
func procedure(r *field.Reader, w *dossierWire) schema.ProcedureRef {
	p := schema.ProcedureRef{
		Name:       r.Text("TenTTHC", w.TenTTHC),
		SectorCode: r.Code(w.MaLinhVuc),
		SectorName: r.Text("TenLinhVuc", w.TenLinhVuc),
	}
	code, found := schema.ParseProcedureCode(string(w.MaTTHC))
	r.Found("MaTTHC", found, schema.Refused)
	p.Code = code.National
	if written := strings.ToUpper(strings.TrimSpace(string(w.MaTTHC))); written != p.Code {
		p.LocalCode = written
	}
	return p
}

func applicant(r *field.Reader, w *dossierWire) schema.Applicant {
	a := schema.Applicant{
		Kind:          coded(r, "LoaiDoiTuong", w.LoaiDoiTuong, subjectKinds),
		PortalAccount: r.Code(w.MaDoiTuong),
		Phone:         r.Phone("SoDienThoai", w.SoDienThoai),
		Fax:           r.Phone("Fax", w.Fax),
		Email:         r.Text("Email", w.Email),
	}
	if a.Email != "" && !strings.Contains(a.Email, "@") {
		r.Warn("Email", "email.invalid")
	}
	if a.Kind == schema.Citizen || a.Kind == "" {
		a.Name = r.Name("ChuHoSo", w.ChuHoSo)
	} else {
		a.Name = r.Text("ChuHoSo", w.ChuHoSo)
	}
	a.Identifiers = identifiers(r, a.Kind, w)
	return a
}

// identifiers reads both places that may hold numbers of the owner, strong
// ones first, each once.
func identifiers(r *field.Reader, kind schema.SubjectKind, w *dossierWire) []schema.Identifier {
	var strong, weak []schema.Identifier
	add := func(id schema.Identifier) {
		list := &weak
		if id.Scheme.Strong() {
			list = &strong
		}
		for _, have := range *list {
			if have == id {
				return
			}
		}
		if !id.IsZero() {
			*list = append(*list, id)
		}
	}
	for i, d := range w.DinhDanhCHS {
		item := r.Item("DinhDanhCHS", i)
		add(item.Identity("SoDinhDanh", schema.PortalPaper(string(d.LoaiDinhDanh)), d.SoDinhDanh))
	}
	if kind != schema.Citizen && kind != "" && taxLike(strings.TrimSpace(string(w.SoGiayToChuHoSo))) {
		add(r.TaxCode("SoGiayToChuHoSo", w.SoGiayToChuHoSo))
	} else {
		add(r.Identity("SoGiayToChuHoSo", "", w.SoGiayToChuHoSo))
	}
	return append(strong, weak...)
}

// taxLike tells an organisation's tax code, 10 digits or 10-3, from the paper
// of the person who signed for it.
func taxLike(s string) bool {
	head, tail, branch := strings.Cut(s, "-")
	return len(head) == 10 && (!branch || len(tail) == 3) || len(s) == 13 && !branch
}

func otherNumbers(r *field.Reader, raw strict.Text) []string {
	if n := r.Dossier("MaHoSoKhac", raw); n != "" {
		return []string{n}
	}
	return nil
}
