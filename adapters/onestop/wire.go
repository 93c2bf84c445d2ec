package onestop

import "github.com/lienthong/lienthong/adapters/strict"

// dossierWire is a dossier as the gen-1 portal contract has it (DongBoHoSoMC).
// All values are strings there; systems send numbers and null as well. A sheet
// has the flat keys alone.
type dossierWire struct {
	MaHoSo          strict.Text `json:"MaHoSo"`
	MaTTHC          strict.Text `json:"MaTTHC"`
	TenTTHC         strict.Text `json:"TenTTHC"`
	MaLinhVuc       strict.Text `json:"MaLinhVuc"`
	TenLinhVuc      strict.Text `json:"TenLinhVuc"`
	KenhThucHien    strict.Text `json:"KenhThucHien"` // 1 direct, 2 online, 3 postal
	SoBienNhan      strict.Text `json:"SoBienNhan"`
	SoGiayToChuHoSo strict.Text `json:"SoGiayToChuHoSo"`
	ChuHoSo         strict.Text `json:"ChuHoSo"`
	LoaiDoiTuong    strict.Text `json:"LoaiDoiTuong"` // 1 citizen, 2 enterprise, 3 agency, 4 other
	MaDoiTuong      strict.Text `json:"MaDoiTuong"`   // TechID of the portal account
	ThongTinKhac    strict.Text `json:"ThongTinKhac"`
	Email           strict.Text `json:"Email"`
	Fax             strict.Text `json:"Fax"`
	SoDienThoai     strict.Text `json:"SoDienThoai"`
	TrichYeuHoSo    strict.Text `json:"TrichYeuHoSo"` // the literal "Dinhkem" where there is none
	NgayTiepNhan    strict.Text `json:"NgayTiepNhan"`
	NgayHenTra      strict.Text `json:"NgayHenTra"`
	TrangThaiHoSo   strict.Text `json:"TrangThaiHoSo"`
	NgayTra         strict.Text `json:"NgayTra"`
	ThongTinTra     strict.Text `json:"ThongTinTra"`
	HinhThuc        strict.Text `json:"HinhThuc"` // 0 counter, 1 post
	NgayKetThucXuLy strict.Text `json:"NgayKetThucXuLy"`
	DonViXuLy       strict.Text `json:"DonViXuLy"` // a name, not a code
	GhiChu          strict.Text `json:"GhiChu"`

	TaiLieuNop             strict.List[paperWire]      `json:"TaiLieuNop"`
	DanhSachLePhi          strict.List[feeWire]        `json:"DanhSachLePhi"`
	DanhSachTepDinhKemKhac strict.List[otherPaperWire] `json:"DanhSachTepDinhKemKhac"`
	DanhSachHoSoBoSung     strict.List[supplementWire] `json:"DanhSachHoSoBoSung"`
	DanhSachGiayToKetQua   strict.List[resultWire]     `json:"DanhSachGiayToKetQua"`

	NoiNopHoSo                  strict.Text `json:"NoiNopHoSo"` // 1 portal, 2 ministry or province
	HoSoCoThanhPhanSoHoa        strict.Text `json:"HoSoCoThanhPhanSoHoa"`
	TaiKhoanDuocXacThucVoiVNeID strict.Text `json:"TaiKhoanDuocXacThucVoiVNeID"`
	DuocThanhToanTrucTuyen      strict.Text `json:"DuocThanhToanTrucTuyen"`
	NgayTuChoi                  strict.Text `json:"NgayTuChoi"`
	NgayNopHoSo                 strict.Text `json:"NgayNopHoSo"`

	DinhDanhCHS  strict.List[identityWire] `json:"DinhDanhCHS"`
	DSKetNoiCSDL strict.List[databaseWire] `json:"DSKetNoiCSDL"`
	MaHoSoKhac   strict.Text               `json:"MaHoSoKhac"` // the number under which a system re-sent the dossier
}

type paperWire struct {
	TepDinhKemID      strict.Text `json:"TepDinhKemId"`
	TenTepDinhKem     strict.Text `json:"TenTepDinhKem"`
	IsDeleted         strict.Text `json:"IsDeleted"` // "True", "False"
	MaThanhPhanHoSo   strict.Text `json:"MaThanhPhanHoSo"`
	DuongDanTaiTepTin strict.Text `json:"DuongDanTaiTepTin"`
	DuocSoHoa         strict.Text `json:"DuocSoHoa"`
	DuocTaiSuDung     strict.Text `json:"DuocTaiSuDung"` // 0 no, 1 from a component, 2 from a result
	DuocLayTuKhoDMQG  strict.Text `json:"DuocLayTuKhoDMQG"`
	MaKetQuaThayThe   strict.Text `json:"MaKetQuaThayThe"`
}

type feeWire struct {
	TenPhiLePhi  strict.Text `json:"TenPhiLePhi"`
	MaPhiLePhi   strict.Text `json:"MaPhiLePhi"`
	HinhThucThu  strict.Text `json:"HinhThucThu"`
	Gia          strict.Text `json:"Gia"` // đồng; "không" and "50.000" occur
	LoaiPhiLePhi strict.Text `json:"LoaiPhiLePhi"`
}

type otherPaperWire struct {
	TenGiayTo  strict.Text `json:"TenGiayTo"`
	SoLuong    strict.Text `json:"SoLuong"`
	LoaiGiayTo strict.Text `json:"LoaiGiayTo"`
}

type supplementWire struct {
	HoSoBoSungID         strict.Text            `json:"HoSoBoSungId"`
	NguoiYeuCauBoSung    strict.Text            `json:"NguoiYeuCauBoSung"`
	NoiDungBoSung        strict.Text            `json:"NoiDungBoSung"`
	NgayBoSung           strict.Text            `json:"NgayBoSung"`
	NguoiTiepNhanBoSung  strict.Text            `json:"NguoiTiepNhanBoSung"`
	ThongTinTiepNhan     strict.Text            `json:"ThongTinTiepNhan"`
	NgayTiepNhanBoSung   strict.Text            `json:"NgayTiepNhanBoSung"`
	TrangThaiBoSung      strict.Text            `json:"TrangThaiBoSung"`
	DanhSachGiayToBoSung strict.List[paperWire] `json:"DanhSachGiayToBoSung"`
	DanhSachLePhiBoSung  strict.List[feeWire]   `json:"DanhSachLePhiBoSung"`
	NgayHenTraTruoc      strict.Text            `json:"NgayHenTraTruoc"`
	NgayHenTraMoi        strict.Text            `json:"NgayHenTraMoi"`
}

type resultWire struct {
	TenGiayTo            strict.Text `json:"TenGiayTo"`
	MaThanhPhanHoSo      strict.Text `json:"MaThanhPhanHoSo"`
	GiayToID             strict.Text `json:"GiayToId"`
	DuongDanTepTinKetQua strict.Text `json:"DuongDanTepTinKetQua"`
	MaGiayToKetQua       strict.Text `json:"MaGiayToKetQua"`
}

type identityWire struct {
	LoaiDinhDanh strict.Text `json:"LoaiDinhDanh"` // 1 personal number, 2 CMND
	SoDinhDanh   strict.Text `json:"SoDinhDanh"`
}

type databaseWire struct {
	MaCSDL strict.Text `json:"MaCSDL"`
}

// stepWire is a progress step (CapNhatTienDoHoSoMC).
type stepWire struct {
	MaHoSo                 strict.Text `json:"MaHoSo"`
	NguoiXuLy              strict.Text `json:"NguoiXuLy"`
	ChucDanh               strict.Text `json:"ChucDanh"`
	ThoiDiemXuLy           strict.Text `json:"ThoiDiemXuLy"`
	PhongBanXuLy           strict.Text `json:"PhongBanXuLy"`
	NoiDungXuLy            strict.Text `json:"NoiDungXuLy"`
	TrangThai              strict.Text `json:"TrangThai"` // 1 to 10, or a state of OpenCPS
	NgayBatDau             strict.Text `json:"NgayBatDau"`
	NgayKetThucTheoQuyDinh strict.Text `json:"NgayKetThucTheoQuyDinh"`
}

// reportWire is the state of a dossier that was handed in on the portal
// (DongBoTrangThaiHoSo). It has two numbers: the portal's and the unit's.
type reportWire struct {
	TrangThai   strict.Text            `json:"TrangThai"` // 1 to 10; 11: the notice was turned down
	MaHoSo      strict.Text            `json:"MaHoSo"`
	MaHoSoDonVi strict.Text            `json:"MaHoSoDonVi"`
	MaDoiTuong  strict.Skip            `json:"MaDoiTuong"` // account of the applicant; a step has no applicant
	NoiDung     strict.Text            `json:"NoiDung"`
	NgayXuLy    strict.Text            `json:"NgayXuLy"`
	TaiLieuXuLy strict.List[paperWire] `json:"TaiLieuXuLy"`
}
