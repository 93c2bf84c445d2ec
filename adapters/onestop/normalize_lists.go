package onestop

import (
	"slices"
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// each translates the elements of a list, nil for an empty one.
func each[W, T any](r *field.Reader, key string, list strict.List[W], one func(*field.Reader, *W) T) []T {
	if len(list) == 0 {
		return nil
	}
	out := make([]T, len(list))
	for i := range list {
		out[i] = one(r.Item(key, i), &list[i])
	}
	return out
}

// papers reads TaiLieuNop. Some systems write the links of several files into
// one field, a##b##c: each becomes a paper of its own, else all but one were lost.
func papers(r *field.Reader, key string, list strict.List[paperWire]) []schema.Paper {
	out := make([]schema.Paper, 0, len(list))
	for i := range list {
		w, at := &list[i], r.Item(key, i)
		p := schema.Paper{
			ID:            at.Code(w.TepDinhKemID),
			Name:          at.Text("TenTepDinhKem", w.TenTepDinhKem),
			Component:     at.Code(w.MaThanhPhanHoSo),
			URL:           at.Code(w.DuongDanTaiTepTin),
			Deleted:       at.Flag("IsDeleted", w.IsDeleted),
			Digitised:     at.Flag("DuocSoHoa", w.DuocSoHoa),
			Reuse:         coded(at, "DuocTaiSuDung", w.DuocTaiSuDung, reuses),
			FromStore:     at.Flag("DuocLayTuKhoDMQG", w.DuocLayTuKhoDMQG),
			ReplacingCode: resultCode(at, "MaKetQuaThayThe", w.MaKetQuaThayThe),
		}
		if p.Digitised && p.URL == "" {
			at.Note("DuongDanTaiTepTin", note(scorePaper, schema.Warning))
		}
		if !strings.Contains(p.URL, linkSeparator) {
			out = append(out, p)
			continue
		}
		at.Note("DuongDanTaiTepTin", note(severalLinks, schema.Repaired))
		for link := range strings.SplitSeq(p.URL, linkSeparator) {
			if p.URL = strings.TrimSpace(link); p.URL != "" {
				out = append(out, p)
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

const linkSeparator = "##"

// fees reads DanhSachLePhi. One whose amount cannot be read is left out: a fee of
// nothing would say that there is nothing to pay.
func fees(r *field.Reader, key string, list strict.List[feeWire]) []schema.Fee {
	var out []schema.Fee
	for i := range list {
		w, at := &list[i], r.Item(key, i)
		before := len(at.Problems())
		amount := at.Amount("Gia", w.Gia)
		if unreadable(at.Problems()[before:]) {
			continue
		}
		out = append(out, schema.Fee{
			Name:   at.Text("TenPhiLePhi", w.TenPhiLePhi),
			Code:   at.Code(w.MaPhiLePhi),
			Method: at.Code(w.HinhThucThu),
			Amount: amount,
			Type:   at.Code(w.LoaiPhiLePhi),
		})
	}
	return out
}

func unreadable(problems []schema.Problem) bool {
	return slices.ContainsFunc(problems, func(p schema.Problem) bool { return p.Code == "number.invalid" })
}

func otherPapers(r *field.Reader, list strict.List[otherPaperWire]) []schema.OtherPaper {
	return each(r, "DanhSachTepDinhKemKhac", list, func(r *field.Reader, w *otherPaperWire) schema.OtherPaper {
		return schema.OtherPaper{
			Name:  r.Text("TenGiayTo", w.TenGiayTo),
			Count: int(r.Int("SoLuong", w.SoLuong)),
			Type:  int(r.Int("LoaiGiayTo", w.LoaiGiayTo)),
		}
	})
}

func supplements(r *field.Reader, list strict.List[supplementWire], format schema.TimeFormat) []schema.Supplement {
	return each(r, "DanhSachHoSoBoSung", list, func(r *field.Reader, w *supplementWire) schema.Supplement {
		return schema.Supplement{
			ID:          r.Code(w.HoSoBoSungID),
			RequestedBy: r.Name("NguoiYeuCauBoSung", w.NguoiYeuCauBoSung),
			Request:     r.Text("NoiDungBoSung", w.NoiDungBoSung),
			RequestedAt: instant(r, "NgayBoSung", w.NgayBoSung, format),
			ReceivedBy:  r.Name("NguoiTiepNhanBoSung", w.NguoiTiepNhanBoSung),
			Reception:   r.Text("ThongTinTiepNhan", w.ThongTinTiepNhan),
			ReceivedAt:  instant(r, "NgayTiepNhanBoSung", w.NgayTiepNhanBoSung, format),
			Complete:    r.Flag("TrangThaiBoSung", w.TrangThaiBoSung),
			Papers:      papers(r, "DanhSachGiayToBoSung", w.DanhSachGiayToBoSung),
			Fees:        fees(r, "DanhSachLePhiBoSung", w.DanhSachLePhiBoSung),
			OldDueAt:    instant(r, "NgayHenTraTruoc", w.NgayHenTraTruoc, format),
			NewDueAt:    instant(r, "NgayHenTraMoi", w.NgayHenTraMoi, format),
		}
	})
}

func resultCode(r *field.Reader, key string, raw strict.Text) string {
	if raw == "" {
		return ""
	}
	code, found := schema.ParseResultCode(string(raw))
	r.Found(key, found, schema.Warning)
	return code
}

func databases(r *field.Reader, list strict.List[databaseWire]) []string {
	return each(r, "DSKetNoiCSDL", list, func(r *field.Reader, w *databaseWire) string { return r.Code(w.MaCSDL) })
}
