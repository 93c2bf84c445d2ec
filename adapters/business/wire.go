package business

import "github.com/lienthong/lienthong/adapters/strict"

// certificate is the registration of one enterprise as it stands. The
// provincial wrapper of the national enterprise register (chiTietDoanhNghiep)
// answers {"GetEntCert": [certificate]}, and null or [] for an unknown code.
type certificate struct {
	MaNoiBo            strict.Text                 `json:"MaNoiBo"`
	MaSoDoanhNghiep    strict.Text                 `json:"MaSoDoanhNghiep"` // the tax code
	SoGCNDKKD          strict.Text                 `json:"SoGCNDKKD"`
	MaLoaiHinhDN       strict.Text                 `json:"MaLoaiHinhDN"`
	LoaiHinhDN         strict.Text                 `json:"LoaiHinhDN"`
	TenTiengViet       strict.Text                 `json:"TenTiengViet"`
	TenNuocNgoai       strict.Text                 `json:"TenNuocNgoai"`
	TenVietTat         strict.Text                 `json:"TenVietTat"`
	NgayDangKyLanDau   strict.Text                 `json:"NgayDangKyLanDau"`
	NgayDangKyThayDoi  strict.Text                 `json:"NgayDangKyThayDoi"`
	SoLanDangKyThayDoi strict.Text                 `json:"SoLanDangKyThayDoi"` // monotone; a suspension does not raise it
	TinhTrangPhapLy    strict.List[legalStatus]    `json:"TinhTrangPhapLy"`
	DaiDienPhapLuat    strict.List[representation] `json:"DaiDienPhapLuat"`
	DiaChiTruSo        strict.List[office]         `json:"DiaChiTruSo"`
	NganhNgheKinhDoanh strict.List[activity]       `json:"NganhNgheKinhDoanh"`
}

type legalStatus struct {
	TinhTrangPhapLy     strict.Text `json:"TinhTrangPhapLy"`
	MaTinhTrangPhapLy   strict.Text `json:"MaTinhTrangPhapLy"`
	NgayBatDauTamNgung  strict.Text `json:"NgayBatDauTamNgung"`
	NgayKetThucTamNgung strict.Text `json:"NgayKetThucTamNgung"`
	LyDoTamNgung        strict.Text `json:"LyDoTamNgung"`
}

// representation wraps the representatives; the register nests two lists.
type representation struct {
	ThongTinCaNhan strict.List[individual] `json:"ThongTinCaNhan"`
}

type individual struct {
	HoVaTen               strict.Text `json:"HoVaTen"`
	LoaiGiayToChungThuc   strict.Text `json:"LoaiGiayToChungThuc"`
	MaLoaiGiayToChungThuc strict.Text `json:"MaLoaiGiayToChungThuc"`
	SoGiayChungThuc       strict.Text `json:"SoGiayChungThuc"`
	NgayCap               strict.Text `json:"NgayCap"`
	NoiCap                strict.Text `json:"NoiCap"`
	QuocTich              strict.Text `json:"QuocTich"`
	MaQuocTich            strict.Text `json:"MaQuocTich"`
}

// office wraps the addresses; the register nests two lists here too.
type office struct {
	DiaChi strict.List[location] `json:"DiaChi"`
}

// location has its codes as integers: 9190 is commune 09190.
type location struct {
	QuocGia      strict.Text `json:"QuocGia"`
	MaQuocGia    strict.Text `json:"MaQuocGia"`
	TenTinhThanh strict.Text `json:"TenTinhThanh"`
	MaTinhThanh  strict.Text `json:"MaTinhThanh"`
	TenQuanHuyen strict.Text `json:"TenQuanHuyen"`
	MaQuanHuyen  strict.Text `json:"MaQuanHuyen"`
	TenPhuongXa  strict.Text `json:"TenPhuongXa"`
	MaPhuongXa   strict.Text `json:"MaPhuongXa"`
	DiaChi       strict.Text `json:"DiaChi"`
	SoNha        strict.Text `json:"SoNha"`
}

type activity struct {
	MaNganh      strict.Text `json:"MaNganh"` // VSIC
	TenNganh     strict.Text `json:"TenNganh"`
	LaNganhChinh strict.Text `json:"LaNganhChinh"` // 0 or 1
}
