package civil

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/strict"
)

// push is what a one-stop system sends to the shared civil registry of the
// Ministry of Justice (NhanDKHT). Data is a JSON document inside a string.
type push struct {
	MaDonVi      strict.Text             `json:"maDonVi"`
	Module       strict.Text             `json:"module"` // LTKS birth, LTKT death, LTKH marriage
	MaHoSoLT     strict.Text             `json:"maHoSoLT"`
	MaHoSoMCDT   strict.Text             `json:"maHoSoMCDT"`
	NgayTiepNhan strict.Text             `json:"ngayTiepNhan"` // dd/MM/yyyy HH:mm:ss
	Data         jsontext.Value          `json:"data"`         // a string that holds a birthForm; the document itself is taken too
	FileDinhKem  strict.List[attachment] `json:"fileDinhKem"`
}

// attachment is listed so that its keys count as known; its bytes stay in the
// raw message and never reach a canonical body.
type attachment struct {
	ID               strict.Text `json:"id"`
	LoaiGiayTo       strict.Text `json:"loaiGiayTo"`
	TenGiayTo        strict.Text `json:"tenGiayTo"`
	TenTepDinhKem    strict.Text `json:"tenTepDinhKem"`
	HuyGiayTo        strict.Text `json:"huyGiayTo"`
	DuLieuTepDinhKem strict.Skip `json:"duLieuTepDinhKem"`
}

// birthForm is the document inside [push.Data] of a birth. Dates are dd.MM.yyyy.
type birthForm struct {
	MaGCS         strict.Text `json:"maGCS"` // birth notice
	NgayCapGCS    strict.Text `json:"ngayCapGCS"`
	LoaiDangKy    strict.Text `json:"loaiDangKy"`
	NoiDangKy     strict.Text `json:"noiDangKy"`
	SoLuongBanSao strict.Text `json:"soLuongBanSao"`

	NksHoTen                strict.Text        `json:"nksHoTen"`
	NksGioiTinh             strict.Text        `json:"nksGioiTinh"`
	NksNgaySinh             strict.Text        `json:"nksNgaySinh"`
	NksNgaySinhBangChu      strict.Text        `json:"nksNgaySinhBangChu"`
	NksNoiSinh              strict.List[place] `json:"nksNoiSinh"`
	NksNoiSinhDVHC          strict.Text        `json:"nksNoiSinhDVHC"`
	NksNoiSinhNuocNgoai     strict.Text        `json:"nksNoiSinhNuocNgoai"`
	NksQueQuan              strict.List[place] `json:"nksQueQuan"`
	NksDanToc               strict.Text        `json:"nksDanToc"`
	NksDanTocKhac           strict.Text        `json:"nksDanTocKhac"`
	NksQuocTich             strict.Text        `json:"nksQuocTich"`
	NksQuocTichKhac         strict.Text        `json:"nksQuocTichKhac"`
	NksLoaiKhaiSinh         strict.Text        `json:"nksLoaiKhaiSinh"`
	NksLoaiGiayToTuyThan    strict.Text        `json:"nksLoaiGiayToTuyThan"`
	NksSoGiayToTuyThan      strict.Text        `json:"nksSoGiayToTuyThan"`
	NksNgayCapGiayToTuyThan strict.Text        `json:"nksNgayCapGiayToTuyThan"`
	NksNoiCapGiayToTuyThan  strict.Text        `json:"nksNoiCapGiayToTuyThan"`

	MeHoTen             strict.Text        `json:"meHoTen"`
	MeNgaySinh          strict.Text        `json:"meNgaySinh"`
	MeDanToc            strict.Text        `json:"meDanToc"`
	MeDanTocKhac        strict.Text        `json:"meDanTocKhac"`
	MeQuocTich          strict.Text        `json:"meQuocTich"`
	MeQuocTichKhac      strict.Text        `json:"meQuocTichKhac"`
	MeLoaiCuTru         strict.Text        `json:"meLoaiCuTru"`
	MeNoiCuTru          strict.List[place] `json:"meNoiCuTru"`
	MeLoaiGiayToTuyThan strict.Text        `json:"meLoaiGiayToTuyThan"`
	MeGiayToKhac        strict.Text        `json:"meGiayToKhac"`
	MeSoGiayToTuyThan   strict.Text        `json:"meSoGiayToTuyThan"`
	MeSoDDCN            strict.Text        `json:"meSoDDCN"`
	MeXacThucThongTin   strict.Text        `json:"meXacThucThongTin"`

	ChaHoTen             strict.Text        `json:"chaHoTen"`
	ChaNgaySinh          strict.Text        `json:"chaNgaySinh"`
	ChaDanToc            strict.Text        `json:"chaDanToc"`
	ChaDanTocKhac        strict.Text        `json:"chaDanTocKhac"`
	ChaQuocTich          strict.Text        `json:"chaQuocTich"`
	ChaQuocTichKhac      strict.Text        `json:"chaQuocTichKhac"`
	ChaLoaiCuTru         strict.Text        `json:"chaLoaiCuTru"`
	ChaNoiCuTru          strict.List[place] `json:"chaNoiCuTru"`
	ChaLoaiGiayToTuyThan strict.Text        `json:"chaLoaiGiayToTuyThan"`
	ChaGiayToKhac        strict.Text        `json:"chaGiayToKhac"`
	ChaSoGiayToTuyThan   strict.Text        `json:"chaSoGiayToTuyThan"`
	ChaSoDDCN            strict.Text        `json:"chaSoDDCN"`
	ChaXacThucThongTin   strict.Text        `json:"chaXacThucThongTin"`

	NycHoTen                strict.Text        `json:"nycHoTen"`
	NycQuanHe               strict.Text        `json:"nycQuanHe"`
	NycLoaiGiayToTuyThan    strict.Text        `json:"nycLoaiGiayToTuyThan"`
	NycGiayToKhac           strict.Text        `json:"nycGiayToKhac"`
	NycSoGiayToTuyThan      strict.Text        `json:"nycSoGiayToTuyThan"`
	NycNgayCapGiayToTuyThan strict.Text        `json:"nycNgayCapGiayToTuyThan"`
	NycNoiCapGiayToTuyThan  strict.Text        `json:"nycNoiCapGiayToTuyThan"`
	NycSoDDCN               strict.Text        `json:"nycSoDDCN"`
	NycSoDienThoai          strict.Text        `json:"nycSoDienThoai"`
	NycEmail                strict.Text        `json:"nycEmail"`
	NycLoaiCuTru            strict.Text        `json:"nycLoaiCuTru"`
	NycNoiCuTru             strict.List[place] `json:"nycNoiCuTru"`
	NycXacThucThongTin      strict.Text        `json:"nycXacThucThongTin"`

	SoDangKyNuocNgoai   strict.Text `json:"soDangKyNuocNgoai"`
	NgayDangKyNuocNgoai strict.Text `json:"ngayDangKyNuocNgoai"`
	CqNuocNgoaiDaDangKy strict.Text `json:"cqNuocNgoaiDaDangKy"`
	QgNuocNgoaiDaDangKy strict.Text `json:"qgNuocNgoaiDaDangKy"`
}

// place is a place with codes; maHuyen is empty since 01/07/2025. It is read as
// a list because "" stands where there is none.
type place struct {
	MaTinh    strict.Text `json:"maTinh"`
	MaHuyen   strict.Text `json:"maHuyen"`
	MaXa      strict.Text `json:"maXa"`
	DcChiTiet strict.Text `json:"dcChiTiet"`
}

// item is what the registry did with one dossier; the answer to a poll
// (LayKetQua) lists them at value, beside status and statusDescription.
type item struct {
	MaDonVi          strict.Text              `json:"maDonVi"`
	MaTinh           strict.Text              `json:"maTinh"` // the ministry's own number of the province, not the unit code
	Module           strict.Text              `json:"module"`
	MaHoSoLT         strict.Text              `json:"maHoSoLT"`
	MaHoSoMCDT       strict.Text              `json:"maHoSoMCDT"`
	Errors           strict.Skip              `json:"errors"`
	TrangThai        strict.Text              `json:"trangThai"`
	ThoiGianThucHien strict.Text              `json:"thoiGianThucHien"` // dd/MM/yyyy HH:mm:ss
	GhiChu           strict.Text              `json:"ghiChu"`
	KetQuaXuLy       strict.List[birthResult] `json:"ketQuaXuLy"`
	NguoiXuLy        strict.Text              `json:"nguoiXuLy"`
	ChucDanh         strict.Text              `json:"chucDanh"`
	PhongBanXuLy     strict.Text              `json:"phongBanXuLy"`
	NoiDungXuLy      strict.Text              `json:"noiDungXuLy"`
	HanBoSungHoSo    strict.Text              `json:"hanBoSungHoSo"` // dd/MM/yyyy
}

// birthResult is the entry in the book of births. Dates are dd/MM/yyyy.
type birthResult struct {
	SoDinhDanh   strict.Text `json:"soDinhDanh"` // of the child
	NgayDangKy   strict.Text `json:"ngayDangKy"`
	NdkksMaTinh  strict.Text `json:"ndkksMaTinh"`
	NdkksMaHuyen strict.Text `json:"ndkksMaHuyen"`
	NdkksMaXa    strict.Text `json:"ndkksMaXa"`

	NksHoTen           strict.Text        `json:"nksHoTen"`
	NksGioiTinh        strict.Text        `json:"nksGioiTinh"`
	NksNgaySinh        strict.Text        `json:"nksNgaySinh"`
	NksNgaySinhBangChu strict.Text        `json:"nksNgaySinhBangChu"`
	NksDanToc          strict.Text        `json:"nksDanToc"`
	NksQueQuan         strict.List[place] `json:"nksQueQuan"`
	NksQuocTich        strict.Text        `json:"nksQuocTich"`
	NksNoiSinh         strict.List[place] `json:"nksNoiSinh"`

	MeHoTen     strict.Text        `json:"meHoTen"`
	MeNgaySinh  strict.Text        `json:"meNgaySinh"`
	MeDanToc    strict.Text        `json:"meDanToc"`
	MeQuocTich  strict.Text        `json:"meQuocTich"`
	MeLoaiCuTru strict.Text        `json:"meLoaiCuTru"`
	MeNoiCuTru  strict.List[place] `json:"meNoiCuTru"`
	MeSoGiayTo  strict.Text        `json:"meSoGiayTo"`

	ChaHoTen     strict.Text        `json:"chaHoTen"`
	ChaNgaySinh  strict.Text        `json:"chaNgaySinh"`
	ChaDanToc    strict.Text        `json:"chaDanToc"`
	ChaQuocTich  strict.Text        `json:"chaQuocTich"`
	ChaLoaiCuTru strict.Text        `json:"chaLoaiCuTru"`
	ChaNoiCuTru  strict.List[place] `json:"chaNoiCuTru"`
	ChaSoGiayTo  strict.Text        `json:"chaSoGiayTo"`

	NycHoTen    strict.Text `json:"nycHoTen"`
	NycQuanHe   strict.Text `json:"nycQuanHe"`
	NycSoGiayTo strict.Text `json:"nycSoGiayTo"`

	GiayKhaiSinh   strict.Skip `json:"giayKhaiSinh"` // base64 PDF
	MaGiayToKetQua strict.Text `json:"maGiayToKetQua"`
	SoDangKy       strict.Text `json:"soDangKy"`
	QuyenSo        strict.Text `json:"quyenSo"`
	TrangSo        strict.Text `json:"trangSo"`
}
