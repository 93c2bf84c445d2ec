package business

import "github.com/lienthong/lienthong/adapters/strict"

// householdCertificate is the registration of a household business. The
// provincial wrapper (chiTietHoKinhDoanh) answers {"HHCert": [householdCertificate]}.
// Unlike an enterprise it has its owner and its address in one list each.
type householdCertificate struct {
	MaNoiBo            strict.Text             `json:"MaNoiBo"`
	MaSoHKD            strict.Text             `json:"MaSoHKD"`       // the tax code: 10 digits, or the owner's personal number
	MaSoDangKyHKD      strict.Text             `json:"MaSoDangKyHKD"` // number of the certificate
	Founded            strict.Text             `json:"FOUNDING_DATE"` // the one key in capitals
	MaLoaiHinhHKD      strict.Text             `json:"MaLoaiHinhHKD"`
	LoaiHinhHKD        strict.Text             `json:"LoaiHinhHKD"`
	TenTiengViet       strict.Text             `json:"TenTiengViet"`
	TenVietTat         strict.Text             `json:"TenVietTat"`
	TenNuocNgoai       strict.Text             `json:"TenNuocNgoai"`
	NgayDangKyLanDau   strict.Text             `json:"NgayDangKyLanDau"`
	NgayDangKyThayDoi  strict.Text             `json:"NgayDangKyThayDoi"` // null until the first change
	SoLanDangKyThayDoi strict.Text             `json:"SoLanDangKyThayDoi"`
	ChuHoKinhDoanh     strict.List[individual] `json:"ChuHoKinhDoanh"`
	DiaChiTruSo        strict.List[flatOffice] `json:"DiaChiTruSo"`
	NganhNgheKinhDoanh strict.List[activity]   `json:"NganhNgheKinhDoanh"`
}

// flatOffice is an address without the second list.
type flatOffice struct {
	location
	DiaChiDayDu strict.Text `json:"DiaChiDayDu"` // the whole in one line
}
