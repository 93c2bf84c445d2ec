package land

import "github.com/lienthong/lienthong/adapters/strict"

// reception is TiepNhan of VBDLIS (codes are integers) and TiepNhanHoSo of
// ILIS (codes are strings). Instants are ISO without offset, in UTC.
type reception struct {
	LaQuyTrinhCapTinh     strict.Skip             `json:"LaQuyTrinhCapTinh"`
	TinhID                strict.Text             `json:"TinhId"`
	HuyenID               strict.Text             `json:"HuyenId"` // 0 or "" since 01/07/2025
	XaID                  strict.Text             `json:"XaId"`
	SoBienNhan            strict.Text             `json:"SoBienNhan"` // the one-stop dossier number
	MaHoSoMotCua          strict.Text             `json:"MaHoSoMotCua"`
	NguoiTiepNhan         strict.Text             `json:"NguoiTiepNhan"`
	NgayTiepNhan          strict.Text             `json:"NgayTiepNhan"`
	NgayHenTra            strict.Text             `json:"NgayHenTra"`
	DiaChiTaiSan          strict.Text             `json:"DiaChiTaiSan"`
	ThongTinNguoiNopDon   applicant               `json:"ThongTinNguoiNopDon"`
	ThongTinQuyTrinh      process                 `json:"ThongTinQuyTrinh"`
	ThongTinThuaDat       strict.List[parcel]     `json:"ThongTinThuaDat"`
	DanhSachGiayToDinhKem strict.List[attachment] `json:"DanhSachGiayToDinhKem"`
}

type applicant struct {
	HoTen         strict.Text `json:"HoTen"`
	SoChungMinh   strict.Text `json:"SoChungMinh"`
	DiaChiChiTiet strict.Text `json:"DiaChiChiTiet"`
	SoDienThoai   strict.Text `json:"SoDienThoai"`
	Email         strict.Text `json:"Email"`
}

// process is the land system's own process; it has no place in a parcel.
type process struct {
	MaQuyTrinh  strict.Text `json:"MaQuyTrinh"`
	TenQuyTrinh strict.Text `json:"TenQuyTrinh"`
}

type parcel struct {
	SoThuTuThua   strict.Text `json:"SoThuTuThua"`
	SoHieuBanDo   strict.Text `json:"SoHieuBanDo"`
	DienTich      strict.Text `json:"DienTich"`
	DiaChiChiTiet strict.Text `json:"DiaChiChiTiet"`
}

// attachment is listed so that its keys count as known; its bytes stay in the
// raw message and never reach a canonical body.
type attachment struct {
	TenGiayTo  strict.Text `json:"TenGiayTo"`
	SoBanChinh strict.Text `json:"SoBanChinh"`
	SoBanSao   strict.Text `json:"SoBanSao"`
	TapTin     file        `json:"TapTin"`
}

type file struct {
	Name strict.Text `json:"name"`
	Data strict.Skip `json:"data"` // base64
}

// closing is KetThucHoSo: the land system has finished with a dossier.
type closing struct {
	SoBienNhan           strict.Text              `json:"SoBienNhan"`
	NgayKetThuc          strict.Text              `json:"NgayKetThuc"`
	MaCanBoXuLy          strict.Text              `json:"MaCanBoXuLy"`
	TrangThaiKetThuc     strict.Text              `json:"TrangThaiKetThuc"` // 0 with a result, anything else without
	GhiChu               strict.Text              `json:"GhiChu"`
	DanhSachGiayToKetQua strict.List[resultPaper] `json:"DanhSachGiayToKetQua"`
}

type resultPaper struct {
	TenGiayTo  strict.Text `json:"TenGiayTo"`
	KieuFile   strict.Text `json:"KieuFile"`
	LinkFile   strict.Text `json:"LinkFile"`
	SoBanSao   strict.Text `json:"SoBanSao"`
	SoBanChinh strict.Text `json:"SoBanChinh"`
}
