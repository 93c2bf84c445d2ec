package dvcqg

import "github.com/go-json-experiment/json/jsontext"

// Services of the portal that this destination calls.
const (
	serviceDossier  = "DongBoHoSoMC"
	serviceProgress = "CapNhatTienDoHoSoMC"
	serviceLookup   = "TraCuuHoSo"
	serviceReport   = "DongBoTrangThaiHoSo"

	serviceProcedure = "LayThuTuc"
)

// credentials is the body of a login.
type credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// envelope is the body of every other call.
type envelope struct {
	Session    string           `json:"session"`
	Agency     string           `json:"madonvi"`
	Service    string           `json:"service"`
	IsUpdating string           `json:"isUpdating,omitzero"` // "True", "False"
	Key        string           `json:"mahoso,omitzero"`     // of a look-up, in small letters here
	Procedure  string           `json:"maTTHC,omitzero"`     // that the catalogue is asked for
	Data       []jsontext.Value `json:"data,omitempty"`
}

// record is a dossier of DongBoHoSoMC. Every value is a string but where the
// contract says otherwise; instants are yyyyMMddHHmmss in Vietnamese time, ""
// for none. The types read what the portal may make of them, see loose.go.
type record struct {
	MaHoSo                      text             `json:"MaHoSo"`
	MaTTHC                      text             `json:"MaTTHC"`
	TenTTHC                     text             `json:"TenTTHC"`
	MaLinhVuc                   text             `json:"MaLinhVuc"`
	TenLinhVuc                  text             `json:"TenLinhVuc"`
	KenhThucHien                text             `json:"KenhThucHien"`
	SoBienNhan                  text             `json:"SoBienNhan"`
	SoGiayToChuHoSo             text             `json:"SoGiayToChuHoSo"`
	ChuHoSo                     text             `json:"ChuHoSo"`
	LoaiDoiTuong                text             `json:"LoaiDoiTuong"`
	MaDoiTuong                  text             `json:"MaDoiTuong"`
	ThongTinKhac                text             `json:"ThongTinKhac"`
	Email                       text             `json:"Email"`
	Fax                         text             `json:"Fax"`
	SoDienThoai                 text             `json:"SoDienThoai"`
	TrichYeuHoSo                text             `json:"TrichYeuHoSo"`
	NgayTiepNhan                text             `json:"NgayTiepNhan"`
	NgayHenTra                  text             `json:"NgayHenTra"`
	TrangThaiHoSo               text             `json:"TrangThaiHoSo"`
	NgayTra                     text             `json:"NgayTra"`
	ThongTinTra                 text             `json:"ThongTinTra"`
	HinhThuc                    text             `json:"HinhThuc"`
	NgayKetThucXuLy             text             `json:"NgayKetThucXuLy"`
	DonViXuLy                   text             `json:"DonViXuLy"`
	GhiChu                      text             `json:"GhiChu"`
	TaiLieuNop                  list[paper]      `json:"TaiLieuNop"`
	DanhSachLePhi               list[fee]        `json:"DanhSachLePhi"`
	DanhSachTepDinhKemKhac      list[otherPaper] `json:"DanhSachTepDinhKemKhac"`
	DanhSachHoSoBoSung          list[supplement] `json:"DanhSachHoSoBoSung"`
	DanhSachGiayToKetQua        list[result]     `json:"DanhSachGiayToKetQua"`
	NoiNopHoSo                  text             `json:"NoiNopHoSo"`
	HoSoCoThanhPhanSoHoa        text             `json:"HoSoCoThanhPhanSoHoa"`
	TaiKhoanDuocXacThucVoiVNeID text             `json:"TaiKhoanDuocXacThucVoiVNeID"`
	DuocThanhToanTrucTuyen      text             `json:"DuocThanhToanTrucTuyen"`
	NgayTuChoi                  text             `json:"NgayTuChoi"`
	DinhDanhCHS                 list[identity]   `json:"DinhDanhCHS"`
	NgayNopHoSo                 text             `json:"NgayNopHoSo"`
	DSKetNoiCSDL                list[database]   `json:"DSKetNoiCSDL"`
}

type paper struct {
	TepDinhKemID      text `json:"TepDinhKemId"`
	TenTepDinhKem     text `json:"TenTepDinhKem"`
	IsDeleted         text `json:"IsDeleted"` // "True", "False"
	MaThanhPhanHoSo   text `json:"MaThanhPhanHoSo"`
	DuongDanTaiTepTin text `json:"DuongDanTaiTepTin"`
	DuocSoHoa         text `json:"DuocSoHoa"`
	DuocTaiSuDung     text `json:"DuocTaiSuDung"`
	DuocLayTuKhoDMQG  text `json:"DuocLayTuKhoDMQG"`
	MaKetQuaThayThe   text `json:"MaKetQuaThayThe"`
}

type fee struct {
	TenPhiLePhi  text `json:"TenPhiLePhi"`
	MaPhiLePhi   text `json:"MaPhiLePhi"`
	HinhThucThu  text `json:"HinhThucThu"`
	Gia          text `json:"Gia"` // đồng, digits only
	LoaiPhiLePhi text `json:"LoaiPhiLePhi"`
}

type otherPaper struct {
	TenGiayTo  text   `json:"TenGiayTo"`
	SoLuong    number `json:"SoLuong"`
	LoaiGiayTo number `json:"LoaiGiayTo"`
}

type supplement struct {
	HoSoBoSungID         number      `json:"HoSoBoSungId"`
	NguoiYeuCauBoSung    text        `json:"NguoiYeuCauBoSung"`
	NoiDungBoSung        text        `json:"NoiDungBoSung"`
	NgayBoSung           text        `json:"NgayBoSung"`
	NguoiTiepNhanBoSung  text        `json:"NguoiTiepNhanBoSung"`
	ThongTinTiepNhan     text        `json:"ThongTinTiepNhan"`
	NgayTiepNhanBoSung   text        `json:"NgayTiepNhanBoSung"`
	TrangThaiBoSung      flag        `json:"TrangThaiBoSung"`
	DanhSachGiayToBoSung list[paper] `json:"DanhSachGiayToBoSung"`
	DanhSachLePhiBoSung  list[fee]   `json:"DanhSachLePhiBoSung"`
	NgayHenTraTruoc      text        `json:"NgayHenTraTruoc"`
	NgayHenTraMoi        text        `json:"NgayHenTraMoi"`
}

type result struct {
	TenGiayTo            text `json:"TenGiayTo"`
	MaThanhPhanHoSo      text `json:"MaThanhPhanHoSo"`
	GiayToID             text `json:"GiayToId"`
	DuongDanTepTinKetQua text `json:"DuongDanTepTinKetQua"`
	MaGiayToKetQua       text `json:"MaGiayToKetQua"`
}

type identity struct {
	LoaiDinhDanh text `json:"LoaiDinhDanh"`
	SoDinhDanh   text `json:"SoDinhDanh"`
}

type database struct {
	MaCSDL text `json:"MaCSDL"`
}

// step is a progress step of CapNhatTienDoHoSoMC.
type step struct {
	MaHoSo                 text `json:"MaHoSo"`
	NguoiXuLy              text `json:"NguoiXuLy"`
	ChucDanh               text `json:"ChucDanh"`
	ThoiDiemXuLy           text `json:"ThoiDiemXuLy"`
	PhongBanXuLy           text `json:"PhongBanXuLy"`
	NoiDungXuLy            text `json:"NoiDungXuLy"`
	TrangThai              text `json:"TrangThai"`
	NgayBatDau             text `json:"NgayBatDau"`
	NgayKetThucTheoQuyDinh text `json:"NgayKetThucTheoQuyDinh"`
}
