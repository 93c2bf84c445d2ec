package onestop

import "github.com/lienthong/lienthong/adapters/strict"

// socialWire is the flat dossier of the social-affairs system (DongBoDVC). It
// adds to the keys of the gen-1 contract; times are dd/MM/yyyy HH:mm:ss.
type socialWire struct {
	dossierWire
	AcceptKey             strict.Text `json:"AcceptKey"`   // of the caller
	LoaiDuLieu            strict.Skip `json:"LoaiDuLieu"`  // "100"
	HKTTMaTinh            strict.Text `json:"HKTT_MaTinh"` // permanent residence
	HKTTMaHuyen           strict.Text `json:"HKTT_MaHuyen"`
	HKTTMaXa              strict.Text `json:"HKTT_MaXa"`
	HKTTChiTiet           strict.Text `json:"HKTT_ChiTiet"`
	NOHTMaTinh            strict.Text `json:"NOHT_MaTinh"` // present residence
	NOHTMaHuyen           strict.Text `json:"NOHT_MaHuyen"`
	NOHTMaXa              strict.Text `json:"NOHT_MaXa"`
	NOHTChiTiet           strict.Text `json:"NOHT_ChiTiet"`
	GioiTinhID            strict.Skip `json:"GioiTinhId"` // numbered by no list that is known
	DanTocID              strict.Skip `json:"DanTocId"`
	NgayKetThucXuLyThucTe strict.Text `json:"NgayKetThucXuLy_ThucTe"` // the end as it was, not as planned
	StatusID              strict.Skip `json:"StatusId"`               // numbering of the ministry, not published
	SubmitedDate          strict.Text `json:"SubmitedDate"`           // so spelt
	URLDetail             strict.Skip `json:"UrlDetail"`
	CertificateExtentData strict.Text `json:"CertificateExtentData"` // XML in a string
}

// extentDocument is that XML read as JSON.
type extentDocument struct {
	ExtentData strict.List[extentWire] `json:"ExtentData"`
}

type extentWire struct {
	DanhSachTaiLieuNop   strict.List[extentPapers]  `json:"DanhSachTaiLieuNop"`
	DanhSachGiayToKetQua strict.List[extentResults] `json:"DanhSachGiayToKetQua"`
}

type extentPapers struct {
	TaiLieuNop strict.List[paperWire] `json:"TaiLieuNop"`
}

type extentResults struct {
	GiayToKetQua strict.List[resultWire] `json:"GiayToKetQua"`
}

// rowWire is one row that the iGate vendor's public look-up shows.
type rowWire struct {
	ID                strict.Skip  `json:"id"`
	Code              strict.Text  `json:"code"`
	Applicant         rowApplicant `json:"applicant"`
	Procedure         rowProcedure `json:"procedure"`
	StatusCurrentTask strict.Text  `json:"statusCurrentTask"` // in words
	ApplyMethod       rowName      `json:"applyMethod"`
	AppliedDate       strict.Text  `json:"appliedDate"`
	AppointmentDate   strict.Text  `json:"appointmentDate"`
	CompletedDate     strict.Text  `json:"completedDate"`
}

type rowApplicant struct {
	Data struct {
		Fullname strict.Text `json:"fullname"`
	} `json:"data"`
}

type rowProcedure struct {
	ID        strict.Text          `json:"id"`
	Code      strict.Text          `json:"code"` // not on every page
	Translate strict.List[rowName] `json:"translate"`
}

type rowName struct {
	ID         strict.Text `json:"id"`
	LanguageID strict.Skip `json:"languageId"`
	Name       strict.Text `json:"name"`
}

// promotionWire is a promotion notice that the portal hands to the province
// (thông báo khuyến mại). How it writes times is not published.
type promotionWire struct {
	MaHoSo                       strict.Text             `json:"MaHoSo"` // of the portal
	MaTTHC                       strict.Text             `json:"MaTTHC"`
	SoVanBan                     strict.Text             `json:"SoVanBan"`
	NgayNopHoSo                  strict.Text             `json:"NgayNopHoSo"`
	TenThuongNhan                strict.Text             `json:"TenThuongNhan"`
	DiaChiDoanhNghiep            strict.List[placeWire]  `json:"DiaChiDoanhNghiep"`
	DienThoai                    strict.Text             `json:"DienThoai"`
	Fax                          strict.Text             `json:"Fax"`
	Email                        strict.Text             `json:"Email"`
	MaSoThue                     strict.Text             `json:"MaSoThue"`
	NguoiLienHe                  strict.Skip             `json:"NguoiLienHe"` // not the applicant
	SoDienThoaiNguoiLienHe       strict.Skip             `json:"SoDienThoaiNguoiLienHe"`
	TenChuongTrinhKhuyenMai      strict.Text             `json:"TenChuongTrinhKhuyenMai"`
	HinhThucKhuyenMai            strict.Skip             `json:"HinhThucKhuyenMai"` // the notice's own form, as the others that are passed over
	ThoiGianKhuyenMaiTu          strict.Skip             `json:"ThoiGianKhuyenMaiTu"`
	ThoiGianKhuyenMaiDen         strict.Skip             `json:"ThoiGianKhuyenMaiDen"`
	HangHoaDichVuKhuyenMai       strict.Skip             `json:"HangHoaDichVuKhuyenMai"`
	SoLuongHangHoaDichVu         strict.Skip             `json:"SoLuongHangHoaDichVu"`
	KhachHang                    strict.Skip             `json:"KhachHang"`
	CoCauGiaiThuong              strict.Skip             `json:"CoCauGiaiThuong"`
	TongGiaTriHangHoa            strict.Skip             `json:"TongGiaTriHangHoa"`
	NoiDungChiTiet               strict.Text             `json:"NoiDungChiTiet"`
	TenCacThuongNhanCungThucHien strict.Skip             `json:"TenCacThuongNhanCungThucHien"`
	TenTepDonDangKy              strict.Text             `json:"TenTepDonDangKy"`
	TepDonDangKy                 strict.Skip             `json:"TepDonDangKy"` // base64
	TaiLieuNop                   strict.List[inlineWire] `json:"TaiLieuNop"`
}

type placeWire struct {
	MaTinh        strict.Text `json:"MaTinh"`
	MaHuyen       strict.Text `json:"MaHuyen"`
	MaXa          strict.Text `json:"MaXa"`
	DiaChiChiTiet strict.Text `json:"DiaChiChiTiet"`
}

type inlineWire struct {
	TenTepDinhKem strict.Text `json:"TenTepDinhKem"`
	Base64        strict.Skip `json:"Base64"`
}

// amendmentWire changes a promotion notice. It may repeat keys of the notice.
type amendmentWire struct {
	promotionWire
	MaHoSoQG       strict.Text `json:"MaHoSoQG"`
	ThongTinDaNop  strict.Skip `json:"ThongTinDaNop"`
	ThongTinSuaDoi strict.Text `json:"ThongTinSuaDoi"`
	LyDoDieuChinh  strict.Text `json:"LyDoDieuChinh"`
	TenTepDangKy   strict.Skip `json:"TenTepDangKy"`
	URLTepDangKy   strict.Skip `json:"URLTepDangKy"`
}
