package dvcqg

import (
	"bytes"
	"crypto/sha256"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/schema"
)

// headerHash returns the SHA-256 of a header's canonical form. It is the same
// for what we send and for what a look-up shows of it later, so that the form
// forgives what portals do to data that they store:
//
//   - numbers are written without leading zeros and without an empty fraction,
//     since a column of numbers keeps neither;
//   - a flag is 0 or 1 however it came back;
//   - the order of the elements of a list does not count.
//
// The price: a correction of nothing but leading zeros is no difference.
func headerHash(r record) (schema.Hash, error) {
	canonical, err := json.Marshal(canonicalRecord(r), json.Deterministic(true))
	if err != nil {
		return schema.Hash{}, err
	}
	return sha256.Sum256(canonical), nil
}

// canonicalRecord returns a copy of r in canonical form. r keeps its lists.
func canonicalRecord(r record) record {
	for _, t := range []*text{
		&r.MaHoSo, &r.MaTTHC, &r.TenTTHC, &r.MaLinhVuc, &r.TenLinhVuc, &r.KenhThucHien, &r.SoBienNhan, &r.SoGiayToChuHoSo,
		&r.ChuHoSo, &r.LoaiDoiTuong, &r.MaDoiTuong, &r.ThongTinKhac, &r.Email, &r.Fax, &r.SoDienThoai, &r.TrichYeuHoSo,
		&r.NgayTiepNhan, &r.NgayHenTra, &r.TrangThaiHoSo, &r.NgayTra, &r.ThongTinTra, &r.HinhThuc, &r.NgayKetThucXuLy,
		&r.DonViXuLy, &r.GhiChu, &r.NoiNopHoSo, &r.HoSoCoThanhPhanSoHoa, &r.TaiKhoanDuocXacThucVoiVNeID,
		&r.DuocThanhToanTrucTuyen, &r.NgayTuChoi, &r.NgayNopHoSo,
	} {
		*t = canonicalText(*t)
	}
	r.MaHoSo = text(strings.ToUpper(string(r.MaHoSo)))
	r.HoSoCoThanhPhanSoHoa = canonicalBit(r.HoSoCoThanhPhanSoHoa)
	r.TaiKhoanDuocXacThucVoiVNeID = canonicalBit(r.TaiKhoanDuocXacThucVoiVNeID)
	r.TaiLieuNop = canonicalList(r.TaiLieuNop, canonicalPaper)
	r.DanhSachLePhi = canonicalList(r.DanhSachLePhi, canonicalFee)
	r.DanhSachTepDinhKemKhac = canonicalList(r.DanhSachTepDinhKemKhac, func(p otherPaper) otherPaper {
		p.TenGiayTo = canonicalText(p.TenGiayTo)
		return p
	})
	r.DanhSachHoSoBoSung = canonicalList(r.DanhSachHoSoBoSung, canonicalSupplement)
	r.DanhSachGiayToKetQua = canonicalList(r.DanhSachGiayToKetQua, canonicalResult)
	r.DinhDanhCHS = canonicalList(r.DinhDanhCHS, func(id identity) identity {
		return identity{LoaiDinhDanh: canonicalText(id.LoaiDinhDanh), SoDinhDanh: canonicalText(id.SoDinhDanh)}
	})
	r.DSKetNoiCSDL = canonicalList(r.DSKetNoiCSDL, func(d database) database {
		return database{MaCSDL: canonicalText(d.MaCSDL)}
	})
	return r
}

func canonicalPaper(p paper) paper {
	for _, t := range []*text{
		&p.TepDinhKemID, &p.TenTepDinhKem, &p.MaThanhPhanHoSo, &p.DuongDanTaiTepTin, &p.DuocTaiSuDung, &p.MaKetQuaThayThe,
	} {
		*t = canonicalText(*t)
	}
	p.IsDeleted, p.DuocSoHoa = canonicalBit(p.IsDeleted), canonicalBit(p.DuocSoHoa)
	p.DuocLayTuKhoDMQG = canonicalBit(p.DuocLayTuKhoDMQG)
	return p
}

func canonicalFee(f fee) fee {
	for _, t := range []*text{&f.TenPhiLePhi, &f.MaPhiLePhi, &f.HinhThucThu, &f.Gia, &f.LoaiPhiLePhi} {
		*t = canonicalText(*t)
	}
	return f
}

func canonicalResult(p result) result {
	for _, t := range []*text{&p.TenGiayTo, &p.MaThanhPhanHoSo, &p.GiayToID, &p.DuongDanTepTinKetQua, &p.MaGiayToKetQua} {
		*t = canonicalText(*t)
	}
	return p
}

func canonicalSupplement(s supplement) supplement {
	for _, t := range []*text{
		&s.NguoiYeuCauBoSung, &s.NoiDungBoSung, &s.NgayBoSung, &s.NguoiTiepNhanBoSung, &s.ThongTinTiepNhan,
		&s.NgayTiepNhanBoSung, &s.NgayHenTraTruoc, &s.NgayHenTraMoi,
	} {
		*t = canonicalText(*t)
	}
	s.DanhSachGiayToBoSung = canonicalList(s.DanhSachGiayToBoSung, canonicalPaper)
	s.DanhSachLePhiBoSung = canonicalList(s.DanhSachLePhiBoSung, canonicalFee)
	return s
}

// canonicalList returns the canonical elements in an order of their own.
func canonicalList[T any](in list[T], canonical func(T) T) list[T] {
	type keyed struct {
		item T
		key  []byte
	}
	all := make([]keyed, len(in))
	for i := range in {
		all[i].item = canonical(in[i])
		all[i].key, _ = json.Marshal(all[i].item) // structs of strings and numbers always marshal
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return bytes.Compare(a.key, b.key) })
	out := make(list[T], len(all))
	for i := range all {
		out[i] = all[i].item
	}
	return out
}

var numeral = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+)?$`)

// canonicalText writes what is all a number as a column of numbers would keep it.
func canonicalText(t text) text {
	s := portal.Clean(string(t))
	if !numeral.MatchString(s) {
		return text(s)
	}
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	s = strings.TrimLeft(s, "0")
	if s == "" || s[0] == '.' {
		s = "0" + s
	}
	return text(s)
}

// canonicalBit reads the spellings of a flag as 0 or 1.
func canonicalBit(t text) text {
	switch t := canonicalText(t); {
	case strings.EqualFold(string(t), "true"):
		return "1"
	case strings.EqualFold(string(t), "false"):
		return "0"
	default:
		return t
	}
}
