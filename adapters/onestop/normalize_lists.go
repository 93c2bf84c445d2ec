package onestop

import (
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

func papers(r *field.Reader, key string, list strict.List[paperWire]) []schema.Paper {
	return each(r, key, list, func(r *field.Reader, w *paperWire) schema.Paper {
		return schema.Paper{
			ID:            r.Code(w.TepDinhKemID),
			Name:          r.Text("TenTepDinhKem", w.TenTepDinhKem),
			Component:     r.Code(w.MaThanhPhanHoSo),
			URL:           r.Code(w.DuongDanTaiTepTin),
			Deleted:       r.Flag("IsDeleted", w.IsDeleted),
			Digitised:     r.Flag("DuocSoHoa", w.DuocSoHoa),
			Reuse:         coded(r, "DuocTaiSuDung", w.DuocTaiSuDung, reuses),
			FromStore:     r.Flag("DuocLayTuKhoDMQG", w.DuocLayTuKhoDMQG),
			ReplacingCode: resultCode(r, "MaKetQuaThayThe", w.MaKetQuaThayThe),
		}
	})
}

func fees(r *field.Reader, key string, list strict.List[feeWire]) []schema.Fee {
	return each(r, key, list, func(r *field.Reader, w *feeWire) schema.Fee {
		return schema.Fee{
			Name:   r.Text("TenPhiLePhi", w.TenPhiLePhi),
			Code:   r.Code(w.MaPhiLePhi),
			Method: r.Code(w.HinhThucThu),
			Amount: r.Amount("Gia", w.Gia),
			Type:   r.Code(w.LoaiPhiLePhi),
		}
	})
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

func supplements(r *field.Reader, list strict.List[supplementWire]) []schema.Supplement {
	return each(r, "DanhSachHoSoBoSung", list, func(r *field.Reader, w *supplementWire) schema.Supplement {
		return schema.Supplement{
			ID:          r.Code(w.HoSoBoSungID),
			RequestedBy: r.Name("NguoiYeuCauBoSung", w.NguoiYeuCauBoSung),
			Request:     r.Text("NoiDungBoSung", w.NoiDungBoSung),
			RequestedAt: r.Time("NgayBoSung", w.NgayBoSung, schema.TimeCompact),
			ReceivedBy:  r.Name("NguoiTiepNhanBoSung", w.NguoiTiepNhanBoSung),
			Reception:   r.Text("ThongTinTiepNhan", w.ThongTinTiepNhan),
			ReceivedAt:  r.Time("NgayTiepNhanBoSung", w.NgayTiepNhanBoSung, schema.TimeCompact),
			Complete:    r.Flag("TrangThaiBoSung", w.TrangThaiBoSung),
			Papers:      papers(r, "DanhSachGiayToBoSung", w.DanhSachGiayToBoSung),
			Fees:        fees(r, "DanhSachLePhiBoSung", w.DanhSachLePhiBoSung),
			OldDueAt:    r.Time("NgayHenTraTruoc", w.NgayHenTraTruoc, schema.TimeCompact),
			NewDueAt:    r.Time("NgayHenTraMoi", w.NgayHenTraMoi, schema.TimeCompact),
		}
	})
}

func results(r *field.Reader, list strict.List[resultWire]) []schema.ResultPaper {
	return each(r, "DanhSachGiayToKetQua", list, func(r *field.Reader, w *resultWire) schema.ResultPaper {
		return schema.ResultPaper{
			ID:        r.Code(w.GiayToID),
			Name:      r.Text("TenGiayTo", w.TenGiayTo),
			Component: r.Code(w.MaThanhPhanHoSo),
			URL:       r.Code(w.DuongDanTepTinKetQua),
			Code:      resultCode(r, "MaGiayToKetQua", w.MaGiayToKetQua),
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
