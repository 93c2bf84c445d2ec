package onestop

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// create translates a dossier that is handed in at a gen-2 portal. The message
// has no state: it is received once the reception has a time, submitted before.
func (a *adapter) create(item strict.Part, h *field.Harvest) {
	var w createWire
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	d := &schema.Dossier{
		Number:          r.Dossier("MaHoSo", w.MaHoSo),
		OtherNumbers:    portalKey(r, "IDHoSo", w.text()),
		ReceivingAgency: agency(r, "MaDonViTiepNhan", w.MaDonViTiepNhan),
		SubmittedAt:     instant(r, "NgayNop", w.NgayNop, schema.TimeISO),
		ReceivedAt:      instant(r, "NgayTiepNhan", w.NgayTiepNhan, schema.TimeISO),
		Status:          schema.Submitted,
		Papers:          components(r, w.ThanhPhanHoSo),
	}
	if !d.ReceivedAt.IsZero() {
		d.Status = schema.Received
	}
	key, code := "MaTTHC", w.MaTTHC
	if code == "" && w.MaDichVuCong != "" {
		key, code = "MaDichVuCong", w.MaDichVuCong
	}
	d.Procedure.Code, d.Procedure.LocalCode = procedureCode(r, key, code)
	d.Applicant = ministryApplicant(r, &w, d.SubmittedAt)
	needReception(r, "NgayTiepNhan", d)
	r.Require("MaHoSo", d.Number)
	r.Require(key, d.Procedure.Code)
	r.Unknown(unknown)
	h.Take(schema.Record{Kind: schema.KindDossier, ID: d.Number, EventTime: d.LastTime(), Body: d, Raw: item.Data}, r)
}

// agency reads the code of an agency; one that cannot be read is dropped with a warning.
func agency(r *field.Reader, key string, raw strict.Text) string {
	code, found := schema.ParseAgencyCode(string(raw))
	r.Found(key, found, schema.Warning)
	return code.Code
}

// ministryApplicant reads the owner. The message describes who handed in, and
// the owner apart from that only where it is somebody else; a number of the one
// must not become the other's.
func ministryApplicant(r *field.Reader, w *createWire, submitted schema.Time) schema.Applicant {
	p, in := &w.ThongTinNguoiNop.ThongTinChiTiet, r.Under("ThongTinNguoiNop").Under("ThongTinChiTiet")
	kind, at := w.LoaiDoiTuong, r
	if kind == "" {
		kind, at = w.ThongTinNguoiNop.LoaiDoiTuong, r.Under("ThongTinNguoiNop")
	}
	out := schema.Applicant{Kind: coded(at, "LoaiDoiTuong", kind, ministrySubjects)}
	if out.Name = ownerName(r, "ChuHoSo", out.Kind, w.ChuHoSo); out.Name == "" {
		out.Name = ownerName(in, "TenChuHs", out.Kind, p.TenChuHs)
	}
	if out.Name == "" {
		out.Name = ownerName(in, "TenNguoiNop", out.Kind, p.TenNguoiNop)
	}
	submitter := in.Code(p.TenNguoiNop)
	same := submitter == "" || schema.FoldKey(submitter) == schema.FoldKey(out.Name)
	var ids identifierSet
	ids.add(in, "SoDinhDanhChuHs", ownerNumber(in, "SoDinhDanhChuHs", out.Kind, p.SoDinhDanhChuHs))
	switch {
	case same:
		ids.add(in, "SoDinhDanh", ownerNumber(in, "SoDinhDanh", out.Kind, p.SoDinhDanh))
		if out.Kind == schema.Citizen {
			out.Birth = in.OptionalTime("NgaySinh", p.NgaySinh, schema.TimeCompact).Date()
		}
	case p.SoDinhDanh != "" && p.SoDinhDanhChuHs == "":
		in.Note("SoDinhDanh", note(ownerUnknown, schema.Warning))
	}
	out.Identifiers = ids.list()
	out.Phone, out.Fax, out.Email = in.Phone("SoDienThoai", p.SoDienThoai), in.Phone("Fax", p.Fax), email(in, "Email", p.Email)
	switch {
	case p.MaXaChuHs != "" || p.DiaChiChiTietChuHs != "":
		out.Address = address(in, placeCodes{"MaXaChuHs", p.MaTinhChuHs, "", p.MaXaChuHs}, in.Text("DiaChiChiTietChuHs", p.DiaChiChiTietChuHs), submitted)
	case same:
		out.Address = address(in, placeCodes{"MaXa", p.MaTinh, p.MaHuyen, p.MaXa}, in.Text("DiaChiChiTiet", p.DiaChiChiTiet), submitted)
	}
	return out
}

// components reads the papers by component, one paper a file; a component
// without a file is a paper without an id.
func components(r *field.Reader, list strict.List[componentWire]) []schema.Paper {
	var out []schema.Paper
	for i := range list {
		w, at := &list[i], r.Item("ThanhPhanHoSo", i)
		name, component := at.Text("TenThanhPhanHoSo", w.TenThanhPhanHoSo), at.Code(w.MaThanhPhanHoSo)
		if len(w.GiayToDinhKem) == 0 {
			out = append(out, schema.Paper{Name: name, Component: component})
		}
		for j := range w.GiayToDinhKem {
			f, in := &w.GiayToDinhKem[j], at.Item("GiayToDinhKem", j)
			p := schema.Paper{ID: in.Code(f.IDGiayTo), Name: in.Text("TenGiayTo", f.TenGiayTo), Component: component, Hash: in.Code(f.HashTepTin)}
			if p.Name == "" {
				p.Name = name
			}
			if !strings.HasPrefix(in.Code(f.MaKetQua), roleCode) {
				p.ReplacingCode = resultCode(in, "MaKetQua", f.MaKetQua)
			}
			out = append(out, p)
		}
	}
	return out
}

// roleCode begins codes that say what a file is for, not of what kind it is.
const roleCode = "KQ.DVC."
