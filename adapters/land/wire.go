package land

import "github.com/lienthong/lienthong/adapters/strict"

// reception is TiepNhan of VBDLIS (codes are integers), TiepNhanHoSo of ILIS
// (codes are strings) and TiepNhanHoSoChoMotCua, which goes the other way: it
// has one bare parcel and no LaQuyTrinhCapTinh. Instants are ISO without offset, in UTC.
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

// transfer is ChuyenHoSo: an official of the land system hands the dossier on.
type transfer struct {
	SoBienNhan           strict.Text `json:"SoBienNhan"`
	MaCanBoChuyen        strict.Text `json:"MaCanBoChuyen"`
	MaCanBoNhan          strict.Text `json:"MaCanBoNhan"`
	MaTrangThai          strict.Skip `json:"MaTrangThai"`          // of the land system's own list, which differs from place to place
	LaTrangThaiChuyenLai strict.Skip `json:"LaTrangThaiChuyenLai"` // handed back; in progress either way
	NoiDungXuLy          strict.Text `json:"NoiDungXuLy"`
	NgayChuyen           strict.Text `json:"NgayChuyen"`
	HanXuLy              strict.Skip `json:"HanXuLy"` // a number without a unit
	DanhSachTapTin       strict.Skip `json:"DanhSachTapTin"`
}

// supplementAsked is YeuCauBoSungHoSo: the land system asks for more papers.
type supplementAsked struct {
	SoBienNhan    strict.Text `json:"SoBienNhan"`
	NgayChoBoSung strict.Text `json:"NgayChoBoSung"`
	MaCanBoXuLy   strict.Text `json:"MaCanBoXuLy"`
	LaTamDung     strict.Skip `json:"LaTamDung"` // whether the clock pauses
	GhiChu        strict.Text `json:"GhiChu"`
	TapTin        strict.Skip `json:"TapTin"` // the printed request
}

// supplementGiven is NhanBoSungHoSo: the land system has got them.
type supplementGiven struct {
	SoBienNhan     strict.Text `json:"SoBienNhan"`
	NgayNhanBoSung strict.Text `json:"NgayNhanBoSung"`
	NgayHenTraMoi  strict.Text `json:"NgayHenTraMoi"`
	MaCanBoXuLy    strict.Text `json:"MaCanBoXuLy"`
	GhiChu         strict.Text `json:"GhiChu"`
	TapTin         strict.Skip `json:"TapTin"`
}

// supplementHandedOn is capnhattrangthaibosunghoso (BoSungHoSo of ILIS): the one-stop
// system hands more papers on to the land system. It has no time of its own.
type supplementHandedOn struct {
	SoBienNhan           strict.Text `json:"SoBienNhan"`
	NgayHenTraMoi        strict.Text `json:"NgayHenTraMoi"`
	GhiChu               strict.Text `json:"GhiChu"`
	DanhSachGiayToBoSung strict.Skip `json:"DanhSachGiayToBoSung"`
}

// returned is capnhattrangthaitraketquahoso (CapNhatTrangThaiHoSo of ILIS): the
// one-stop system has handed the result over.
type returned struct {
	SoBienNhan strict.Text `json:"SoBienNhan"`
	NgayTra    strict.Text `json:"NgayTra"`
}

// wrongResult is phanhoihososaiketqua: the one-stop system sends a result back.
type wrongResult struct {
	SoBienNhan            strict.Text `json:"SoBienNhan"`
	NoiDung               strict.Text `json:"NoiDung"`
	DanhSachGiayToDinhKem strict.Skip `json:"DanhSachGiayToDinhKem"`
}

// remark is YeuCauCapNhatHoSo, the notice of a wrong procedure or the notice of
// a tax return: three operations with the same keys.
type remark struct {
	SoBienNhan  strict.Text `json:"SoBienNhan"`
	MaCanBoXuLy strict.Text `json:"MaCanBoXuLy"`
	GhiChu      strict.Text `json:"GhiChu"`
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
