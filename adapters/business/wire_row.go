package business

import "github.com/lienthong/lienthong/adapters/strict"

// searchRow is one row of the public register search, which answers {"d": [row]}.
type searchRow struct {
	Type          strict.Text `json:"__type"` // of the serialiser
	ID            strict.Text `json:"Id"`     // the register's own, the only key that all rows have
	Name          strict.Text `json:"Name"`
	NameF         strict.Text `json:"Name_F"` // the foreign name, or the name without diacritics
	ShortName     strict.Text `json:"Short_Name"`
	Code          strict.Text `json:"Enterprise_Code"`     // a number of the register; for some rows the tax code
	TaxCode       strict.Text `json:"Enterprise_Gdt_Code"` // 10 digits, 10-3 for a branch, 5 for a business location
	Status        strict.Text `json:"Status"`
	City          strict.Text `json:"City_Id"` // of the register's own list of places
	District      strict.Text `json:"District_Id"`
	Ward          strict.Text `json:"Ward_Id"`
	Address       strict.Text `json:"Ho_Address"`
	AddressF      strict.Text `json:"Ho_Address_F"` // the same without diacritics
	LegalName     strict.Text `json:"Legal_First_Name"`
	Founded       strict.Text `json:"Founding_Date"` // "/Date(ms)/"
	LastAmendedOn strict.Text `json:"Last_Amend_Date"`
}

// row is an organisation of an exported sheet: the fields of the provincial
// wrapper side by side, with one representative and one line of business.
// Capital, telephone, e-mail and website are no fields of the wrapper; sheets have them.
type row struct {
	individual
	location
	legalStatus
	activity
	MaNoiBo            strict.Text `json:"MaNoiBo"`
	MaSoDoanhNghiep    strict.Text `json:"MaSoDoanhNghiep"`
	SoGCNDKKD          strict.Text `json:"SoGCNDKKD"`
	MaLoaiHinhDN       strict.Text `json:"MaLoaiHinhDN"`
	LoaiHinhDN         strict.Text `json:"LoaiHinhDN"`
	MaSoHKD            strict.Text `json:"MaSoHKD"`
	MaSoDangKyHKD      strict.Text `json:"MaSoDangKyHKD"`
	MaLoaiHinhHKD      strict.Text `json:"MaLoaiHinhHKD"`
	LoaiHinhHKD        strict.Text `json:"LoaiHinhHKD"`
	Founded            strict.Text `json:"FOUNDING_DATE"`
	TenTiengViet       strict.Text `json:"TenTiengViet"`
	TenNuocNgoai       strict.Text `json:"TenNuocNgoai"`
	TenVietTat         strict.Text `json:"TenVietTat"`
	NgayDangKyLanDau   strict.Text `json:"NgayDangKyLanDau"`
	NgayDangKyThayDoi  strict.Text `json:"NgayDangKyThayDoi"`
	SoLanDangKyThayDoi strict.Text `json:"SoLanDangKyThayDoi"`
	DiaChiDayDu        strict.Text `json:"DiaChiDayDu"`
	VonDieuLe          strict.Text `json:"VonDieuLe"` // đồng
	DienThoai          strict.Text `json:"DienThoai"`
	Email              strict.Text `json:"Email"`
	Website            strict.Text `json:"Website"`
}
