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
	Data         jsontext.Value          `json:"data"`         // a string that holds the document of the module; the document itself is taken too
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

// item is what the registry did with one dossier; the answer to a poll
// (LayKetQua) lists them at value, beside status and statusDescription.
type item struct {
	MaDonVi          strict.Text    `json:"maDonVi"`
	MaTinh           strict.Text    `json:"maTinh"` // the ministry's own number of the province, not the unit code
	Module           strict.Text    `json:"module"`
	MaHoSoLT         strict.Text    `json:"maHoSoLT"`
	MaHoSoMCDT       strict.Text    `json:"maHoSoMCDT"`
	Errors           strict.Skip    `json:"errors"`
	TrangThai        strict.Text    `json:"trangThai"`
	ThoiGianThucHien strict.Text    `json:"thoiGianThucHien"` // dd/MM/yyyy HH:mm:ss
	GhiChu           strict.Text    `json:"ghiChu"`
	KetQuaXuLy       jsontext.Value `json:"ketQuaXuLy"` // the entry: an object, or a string that holds it
	NguoiXuLy        strict.Text    `json:"nguoiXuLy"`
	ChucDanh         strict.Text    `json:"chucDanh"`
	PhongBanXuLy     strict.Text    `json:"phongBanXuLy"`
	NoiDungXuLy      strict.Text    `json:"noiDungXuLy"`
	HanBoSungHoSo    strict.Text    `json:"hanBoSungHoSo"` // dd/MM/yyyy
}

// linkedStatus is the status that the software of linked services (DVCLT) gets
// of a dossier: the same facts as an item, under the numbers of both systems.
type linkedStatus struct {
	MaTTHC                 strict.Text    `json:"maTTHC"`
	SoHoSoLT               strict.Text    `json:"soHoSoLT"`
	CoQuanXuLy             strict.Text    `json:"coQuanXuLy"`
	MaHoSo                 strict.Text    `json:"maHoSo"` // of the one-stop system
	TrangThai              strict.Text    `json:"trangThai"`
	ThoiGianThucHien       strict.Text    `json:"thoiGianThucHien"`
	GhiChu                 strict.Text    `json:"ghiChu"`
	KetQuaXuLy             jsontext.Value `json:"ketQuaXuLy"` // a string that holds the entry, its places as lines of text
	NguoiXuLy              strict.Text    `json:"nguoiXuLy"`
	ChucDanh               strict.Text    `json:"chucDanh"`
	PhongBanXuLy           strict.Text    `json:"phongBanXuLy"`
	NoiDungXuLy            strict.Text    `json:"noiDungXuLy"`
	NgayBatDau             strict.Text    `json:"ngayBatDau"`
	NgayKetThucTheoQuyDinh strict.Text    `json:"ngayKetThucTheoQuyDinh"`
	NgayHenTraTruoc        strict.Text    `json:"ngayHenTraTruoc"`
	NgayHenTraMoi          strict.Text    `json:"ngayHenTraMoi"`
	HanBoSungHoSo          strict.Text    `json:"hanBoSungHoSo"`
}

// linkedDossier is a dossier at DVCLT: a row of its list, or with Data the
// answer to a look-up. Data is XML inside a string.
type linkedDossier struct {
	ID           strict.Text             `json:"id"`
	MaDonVi      strict.Text             `json:"maDonVi"` // an integer; 9187 for 09187
	MaTTHC       strict.Text             `json:"maTTHC"`
	Module       strict.Text             `json:"module"` // KS birth, KT death
	MaHoSo       strict.Text             `json:"maHoSo"` // of DVCLT
	NgayTiepNhan strict.Text             `json:"ngayTiepNhan"`
	TechID       strict.Text             `json:"techId"`
	Data         strict.Text             `json:"data"`
	FileDinhKem  strict.List[attachment] `json:"fileDinhKem"`
}

// place is a place with codes; maHuyen is empty since 01/07/2025. E-forms send
// each unit as an object, or the one unit instead of the place.
type place struct {
	MaTinh    jsontext.Value `json:"maTinh"`
	MaHuyen   jsontext.Value `json:"maHuyen"`
	MaXa      jsontext.Value `json:"maXa"`
	DcChiTiet strict.Text    `json:"dcChiTiet"`
	entryOfList
}

// entryOfList is how e-forms send one entry of a list, or one unit.
type entryOfList struct {
	Code     strict.Text `json:"Code"`
	Name     strict.Text `json:"Name"`
	Type     strict.Text `json:"__type"`
	MaDiaBan strict.Text `json:"maDiaBan"`
	Ten      strict.Text `json:"tenDiaBan"`
}
