package dvcqg

import (
	"strconv"

	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/schema"
)

// lists encodes what a dossier has many of.
func (e *encoder) lists(r *record, d *schema.Dossier) {
	for i, p := range d.Papers {
		r.TaiLieuNop = append(r.TaiLieuNop, e.paper(at("/papers", i), p))
	}
	for i, f := range d.Fees {
		r.DanhSachLePhi = append(r.DanhSachLePhi, e.fee(at("/fees", i), f))
	}
	for _, p := range d.OtherPapers {
		r.DanhSachTepDinhKemKhac = append(r.DanhSachTepDinhKemKhac,
			otherPaper{TenGiayTo: short(p.Name, maxPaper), SoLuong: number(p.Count), LoaiGiayTo: number(p.Type)})
	}
	for i, s := range d.Supplements {
		r.DanhSachHoSoBoSung = append(r.DanhSachHoSoBoSung, e.supplement(at("/supplements", i), i, s))
	}
	for _, p := range d.Results {
		r.DanhSachGiayToKetQua = append(r.DanhSachGiayToKetQua, result{
			TenGiayTo: short(p.Name, maxPaper), MaThanhPhanHoSo: text(portal.Clean(p.Component)), GiayToID: text(portal.Clean(p.ID)),
			DuongDanTepTinKetQua: text(portal.Clean(p.URL)), MaGiayToKetQua: text(portal.Clean(p.Code)),
		})
	}
	for _, code := range d.Databases {
		r.DSKetNoiCSDL = append(r.DSKetNoiCSDL, database{MaCSDL: text(portal.Clean(code))})
	}
}

func (e *encoder) paper(pointer string, p schema.Paper) paper {
	deleted := text("False")
	if p.Deleted {
		deleted = "True"
	}
	return paper{
		TepDinhKemID:      text(portal.Clean(p.ID)),
		TenTepDinhKem:     short(p.Name, maxFileName),
		IsDeleted:         deleted,
		MaThanhPhanHoSo:   text(portal.Clean(p.Component)),
		DuongDanTaiTepTin: text(portal.Clean(p.URL)),
		DuocSoHoa:         bit(p.Digitised),
		DuocTaiSuDung:     coded(e, pointer+"/reuse", reuses, p.Reuse),
		DuocLayTuKhoDMQG:  bit(p.FromStore),
		MaKetQuaThayThe:   text(portal.Clean(p.ReplacingCode)),
	}
}

func (e *encoder) fee(pointer string, f schema.Fee) fee {
	if f.Amount < 0 {
		e.problem(pointer+"/amount", "amount.negative", "Số tiền không được âm.", "An amount is not negative.")
	}
	return fee{
		TenPhiLePhi:  text(portal.Clean(f.Name)),
		MaPhiLePhi:   text(portal.Clean(f.Code)),
		HinhThucThu:  text(portal.Clean(f.Method)),
		Gia:          text(strconv.FormatInt(f.Amount, 10)),
		LoaiPhiLePhi: text(portal.Clean(f.Type)),
	}
}

// supplement encodes the i-th request for more papers, with what was handed in and what is due for it. Its id is an
// integer in the contract; where the source has another kind of id, the place in the list stands for it.
func (e *encoder) supplement(pointer string, i int, s schema.Supplement) supplement {
	id, err := strconv.ParseInt(portal.Clean(s.ID), 10, 64)
	if err != nil {
		id = int64(i) + 1
	}
	out := supplement{
		HoSoBoSungID:        number(id),
		NguoiYeuCauBoSung:   text(portal.Clean(s.RequestedBy)),
		NoiDungBoSung:       text(portal.Clean(s.Request)),
		NgayBoSung:          moment(s.RequestedAt),
		NguoiTiepNhanBoSung: text(portal.Clean(s.ReceivedBy)),
		ThongTinTiepNhan:    text(portal.Clean(s.Reception)),
		NgayTiepNhanBoSung:  moment(s.ReceivedAt),
		TrangThaiBoSung:     flag(s.Complete),
		NgayHenTraTruoc:     moment(s.OldDueAt),
		NgayHenTraMoi:       moment(s.NewDueAt),
	}
	for n, p := range s.Papers {
		out.DanhSachGiayToBoSung = append(out.DanhSachGiayToBoSung, e.paper(at(pointer+"/papers", n), p))
	}
	for n, f := range s.Fees {
		out.DanhSachLePhiBoSung = append(out.DanhSachLePhiBoSung, e.fee(at(pointer+"/fees", n), f))
	}
	return out
}
